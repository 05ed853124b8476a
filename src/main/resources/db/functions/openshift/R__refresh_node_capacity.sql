-- Purpose:   rebuilds the capacity of each node on a day whose counted pod rows changed.
-- Arguments: p_source; p_day: UTC day.
-- Returns:   nothing.
-- Rule:      every pod row repeats its node's capacity, so the greatest value of each hour is the node's; the hours of a
--            day add up. Core-seconds and byte-seconds.
-- Invariant: one row a node that has counted pod rows on the day, also for pods without a node (node '', capacity 0).
-- Cost:      one pass over the counted hourly pod rows of that day.
create or replace function caravan.refresh_node_capacity(p_source uuid, p_day date)
returns void
language plpgsql
as $$
declare
    v_counted record;
begin
    delete from openshift_node_day
    where source = p_source::text
        and usage_start = p_day;

    select * into strict v_counted
    from caravan.find_counted_files(p_source, 'pod_usage', p_day);
    with hourly as (
        select
            interval_start,
            node,
            max(node_capacity_cpu_core_seconds) as cpu_core_seconds,
            max(node_capacity_memory_byte_seconds) as memory_byte_seconds
        from openshift_pod_usage_hours
        where manifest_file = any (v_counted.files)
            and usage_start = p_day
            and (
                v_counted.additive_files is null
                or manifest_file <> all (v_counted.additive_files)
                or interval_start <> all (v_counted.excluded_intervals)
            )
        group by interval_start, node
    )
    insert into openshift_node_day (
        source, usage_start, node, capacity_cpu_core_seconds, capacity_memory_byte_seconds
    )
    select p_source::text, p_day, coalesce(node, ''),
        coalesce(sum(cpu_core_seconds), 0), coalesce(sum(memory_byte_seconds), 0)
    from hourly
    group by coalesce(node, '');
end
$$;
