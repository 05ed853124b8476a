-- Purpose:   lists the containers of a cluster that would free the most if they requested what is recommended.
-- Arguments: p_org_id; p_cluster: id of the cluster; p_term: short, medium or long, NULL for the longest that has a
--            recommendation, container by container; p_engine: cost or performance; p_limit: rows at most.
-- Returns:   containers, those that save the most first: their latest recommendation with its term and the end of its
--            monitoring; requests of one pod in cores and bytes, as they are (NULL for none) and as recommended (NULL where
--            nothing is); saving, see Rule; and, the same in every row, how many containers the cluster has and what all of
--            them request, before and after.
-- Rule:      saving is the mean of two shares: freed cores in the cores that all containers of the cluster request, and freed
--            memory in theirs. It is negative where more is recommended than is requested. What is not recommended otherwise
--            stays, what is not requested counts as 0. Left out are containers without a recommendation of the engine and
--            term, and those that had gone 15 days before the cluster's newest recommendation: no term looks back further.
--            Of several sources with the same cluster the one that reported last counts.
-- Invariant: reads only.
-- Cost:      one pass over the recommendations of the cluster.
create or replace function caravan.list_savings(
    p_org_id text,
    p_cluster text,
    p_term text,
    p_engine text,
    p_limit integer
)
returns table (
    namespace text,
    workload_type text,
    workload text,
    container text,
    term text,
    monitoring_end_time timestamptz,
    cpu_request double precision,
    cpu_recommended double precision,
    memory_request double precision,
    memory_recommended double precision,
    saving double precision,
    containers bigint,
    all_cpu_request double precision,
    all_cpu_recommended double precision,
    all_memory_request double precision,
    all_memory_recommended double precision
)
language plpgsql
stable
as $$
declare
    v_cluster bigint;
begin
    select c.id into v_cluster
    from ros.clusters c
    join ros.rh_accounts a
        on a.id = c.tenant_id
    where a.org_id = p_org_id
        and c.cluster_uuid = p_cluster
    order by c.last_reported_at desc nulls last, c.id desc
    limit 1;

    return query
    with latest as materialized (
        select w.namespace, w.workload_type, w.workload_name, s.container_name, s.recommendations, s.monitoring_end_time,
            max(s.monitoring_end_time) over () as newest
        from ros.workloads w
        join ros.recommendation_sets s
            on s.workload_id = w.id
        where w.cluster_id = v_cluster
    ),
    made as (
        select l.namespace, l.workload_type, l.workload_name, l.container_name, l.monitoring_end_time, t.term,
            l.recommendations #> '{current,requests}' as current,
            t.engine #> '{config,requests}' as recommended
        from latest l
        cross join lateral (
            select possible.term, l.recommendations #> array[
                'recommendation_terms', possible.term || '_term', 'recommendation_engines', p_engine] as engine
            from unnest(array['long', 'medium', 'short']) with ordinality as possible(term, number)
            where (p_term is null or possible.term = p_term)
                and l.recommendations #> array[
                    'recommendation_terms', possible.term || '_term', 'recommendation_engines', p_engine] is not null
            order by possible.number
            limit 1
        ) t
        where l.monitoring_end_time > l.newest - interval '15 days'
    ),
    amount as (
        select m.namespace, m.workload_type, m.workload_name, m.container_name, m.term, m.monitoring_end_time,
            cpu.request as cpu_request, cpu.recommended as cpu_recommended,
            memory.request as memory_request, memory.recommended as memory_recommended
        from made m
        cross join lateral (
            -- A number 0 is left out, its format is not.
            select
                coalesce(
                    (m.current #>> '{cpu,amount}')::double precision,
                    case when m.current #> '{cpu,format}' is not null then 0 end) as request,
                coalesce(
                    (m.recommended #>> '{cpu,amount}')::double precision,
                    case when m.recommended #> '{cpu,format}' is not null then 0 end) as recommended
        ) cpu
        cross join lateral (
            select
                coalesce(
                    (m.current #>> '{memory,amount}')::double precision,
                    case when m.current #> '{memory,format}' is not null then 0 end) as request,
                coalesce(
                    (m.recommended #>> '{memory,amount}')::double precision,
                    case when m.recommended #> '{memory,format}' is not null then 0 end) as recommended
        ) memory
    ),
    total as (
        select count(*) as containers,
            coalesce(sum(a.cpu_request), 0) as cpu_request,
            coalesce(sum(coalesce(a.cpu_recommended, a.cpu_request)), 0) as cpu_recommended,
            coalesce(sum(a.memory_request), 0) as memory_request,
            coalesce(sum(coalesce(a.memory_recommended, a.memory_request)), 0) as memory_recommended
        from amount a
    )
    select a.namespace, a.workload_type, a.workload_name, a.container_name, a.term, a.monitoring_end_time,
        a.cpu_request, a.cpu_recommended, a.memory_request, a.memory_recommended,
        coalesce((coalesce(a.cpu_request, 0) - a.cpu_recommended) / nullif(t.cpu_request, 0), 0) / 2
            + coalesce((coalesce(a.memory_request, 0) - a.memory_recommended) / nullif(t.memory_request, 0), 0) / 2 as share,
        t.containers, t.cpu_request, t.cpu_recommended, t.memory_request, t.memory_recommended
    from amount a
    cross join total t
    order by share desc, a.namespace, a.workload_type, a.workload_name, a.container_name
    limit p_limit;
end
$$;
