-- Purpose:   rebuilds the volume summaries of a day: by claim and storage class, and those by namespace too.
-- Arguments: p_source; p_day: UTC day.
-- Returns:   nothing.
-- Rule:      sums of the daily summary's storage rows that name a claim. A shared volume's capacity stands whole on each of
--            its nodes' rows and is summed so, as Koku's readers know it.
-- Invariant: depends on the daily summary of the day alone; a reader sees the old rows or the new ones. Both tables of a
--            day add up to the same.
-- Cost:      one pass over the daily summary of that day.
create or replace function caravan.populate_volume_summaries(p_source uuid, p_day date)
returns void
language plpgsql
as $$
begin
    delete from reporting_ocp_volume_summary_p
    where source_uuid = p_source
        and usage_start = p_day;
    delete from reporting_ocp_volume_summary_by_project_p
    where source_uuid = p_source
        and usage_start = p_day;

    with summed as materialized (
        select
            grouping(namespace) as grouped,
            cluster_id,
            cluster_alias,
            usage_start,
            cost_model_rate_type,
            namespace,
            persistentvolumeclaim,
            storageclass,
            array_agg(distinct resource_id) as resource_ids,
            count(distinct resource_id) as resource_count,
            max(data_source) as data_source,
            sum(volume_request_storage_gigabyte_months) as volume_request_storage_gigabyte_months,
            sum(persistentvolumeclaim_usage_gigabyte_months) as persistentvolumeclaim_usage_gigabyte_months,
            sum(persistentvolumeclaim_capacity_gigabyte_months) as persistentvolumeclaim_capacity_gigabyte_months,
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
            and data_source = 'Storage'
            and persistentvolumeclaim is not null
        group by grouping sets (
            (cluster_id, cluster_alias, usage_start, cost_model_rate_type, persistentvolumeclaim, storageclass),
            (cluster_id, cluster_alias, usage_start, cost_model_rate_type, persistentvolumeclaim, storageclass, namespace)
        )
    ),
    by_claim as (
        insert into reporting_ocp_volume_summary_p (
            cluster_id, cluster_alias, usage_start, usage_end, resource_ids, resource_count, data_source,
            persistentvolumeclaim, storageclass, volume_request_storage_gigabyte_months,
            persistentvolumeclaim_usage_gigabyte_months, persistentvolumeclaim_capacity_gigabyte_months,
            source_uuid, infrastructure_raw_cost, infrastructure_markup_cost, cost_category_id, raw_currency,
            distributed_cost, cost_model_cpu_cost, cost_model_memory_cost, cost_model_volume_cost,
            cost_model_gpu_cost, cost_model_rate_type
        )
        select
            cluster_id, cluster_alias, usage_start, usage_start, resource_ids, resource_count, data_source,
            persistentvolumeclaim, storageclass, volume_request_storage_gigabyte_months,
            persistentvolumeclaim_usage_gigabyte_months, persistentvolumeclaim_capacity_gigabyte_months, p_source,
            infrastructure_raw_cost, infrastructure_markup_cost, cost_category_id, raw_currency, distributed_cost,
            cost_model_cpu_cost, cost_model_memory_cost, cost_model_volume_cost, cost_model_gpu_cost,
            cost_model_rate_type
        from summed
        where grouped = 1
    )
    insert into reporting_ocp_volume_summary_by_project_p (
        cluster_id, cluster_alias, namespace, usage_start, usage_end, resource_ids, resource_count, data_source,
        persistentvolumeclaim, storageclass, volume_request_storage_gigabyte_months,
        persistentvolumeclaim_usage_gigabyte_months, persistentvolumeclaim_capacity_gigabyte_months, source_uuid,
        infrastructure_raw_cost, infrastructure_markup_cost, cost_category_id, raw_currency, distributed_cost,
        cost_model_cpu_cost, cost_model_memory_cost, cost_model_volume_cost, cost_model_gpu_cost,
        cost_model_rate_type
    )
    select
        cluster_id, cluster_alias, namespace, usage_start, usage_start, resource_ids, resource_count, data_source,
        persistentvolumeclaim, storageclass, volume_request_storage_gigabyte_months,
        persistentvolumeclaim_usage_gigabyte_months, persistentvolumeclaim_capacity_gigabyte_months, p_source,
        infrastructure_raw_cost, infrastructure_markup_cost, cost_category_id, raw_currency, distributed_cost,
        cost_model_cpu_cost, cost_model_memory_cost, cost_model_volume_cost, cost_model_gpu_cost,
        cost_model_rate_type
    from summed
    where grouped = 0;
end
$$;
