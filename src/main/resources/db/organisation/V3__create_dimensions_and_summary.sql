-- Dimensions and the daily summary, under the names and columns of Koku's reporting tables.

create table reporting_ocpusagereportperiod (
    id bigserial primary key,
    cluster_id text not null,
    cluster_alias text,
    report_period_start timestamptz not null,
    report_period_end timestamptz not null,
    summary_data_creation_datetime timestamptz,
    summary_data_updated_datetime timestamptz,
    ocp_on_cloud_updated_datetime timestamptz,
    derived_cost_datetime timestamptz,
    provider_id uuid not null,
    unique (provider_id, report_period_start)
);
comment on table reporting_ocpusagereportperiod is 'One row a source and calendar month';
comment on column reporting_ocpusagereportperiod.report_period_start is 'First instant of the month, UTC';
comment on column reporting_ocpusagereportperiod.report_period_end is 'First instant of the next month, UTC';

create table reporting_ocp_clusters (
    uuid uuid primary key default gen_random_uuid(),
    cluster_id text not null,
    cluster_alias text not null,
    provider_id uuid not null unique
);

create table reporting_ocp_nodes (
    uuid uuid primary key default gen_random_uuid(),
    node text not null,
    resource_id text,
    node_capacity_cpu_cores numeric(18, 2),
    cluster_id uuid not null references reporting_ocp_clusters,
    node_role text,
    architecture text
);
comment on column reporting_ocp_nodes.node_capacity_cpu_cores is 'Cores; a change of capacity makes a new row';
create unique index reporting_ocp_nodes_key on reporting_ocp_nodes
    (cluster_id, node, coalesce(resource_id, ''), coalesce(node_capacity_cpu_cores, -1));

create table reporting_ocp_pvcs (
    uuid uuid primary key default gen_random_uuid(),
    persistent_volume_claim text not null,
    persistent_volume text not null,
    cluster_id uuid not null references reporting_ocp_clusters,
    csi_volume_handle text,
    unique (persistent_volume, persistent_volume_claim, cluster_id)
);

create table reporting_ocp_projects (
    uuid uuid primary key default gen_random_uuid(),
    project text not null,
    cluster_id uuid not null references reporting_ocp_clusters,
    unique (project, cluster_id)
);

create table reporting_ocp_cost_category (
    id serial primary key,
    name text not null unique,
    description text,
    source_type text not null default 'OCP',
    system_default boolean not null default false,
    label text[]
);

create table reporting_ocp_cost_category_namespace (
    id serial primary key,
    namespace text not null unique,
    system_default boolean not null default false,
    cost_category_id integer not null references reporting_ocp_cost_category
);
comment on column reporting_ocp_cost_category_namespace.namespace is 'A LIKE pattern of namespace names';

with platform as (
    insert into reporting_ocp_cost_category (name, description, system_default)
    values ('Platform', 'OpenShift''s own namespaces and its unallocated capacity', true)
    returning id
)
insert into reporting_ocp_cost_category_namespace (namespace, system_default, cost_category_id)
select pattern, true, id
from platform
cross join unnest(array['openshift-%', 'kube-%', 'openshift', 'Platform unallocated']) as pattern;

create table reporting_enabledtagkeys (
    uuid uuid primary key default gen_random_uuid(),
    key text not null,
    enabled boolean not null default true,
    provider_type text not null default 'OCP',
    unique (key, provider_type)
);
comment on table reporting_enabledtagkeys is 'Label keys met so far; only enabled ones reach the summaries';

create table openshift_node_day (
    source text not null,
    usage_start date not null,
    node text not null,
    capacity_cpu_core_seconds double precision not null,
    capacity_memory_byte_seconds double precision not null,
    node_role text,
    primary key (source, usage_start, node)
);
comment on table openshift_node_day is 'Capacity and role of each node by UTC day; outlives the hourly rows it was read from';
comment on column openshift_node_day.capacity_cpu_core_seconds is 'Core-seconds: greatest of each hour, summed over the day';
comment on column openshift_node_day.capacity_memory_byte_seconds is 'Byte-seconds: greatest of each hour, summed over the day';

