-- Purpose:   rebuilds the pod summaries of a day: by day, by day and node, by day and namespace.
-- Arguments: p_source; p_day: UTC day.
-- Returns:   nothing.
-- Rule:      sums of the daily summary's pod rows without the unallocated ones; rows of no namespace count. Capacities repeat
--            on the rows summed up here, so the greatest is taken.
-- Invariant: depends on the daily summary of the day alone; a reader sees the old rows or the new ones. The three tables
--            of a day add up to the same.
-- Cost:      one pass over the daily summary of that day.
create or replace function caravan.populate_pod_summaries(p_source uuid, p_day date)
returns void
language plpgsql
as $$
begin
    delete from reporting_ocp_pod_summary_p
    where source_uuid = p_source
        and usage_start = p_day;
    delete from reporting_ocp_pod_summary_by_node_p
    where source_uuid = p_source
        and usage_start = p_day;
    delete from reporting_ocp_pod_summary_by_project_p
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
            array_agg(distinct resource_id) as resource_ids,
            count(distinct resource_id) as resource_count,
            max(data_source) as data_source,
            sum(pod_usage_cpu_core_hours) as pod_usage_cpu_core_hours,
            sum(pod_request_cpu_core_hours) as pod_request_cpu_core_hours,
            sum(pod_effective_usage_cpu_core_hours) as pod_effective_usage_cpu_core_hours,
            sum(pod_limit_cpu_core_hours) as pod_limit_cpu_core_hours,
            sum(pod_usage_memory_gigabyte_hours) as pod_usage_memory_gigabyte_hours,
            sum(pod_request_memory_gigabyte_hours) as pod_request_memory_gigabyte_hours,
            sum(pod_effective_usage_memory_gigabyte_hours) as pod_effective_usage_memory_gigabyte_hours,
            sum(pod_limit_memory_gigabyte_hours) as pod_limit_memory_gigabyte_hours,
            max(cluster_capacity_cpu_core_hours) as cluster_capacity_cpu_core_hours,
            max(cluster_capacity_memory_gigabyte_hours) as cluster_capacity_memory_gigabyte_hours,
            max(node_capacity_cpu_cores) as node_capacity_cpu_cores,
            max(node_capacity_cpu_core_hours) as node_capacity_cpu_core_hours,
            max(node_capacity_memory_gigabytes) as node_capacity_memory_gigabytes,
            max(node_capacity_memory_gigabyte_hours) as node_capacity_memory_gigabyte_hours,
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
            and data_source = 'Pod'
            and coalesce(namespace, '') <> all (array[
                'Worker unallocated', 'Platform unallocated', 'Network unattributed', 'Storage unattributed'
            ])
        group by grouping sets (
            (cluster_id, cluster_alias, usage_start, cost_model_rate_type),
            (cluster_id, cluster_alias, usage_start, cost_model_rate_type, node),
            (cluster_id, cluster_alias, usage_start, cost_model_rate_type, namespace)
        )
    ),
    by_day as (
        insert into reporting_ocp_pod_summary_p (
            cluster_id, cluster_alias, usage_start, usage_end, resource_ids, resource_count, data_source,
            pod_usage_cpu_core_hours, pod_request_cpu_core_hours, pod_effective_usage_cpu_core_hours,
            pod_limit_cpu_core_hours, pod_usage_memory_gigabyte_hours, pod_request_memory_gigabyte_hours,
            pod_effective_usage_memory_gigabyte_hours, pod_limit_memory_gigabyte_hours,
            cluster_capacity_cpu_core_hours, cluster_capacity_memory_gigabyte_hours, source_uuid,
            infrastructure_raw_cost, infrastructure_markup_cost, cost_category_id, raw_currency, distributed_cost,
            cost_model_cpu_cost, cost_model_memory_cost, cost_model_volume_cost, cost_model_gpu_cost,
            cost_model_rate_type
        )
        select
            cluster_id, cluster_alias, usage_start, usage_start, resource_ids, resource_count, data_source,
            pod_usage_cpu_core_hours, pod_request_cpu_core_hours, pod_effective_usage_cpu_core_hours,
            pod_limit_cpu_core_hours, pod_usage_memory_gigabyte_hours, pod_request_memory_gigabyte_hours,
            pod_effective_usage_memory_gigabyte_hours, pod_limit_memory_gigabyte_hours,
            cluster_capacity_cpu_core_hours, cluster_capacity_memory_gigabyte_hours, p_source,
            infrastructure_raw_cost, infrastructure_markup_cost, cost_category_id, raw_currency, distributed_cost,
            cost_model_cpu_cost, cost_model_memory_cost, cost_model_volume_cost, cost_model_gpu_cost,
            cost_model_rate_type
        from summed
        where grouped = 3
    ),
    by_node as (
        insert into reporting_ocp_pod_summary_by_node_p (
            cluster_id, cluster_alias, node, usage_start, usage_end, resource_ids, resource_count, data_source,
            pod_usage_cpu_core_hours, pod_request_cpu_core_hours, pod_effective_usage_cpu_core_hours,
            pod_limit_cpu_core_hours, pod_usage_memory_gigabyte_hours, pod_request_memory_gigabyte_hours,
            pod_effective_usage_memory_gigabyte_hours, pod_limit_memory_gigabyte_hours,
            cluster_capacity_cpu_core_hours, cluster_capacity_memory_gigabyte_hours, node_capacity_cpu_cores,
            node_capacity_cpu_core_hours, node_capacity_memory_gigabytes, node_capacity_memory_gigabyte_hours,
            source_uuid, infrastructure_raw_cost, infrastructure_markup_cost, cost_category_id, raw_currency,
            distributed_cost, cost_model_cpu_cost, cost_model_memory_cost, cost_model_volume_cost,
            cost_model_gpu_cost, cost_model_rate_type
        )
        select
            cluster_id, cluster_alias, node, usage_start, usage_start, resource_ids, resource_count, data_source,
            pod_usage_cpu_core_hours, pod_request_cpu_core_hours, pod_effective_usage_cpu_core_hours,
            pod_limit_cpu_core_hours, pod_usage_memory_gigabyte_hours, pod_request_memory_gigabyte_hours,
            pod_effective_usage_memory_gigabyte_hours, pod_limit_memory_gigabyte_hours,
            cluster_capacity_cpu_core_hours, cluster_capacity_memory_gigabyte_hours, node_capacity_cpu_cores,
            node_capacity_cpu_core_hours, node_capacity_memory_gigabytes, node_capacity_memory_gigabyte_hours,
            p_source, infrastructure_raw_cost, infrastructure_markup_cost, cost_category_id, raw_currency,
            distributed_cost, cost_model_cpu_cost, cost_model_memory_cost, cost_model_volume_cost,
            cost_model_gpu_cost, cost_model_rate_type
        from summed
        where grouped = 1
    )
    insert into reporting_ocp_pod_summary_by_project_p (
        cluster_id, cluster_alias, namespace, usage_start, usage_end, resource_ids, resource_count, data_source,
        pod_usage_cpu_core_hours, pod_request_cpu_core_hours, pod_effective_usage_cpu_core_hours,
        pod_limit_cpu_core_hours, pod_usage_memory_gigabyte_hours, pod_request_memory_gigabyte_hours,
        pod_effective_usage_memory_gigabyte_hours, pod_limit_memory_gigabyte_hours, cluster_capacity_cpu_core_hours,
        cluster_capacity_memory_gigabyte_hours, source_uuid, infrastructure_raw_cost, infrastructure_markup_cost,
        cost_category_id, raw_currency, distributed_cost, cost_model_cpu_cost, cost_model_memory_cost,
        cost_model_volume_cost, cost_model_gpu_cost, cost_model_rate_type
    )
    select
        cluster_id, cluster_alias, namespace, usage_start, usage_start, resource_ids, resource_count, data_source,
        pod_usage_cpu_core_hours, pod_request_cpu_core_hours, pod_effective_usage_cpu_core_hours,
        pod_limit_cpu_core_hours, pod_usage_memory_gigabyte_hours, pod_request_memory_gigabyte_hours,
        pod_effective_usage_memory_gigabyte_hours, pod_limit_memory_gigabyte_hours, cluster_capacity_cpu_core_hours,
        cluster_capacity_memory_gigabyte_hours, p_source, infrastructure_raw_cost, infrastructure_markup_cost,
        cost_category_id, raw_currency, distributed_cost, cost_model_cpu_cost, cost_model_memory_cost,
        cost_model_volume_cost, cost_model_gpu_cost, cost_model_rate_type
    from summed
    where grouped = 2;
end
$$;
