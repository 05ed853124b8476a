-- Purpose:   shows labels under the names of the keys they are mapped to.
-- Arguments: p_labels: JSON object; p_parents: {child key: parent key}, NULL where nothing is mapped.
-- Returns:   a JSON object.
-- Rule:      a child key takes its parent's name; where the parent is there already its value stays and the child goes. Of
--            several children of an absent parent the first by name gives the value.
-- Invariant: depends on its arguments alone; without mapping the labels are returned as they are.
-- Cost:      a pass over the keys of one object; nothing where no key is mapped.
create or replace function caravan.map_labels(p_labels jsonb, p_parents jsonb)
returns jsonb
language plpgsql
immutable
parallel safe
as $$
begin
    -- Not plain SQL: a function of that kind is set up anew for each call.
    if p_parents is null or not p_labels ?| array(select jsonb_object_keys(p_parents)) then
        return p_labels;
    end if;
    return (
        select jsonb_object_agg(coalesce(p_parents ->> l.key, l.key), l.value
            order by not p_parents ? l.key, l.key collate "C" desc)
        from jsonb_each(p_labels) l
    );
end
$$;
