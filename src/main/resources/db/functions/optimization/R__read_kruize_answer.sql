-- Purpose:   reads what a Kruize server recommends for a workload, in the shape in which recommendations are stored.
-- Arguments: p_workload: number of the workload; p_until: end of the newest interval that counts; p_answer: the array that
--            the server answers with.
-- Returns:   rows as those of recommend_workloads, one for each container, or for the namespace, that the answer has at
--            that instant.
-- Rule:      may be stored what the server says has recommendations (notification 111000). Left out are counts of pods,
--            levels of confidence, environments and numbers that are 0; times are written without fractions of a second.
-- Invariant: depends on its arguments and the type of the workload alone; nothing is written. An answer of another shape is
--            an error, or gives no row.
-- Cost:      a pass over the answer.
create or replace function caravan.read_kruize_answer(p_workload bigint, p_until timestamptz, p_answer jsonb)
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
    v_instant constant text := 'YYYY-MM-DD"T"HH24:MI:SS"Z"';
    v_millisecond constant text := 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"';
    v_mebibyte constant double precision := 1024.0 * 1024;
    v_never constant timestamptz := '0001-01-01 00:00:00+00';
begin
    return query
    with named as (
        select c.value ->> 'container_name' as name, c.value -> 'recommendations' as given
        from ros.workloads w
        cross join lateral jsonb_array_elements(p_answer -> 0 -> 'kubernetes_objects') o
        cross join lateral jsonb_array_elements(o.value -> 'containers') c
        where w.id = p_workload
            and w.workload_type is distinct from 'namespace'
        union all
        select '', o.value -> 'namespaces' -> 'recommendations'
        from ros.workloads w
        cross join lateral jsonb_array_elements(p_answer -> 0 -> 'kubernetes_objects') o
        where w.id = p_workload
            and w.workload_type = 'namespace'
    ),
    dated as (
        select name, given -> 'notifications' ? '111000' as available,
            given -> 'data' -> to_char(p_until at time zone 'UTC', v_millisecond) as data
        from named
    ),
    measured as (
        select d.*,
            (data #>> '{current,requests,cpu,amount}')::double precision as cpu_request,
            (data #>> '{current,limits,cpu,amount}')::double precision as cpu_limit,
            (data #>> '{current,requests,memory,amount}')::double precision as memory_request,
            (data #>> '{current,limits,memory,amount}')::double precision as memory_limit
        from dated d
        where data is not null
    ),
    term as (
        select m.*, k.number, k.name as term_name, t.value as term, s.start, e.*, b.boxes
        from measured m
        cross join (values (1, 'short_term'), (2, 'medium_term'), (3, 'long_term')) k (number, name)
        cross join lateral (select data -> 'recommendation_terms' -> k.name as value) t
        cross join lateral (select coalesce((t.value ->> 'monitoring_start_time')::timestamptz, v_never) as start) s
        cross join lateral (
            select
                jsonb_object_agg(g.name, jsonb_build_object(
                    'config', caravan.describe_configuration(
                        (g.value #>> '{config,requests,cpu,amount}')::double precision,
                        (g.value #>> '{config,limits,cpu,amount}')::double precision,
                        (g.value #>> '{config,requests,memory,amount}')::double precision,
                        (g.value #>> '{config,limits,memory,amount}')::double precision),
                    'variation', caravan.describe_configuration(
                        v.cpu_request, (g.value #>> '{variation,limits,cpu,amount}')::double precision,
                        v.memory_request, (g.value #>> '{variation,limits,memory,amount}')::double precision),
                    'notifications', coalesce(g.value -> 'notifications', '{}')
                )) as engines,
                max(p.cpu) filter (where g.name = 'cost') as cpu_cost,
                max(p.cpu) filter (where g.name = 'performance') as cpu_performance,
                max(p.memory) filter (where g.name = 'cost') as memory_cost,
                max(p.memory) filter (where g.name = 'performance') as memory_performance
            from (
                select n as name, t.value -> 'recommendation_engines' -> n as value
                from unnest(array['cost', 'performance']) n
            ) g
            cross join lateral (
                select (g.value #>> '{variation,requests,cpu,amount}')::double precision as cpu_request,
                    (g.value #>> '{variation,requests,memory,amount}')::double precision as memory_request
            ) v
            cross join lateral (
                select
                    caravan.change_in_percent(
                        caravan.truncate_thousandths(coalesce(v.cpu_request, 0)),
                        caravan.truncate_thousandths(coalesce(m.cpu_request, 0))) as cpu,
                    caravan.change_in_percent(
                        trunc(coalesce(v.memory_request, 0) / v_mebibyte * 100) / 100,
                        trunc(coalesce(m.memory_request, 0) / v_mebibyte * 100) / 100) as memory
            ) p
            where jsonb_typeof(g.value) = 'object'
        ) e
        cross join lateral (
            select jsonb_object_agg(
                box.key,
                (
                    select coalesce(
                        jsonb_object_agg(
                            part.key,
                            (
                                select jsonb_object_agg(number.key, number.value)
                                from jsonb_each(part.value) number
                                where number.value <> '0'
                            )),
                        '{}')
                    from jsonb_each(box.value) part
                    where part.key in ('cpuUsage', 'memoryUsage')
                )) as boxes
            from jsonb_each(t.value -> 'plots' -> 'plots_data') box
        ) b
    )
    select
        p_workload,
        t.name,
        max(t.start) filter (where t.number = 1),
        p_until,
        t.available is true,
        jsonb_build_object(
            'monitoring_end_time', to_char(p_until at time zone 'UTC', v_instant),
            'current', caravan.describe_configuration(t.cpu_request, t.cpu_limit, t.memory_request, t.memory_limit),
            'notifications', coalesce(t.data -> 'notifications', '{}'),
            'recommendation_terms', coalesce(jsonb_object_agg(t.term_name, jsonb_strip_nulls(jsonb_build_object(
                'duration_in_hours', nullif(t.term -> 'duration_in_hours', '0'),
                'monitoring_start_time', to_char(t.start at time zone 'UTC', v_instant),
                'notifications', coalesce(t.term -> 'notifications', '{}'),
                'recommendation_engines', t.engines,
                'plots', case
                    when t.boxes is not null then jsonb_build_object(
                        'datapoints', t.term -> 'plots' -> 'datapoints',
                        'plots_data', t.boxes)
                end
            ))) filter (where t.term is not null), '{}')
        ),
        round(least(greatest(coalesce(t.cpu_request, 0)::text::numeric, -999999.9999), 999999.9999), 4),
        round(
            least(greatest(coalesce(t.memory_request, 0)::text::numeric, -9999999999999999.9999), 9999999999999999.9999),
            4),
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
    group by t.name, t.available, t.data, t.cpu_request, t.cpu_limit, t.memory_request, t.memory_limit;
end
$$;
