-- Purpose:   says a change as percent of what is changed, for sorting by what is displayed.
-- Arguments: p_change, p_current: in the same unit, already cut to the decimals that are displayed.
-- Returns:   percent with three decimals, cut, within +-999999.9999; 0 when either is 0.
-- Invariant: depends on its arguments alone.
-- Cost:      none.
create or replace function caravan.change_in_percent(p_change double precision, p_current double precision)
returns numeric
language plpgsql
immutable
parallel safe
as $$
declare
    v_percent double precision;
begin
    if p_change = 0 or p_current = 0 then
        return 0;
    end if;
    v_percent := caravan.truncate_thousandths(p_change / p_current * 100);
    return greatest(-999999.9999, least(999999.9999, v_percent::text::numeric));
end
$$;
