-- Purpose:   rebuilds the daily summary of a day: pod rows, unallocated capacity and storage rows.
-- Arguments: p_source; p_day: UTC day.
-- Returns:   nothing.
-- Rule:      follows Koku's summary, with one difference: a node's or namespace's label set that changes within a day is
--            merged, the latest interval (then the greater value) winning for each key, instead of doubling the rows it is joined to.
--            Pod rows: by day, namespace, node and merged labels; hours are seconds / 3600, GiB are bytes / 2^30. Labels
--            are cut to the enabled keys; pod beats namespace beats node. Unallocated rows: a node's capacity less the
--            sum of its pod rows, never clamped. Storage rows: the node is that of the volume's pod on the day; request
--            and usage are divided by the number of nodes that share the volume, capacity is not; GiB-months are
--            byte-seconds / (86400 x days of the month) / 2^30; claim beats volume beats namespace beats node. A label
--            key mapped to another one takes its name, in rows that then may become one.
-- Invariant: the rows of the day depend on the daily line items, the keys, their mapping and the categories alone. A reader
--            sees the old rows or the new ones, never a day without rows.
-- Cost:      one pass over the daily line items of that day; each distinct label text is parsed once.
create or replace function caravan.populate_daily_summary(p_source uuid, p_day date)
returns void
language plpgsql
as $$
declare
    v_source caravan.source;
    v_keys text[];
    v_parents jsonb;
    v_period bigint;
    v_month_seconds constant double precision :=
        extract(day from date_trunc('month', p_day::timestamp) + interval '1 month - 1 day') * 86400;
    v_gibibyte constant double precision := 1024.0 * 1024 * 1024;
