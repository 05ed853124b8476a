-- Purpose:   rebuilds the label values of a day from its daily summary.
-- Arguments: p_source; p_day: UTC day.
-- Returns:   nothing.
-- Invariant: a value is there exactly as long as the daily summary of the day has it; a reader sees the old rows or the new
--            ones.
-- Cost:      one pass over the daily summary of that day.
create or replace function caravan.refresh_label_values(p_source uuid, p_day date)
returns void
language plpgsql
as $$
begin
    delete from openshift_label_value
    where source = p_source
        and usage_start = p_day;

    -- Hashed and then put in order by one short text, instead of sorted by five.
    with occurrence as materialized (
        select distinct
            s.data_source,
            l.key,
            l.value,
            coalesce(s.namespace, '') as namespace,
            coalesce(s.node, '') as node
        from reporting_ocpusagelineitem_daily_summary s
        cross join lateral jsonb_each_text(s.all_labels) l
        where s.source_uuid = p_source
            and s.usage_start = p_day
            and s.all_labels <> '{}'
    )
    insert into openshift_label_value (source, usage_start, data_source, key, value, namespace, nodes)
    select p_source, p_day, data_source, key, value, namespace, array_agg(node)
    from (
        select *
        from occurrence
        order by node collate "C"
    ) o
    group by data_source, key, value, namespace;
end
$$;
