-- Purpose:   finds the stored days of a span and counts what came for them and what a summary of them reads.
-- Arguments: p_source; p_from, p_to: first and last UTC day.
-- Returns:   UTC day, counted hourly rows of all report types whether or not they are still kept, daily line items.
-- Invariant: reads only; a day counts as stored once rows of it count, whatever is left of the hourly ones.
-- Cost:      one pass over the daily line items of those days, by index.
create or replace function caravan.count_stored_rows(p_source uuid, p_from date, p_to date)
returns table (usage_start date, hourly_rows bigint, daily_rows bigint)
language plpgsql
stable
as $$
begin
    return query
    with delivered as (
        select d.usage_start, sum(d.rows_loaded)::bigint as hourly_rows
        from day_delivery d
        where d.source = p_source
            and d.usage_start between p_from and p_to
            and (d.owns or (d.additive and d.complete))
        group by d.usage_start
    ),
    line_item as (
        select p.usage_start
        from openshift_pod_usage_line_items_daily p
        where p.source = p_source::text
            and p.usage_start between p_from and p_to
        union all
        select s.usage_start
        from openshift_storage_usage_line_items_daily s
        where s.source = p_source::text
            and s.usage_start between p_from and p_to
        union all
        select n.usage_start
        from openshift_node_labels_line_items_daily n
        where n.source = p_source::text
            and n.usage_start between p_from and p_to
        union all
        select m.usage_start
        from openshift_namespace_labels_line_items_daily m
        where m.source = p_source::text
            and m.usage_start between p_from and p_to
        union all
        select v.usage_start
        from openshift_vm_usage_line_items_daily v
        where v.source = p_source::text
            and v.usage_start between p_from and p_to
        union all
        select g.usage_start
        from openshift_gpu_usage_line_items_daily g
        where g.source = p_source::text
            and g.usage_start between p_from and p_to
    ),
    counted as (
        select l.usage_start, count(*) as daily_rows
        from line_item l
        group by l.usage_start
    )
    select d.usage_start, d.hourly_rows, coalesce(c.daily_rows, 0)
    from delivered d
    left join counted c
        on c.usage_start = d.usage_start
    order by d.usage_start;
end
$$;
