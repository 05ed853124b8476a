-- Purpose:   cuts a label set down to the enabled keys.
-- Arguments: p_labels: JSON object as text, NULL or empty allowed; p_keys: enabled keys.
-- Returns:   a JSON object; {} when nothing is left, never NULL, so that || chains stay whole.
-- Invariant: depends on its arguments alone.
-- Cost:      parses one text; callers pass each distinct text once. Texts without an enabled key, most of them, cost no more.
create or replace function caravan.filter_labels(p_labels text, p_keys text[])
returns jsonb
language plpgsql
immutable
parallel safe
as $$
declare
    v_labels jsonb := nullif(p_labels, '');
begin
    -- Not plain SQL: a function of that kind is set up anew for each call.
    if (v_labels ?| p_keys) is not true then
        return '{}';
    end if;
    return (
        select jsonb_object_agg(l.key, l.value)
        from jsonb_each(v_labels) l
        where l.key = any (p_keys)
    );
end
$$;
