-- Purpose:   brings clusters, nodes, volumes, projects, label keys and report periods up to the line items of a day.
-- Arguments: p_source; p_day: UTC day.
-- Returns:   nothing.
-- Rule:      a node's role on a day is the greatest node_role its pods report; without one it is master when the node ran
--            namespace openshift-kube-apiserver, infra when its newest label node_role_kubernetes_io is infra, else worker.
--            Label keys of more than 512 characters are not registered: no index could hold them.
-- Invariant: the role of a day depends on that day's rows alone, never on the order of arrival; nothing is removed here.
-- Cost:      one pass over the daily line items of that day.
create or replace function caravan.refresh_dimensions(p_source uuid, p_day date)
returns void
language plpgsql
as $$
declare
    v_source caravan.source;
    v_cluster uuid;
    v_month timestamp := date_trunc('month', p_day::timestamp);
begin
    select * into strict v_source
    from caravan.source
    where source_uuid = p_source;

    insert into reporting_ocp_clusters (cluster_id, cluster_alias, provider_id)
    values (v_source.cluster_id, v_source.alias, p_source)
    on conflict (provider_id) do update
    set cluster_alias = excluded.cluster_alias;
    select uuid into strict v_cluster
    from reporting_ocp_clusters
    where provider_id = p_source;

    insert into reporting_ocpusagereportperiod (
        cluster_id, cluster_alias, report_period_start, report_period_end, provider_id
    )
    values (
        v_source.cluster_id, v_source.alias, v_month at time zone 'UTC', (v_month + interval '1 month') at time zone 'UTC',
        p_source
    )
    on conflict (provider_id, report_period_start) do update
    set cluster_alias = excluded.cluster_alias;

    with pod as (
        select node, max(nullif(node_role, '') collate "C") as node_role,
            bool_or(namespace = 'openshift-kube-apiserver') as runs_api_server
        from openshift_pod_usage_line_items_daily
        where source = p_source::text
            and usage_start = p_day
        group by node
    ),
    role_label as (
        select distinct on (node) node,
            node_labels::jsonb ->> 'node_role_kubernetes_io' as value
        from openshift_node_labels_line_items_daily
        where source = p_source::text
            and usage_start = p_day
            and node_labels like '%"node_role_kubernetes_io"%'
        order by node, latest_interval_start desc, (node_labels::jsonb ->> 'node_role_kubernetes_io') collate "C" desc
    )
    update openshift_node_day d
    set node_role = coalesce(
            pod.node_role,
            case
                when pod.runs_api_server then 'master'
                when role_label.value = 'infra' then 'infra'
                else 'worker'
            end
        )
    from pod
    left join role_label
        on role_label.node = pod.node
    where d.source = p_source::text
        and d.usage_start = p_day
        and d.node = pod.node;

    with seen as (
        select node, resource_id, max(node_capacity_cpu_cores)::numeric(18, 2) as cores
        from openshift_pod_usage_line_items_daily
        where source = p_source::text
            and usage_start = p_day
            and node <> ''
        group by node, resource_id
    )
    insert into reporting_ocp_nodes (node, resource_id, node_capacity_cpu_cores, cluster_id)
    select node, resource_id, cores, v_cluster
    from seen
    on conflict (cluster_id, node, coalesce(resource_id, ''), coalesce(node_capacity_cpu_cores, -1)) do nothing;

    with seen as (
        select distinct node
        from openshift_pod_usage_line_items_daily
        where source = p_source::text
            and usage_start = p_day
            and node <> ''
    ),
    architecture as (
        select node, max(lower(node_labels::jsonb ->> 'kubernetes_io_arch')) as architecture
        from openshift_node_labels_line_items_daily
        where source = p_source::text
            and usage_start = p_day
        group by node
    ),
    -- The latest stored day describes a node, whatever day came last.
    described as (
        select s.node, d.node_role, a.architecture
        from seen s
        left join lateral (
            select node_role
            from openshift_node_day
            where source = p_source::text
                and node = s.node
                and node_role is not null
            order by usage_start desc
            limit 1
        ) d on true
        left join architecture a
            on a.node = s.node
    )
    update reporting_ocp_nodes n
    set node_role = coalesce(d.node_role, n.node_role),
        architecture = coalesce(n.architecture, d.architecture)
    from described d
    where n.cluster_id = v_cluster
        and n.node = d.node
        and (n.node_role is distinct from coalesce(d.node_role, n.node_role)
            or (n.architecture is null and d.architecture is not null));

    with volume as (
        select persistentvolume, persistentvolumeclaim, max(nullif(csi_volume_handle, '')) as csi_volume_handle
        from openshift_storage_usage_line_items_daily
        where source = p_source::text
            and usage_start = p_day
            and persistentvolume is not null
            and persistentvolumeclaim is not null
        group by persistentvolume, persistentvolumeclaim
    )
    insert into reporting_ocp_pvcs (persistent_volume, persistent_volume_claim, cluster_id, csi_volume_handle)
    select persistentvolume, persistentvolumeclaim, v_cluster, csi_volume_handle
    from volume
    on conflict (persistent_volume, persistent_volume_claim, cluster_id) do update
    set csi_volume_handle = excluded.csi_volume_handle
    where reporting_ocp_pvcs.csi_volume_handle is null;

    with project as (
        select namespace
        from openshift_pod_usage_line_items_daily
        where source = p_source::text
            and usage_start = p_day
        union
        select namespace
        from openshift_storage_usage_line_items_daily
        where source = p_source::text
            and usage_start = p_day
    )
    insert into reporting_ocp_projects (project, cluster_id)
    select namespace, v_cluster
    from project
    where namespace <> ''
    on conflict (project, cluster_id) do nothing;

    with label_text as (
        select pod_labels as labels
        from openshift_pod_usage_line_items_daily
        where source = p_source::text
            and usage_start = p_day
        union
        select persistentvolume_labels
        from openshift_storage_usage_line_items_daily
        where source = p_source::text
            and usage_start = p_day
        union
        select persistentvolumeclaim_labels
        from openshift_storage_usage_line_items_daily
        where source = p_source::text
            and usage_start = p_day
        union
        select node_labels
        from openshift_node_labels_line_items_daily
        where source = p_source::text
            and usage_start = p_day
        union
        select namespace_labels
        from openshift_namespace_labels_line_items_daily
        where source = p_source::text
            and usage_start = p_day
    ),
    label_key as (
        select distinct jsonb_object_keys(labels::jsonb) as key
        from label_text
        where labels <> ''
    )
    -- In order, since the keys are shared by the sources of the organisation: two loads must not wait for each other.
    insert into reporting_enabledtagkeys (key, enabled, provider_type)
    select key, false, 'OCP'
    from label_key
    where length(key) <= 512
    order by key
    on conflict (key, provider_type) do nothing;
end
$$;
