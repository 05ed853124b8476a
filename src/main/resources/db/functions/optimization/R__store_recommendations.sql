-- Purpose:   makes the recommendations that are due for some workloads, and stores them with their history.
-- Arguments: p_workloads: numbers of workloads; p_until: instant up to which intervals count, NULL for each workload's own
--            metrics_upload_at; p_interval_hours: whole hours between two recommendations for a container; p_answer: what
--            a Kruize server recommends for the only workload and that instant, NULL to have it computed here.
-- Returns:   the number of containers and namespaces stored.
-- Rule:      due is what find_due_containers says. Stored are those that recommend_workloads, or read_kruize_answer, says
--            may be.
-- Invariant: a container has one set, its latest, and one in the history for each end of monitoring; safe to call again.
-- Cost:      that of recommend_workloads for the workloads of which some container is due, and a few rows written for each.
create or replace function caravan.store_recommendations(
    p_workloads bigint[],
    p_until timestamptz default null,
    p_interval_hours integer default 24,
    p_answer jsonb default null
)
returns integer
language plpgsql
as $$
declare
    v_stored integer;
begin
    with due as materialized (
        select f.workload_id, f.container_name, w.org_id, w.namespace,
            w.workload_type is not distinct from 'namespace' as is_namespace
        from caravan.find_due_containers(p_workloads, p_until, p_interval_hours) f
        join ros.workloads w
            on w.id = f.workload_id
    ),
    made as materialized (
        select d.org_id, d.namespace, d.is_namespace, m.*
        from (
            select *
            from caravan.recommend_workloads((select array_agg(distinct workload_id) from due), p_until)
            where p_answer is null
            union all
            select *
            from caravan.read_kruize_answer(p_workloads[1], p_until, p_answer)
            where p_answer is not null
        ) m
        join due d
            on d.workload_id = m.workload_id
            and d.container_name = m.container_name
        where m.storable
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
