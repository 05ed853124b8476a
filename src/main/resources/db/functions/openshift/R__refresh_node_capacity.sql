-- Purpose:   rebuilds the capacity of each node on days whose counted pod rows changed.
-- Arguments: p_source; p_days: UTC days.
-- Returns:   nothing.
-- Rule:      every pod row repeats its node's capacity, so the greatest value of each hour is the node's; the hours of a
--            day add up. Core-seconds and byte-seconds.
-- Invariant: one row a node and day that has counted pod rows, also for pods without a node (node '', capacity 0).
-- Cost:      one pass over the counted hourly pod rows of those days.
create or replace function caravan.refresh_node_capacity(p_source uuid, p_days date[])
returns void
language plpgsql
as $$
begin
    delete from openshift_node_day
    where source = p_source::text
        and usage_start = any (p_days);

    with hourly as (
        select
            usage_start,
            interval_start,
            coalesce(node, '') as node,
            max(node_capacity_cpu_core_seconds) as cpu_core_seconds,
            max(node_capacity_memory_byte_seconds) as memory_byte_seconds
        from openshift_pod_usage_counted_line_items
        where source = p_source::text
            and usage_start = any (p_days)
        group by usage_start, interval_start, coalesce(node, '')
    )
    insert into openshift_node_day (
        source, usage_start, node, capacity_cpu_core_seconds, capacity_memory_byte_seconds
    )
    select p_source::text, usage_start, node,
        coalesce(sum(cpu_core_seconds), 0), coalesce(sum(memory_byte_seconds), 0)
    from hourly
    group by usage_start, node;
end
$$;
