-- Purpose:   recommends requests and limits for all containers of some workloads, and quotas for namespaces.
-- Arguments: p_workloads: numbers of workloads, those of a namespace among them; p_until: instant up to which intervals
--            count, NULL for each workload's own metrics_upload_at.
-- Returns:   a row for each container (a namespace having the container name '') with an interval that ended within the 15
--            days before the instant: when its monitoring starts (that of the short term; 0001-01-01 without one) and ends,
--            whether the recommendations may be stored, the recommendations as they are stored, the current requests in
--            cores and bytes, and the recommended less the current request in percent of the current one, NULL for a
--            term without recommendations.
-- Rule:      what Kruize computes for remote monitoring; in terms of 1, 7 and 15 days up to the container's newest
--            interval, both ends counted. A term takes part with data for 30 minutes, 2 days or 8 days.
--            CPU of an interval: greatest usage plus throttling (the average where the greatest is 0); from one core on at
--            least the share of a pod. Recommended is the greatest of all intervals, or, from one core on, the 60th
--            percentile (cost) or the 98th (performance); up to a millicore none. Memory of an interval: the greater of
--            the share of a pod and the greatest usage. Recommended is the greatest plus 20 %, or plus 105 % of the
--            greatest rise within an interval if that is less. Limits are as requests. A recommendation within 0.1 % of
--            the current value becomes that value, of request and limit alike, the limit's winning. A namespace's current
--            values are its quotas, and no share of a pod counts.
--            May be stored: a term has recommendations and the newest interval ended at the instant itself.
-- Invariant: depends on the metrics and p_until alone; double precision throughout; nothing is written.
--            Until the transaction ends jit is off and plans are made anew.
-- Cost:      each container's intervals are read once by key and sorted in memory: some 5 ms for 15 days, half of
--            one for a day. Where they lie off a grid of 15 minutes the data points are counted by a loop, 1 ms more.
create or replace function caravan.recommend_workloads(p_workloads bigint[], p_until timestamptz default null)
returns table (
    workload_id bigint,
    container_name text,
    monitoring_start_time timestamptz,
    monitoring_end_time timestamptz,
    storable boolean,
    recommendations jsonb,
    cpu_request_current numeric,
    memory_request_current numeric,
    cpu_variation_short_cost_pct numeric,
    cpu_variation_short_performance_pct numeric,
    cpu_variation_medium_cost_pct numeric,
    cpu_variation_medium_performance_pct numeric,
    cpu_variation_long_cost_pct numeric,
    cpu_variation_long_performance_pct numeric,
    memory_variation_short_cost_pct numeric,
    memory_variation_short_performance_pct numeric,
    memory_variation_medium_cost_pct numeric,
    memory_variation_medium_performance_pct numeric,
    memory_variation_long_cost_pct numeric,
    memory_variation_long_performance_pct numeric
)
language plpgsql
as $$
#variable_conflict use_column
declare
    v_window constant interval := interval '360 hours';
    v_instant constant text := 'YYYY-MM-DD"T"HH24:MI:SS"Z"';
    v_millisecond constant text := 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"';
    v_tolerance constant double precision := 0.1;
    v_mebibyte constant double precision := 1024.0 * 1024;
    v_never constant timestamptz := '0001-01-01 00:00:00+00';
