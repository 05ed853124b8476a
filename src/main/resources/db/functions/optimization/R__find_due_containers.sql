-- Purpose:   finds the containers, and namespaces, for which recommendations are to be made.
-- Arguments: p_workloads: numbers of workloads; p_until: instant up to which intervals count, NULL for each workload's own
--            metrics_upload_at; p_interval_hours: whole hours between two recommendations for a container.
-- Returns:   workload and name of each that is due, '' being the name of a namespace.
-- Rule:      due are a container without recommendations, one whose recommendations end at least p_interval_hours before
--            the instant, and, on the first of a month, one whose recommendations end on an earlier day.
-- Invariant: nothing is written; both engines ask here.
-- Cost:      a few rows by key for each workload.
create or replace function caravan.find_due_containers(
    p_workloads bigint[],
    p_until timestamptz,
    p_interval_hours integer
)
returns table (workload_id bigint, container_name text)
language plpgsql
as $$
#variable_conflict use_column
begin
    return query
    with workload as (
        select id, unnest(coalesce(nullif(containers, '{}'), array[''])) as container_name,
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
    )
    select w.id, w.container_name
    from workload w
    left join stored s
        on s.workload_id = w.id
        and s.container_name = w.container_name
    where s.workload_id is null
        or extract(epoch from w.until - s.monitoring_end_time) >= p_interval_hours * 3600
        or (
            extract(day from w.until at time zone 'UTC') = 1
            and (w.until at time zone 'UTC')::date > (s.monitoring_end_time at time zone 'UTC')::date
        );
end
$$;
