-- Purpose:   makes the recommendations that are due for some workloads, and stores them with their history.
-- Arguments: p_workloads: numbers of workloads; p_until: instant up to which intervals count, NULL for each workload's own
--            metrics_upload_at; p_interval_hours: whole hours between two recommendations for a container.
-- Returns:   the number of containers and namespaces stored.
-- Rule:      due are a container without recommendations, one whose recommendations end at least p_interval_hours before
--            the instant, and, on the first of a month, one whose recommendations end on an earlier day. Stored are those
--            that recommend_workloads says may be.
-- Invariant: a container has one set, its latest, and one in the history for each end of monitoring; safe to call again.
-- Cost:      that of recommend_workloads for the workloads of which some container is due, and a few rows written for each.
create or replace function caravan.store_recommendations(
    p_workloads bigint[],
    p_until timestamptz default null,
    p_interval_hours integer default 24
)
returns integer
language plpgsql
as $$
declare
    v_stored integer;
begin
    with workload as (
        select id, org_id, namespace, workload_type is not distinct from 'namespace' as is_namespace,
            coalesce(p_until, metrics_upload_at) as until
        from ros.workloads
        where id = any (p_workloads)
    ),
    stored as (
        select workload_id, container_name, monitoring_end_time
        from ros.recommendation_sets
        where workload_id = any (p_workloads)
        union all
        select workload_id, '', monitoring_end_time
        from ros.namespace_recommendation_sets
        where workload_id = any (p_workloads)
    ),
    recent as materialized (
        select s.workload_id, s.container_name
        from stored s
        join workload w
            on w.id = s.workload_id
        where extract(epoch from w.until - s.monitoring_end_time) < p_interval_hours * 3600
            and not (
                extract(day from w.until at time zone 'UTC') = 1
                and (w.until at time zone 'UTC')::date > (s.monitoring_end_time at time zone 'UTC')::date
            )
    ),
    named as (
        select id, unnest(coalesce(nullif(containers, '{}'), array[''])) as container_name
        from ros.workloads
        where id = any (p_workloads)
    ),
    due as (
        select array_agg(distinct n.id) as workloads
        from named n
        left join recent r
            on r.workload_id = n.id
            and r.container_name = n.container_name
        where r.workload_id is null
    ),
    made as materialized (
        select w.org_id, w.namespace, w.is_namespace, m.*
        from due d
        cross join lateral caravan.recommend_workloads(d.workloads, p_until) m
        join workload w
            on w.id = m.workload_id
        left join recent r
            on r.workload_id = m.workload_id
            and r.container_name = m.container_name
        where m.storable
            and r.workload_id is null
    ),
    container_set as (
        insert into ros.recommendation_sets (workload_id, container_name, monitoring_start_time, monitoring_end_time,
            recommendations, updated_at, cpu_request_current, memory_request_current,
            cpu_variation_short_cost_pct, cpu_variation_short_performance_pct,
            cpu_variation_medium_cost_pct, cpu_variation_medium_performance_pct,
            cpu_variation_long_cost_pct, cpu_variation_long_performance_pct,
            memory_variation_short_cost_pct, memory_variation_short_performance_pct,
            memory_variation_medium_cost_pct, memory_variation_medium_performance_pct,
            memory_variation_long_cost_pct, memory_variation_long_performance_pct)
        select workload_id, container_name, monitoring_start_time, monitoring_end_time,
            recommendations, now(), cpu_request_current, memory_request_current,
            cpu_variation_short_cost_pct, cpu_variation_short_performance_pct,
            cpu_variation_medium_cost_pct, cpu_variation_medium_performance_pct,
            cpu_variation_long_cost_pct, cpu_variation_long_performance_pct,
            memory_variation_short_cost_pct, memory_variation_short_performance_pct,
            memory_variation_medium_cost_pct, memory_variation_medium_performance_pct,
            memory_variation_long_cost_pct, memory_variation_long_performance_pct
        from made
        where not is_namespace
        order by workload_id, container_name
        on conflict (workload_id, container_name) do update
        set monitoring_start_time = excluded.monitoring_start_time,
            monitoring_end_time = excluded.monitoring_end_time,
            recommendations = excluded.recommendations,
            updated_at = excluded.updated_at,
            cpu_request_current = excluded.cpu_request_current,
            memory_request_current = excluded.memory_request_current,
            cpu_variation_short_cost_pct = excluded.cpu_variation_short_cost_pct,
            cpu_variation_short_performance_pct = excluded.cpu_variation_short_performance_pct,
            cpu_variation_medium_cost_pct = excluded.cpu_variation_medium_cost_pct,
            cpu_variation_medium_performance_pct = excluded.cpu_variation_medium_performance_pct,
            cpu_variation_long_cost_pct = excluded.cpu_variation_long_cost_pct,
            cpu_variation_long_performance_pct = excluded.cpu_variation_long_performance_pct,
            memory_variation_short_cost_pct = excluded.memory_variation_short_cost_pct,
            memory_variation_short_performance_pct = excluded.memory_variation_short_performance_pct,
            memory_variation_medium_cost_pct = excluded.memory_variation_medium_cost_pct,
            memory_variation_medium_performance_pct = excluded.memory_variation_medium_performance_pct,
            memory_variation_long_cost_pct = excluded.memory_variation_long_cost_pct,
            memory_variation_long_performance_pct = excluded.memory_variation_long_performance_pct
    ),
    container_history as (
        insert into ros.historical_recommendation_sets (org_id, workload_id, container_name, monitoring_start_time,
            monitoring_end_time, recommendations, updated_at)
        select org_id, workload_id, container_name, monitoring_start_time, monitoring_end_time, recommendations, now()
        from made
        where not is_namespace
        order by workload_id, container_name
        on conflict (workload_id, container_name, monitoring_end_time) do update
        set monitoring_start_time = excluded.monitoring_start_time,
            recommendations = excluded.recommendations,
            updated_at = excluded.updated_at
    ),
    namespace_set as (
        insert into ros.namespace_recommendation_sets (org_id, workload_id, namespace_name, monitoring_start_time,
            monitoring_end_time, recommendations, updated_at, cpu_request_current, memory_request_current,
            cpu_variation_short_cost_pct, cpu_variation_short_performance_pct,
            cpu_variation_medium_cost_pct, cpu_variation_medium_performance_pct,
            cpu_variation_long_cost_pct, cpu_variation_long_performance_pct,
            memory_variation_short_cost_pct, memory_variation_short_performance_pct,
            memory_variation_medium_cost_pct, memory_variation_medium_performance_pct,
            memory_variation_long_cost_pct, memory_variation_long_performance_pct)
        select org_id, workload_id, namespace, monitoring_start_time,
            monitoring_end_time, recommendations, now(), cpu_request_current, memory_request_current,
            cpu_variation_short_cost_pct, cpu_variation_short_performance_pct,
            cpu_variation_medium_cost_pct, cpu_variation_medium_performance_pct,
            cpu_variation_long_cost_pct, cpu_variation_long_performance_pct,
            memory_variation_short_cost_pct, memory_variation_short_performance_pct,
            memory_variation_medium_cost_pct, memory_variation_medium_performance_pct,
            memory_variation_long_cost_pct, memory_variation_long_performance_pct
        from made
        where is_namespace
        order by workload_id
        on conflict (workload_id) do update
        set monitoring_start_time = excluded.monitoring_start_time,
            monitoring_end_time = excluded.monitoring_end_time,
            recommendations = excluded.recommendations,
            updated_at = excluded.updated_at,
            cpu_request_current = excluded.cpu_request_current,
            memory_request_current = excluded.memory_request_current,
            cpu_variation_short_cost_pct = excluded.cpu_variation_short_cost_pct,
            cpu_variation_short_performance_pct = excluded.cpu_variation_short_performance_pct,
            cpu_variation_medium_cost_pct = excluded.cpu_variation_medium_cost_pct,
            cpu_variation_medium_performance_pct = excluded.cpu_variation_medium_performance_pct,
            cpu_variation_long_cost_pct = excluded.cpu_variation_long_cost_pct,
            cpu_variation_long_performance_pct = excluded.cpu_variation_long_performance_pct,
            memory_variation_short_cost_pct = excluded.memory_variation_short_cost_pct,
            memory_variation_short_performance_pct = excluded.memory_variation_short_performance_pct,
            memory_variation_medium_cost_pct = excluded.memory_variation_medium_cost_pct,
            memory_variation_medium_performance_pct = excluded.memory_variation_medium_performance_pct,
            memory_variation_long_cost_pct = excluded.memory_variation_long_cost_pct,
            memory_variation_long_performance_pct = excluded.memory_variation_long_performance_pct
    ),
    namespace_history as (
        insert into ros.historical_namespace_recommendation_sets (org_id, workload_id, namespace_name,
            monitoring_start_time, monitoring_end_time, recommendations, updated_at)
        select org_id, workload_id, namespace, monitoring_start_time, monitoring_end_time, recommendations, now()
        from made
        where is_namespace
        order by workload_id
        on conflict (workload_id, monitoring_end_time) do nothing
    )
    select count(*) into v_stored
    from made;
    return v_stored;
end
$$;
