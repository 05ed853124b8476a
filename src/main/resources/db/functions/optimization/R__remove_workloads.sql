-- Purpose:   deletes a bounded part of what right-sizing has of a source.
-- Arguments: p_org_id: organisation; p_source_id: number of the source as text; p_limit: rows at most; p_retire: have the
--            experiments of its workloads deleted at the Kruize server too.
-- Returns:   the number of rows deleted; 0 when there is nothing left.
-- Rule:      the first of these that has rows loses some: metrics, intervals not sent, history, recommendations, workloads,
--            clusters. All clusters of the source go, and the organisation stays.
-- Invariant: what other sources and organisations have stays. An experiment is on the list of the retired exactly when its
--            workload is gone. The caller calls again until nothing is left; several at once take turns.
-- Cost:      p_limit rows, found by the index of their workload or cluster; the clusters' rows are locked meanwhile.
create or replace function caravan.remove_workloads(
    p_org_id text,
    p_source_id text,
    p_limit integer,
    p_retire boolean
)
returns bigint
language plpgsql
as $$
declare
    v_clusters bigint[];
    v_workloads bigint[];
    v_rows bigint;
begin
    -- A report that is being loaded comes first; one that comes now waits.
    v_clusters := array(
        select c.id
        from ros.clusters c
        join ros.rh_accounts a
            on a.id = c.tenant_id
        where a.org_id = p_org_id
            and c.source_id = p_source_id
        order by c.id
        for update of c
    );
    v_workloads := array(select id from ros.workloads where cluster_id = any (v_clusters) order by id limit p_limit);

    delete from ros.workload_metrics
    where ctid = any (array(
        select ctid from ros.workload_metrics where workload_id = any (v_workloads) limit p_limit));
    get diagnostics v_rows = row_count;
    if v_rows > 0 then
        return v_rows;
    end if;

    delete from ros.unsent_interval
    where ctid = any (array(
        select ctid from ros.unsent_interval where workload_id = any (v_workloads) limit p_limit));
    get diagnostics v_rows = row_count;
    if v_rows > 0 then
        return v_rows;
    end if;

    delete from ros.historical_recommendation_sets
    where ctid = any (array(
        select ctid from ros.historical_recommendation_sets where workload_id = any (v_workloads) limit p_limit));
    get diagnostics v_rows = row_count;
    if v_rows > 0 then
        return v_rows;
    end if;

    delete from ros.historical_namespace_recommendation_sets
    where ctid = any (array(
        select ctid from ros.historical_namespace_recommendation_sets where workload_id = any (v_workloads)
        limit p_limit));
    get diagnostics v_rows = row_count;
    if v_rows > 0 then
        return v_rows;
    end if;

    delete from ros.recommendation_sets
    where ctid = any (array(
        select ctid from ros.recommendation_sets where workload_id = any (v_workloads) limit p_limit));
    get diagnostics v_rows = row_count;
    if v_rows > 0 then
        return v_rows;
    end if;

    -- A namespace has one set at most: it goes with its workload.
    with gone as (
        delete from ros.workloads
        where id = any (v_workloads)
        returning experiment_name
    ),
    retired as (
        insert into ros.retired_experiment (experiment_name)
        select experiment_name
        from gone
        where p_retire
        on conflict do nothing
    )
    select count(*) into v_rows
    from gone;
    if v_rows > 0 then
        return v_rows;
    end if;

    delete from ros.clusters
    where id = any (v_clusters);
    get diagnostics v_rows = row_count;
    return v_rows;
end
$$;
