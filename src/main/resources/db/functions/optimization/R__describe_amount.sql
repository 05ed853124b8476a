-- Purpose:   writes an amount the way stored recommendations have it.
-- Arguments: p_amount: cores or bytes, NULL when there is none; p_format: cores or bytes.
-- Returns:   {"amount", "format"}; without "amount" when it is 0, an empty object when there is none.
-- Invariant: depends on its arguments alone.
-- Cost:      none.
create or replace function caravan.describe_amount(p_amount double precision, p_format text)
returns jsonb
language plpgsql
immutable
parallel safe
as $$
begin
    if p_amount is null then
        return '{}';
    end if;
    if p_amount = 0 then
        return jsonb_build_object('format', p_format);
    end if;
    return jsonb_build_object('amount', p_amount, 'format', p_format);
end
$$;
