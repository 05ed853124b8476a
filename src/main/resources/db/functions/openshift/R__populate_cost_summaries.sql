-- Purpose:   rebuilds the cost summaries of a day: by day, by day and node, by day and namespace.
-- Arguments: p_source; p_day: UTC day.
-- Returns:   nothing.
-- Rule:      sums of the daily summary's cost columns, over all its rows; they are NULL as long as nothing costs anything.
-- Invariant: depends on the daily summary of the day alone; a reader sees the old rows or the new ones.
-- Cost:      one pass over the daily summary of that day.
create or replace function caravan.populate_cost_summaries(p_source uuid, p_day date)
returns void
language plpgsql
as $$
begin
    delete from reporting_ocp_cost_summary_p
    where source_uuid = p_source
        and usage_start = p_day;
    delete from reporting_ocp_cost_summary_by_node_p
    where source_uuid = p_source
        and usage_start = p_day;
    delete from reporting_ocp_cost_summary_by_project_p
    where source_uuid = p_source
        and usage_start = p_day;

    with summed as materialized (
        select
            grouping(node, namespace) as grouped,
            cluster_id,
            cluster_alias,
            usage_start,
            cost_model_rate_type,
            node,
            namespace,
            max(cost_category_id) as cost_category_id,
            max(raw_currency) as raw_currency,
            sum(infrastructure_raw_cost) as infrastructure_raw_cost,
            sum(infrastructure_markup_cost) as infrastructure_markup_cost,
            sum(distributed_cost) as distributed_cost,
            sum(cost_model_cpu_cost) as cost_model_cpu_cost,
            sum(cost_model_memory_cost) as cost_model_memory_cost,
            sum(cost_model_volume_cost) as cost_model_volume_cost,
            sum(cost_model_gpu_cost) as cost_model_gpu_cost
        from reporting_ocpusagelineitem_daily_summary
        where source_uuid = p_source
            and usage_start = p_day
        group by grouping sets (
            (cluster_id, cluster_alias, usage_start, cost_model_rate_type),
            (cluster_id, cluster_alias, usage_start, cost_model_rate_type, node),
            (cluster_id, cluster_alias, usage_start, cost_model_rate_type, namespace)
        )
    ),
    by_day as (
        insert into reporting_ocp_cost_summary_p (
            cluster_id, cluster_alias, usage_start, usage_end, infrastructure_raw_cost, infrastructure_markup_cost,
            source_uuid, cost_category_id, raw_currency, distributed_cost, cost_model_cpu_cost, cost_model_memory_cost,
            cost_model_volume_cost, cost_model_gpu_cost, cost_model_rate_type
        )
        select
            cluster_id, cluster_alias, usage_start, usage_start, infrastructure_raw_cost, infrastructure_markup_cost,
            p_source, cost_category_id, raw_currency, distributed_cost, cost_model_cpu_cost, cost_model_memory_cost,
            cost_model_volume_cost, cost_model_gpu_cost, cost_model_rate_type
        from summed
        where grouped = 3
    ),
    by_node as (
        insert into reporting_ocp_cost_summary_by_node_p (
            cluster_id, cluster_alias, node, usage_start, usage_end, infrastructure_raw_cost, infrastructure_markup_cost,
            source_uuid, cost_category_id, raw_currency, distributed_cost, cost_model_cpu_cost, cost_model_memory_cost,
            cost_model_volume_cost, cost_model_gpu_cost, cost_model_rate_type
        )
        select
            cluster_id, cluster_alias, node, usage_start, usage_start, infrastructure_raw_cost,
            infrastructure_markup_cost, p_source, cost_category_id, raw_currency, distributed_cost, cost_model_cpu_cost,
            cost_model_memory_cost, cost_model_volume_cost, cost_model_gpu_cost, cost_model_rate_type
        from summed
        where grouped = 1
    )
    insert into reporting_ocp_cost_summary_by_project_p (
        cluster_id, cluster_alias, namespace, usage_start, usage_end, infrastructure_raw_cost,
        infrastructure_markup_cost, source_uuid, cost_category_id, raw_currency, distributed_cost, cost_model_cpu_cost,
        cost_model_memory_cost, cost_model_volume_cost, cost_model_gpu_cost, cost_model_rate_type
    )
    select
        cluster_id, cluster_alias, namespace, usage_start, usage_start, infrastructure_raw_cost,
        infrastructure_markup_cost, p_source, cost_category_id, raw_currency, distributed_cost, cost_model_cpu_cost,
        cost_model_memory_cost, cost_model_volume_cost, cost_model_gpu_cost, cost_model_rate_type
    from summed
    where grouped = 2;
end
$$;