create table reporting_ocpusagelineitem_daily_summary (
    uuid uuid not null default gen_random_uuid(),
    report_period_id bigint,
    cost_category_id integer,
    cluster_id text,
    cluster_alias text,
    data_source text,
    namespace text,
    node text,
    resource_id text,
    usage_start date not null,
    usage_end date not null,
    pod_labels jsonb,
    pod_usage_cpu_core_hours numeric(33, 15),
    pod_request_cpu_core_hours numeric(33, 15),
    pod_effective_usage_cpu_core_hours numeric(33, 15),
    pod_limit_cpu_core_hours numeric(33, 15),
    pod_usage_memory_gigabyte_hours numeric(33, 15),
    pod_request_memory_gigabyte_hours numeric(33, 15),
    pod_effective_usage_memory_gigabyte_hours numeric(33, 15),
    pod_limit_memory_gigabyte_hours numeric(33, 15),
    node_capacity_cpu_cores numeric(33, 15),
    node_capacity_cpu_core_hours numeric(33, 15),
    node_capacity_memory_gigabytes numeric(33, 15),
    node_capacity_memory_gigabyte_hours numeric(33, 15),
    cluster_capacity_cpu_core_hours numeric(33, 15),
    cluster_capacity_memory_gigabyte_hours numeric(33, 15),
    persistentvolumeclaim text,
    persistentvolume text,
    storageclass text,
    volume_labels jsonb,
    all_labels jsonb,
    persistentvolumeclaim_capacity_gigabyte numeric(33, 15),
    persistentvolumeclaim_capacity_gigabyte_months numeric(33, 15),
    volume_request_storage_gigabyte_months numeric(33, 15),
    persistentvolumeclaim_usage_gigabyte_months numeric(33, 15),
    infrastructure_raw_cost numeric(33, 15),
    infrastructure_project_raw_cost numeric(33, 15),
    infrastructure_data_in_gigabytes numeric(33, 15),
    infrastructure_data_out_gigabytes numeric(33, 15),
    infrastructure_markup_cost numeric(33, 15),
    infrastructure_project_markup_cost numeric(33, 15),
    infrastructure_monthly_cost numeric(33, 15),
    supplementary_monthly_cost numeric(33, 15),
    cost_model_cpu_cost numeric(33, 15),
    cost_model_memory_cost numeric(33, 15),
    cost_model_volume_cost numeric(33, 15),
    cost_model_gpu_cost numeric(33, 15),
    distributed_cost numeric(33, 15),
    infrastructure_usage_cost jsonb,
    infrastructure_monthly_cost_json jsonb,
    infrastructure_project_monthly_cost jsonb,
    supplementary_usage_cost jsonb,
    supplementary_monthly_cost_json jsonb,
    supplementary_project_monthly_cost jsonb,
    cost_model_rate_type text,
    monthly_cost_type text,
    source_uuid uuid,
    raw_currency text,
    csi_volume_handle text,
    primary key (usage_start, uuid)
) partition by range (usage_start);
create index reporting_ocpusagelineitem_daily_summary_source on reporting_ocpusagelineitem_daily_summary
    (source_uuid, usage_start);
comment on table reporting_ocpusagelineitem_daily_summary is
    'Daily figures by namespace, node and enabled labels (data_source Pod) and by volume (Storage). Gigabytes are GiB (2^30
    bytes). Rows in namespaces ending in "unallocated" hold a node''s capacity less the sum of its rows; negative when
    more was used than the node has. Cost columns stay NULL';
comment on column reporting_ocpusagelineitem_daily_summary.usage_start is 'UTC day';
comment on column reporting_ocpusagelineitem_daily_summary.usage_end is 'Same day as usage_start';
comment on column reporting_ocpusagelineitem_daily_summary.pod_usage_cpu_core_hours is 'Core-hours';
comment on column reporting_ocpusagelineitem_daily_summary.pod_request_cpu_core_hours is 'Core-hours';
comment on column reporting_ocpusagelineitem_daily_summary.pod_effective_usage_cpu_core_hours is
    'Core-hours: greater of usage and request of each hourly row, summed';
comment on column reporting_ocpusagelineitem_daily_summary.pod_limit_cpu_core_hours is 'Core-hours';
comment on column reporting_ocpusagelineitem_daily_summary.pod_usage_memory_gigabyte_hours is 'GiB-hours';
comment on column reporting_ocpusagelineitem_daily_summary.pod_request_memory_gigabyte_hours is 'GiB-hours';
comment on column reporting_ocpusagelineitem_daily_summary.pod_effective_usage_memory_gigabyte_hours is
    'GiB-hours: greater of usage and request of each hourly row, summed';
comment on column reporting_ocpusagelineitem_daily_summary.pod_limit_memory_gigabyte_hours is 'GiB-hours';
comment on column reporting_ocpusagelineitem_daily_summary.node_capacity_cpu_cores is 'Cores, greatest of the row''s pods';
comment on column reporting_ocpusagelineitem_daily_summary.node_capacity_cpu_core_hours is
    'Core-hours of the whole node, repeated on each of its rows: never sum it over rows';
comment on column reporting_ocpusagelineitem_daily_summary.node_capacity_memory_gigabytes is
    'GiB, greatest of the row''s pods';
comment on column reporting_ocpusagelineitem_daily_summary.node_capacity_memory_gigabyte_hours is
    'GiB-hours of the whole node, repeated on each of its rows: never sum it over rows';
comment on column reporting_ocpusagelineitem_daily_summary.cluster_capacity_cpu_core_hours is
    'Core-hours of all nodes, repeated on each row: never sum it over rows';
comment on column reporting_ocpusagelineitem_daily_summary.cluster_capacity_memory_gigabyte_hours is
    'GiB-hours of all nodes, repeated on each row: never sum it over rows';
comment on column reporting_ocpusagelineitem_daily_summary.persistentvolumeclaim_capacity_gigabyte is 'GiB';
comment on column reporting_ocpusagelineitem_daily_summary.persistentvolumeclaim_capacity_gigabyte_months is
    'GiB-months, a month having as many days as that of usage_start; full on every node of a shared volume';
comment on column reporting_ocpusagelineitem_daily_summary.volume_request_storage_gigabyte_months is
    'GiB-months, divided by the number of nodes that share the volume that day';
comment on column reporting_ocpusagelineitem_daily_summary.csi_volume_handle is
    'Name of the volume at whoever provides it, to find it on that one''s bill; Koku keeps it with its claims only';
comment on column reporting_ocpusagelineitem_daily_summary.persistentvolumeclaim_usage_gigabyte_months is
    'GiB-months, divided by the number of nodes that share the volume that day';
