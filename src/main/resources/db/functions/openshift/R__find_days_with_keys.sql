-- Purpose:   finds the stored days whose line items carry any of some label keys.
-- Arguments: p_keys: label keys; p_from: first UTC day to look at, NULL for all.
-- Returns:   source and UTC day; what a change of these keys makes necessary to summarise again.
-- Invariant: reads only; each day once.
-- Cost:      parses each distinct label text of the organisation's daily line items once a day.
create or replace function caravan.find_days_with_keys(p_keys text[], p_from date)
returns table (source uuid, usage_start date)
language plpgsql
stable
as $$
begin
    return query
    with labelled as (
        select p.source, p.usage_start, p.pod_labels as labels
        from openshift_pod_usage_line_items_daily p
        union
        select s.source, s.usage_start, s.persistentvolume_labels
        from openshift_storage_usage_line_items_daily s
        union
        select s.source, s.usage_start, s.persistentvolumeclaim_labels
        from openshift_storage_usage_line_items_daily s
        union
        select n.source, n.usage_start, n.node_labels
        from openshift_node_labels_line_items_daily n
        union
        select m.source, m.usage_start, m.namespace_labels
        from openshift_namespace_labels_line_items_daily m
    )
    select distinct l.source::uuid, l.usage_start
    from labelled l
    where l.labels <> ''
        and l.labels::jsonb ?| p_keys
        and (p_from is null or l.usage_start >= p_from)
    order by 1, 2;
end
$$;
