-- Purpose:   cuts a label set down to the enabled keys.
-- Arguments: p_labels: JSON object as text, NULL or empty allowed; p_keys: enabled keys.
-- Returns:   a JSON object; {} when nothing is left, never NULL, so that || chains stay whole.
-- Invariant: depends on its arguments alone.
-- Cost:      parses one text; callers pass each distinct text once.
create or replace function caravan.filter_labels(p_labels text, p_keys text[])
returns jsonb
language sql
immutable
parallel safe
as $$
    select coalesce(jsonb_object_agg(l.key, l.value), '{}')
    from jsonb_each(nullif(p_labels, '')::jsonb) l
    where l.key = any (p_keys)
$$;