begin
    -- Compiling a plan takes longer than running it, and one made for a small table reads a large one by the square.
    perform set_config('jit', 'off', true);
    perform set_config('plan_cache_mode', 'force_custom_plan', true);
    return query
    with requested as materialized (
        select id, workload_type is not distinct from 'namespace' as is_namespace,
            coalesce(p_until, metrics_upload_at) as until
        from ros.workloads
        where id = any (p_workloads)
    ),
    container as materialized (
        select m.workload_id, m.container_name, r.is_namespace, r.until, max(m.interval_end) as interval_end
        from requested r
        join ros.workload_metrics m
            on m.workload_id = r.id
            and m.interval_end between r.until - v_window and r.until
        group by m.workload_id, m.container_name, r.is_namespace, r.until
    ),
    container_term as (
        select c.*, t.*
        from container c
        cross join lateral (
            with measured as (
                select
                    extract(epoch from c.interval_end - m.interval_end)::integer as age,
                    extract(epoch from m.interval_end - m.interval_start)::integer as seconds,
                    coalesce(nullif(cpu_usage_max, 0), cpu_usage_avg, 0)
                        + coalesce(nullif(cpu_throttle_max, 0), cpu_throttle_avg, 0) as cpu,
                    coalesce(cpu_usage_min, 0) + coalesce(cpu_throttle_min, 0) as cpu_least,
                    coalesce(cpu_usage_sum, 0) + coalesce(cpu_throttle_sum, 0) as cpu_all,
                    coalesce(memory_usage_max, 0) as memory,
                    coalesce(memory_usage_min, 0) as memory_least,
                    coalesce(memory_usage_sum, 0) as memory_all,
                    greatest(
                        ceil(coalesce(memory_usage_max, 0) - coalesce(memory_usage_min, 0)),
                        ceil(coalesce(memory_rss_usage_max, 0) - coalesce(memory_rss_usage_min, 0))) as spike,
                    case
                        when c.is_namespace then ceil(coalesce(total_pods_avg, 0))
                        else coalesce(ceil(cpu_usage_sum / nullif(cpu_usage_avg, 0)), 0)
                    end as pods,
                    -- Of a container; the memory of a namespace is not that of a pod.
                    case
                        when not c.is_namespace then coalesce(
                            nullif(cpu_usage_sum / nullif(cpu_usage_avg, 0), 0),
                            nullif(memory_usage_sum / nullif(memory_usage_avg, 0), 0))
                    end as shares,
                    case when c.is_namespace then cpu_request_sum else cpu_request_avg end as cpu_request,
                    case when c.is_namespace then cpu_limit_sum else cpu_limit_avg end as cpu_limit,
                    case when c.is_namespace then memory_request_sum else memory_request_avg end as memory_request,
                    case when c.is_namespace then memory_limit_sum else memory_limit_avg end as memory_limit
                from ros.workload_metrics m
                where m.workload_id = c.workload_id
                    and m.container_name = c.container_name
                    and m.interval_end between c.until - v_window and c.until
                -- Each of them is used several times.
                offset 0
            ),
            point as materialized (
                select age, seconds, pods, spike, cpu_request, cpu_limit, memory_request, memory_limit,
                    greatest(cpu, s.cpu_share) as cpu,
                    coalesce(least(nullif(cpu, 0), nullif(s.cpu_share, 0), nullif(cpu_least, 0)), 0) as cpu_least,
                    greatest(memory, s.memory_share) as memory,
                    coalesce(least(nullif(memory, 0), nullif(s.memory_share, 0), nullif(memory_least, 0)), 0)
                        as memory_least
                from measured
                cross join lateral (
                    select case when cpu >= 1 then cpu_all / shares end as cpu_share, memory_all / shares as memory_share
                ) s
            ),
            loaded as (
                select sum(seconds) as seconds,
                    array_agg(age order by age) as ages,
                    bool_and(age % 900 = 0) as on_grid,
                    max(cpu_request) filter (where age = 0) as cpu_request,
                    max(cpu_limit) filter (where age = 0) as cpu_limit,
                    max(memory_request) filter (where age = 0) as memory_request,
                    max(memory_limit) filter (where age = 0) as memory_limit
                from point
            ),
            counted as materialized (
                select seconds, cpu_request, cpu_limit, memory_request, memory_limit,
                    case when not on_grid then caravan.count_data_points(ages) end as off_grid
                from loaded
            )
            select k.number, k.name, k.seconds as term_seconds, k.seconds / k.box_seconds as boxes_expected,
                n.seconds, n.cpu_request, n.cpu_limit, n.memory_request, n.memory_limit, w.*, b.boxes
            from counted n
            cross join (
                values (1, 'short_term', 86400, 2, 21600), (2, 'medium_term', 604800, 192, 86400),
                    (3, 'long_term', 1296000, 768, 86400)
            ) k (number, name, seconds, needed, box_seconds)
            left join lateral (
                select array_agg(cpu order by cpu) as cpu_sorted,
                    max(memory) as memory, max(spike) as spike, max(pods) as pods
                from point
                where age <= k.seconds
                having coalesce(n.off_grid[k.number], count(*) filter (where age < k.seconds)) >= k.needed
            ) w on true
            left join lateral (
                select jsonb_object_agg(
                    to_char(
                        (c.interval_end - make_interval(secs => number * k.box_seconds)) at time zone 'UTC',
                        v_millisecond),
                    coalesce(x.box, '{}')) as boxes
                from generate_series(0, k.seconds / k.box_seconds - 1) number
                left join (
                    select age / k.box_seconds as number, jsonb_build_object(
                        'cpuUsage', caravan.describe_box(array_agg(cpu order by cpu), min(cpu_least), 'cores'),
                        'memoryUsage', caravan.describe_box(array_agg(memory order by memory), min(memory_least), 'bytes')
                    ) as box
                    from point
                    where age < k.seconds
                    group by age / k.box_seconds
                ) x using (number)
                where w.memory is not null
            ) b on true
        ) t
    ),
    term as (
        select t.*, e.*
        from container_term t
        left join lateral (
            select
                jsonb_object_agg(k.name, jsonb_build_object(
                    'config', caravan.describe_configuration(s.cpu, s.cpu, s.memory, s.memory),
                    'variation', caravan.describe_configuration(
                        v.cpu_request, v.cpu_limit, v.memory_request, v.memory_limit),
                    'notifications', caravan.describe_notices(array[
                        case when t.pods = 0 then 221001 end,
                        case when u.cpu = 0 then 323002 when u.cpu <= 0.001 then 323001 end,
                        case when u.memory = 0 then 324001 end,
                        case when o.cpu_request then 323004 end,
                        case when o.cpu_limit then 323005 end,
                        case when o.memory_request then 324003 end,
                        case when o.memory_limit then 324004 end
                    ])
                )) as engines,
                max(p.cpu) filter (where k.name = 'cost') as cpu_cost,
                max(p.cpu) filter (where k.name = 'performance') as cpu_performance,
                max(p.memory) filter (where k.name = 'cost') as memory_cost,
                max(p.memory) filter (where k.name = 'performance') as memory_performance
            from (values ('cost', 60), ('performance', 98)) k (name, cpu_percent)
            cross join lateral (
                select
                    case
                        when t.cpu_sorted[cardinality(t.cpu_sorted)] < 1 then t.cpu_sorted[cardinality(t.cpu_sorted)]
                        else caravan.find_percentile(t.cpu_sorted, k.cpu_percent)
                    end as cpu,
                    least(t.memory + t.memory * 0.2, t.memory + (t.spike + t.spike * 0.05)) as memory
            ) u
            cross join lateral (
                select
                    case when u.cpu > 0.001 then u.cpu end as cpu,
                    case when u.memory > 0 then u.memory end as memory
            ) r
            cross join lateral (
                select
                    abs((r.cpu - t.cpu_request) / nullif(t.cpu_request, 0) * 100) <= v_tolerance as cpu_request,
                    abs((r.cpu - t.cpu_limit) / nullif(t.cpu_limit, 0) * 100) <= v_tolerance as cpu_limit,
                    abs((r.memory - t.memory_request) / nullif(t.memory_request, 0) * 100) <= v_tolerance as memory_request,
                    abs((r.memory - t.memory_limit) / nullif(t.memory_limit, 0) * 100) <= v_tolerance as memory_limit
            ) o
            cross join lateral (
                select
                    case when o.cpu_limit then t.cpu_limit when o.cpu_request then t.cpu_request else r.cpu end as cpu,
                    case
                        when o.memory_limit then t.memory_limit
                        when o.memory_request then t.memory_request
                        else r.memory
                    end as memory
            ) s
            cross join lateral (
                select
                    case when o.cpu_request then 0 else r.cpu - coalesce(t.cpu_request, 0) end as cpu_request,
                    case when o.cpu_limit then 0 else r.cpu - coalesce(t.cpu_limit, 0) end as cpu_limit,
                    case when o.memory_request then 0 else r.memory - coalesce(t.memory_request, 0) end as memory_request,
                    case when o.memory_limit then 0 else r.memory - coalesce(t.memory_limit, 0) end as memory_limit
            ) v
            cross join lateral (
                select
                    caravan.change_in_percent(
                        caravan.truncate_thousandths(coalesce(v.cpu_request, 0)),
                        caravan.truncate_thousandths(coalesce(t.cpu_request, 0))) as cpu,
                    caravan.change_in_percent(
                        trunc(coalesce(v.memory_request, 0) / v_mebibyte * 100) / 100,
                        trunc(coalesce(t.memory_request, 0) / v_mebibyte * 100) / 100) as memory
            ) p
            where t.memory is not null
        ) e on true
    )
    select
        t.workload_id,
        t.container_name,
        coalesce(
            max(t.interval_end - make_interval(secs => t.term_seconds))
                filter (where t.number = 1 and t.memory is not null),
            v_never),
        t.interval_end,
        bool_or(t.memory is not null) and t.interval_end = t.until,
        jsonb_build_object(
            'monitoring_end_time', to_char(t.interval_end at time zone 'UTC', v_instant),
            'current', caravan.describe_configuration(
                nullif(t.cpu_request, 0), nullif(t.cpu_limit, 0), nullif(t.memory_request, 0), nullif(t.memory_limit, 0)),
            'notifications', caravan.describe_notices(
                array_agg(case when t.memory is not null then 111100 + t.number end) || array[
                    case when t.cpu_request is null then 523001 end,
                    case when t.cpu_limit is null then 423001 end,
                    case when t.memory_request is null then 524001 end,
                    case when t.memory_limit is null then 524002 end,
                    case when t.cpu_request is null or t.cpu_limit is null then 223001 end,
                    case when t.memory_request is null or t.memory_limit is null then 224001 end,
                    case when t.cpu_request = 0 or t.cpu_limit = 0 then 223002 end,
                    case when t.memory_request = 0 or t.memory_limit = 0 then 224002 end
                ]),
            'recommendation_terms', jsonb_object_agg(t.name, jsonb_build_object(
                'duration_in_hours',
                case
                    when t.is_namespace then
                        least(floor(t.seconds / 6.0 + 0.5) / 10, t.term_seconds / 60.0)::double precision / 60
                    else (floor(least(t.seconds, t.term_seconds) / 36.0 + 0.5) / 100)::double precision
                end
            ) || case
                when t.memory is null then jsonb_build_object(
                    'monitoring_start_time', to_char(v_never at time zone 'UTC', v_instant),
                    'notifications', caravan.describe_notices(array[120001]))
                else jsonb_build_object(
                    'monitoring_start_time',
                    to_char((t.interval_end - make_interval(secs => t.term_seconds)) at time zone 'UTC', v_instant),
                    'notifications', caravan.describe_notices(array[112101, 112102]),
                    'recommendation_engines', t.engines,
                    'plots', jsonb_build_object('datapoints', t.boxes_expected, 'plots_data', t.boxes))
            end)
        ),
        round(least(coalesce(t.cpu_request, 0)::text::numeric, 999999.9999), 4),
        round(least(coalesce(t.memory_request, 0)::text::numeric, 9999999999999999.9999), 4),
        max(t.cpu_cost) filter (where t.number = 1),
        max(t.cpu_performance) filter (where t.number = 1),
        max(t.cpu_cost) filter (where t.number = 2),
        max(t.cpu_performance) filter (where t.number = 2),
        max(t.cpu_cost) filter (where t.number = 3),
        max(t.cpu_performance) filter (where t.number = 3),
        max(t.memory_cost) filter (where t.number = 1),
        max(t.memory_performance) filter (where t.number = 1),
        max(t.memory_cost) filter (where t.number = 2),
        max(t.memory_performance) filter (where t.number = 2),
        max(t.memory_cost) filter (where t.number = 3),
        max(t.memory_performance) filter (where t.number = 3)
    from term t
    group by t.workload_id, t.container_name, t.is_namespace, t.until, t.interval_end,
        t.cpu_request, t.cpu_limit, t.memory_request, t.memory_limit;
end
$$;
