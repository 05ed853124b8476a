-- Purpose:   writes the intervals that a Kruize server was not told of as it takes them.
-- Arguments: p_workload: number of the workload; p_after: only intervals that end later; p_limit: intervals, at most.
-- Returns:   end and entry of each interval, oldest first; the entry holds all containers of the object and is NULL when
--            none of them can be sent.
-- Rule:      a container is sent with usage of CPU and memory and the resident set, a namespace likewise; of a container
--            a measure is sent that has a sum and an average. The server refuses others, and the containers beside them.
-- Invariant: nothing is written. Numbers are decimals without exponent.
-- Cost:      the metrics of these intervals by key.
create or replace function caravan.describe_unsent_intervals(p_workload bigint, p_after timestamptz, p_limit integer)
returns table (interval_end timestamptz, entry jsonb)
language plpgsql
as $$
#variable_conflict use_column
declare
    v_millisecond constant text := 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"';
    -- As an array, so that metrics are looked up by it, and written for these intervals only.
    v_ends constant timestamptz[] := array(
        select interval_end
        from ros.unsent_interval
        where workload_id = p_workload
            and interval_end > p_after
        order by interval_end
        limit p_limit
    );
begin
    return query
    with told as (
        select interval_end, interval_start, container_name, metric_type, a.metrics
        from ros.workload_metrics_kruize
        cross join lateral (
            select jsonb_agg(m.value order by m.ordinality) as metrics,
                array_agg(m.value ->> 'name') as names
            from jsonb_array_elements(usage_metrics) with ordinality m
            where metric_type = 'namespace'
                or m.value #> '{results,aggregation_info}' ?& array['sum', 'avg']
        ) a
        where workload_id = p_workload
            and interval_end = any (v_ends)
            and a.names @> case metric_type
                when 'namespace' then array['namespaceCpuUsage', 'namespaceMemoryUsage', 'namespaceMemoryRSS']
                else array['cpuUsage', 'memoryUsage', 'memoryRSS']
            end
    ),
    object as (
        select t.interval_end, min(t.interval_start) as interval_start,
            jsonb_agg(
                jsonb_build_object(
                    'container_image_name', coalesce(nullif(r.image_name, ''), 'unknown'),
                    'container_name', t.container_name,
                    'recommendations', '{}'::jsonb,
                    'metrics', t.metrics)
                order by t.container_name) as containers
        from told t
        join ros.workload_metrics r
            on r.workload_id = p_workload
            and r.container_name = t.container_name
            and r.interval_end = t.interval_end
        group by t.interval_end
    )
    select u.interval_end,
        case
            when o.containers is not null then jsonb_build_object(
                'version', '1.0',
                'experiment_name', w.experiment_name,
                'interval_start_time', to_char(o.interval_start at time zone 'UTC', v_millisecond),
                'interval_end_time', to_char(u.interval_end at time zone 'UTC', v_millisecond),
                'kubernetes_objects', jsonb_build_array(
                    case
                        when w.workload_type = 'namespace' then jsonb_build_object(
                            'namespaces', jsonb_build_object(
                                'namespace', w.namespace,
                                'metrics', o.containers -> 0 -> 'metrics'))
                        else jsonb_build_object(
                            'type', w.workload_type,
                            'name', w.workload_name,
                            'namespace', w.namespace,
                            'containers', o.containers)
                    end))
        end
    from unnest(v_ends) u (interval_end)
    join ros.workloads w
        on w.id = p_workload
    left join object o
        on o.interval_end = u.interval_end
    order by u.interval_end;
end
$$;