begin
    select * into strict v_source
    from caravan.source
    where source_uuid = p_source;
    -- A virtual machine's name ties its pod to it and is never filtered away.
    v_keys := array['vm_kubevirt_io_name'] || array(
        select key
        from reporting_enabledtagkeys
        where enabled
            and provider_type = 'OCP'
    );
    v_parents := (
        select jsonb_object_agg(child.key, parent.key)
        from reporting_tagmapping m
        join reporting_enabledtagkeys child
            on child.uuid = m.child_id
        join reporting_enabledtagkeys parent
            on parent.uuid = m.parent_id
        where child.enabled
            and parent.enabled
    );

    select id into v_period
    from reporting_ocpusagereportperiod
    where provider_id = p_source
        and report_period_start = date_trunc('month', p_day::timestamp) at time zone 'UTC';

    delete from reporting_ocpusagelineitem_daily_summary
    where source_uuid = p_source
        and usage_start = p_day
        and data_source in ('Pod', 'Storage');

    with pod_day as materialized (
        select *
        from openshift_pod_usage_line_items_daily
        where source = p_source::text
            and usage_start = p_day
    ),
    storage_day as materialized (
        select *
        from openshift_storage_usage_line_items_daily
        where source = p_source::text
            and usage_start = p_day
    ),
    node_label_day as (
        select node, node_labels as labels, latest_interval_start
        from openshift_node_labels_line_items_daily
        where source = p_source::text
            and usage_start = p_day
    ),
    namespace_label_day as (
        select namespace, namespace_labels as labels, latest_interval_start
        from openshift_namespace_labels_line_items_daily
        where source = p_source::text
            and usage_start = p_day
    ),
    label_text as (
        select pod_labels as labels
        from pod_day
        union
        select persistentvolume_labels
        from storage_day
        union
        select persistentvolumeclaim_labels
        from storage_day
    ),
    filtered as materialized (
        select t.labels, jsonb_object_agg(l.key, l.value) as kept
        from label_text t
        cross join lateral jsonb_each(nullif(t.labels, '')::jsonb) l
        where l.key = any (v_keys)
        group by t.labels
    ),
    node_label as materialized (
        select d.node,
            coalesce(jsonb_object_agg(l.key, l.value order by d.latest_interval_start, (l.value #>> '{}') collate "C")
                filter (where l.key = any (v_keys)), '{}') as labels
        from node_label_day d
        left join lateral jsonb_each(nullif(d.labels, '')::jsonb) l on true
        group by d.node
    ),
    namespace_label as materialized (
        select d.namespace,
            coalesce(jsonb_object_agg(l.key, l.value order by d.latest_interval_start, (l.value #>> '{}') collate "C")
                filter (where l.key = any (v_keys)), '{}') as labels
        from namespace_label_day d
        left join lateral jsonb_each(nullif(d.labels, '')::jsonb) l on true
        group by d.namespace
    ),
    namespace_category as materialized (
        select n.namespace, max(c.cost_category_id) as cost_category_id
        from (
            select namespace from pod_day
            union
            select namespace from storage_day
            union
            select unnest(array['Platform unallocated', 'Worker unallocated'])
        ) n
        join reporting_ocp_cost_category_namespace c
            on n.namespace like c.namespace
        group by n.namespace
    ),
    cluster_capacity as (
        select sum(capacity_cpu_core_seconds) as cpu_core_seconds,
            sum(capacity_memory_byte_seconds) as memory_byte_seconds
        from openshift_node_day
        where source = p_source::text
            and usage_start = p_day
    ),
    -- As the summary stores them, so that they are converted once a node and not once a row.
    capacity as materialized (
        select n.node, n.node_role,
            n.capacity_cpu_core_seconds / 3600 as core_hours,
            n.capacity_memory_byte_seconds / 3600 / v_gibibyte as gigabyte_hours,
            (n.capacity_cpu_core_seconds / 3600)::numeric(33, 15) as node_core_hours,
            (n.capacity_memory_byte_seconds / 3600 / v_gibibyte)::numeric(33, 15) as node_gigabyte_hours,
            (c.cpu_core_seconds / 3600)::numeric(33, 15) as cluster_core_hours,
            (c.memory_byte_seconds / 3600 / v_gibibyte)::numeric(33, 15) as cluster_gigabyte_hours
        from openshift_node_day n
        cross join cluster_capacity c
        where n.source = p_source::text
            and n.usage_start = p_day
    ),
    pod_label as (
        select p.*, coalesce(n.labels, '{}') || coalesce(s.labels, '{}') || coalesce(f.kept, '{}') as labels
        from pod_day p
        left join node_label n
            on n.node = p.node
        left join namespace_label s
            on s.namespace = p.namespace
        left join filtered f
            on f.labels = p.pod_labels
        where p.node <> ''
    ),
    pod_group as (
        select
            namespace,
            node,
            case when v_parents is null then labels else caravan.map_labels(labels, v_parents) end as labels,
            max(resource_id) as resource_id,
            sum(pod_usage_cpu_core_seconds) as usage_cpu,
            sum(pod_request_cpu_core_seconds) as request_cpu,
            sum(pod_effective_usage_cpu_core_seconds) as effective_cpu,
            sum(pod_limit_cpu_core_seconds) as limit_cpu,
            sum(pod_usage_memory_byte_seconds) as usage_memory,
            sum(pod_request_memory_byte_seconds) as request_memory,
            sum(pod_effective_usage_memory_byte_seconds) as effective_memory,
            sum(pod_limit_memory_byte_seconds) as limit_memory,
            max(node_capacity_cpu_cores) as cores,
            max(node_capacity_memory_bytes) as memory_bytes
        from pod_label
        group by namespace, node, 3
    ),
    -- The one place where a missing number becomes 0.
    pod as materialized (
        select
            namespace,
            node,
            labels,
            resource_id,
            coalesce(usage_cpu, 0) / 3600 as usage_core_hours,
            coalesce(request_cpu, 0) / 3600 as request_core_hours,
            coalesce(effective_cpu, 0) / 3600 as effective_core_hours,
            coalesce(limit_cpu, 0) / 3600 as limit_core_hours,
            coalesce(usage_memory, 0) / 3600 / v_gibibyte as usage_gigabyte_hours,
            coalesce(request_memory, 0) / 3600 / v_gibibyte as request_gigabyte_hours,
            coalesce(effective_memory, 0) / 3600 / v_gibibyte as effective_gigabyte_hours,
            coalesce(limit_memory, 0) / 3600 / v_gibibyte as limit_gigabyte_hours,
            coalesce(cores, 0) as cores,
            coalesce(memory_bytes, 0) / v_gibibyte as memory_gigabytes
        from pod_group
    ),
    unallocated as (
        select
            p.node,
            case
                when c.node_role in ('master', 'infra') then 'Platform unallocated'
                when c.node_role = 'worker' then 'Worker unallocated'
            end as namespace,
            max(p.resource_id) as resource_id,
            max(c.core_hours) - sum(p.usage_core_hours) as usage_core_hours,
            max(c.core_hours) - sum(p.request_core_hours) as request_core_hours,
            max(c.core_hours) - sum(p.effective_core_hours) as effective_core_hours,
            max(c.gigabyte_hours) - sum(p.usage_gigabyte_hours) as usage_gigabyte_hours,
            max(c.gigabyte_hours) - sum(p.request_gigabyte_hours) as request_gigabyte_hours,
            max(c.gigabyte_hours) - sum(p.effective_gigabyte_hours) as effective_gigabyte_hours,
            max(p.cores) as cores,
            max(p.memory_gigabytes) as memory_gigabytes
        from pod p
        join capacity c
            on c.node = p.node
        group by p.node, c.node_role
    ),
    pod_place as materialized (
        select distinct namespace, pod, node, resource_id
        from pod_day
    ),
    volume_share as materialized (
        select s.persistentvolume, count(distinct l.node) as nodes
        from storage_day s
        join pod_place l
            on l.namespace = s.namespace
            and l.pod = s.pod
        group by s.persistentvolume
    ),
    storage_group as (
        select
            s.namespace,
            l.node,
            l.resource_id,
            s.persistentvolumeclaim,
            s.persistentvolume,
            s.storageclass,
            s.csi_volume_handle,
            caravan.map_labels(
                coalesce(n.labels, '{}') || coalesce(m.labels, '{}') || coalesce(v.kept, '{}') || coalesce(c.kept, '{}'),
                v_parents) as labels,
            coalesce(nullif(max(h.nodes), 0), 1) as nodes,
            max(s.persistentvolumeclaim_capacity_bytes) as capacity_bytes,
            sum(s.persistentvolumeclaim_capacity_byte_seconds) as capacity_byte_seconds,
            sum(s.volume_request_storage_byte_seconds) as request_byte_seconds,
            sum(s.persistentvolumeclaim_usage_byte_seconds) as usage_byte_seconds
        from storage_day s
        left join pod_place l
            on l.namespace = s.namespace
            and l.pod = s.pod
        left join volume_share h
            on h.persistentvolume = s.persistentvolume
        left join node_label n
            on n.node = l.node
        left join namespace_label m
            on m.namespace = s.namespace
        left join filtered v
            on v.labels = s.persistentvolume_labels
        left join filtered c
            on c.labels = s.persistentvolumeclaim_labels
        group by s.namespace, l.node, l.resource_id, s.persistentvolumeclaim, s.persistentvolume, s.storageclass,
            s.csi_volume_handle, 8
    ),
    summary as (
        select
            'Pod' as data_source, p.namespace, p.node, p.resource_id, p.labels as pod_labels,
            p.usage_core_hours, p.request_core_hours, p.effective_core_hours, p.limit_core_hours,
            p.usage_gigabyte_hours, p.request_gigabyte_hours, p.effective_gigabyte_hours, p.limit_gigabyte_hours,
            p.cores, p.memory_gigabytes,
            c.node_core_hours, c.node_gigabyte_hours, c.cluster_core_hours, c.cluster_gigabyte_hours,
            null as persistentvolumeclaim, null as persistentvolume, null as storageclass, null as csi_volume_handle,
            null::jsonb as volume_labels,
            null::double precision as capacity_gigabyte,
            null::double precision as capacity_gigabyte_months,
            null::double precision as request_gigabyte_months,
            null::double precision as usage_gigabyte_months,
            '{"cpu": 0.000000000, "memory": 0.000000000, "storage": 0.000000000}'::jsonb as infrastructure_usage_cost
        from pod p
        join capacity c
            on c.node = p.node
        union all
        select
            'Pod', u.namespace, u.node, u.resource_id, null,
            u.usage_core_hours, u.request_core_hours, u.effective_core_hours, null,
            u.usage_gigabyte_hours, u.request_gigabyte_hours, u.effective_gigabyte_hours, null,
            u.cores, u.memory_gigabytes,
            c.node_core_hours, c.node_gigabyte_hours, c.cluster_core_hours, c.cluster_gigabyte_hours,
            null, null, null, null, null, null, null, null, null, null
        from unallocated u
        join capacity c
            on c.node = u.node
        union all
        select
            'Storage', s.namespace, s.node, s.resource_id, null,
            null, null, null, null, null, null, null, null, null, null, null, null, null, null,
            s.persistentvolumeclaim, s.persistentvolume, s.storageclass, s.csi_volume_handle, s.labels,
            coalesce(s.capacity_bytes, 0) / v_gibibyte,
            coalesce(s.capacity_byte_seconds, 0) / v_month_seconds / v_gibibyte,
            coalesce(s.request_byte_seconds, 0) / s.nodes / v_month_seconds / v_gibibyte,
            coalesce(s.usage_byte_seconds, 0) / s.nodes / v_month_seconds / v_gibibyte,
            '{"cpu": 0.000000000, "memory": 0.000000000, "storage": 0.000000000}'
        from storage_group s
    )
    insert into reporting_ocpusagelineitem_daily_summary (
        report_period_id, cost_category_id, cluster_id, cluster_alias, source_uuid, data_source, usage_start, usage_end,
        namespace, node, resource_id, pod_labels, volume_labels, all_labels,
        pod_usage_cpu_core_hours, pod_request_cpu_core_hours, pod_effective_usage_cpu_core_hours,
        pod_limit_cpu_core_hours, pod_usage_memory_gigabyte_hours, pod_request_memory_gigabyte_hours,
        pod_effective_usage_memory_gigabyte_hours, pod_limit_memory_gigabyte_hours,
        node_capacity_cpu_cores, node_capacity_memory_gigabytes,
        node_capacity_cpu_core_hours, node_capacity_memory_gigabyte_hours,
        cluster_capacity_cpu_core_hours, cluster_capacity_memory_gigabyte_hours,
        persistentvolumeclaim, persistentvolume, storageclass, csi_volume_handle,
        persistentvolumeclaim_capacity_gigabyte, persistentvolumeclaim_capacity_gigabyte_months,
        volume_request_storage_gigabyte_months, persistentvolumeclaim_usage_gigabyte_months,
        infrastructure_usage_cost
    )
    select
        v_period, k.cost_category_id, v_source.cluster_id, v_source.alias, p_source, s.data_source, p_day, p_day,
        s.namespace, s.node, s.resource_id, s.pod_labels, s.volume_labels,
        coalesce(s.pod_labels, s.volume_labels, '{}'),
        s.usage_core_hours, s.request_core_hours, s.effective_core_hours, s.limit_core_hours,
        s.usage_gigabyte_hours, s.request_gigabyte_hours, s.effective_gigabyte_hours, s.limit_gigabyte_hours,
        s.cores, s.memory_gigabytes, s.node_core_hours, s.node_gigabyte_hours,
        s.cluster_core_hours, s.cluster_gigabyte_hours,
        s.persistentvolumeclaim, s.persistentvolume, s.storageclass, s.csi_volume_handle,
        s.capacity_gigabyte, s.capacity_gigabyte_months, s.request_gigabyte_months, s.usage_gigabyte_months,
        s.infrastructure_usage_cost
    from summary s
    left join namespace_category k
        on k.namespace = s.namespace;
end
$$;
