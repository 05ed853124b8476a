-- Purpose:   rebuilds the virtual machine summary of a day.
-- Arguments: p_source; p_day: UTC day.
-- Returns:   nothing.
-- Rule:      a row for each day, namespace, node and label set of a machine (label vm_kubevirt_io_name of the daily summary)
--            with what its pod used, and one for each of its claims. What it requests is cores and GiB of the machine
--            itself x 24, as Koku's readers divide by 24 again; without a report of machines, what its pod requested.
--            Koku fills this table with costs only; here usage does.
-- Invariant: depends on the daily summary and daily line items alone; a reader sees the old rows or the new ones.
-- Cost:      one pass over the daily summary and the daily line items of machines, volumes and pods of that day.
create or replace function caravan.populate_vm_summary(p_source uuid, p_day date)
returns void
language plpgsql
as $$
declare
    v_source caravan.source;
    v_gibibyte constant double precision := 1024.0 * 1024 * 1024;
begin
    select * into strict v_source
    from caravan.source
    where source_uuid = p_source;

    delete from reporting_ocp_vm_summary_p
    where source_uuid = p_source
        and usage_start = p_day;

    with used as materialized (
        select
            usage_start,
            namespace,
            node,
            pod_labels ->> 'vm_kubevirt_io_name' as vm_name,
            pod_labels,
            array_agg(distinct resource_id) as resource_ids,
            max(cost_category_id) as cost_category_id,
            sum(pod_usage_cpu_core_hours) as usage_core_hours,
            sum(pod_request_cpu_core_hours) as request_core_hours,
            sum(pod_effective_usage_cpu_core_hours) as effective_core_hours,
            sum(pod_limit_cpu_core_hours) as limit_core_hours,
            sum(pod_usage_memory_gigabyte_hours) as usage_gigabyte_hours,
            sum(pod_request_memory_gigabyte_hours) as request_gigabyte_hours,
            sum(pod_effective_usage_memory_gigabyte_hours) as effective_gigabyte_hours,
            sum(pod_limit_memory_gigabyte_hours) as limit_gigabyte_hours
        from reporting_ocpusagelineitem_daily_summary
        where source_uuid = p_source
            and usage_start = p_day
            and data_source = 'Pod'
            and pod_labels ? 'vm_kubevirt_io_name'
        group by usage_start, namespace, node, pod_labels
    ),
    requested as materialized (
        select
            usage_start,
            namespace,
            vm_name,
            node,
            max(vm_cpu_request_cores) * 24 as core_hours,
            max(vm_memory_request_bytes) / v_gibibyte * 24 as gigabyte_hours
        from openshift_vm_usage_line_items_daily
        where source = p_source::text
            and usage_start = p_day
        group by usage_start, namespace, vm_name, node
    ),
    -- A machine's report names one of its claims, the storage report those its pod mounted.
    claim as materialized (
        select usage_start, namespace, vm_name, vm_persistentvolumeclaim_name as persistentvolumeclaim
        from openshift_vm_usage_line_items_daily
        where source = p_source::text
            and usage_start = p_day
            and vm_persistentvolumeclaim_name <> ''
        union
        select s.usage_start, s.namespace, p.pod_labels::jsonb ->> 'vm_kubevirt_io_name', s.persistentvolumeclaim
        from openshift_storage_usage_line_items_daily s
        join openshift_pod_usage_line_items_daily p
            on p.source = s.source
            and p.usage_start = s.usage_start
            and p.namespace = s.namespace
            and p.pod = s.pod
        where s.source = p_source::text
            and s.usage_start = p_day
            and p.usage_start = p_day
            and p.pod_labels like '%"vm_kubevirt_io_name"%'
            and s.persistentvolumeclaim <> ''
    ),
    stored as (
        select
            c.usage_start,
            c.namespace,
            c.vm_name,
            c.persistentvolumeclaim,
            d.node,
            d.storageclass,
            array_agg(distinct d.resource_id) as resource_ids,
            max(d.cost_category_id) as cost_category_id,
            sum(d.volume_request_storage_gigabyte_months) as request_gigabyte_months,
            sum(d.persistentvolumeclaim_usage_gigabyte_months) as usage_gigabyte_months,
            sum(d.persistentvolumeclaim_capacity_gigabyte_months) as capacity_gigabyte_months
        from claim c
        join reporting_ocpusagelineitem_daily_summary d
            on d.usage_start = c.usage_start
            and d.namespace = c.namespace
            and d.persistentvolumeclaim = c.persistentvolumeclaim
        where d.source_uuid = p_source
            and d.usage_start = p_day
            and d.data_source = 'Storage'
        group by c.usage_start, c.namespace, c.vm_name, c.persistentvolumeclaim, d.node, d.storageclass
    ),
    machine as (
        select
            u.usage_start, u.namespace, u.node, u.vm_name, u.pod_labels, u.resource_ids, u.cost_category_id,
            u.usage_core_hours, coalesce(r.core_hours, u.request_core_hours) as request_core_hours,
            u.effective_core_hours, u.limit_core_hours,
            u.usage_gigabyte_hours, coalesce(r.gigabyte_hours, u.request_gigabyte_hours) as request_gigabyte_hours,
            u.effective_gigabyte_hours, u.limit_gigabyte_hours,
            null as persistentvolumeclaim, null as storageclass,
            null::numeric as request_gigabyte_months, null::numeric as usage_gigabyte_months,
            null::numeric as capacity_gigabyte_months
        from used u
        left join requested r
            on r.usage_start = u.usage_start
            and r.namespace = u.namespace
            and r.node = u.node
            and r.vm_name = u.vm_name
        union all
        select
            s.usage_start, s.namespace, s.node, s.vm_name, null, s.resource_ids, s.cost_category_id,
            null, null, null, null, null, null, null, null,
            s.persistentvolumeclaim, s.storageclass, s.request_gigabyte_months, s.usage_gigabyte_months,
            s.capacity_gigabyte_months
        from stored s
    )
    insert into reporting_ocp_vm_summary_p (
        cluster_id, cluster_alias, namespace, node, vm_name, resource_ids, usage_start, usage_end, pod_labels,
        pod_usage_cpu_core_hours, pod_request_cpu_core_hours, pod_effective_usage_cpu_core_hours,
        pod_limit_cpu_core_hours, pod_usage_memory_gigabyte_hours, pod_request_memory_gigabyte_hours,
        pod_effective_usage_memory_gigabyte_hours, pod_limit_memory_gigabyte_hours, persistentvolumeclaim,
        storageclass, volume_request_storage_gigabyte_months, persistentvolumeclaim_usage_gigabyte_months,
        persistentvolumeclaim_capacity_gigabyte_months, source_uuid, cost_category_id
    )
    select
        v_source.cluster_id, v_source.alias, namespace, node, vm_name, resource_ids, usage_start, usage_start,
        pod_labels, usage_core_hours, request_core_hours, effective_core_hours, limit_core_hours,
        usage_gigabyte_hours, request_gigabyte_hours, effective_gigabyte_hours, limit_gigabyte_hours,
        persistentvolumeclaim, storageclass, request_gigabyte_months, usage_gigabyte_months, capacity_gigabyte_months,
        p_source, cost_category_id
    from machine;
end
$$;
