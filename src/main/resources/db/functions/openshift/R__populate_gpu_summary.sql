-- Purpose:   rebuilds the GPU summary of a day.
-- Arguments: p_source; p_day: UTC day.
-- Returns:   nothing.
-- Rule:      Koku's summary without a GPU rate: by day, namespace, node, device and slice; memory in GB of 10^9 bytes.
-- Invariant: depends on the daily line items and the categories alone; a reader sees the old rows or the new ones.
-- Cost:      one pass over the daily GPU line items of that day.
create or replace function caravan.populate_gpu_summary(p_source uuid, p_day date)
returns void
language plpgsql
as $$
declare
    v_source caravan.source;
    v_gigabytes_of_mebibyte constant double precision := 0.001048576;
begin
    select * into strict v_source
    from caravan.source
    where source_uuid = p_source;

    delete from reporting_ocp_gpu_summary_p
    where source_uuid = p_source
        and usage_start = p_day;

    with device as (
        select
            usage_start,
            namespace,
            node,
            gpu_vendor_name,
            gpu_model_name,
            nullif(mig_profile, '') as mig_profile,
            coalesce(mig_instance_id, '') as mig_instance_id,
            gpu_uuid,
            max(gpu_memory_capacity_mib) * v_gigabytes_of_mebibyte as memory_capacity_gb,
            count(distinct coalesce(nullif(mig_instance_id, ''), gpu_uuid)) as gpu_count,
            max(mig_slice_count) as mig_slice_count,
            max(mig_memory_capacity_mib) * v_gigabytes_of_mebibyte as mig_memory_capacity_gb,
            coalesce(max(mig_strategy), '') as mig_strategy,
            max(gpu_max_slices) as gpu_max_slices
        from openshift_gpu_usage_line_items_daily
        where source = p_source::text
            and usage_start = p_day
        group by 1, 2, 3, 4, 5, 6, 7, 8
    ),
    category as (
        select n.namespace, max(c.cost_category_id) as cost_category_id
        from (select distinct namespace from device) n
        join reporting_ocp_cost_category_namespace c
            on n.namespace like c.namespace
        group by n.namespace
    )
    insert into reporting_ocp_gpu_summary_p (
        cluster_id, cluster_alias, namespace, node, usage_start, usage_end, vendor_name, model_name, memory_capacity_gb,
        gpu_count, mig_instance_id, gpu_uuid, gpu_mode, mig_profile, mig_slice_count, mig_memory_capacity_gb,
        mig_strategy, gpu_max_slices, source_uuid, cost_category_id
    )
    select
        v_source.cluster_id, v_source.alias, d.namespace, d.node, d.usage_start, d.usage_start, d.gpu_vendor_name,
        d.gpu_model_name, d.memory_capacity_gb, d.gpu_count, d.mig_instance_id, d.gpu_uuid,
        case when d.mig_profile is null then 'dedicated' else 'MIG' end,
        d.mig_profile, d.mig_slice_count, d.mig_memory_capacity_gb, d.mig_strategy, d.gpu_max_slices, p_source,
        c.cost_category_id
    from device d
    left join category c
        on c.namespace = d.namespace;
end
$$;
