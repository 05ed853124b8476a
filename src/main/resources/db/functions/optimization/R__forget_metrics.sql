-- Purpose:   deletes what is too old to count for right-sizing, a bounded number of rows at a time.
-- Arguments: p_before: first instant kept; p_limit: rows of each table, at most.
-- Returns:   the number of rows deleted; 0 when there is nothing left.
-- Invariant: no interval and no recommendation of the history that ends at or after p_before goes; the latest
--            recommendations stay. The caller calls again until nothing is left.
-- Cost:      p_limit rows of each table, found by index; no lock but those of the rows.
create or replace function caravan.forget_metrics(p_before timestamptz, p_limit integer)
returns bigint
language plpgsql
as $$
declare
    v_rows bigint;
    v_total bigint;
begin
    delete from ros.workload_metrics
    where (workload_id, container_name, interval_end) in (
        select workload_id, container_name, interval_end
        from ros.workload_metrics
        where interval_end < p_before
        order by interval_end
        limit p_limit
    );
    get diagnostics v_total = row_count;

    delete from ros.historical_recommendation_sets
    where (workload_id, container_name, monitoring_end_time) in (
        select workload_id, container_name, monitoring_end_time
        from ros.historical_recommendation_sets
        where monitoring_end_time < p_before
        order by monitoring_end_time
        limit p_limit
    );
    get diagnostics v_rows = row_count;
    v_total := v_total + v_rows;

    delete from ros.historical_namespace_recommendation_sets
    where (workload_id, monitoring_end_time) in (
        select workload_id, monitoring_end_time
        from ros.historical_namespace_recommendation_sets
        where monitoring_end_time < p_before
        order by monitoring_end_time
        limit p_limit
    );
    get diagnostics v_rows = row_count;
    return v_total + v_rows;
end
$$;
