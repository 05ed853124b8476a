-- Purpose:   cuts a number to three decimals, as it is displayed.
-- Arguments: p_value: any number.
-- Returns:   the number nearer to 0 with three decimals; a number that has no more as it is.
-- Invariant: depends on its argument alone. 2.034 stays 2.034, though a thousand times that is less than 2034.
-- Cost:      the number is written out once.
create or replace function caravan.truncate_thousandths(p_value double precision)
returns double precision
language plpgsql
immutable
parallel safe
as $$
begin
    if scale(p_value::text::numeric) <= 3 then
        return p_value;
    end if;
    return trunc(p_value * 1000) / 1000;
end
$$;
