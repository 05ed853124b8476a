-- Summaries for readers of Koku's reporting tables: the daily summary summed up by fewer keys, under their names and columns.
-- Gigabytes are GiB, but for GPUs, whose makers count in 10^9 bytes. Cost columns stay NULL.

create table reporting_ocp_cost_summary_p (
    id uuid not null default gen_random_uuid(),
    cluster_id text,
    cluster_alias text,
    usage_start date not null,
    usage_end date not null,
    infrastructure_raw_cost numeric(33, 15),
    infrastructure_usage_cost jsonb,
    infrastructure_markup_cost numeric(33, 15),
    infrastructure_monthly_cost_json jsonb,
    supplementary_usage_cost jsonb,
    supplementary_monthly_cost_json jsonb,
    source_uuid uuid not null,
    cost_category_id integer,
    raw_currency text,
    distributed_cost numeric(33, 15),
    cost_model_cpu_cost numeric(33, 15),
    cost_model_memory_cost numeric(33, 15),
    cost_model_volume_cost numeric(33, 15),
    cost_model_gpu_cost numeric(33, 15),
    cost_model_rate_type text,
    primary key (usage_start, id)
) partition by range (usage_start);
create index reporting_ocp_cost_summary_p_source on reporting_ocp_cost_summary_p (source_uuid, usage_start);
comment on table reporting_ocp_cost_summary_p is 'Costs by day';
comment on column reporting_ocp_cost_summary_p.usage_start is 'UTC day';

create table reporting_ocp_cost_summary_by_node_p (
    id uuid not null default gen_random_uuid(),
    cluster_id text,
    cluster_alias text,
    node text,
    usage_start date not null,
    usage_end date not null,
    infrastructure_raw_cost numeric(33, 15),
    infrastructure_usage_cost jsonb,
    infrastructure_markup_cost numeric(33, 15),
    infrastructure_monthly_cost_json jsonb,
    supplementary_usage_cost jsonb,
    supplementary_monthly_cost_json jsonb,
    source_uuid uuid not null,
    cost_category_id integer,
    raw_currency text,
    distributed_cost numeric(33, 15),
    cost_model_cpu_cost numeric(33, 15),
    cost_model_memory_cost numeric(33, 15),
    cost_model_volume_cost numeric(33, 15),
    cost_model_gpu_cost numeric(33, 15),
    cost_model_rate_type text,
    primary key (usage_start, id)
) partition by range (usage_start);
create index reporting_ocp_cost_summary_by_node_p_source on reporting_ocp_cost_summary_by_node_p (source_uuid, usage_start);
comment on table reporting_ocp_cost_summary_by_node_p is 'Costs by day and node';
comment on column reporting_ocp_cost_summary_by_node_p.usage_start is 'UTC day';

create table reporting_ocp_cost_summary_by_project_p (
    id uuid not null default gen_random_uuid(),
    cluster_id text,
    cluster_alias text,
    namespace text,
    usage_start date not null,
    usage_end date not null,
    infrastructure_usage_cost jsonb,
    infrastructure_raw_cost numeric(33, 15),
    infrastructure_markup_cost numeric(33, 15),
    infrastructure_project_monthly_cost jsonb,
    supplementary_usage_cost jsonb,
    supplementary_project_monthly_cost jsonb,
    source_uuid uuid not null,
    cost_category_id integer,
    raw_currency text,
    distributed_cost numeric(33, 15),
    cost_model_cpu_cost numeric(33, 15),
    cost_model_memory_cost numeric(33, 15),
    cost_model_volume_cost numeric(33, 15),
    cost_model_gpu_cost numeric(33, 15),
    cost_model_rate_type text,
    primary key (usage_start, id)
) partition by range (usage_start);
create index reporting_ocp_cost_summary_by_project_p_source on reporting_ocp_cost_summary_by_project_p (source_uuid, usage_start);
comment on table reporting_ocp_cost_summary_by_project_p is 'Costs by day and namespace';
comment on column reporting_ocp_cost_summary_by_project_p.usage_start is 'UTC day';

create table reporting_ocp_pod_summary_p (
    id uuid not null default gen_random_uuid(),
    cluster_id text,
    cluster_alias text,
    resource_ids text[],
    resource_count integer,
    data_source text,
    usage_start date not null,
    usage_end date not null,
    infrastructure_raw_cost numeric(33, 15),
    infrastructure_usage_cost jsonb,
    infrastructure_markup_cost numeric(33, 15),
    infrastructure_monthly_cost_json jsonb,
    supplementary_usage_cost jsonb,
    supplementary_monthly_cost_json jsonb,
    pod_usage_cpu_core_hours numeric(33, 15),
    pod_request_cpu_core_hours numeric(33, 15),
    pod_effective_usage_cpu_core_hours numeric(33, 15),
    pod_limit_cpu_core_hours numeric(33, 15),
    pod_usage_memory_gigabyte_hours numeric(33, 15),
    pod_request_memory_gigabyte_hours numeric(33, 15),
    pod_effective_usage_memory_gigabyte_hours numeric(33, 15),
    pod_limit_memory_gigabyte_hours numeric(33, 15),
    cluster_capacity_cpu_core_hours numeric(33, 15),
    cluster_capacity_memory_gigabyte_hours numeric(33, 15),
    source_uuid uuid not null,
    cost_category_id integer,
    raw_currency text,
    distributed_cost numeric(33, 15),
    cost_model_cpu_cost numeric(33, 15),
    cost_model_memory_cost numeric(33, 15),
    cost_model_volume_cost numeric(33, 15),
    cost_model_gpu_cost numeric(33, 15),
    cost_model_rate_type text,
    primary key (usage_start, id)
) partition by range (usage_start);
create index reporting_ocp_pod_summary_p_source on reporting_ocp_pod_summary_p (source_uuid, usage_start);
comment on table reporting_ocp_pod_summary_p is 'Pods by day, without unallocated capacity';
comment on column reporting_ocp_pod_summary_p.usage_start is 'UTC day';
comment on column reporting_ocp_pod_summary_p.pod_usage_cpu_core_hours is 'Core-hours';
comment on column reporting_ocp_pod_summary_p.pod_request_cpu_core_hours is 'Core-hours';
comment on column reporting_ocp_pod_summary_p.pod_effective_usage_cpu_core_hours is 'Core-hours';
comment on column reporting_ocp_pod_summary_p.pod_limit_cpu_core_hours is 'Core-hours';
comment on column reporting_ocp_pod_summary_p.pod_usage_memory_gigabyte_hours is 'GiB-hours';
comment on column reporting_ocp_pod_summary_p.pod_request_memory_gigabyte_hours is 'GiB-hours';
comment on column reporting_ocp_pod_summary_p.pod_effective_usage_memory_gigabyte_hours is 'GiB-hours';
comment on column reporting_ocp_pod_summary_p.pod_limit_memory_gigabyte_hours is 'GiB-hours';
comment on column reporting_ocp_pod_summary_p.cluster_capacity_cpu_core_hours is 'Core-hours of all nodes, repeated on each row: never sum it over rows';
comment on column reporting_ocp_pod_summary_p.cluster_capacity_memory_gigabyte_hours is 'GiB-hours of all nodes, repeated on each row: never sum it over rows';

create table reporting_ocp_pod_summary_by_node_p (
    id uuid not null default gen_random_uuid(),
    cluster_id text,
    cluster_alias text,
    node text,
    resource_ids text[],
    resource_count integer,
    data_source text,
    usage_start date not null,
    usage_end date not null,
    infrastructure_raw_cost numeric(33, 15),
    infrastructure_usage_cost jsonb,
    infrastructure_markup_cost numeric(33, 15),
    infrastructure_monthly_cost_json jsonb,
    supplementary_usage_cost jsonb,
    supplementary_monthly_cost_json jsonb,
    pod_usage_cpu_core_hours numeric(33, 15),
    pod_request_cpu_core_hours numeric(33, 15),
    pod_effective_usage_cpu_core_hours numeric(33, 15),
    pod_limit_cpu_core_hours numeric(33, 15),
    pod_usage_memory_gigabyte_hours numeric(33, 15),
    pod_request_memory_gigabyte_hours numeric(33, 15),
    pod_effective_usage_memory_gigabyte_hours numeric(33, 15),
    pod_limit_memory_gigabyte_hours numeric(33, 15),
    cluster_capacity_cpu_core_hours numeric(33, 15),
    cluster_capacity_memory_gigabyte_hours numeric(33, 15),
    node_capacity_cpu_cores numeric(33, 15),
    node_capacity_cpu_core_hours numeric(33, 15),
    node_capacity_memory_gigabytes numeric(33, 15),
    node_capacity_memory_gigabyte_hours numeric(33, 15),
    source_uuid uuid not null,
    cost_category_id integer,
    raw_currency text,
    distributed_cost numeric(33, 15),
    cost_model_cpu_cost numeric(33, 15),
    cost_model_memory_cost numeric(33, 15),
    cost_model_volume_cost numeric(33, 15),
    cost_model_gpu_cost numeric(33, 15),
    cost_model_rate_type text,
    primary key (usage_start, id)
) partition by range (usage_start);
create index reporting_ocp_pod_summary_by_node_p_source on reporting_ocp_pod_summary_by_node_p (source_uuid, usage_start);
comment on table reporting_ocp_pod_summary_by_node_p is 'Pods by day and node, without unallocated capacity';
comment on column reporting_ocp_pod_summary_by_node_p.usage_start is 'UTC day';
comment on column reporting_ocp_pod_summary_by_node_p.pod_usage_cpu_core_hours is 'Core-hours';
comment on column reporting_ocp_pod_summary_by_node_p.pod_request_cpu_core_hours is 'Core-hours';
comment on column reporting_ocp_pod_summary_by_node_p.pod_effective_usage_cpu_core_hours is 'Core-hours';
comment on column reporting_ocp_pod_summary_by_node_p.pod_limit_cpu_core_hours is 'Core-hours';
comment on column reporting_ocp_pod_summary_by_node_p.pod_usage_memory_gigabyte_hours is 'GiB-hours';
comment on column reporting_ocp_pod_summary_by_node_p.pod_request_memory_gigabyte_hours is 'GiB-hours';
comment on column reporting_ocp_pod_summary_by_node_p.pod_effective_usage_memory_gigabyte_hours is 'GiB-hours';
comment on column reporting_ocp_pod_summary_by_node_p.pod_limit_memory_gigabyte_hours is 'GiB-hours';
comment on column reporting_ocp_pod_summary_by_node_p.cluster_capacity_cpu_core_hours is 'Core-hours of all nodes, repeated on each row: never sum it over rows';
comment on column reporting_ocp_pod_summary_by_node_p.cluster_capacity_memory_gigabyte_hours is 'GiB-hours of all nodes, repeated on each row: never sum it over rows';
comment on column reporting_ocp_pod_summary_by_node_p.node_capacity_cpu_cores is 'Cores of the whole node';
comment on column reporting_ocp_pod_summary_by_node_p.node_capacity_cpu_core_hours is 'Core-hours of the whole node';
comment on column reporting_ocp_pod_summary_by_node_p.node_capacity_memory_gigabytes is 'GiB of the whole node';
comment on column reporting_ocp_pod_summary_by_node_p.node_capacity_memory_gigabyte_hours is 'GiB-hours of the whole node';

create table reporting_ocp_pod_summary_by_project_p (
    id uuid not null default gen_random_uuid(),
    cluster_id text,
    cluster_alias text,
    namespace text,
    resource_ids text[],
    resource_count integer,
    data_source text,
    usage_start date not null,
    usage_end date not null,
    infrastructure_raw_cost numeric(33, 15),
    infrastructure_usage_cost jsonb,
    infrastructure_markup_cost numeric(33, 15),
    infrastructure_monthly_cost_json jsonb,
    supplementary_usage_cost jsonb,
    supplementary_monthly_cost_json jsonb,
    pod_usage_cpu_core_hours numeric(33, 15),
    pod_request_cpu_core_hours numeric(33, 15),
    pod_effective_usage_cpu_core_hours numeric(33, 15),
    pod_limit_cpu_core_hours numeric(33, 15),
    pod_usage_memory_gigabyte_hours numeric(33, 15),
    pod_request_memory_gigabyte_hours numeric(33, 15),
    pod_effective_usage_memory_gigabyte_hours numeric(33, 15),
    pod_limit_memory_gigabyte_hours numeric(33, 15),
    cluster_capacity_cpu_core_hours numeric(33, 15),
    cluster_capacity_memory_gigabyte_hours numeric(33, 15),
    source_uuid uuid not null,
    cost_category_id integer,
    raw_currency text,
    distributed_cost numeric(33, 15),
    cost_model_cpu_cost numeric(33, 15),
    cost_model_memory_cost numeric(33, 15),
    cost_model_volume_cost numeric(33, 15),
    cost_model_gpu_cost numeric(33, 15),
    cost_model_rate_type text,
    primary key (usage_start, id)
) partition by range (usage_start);
create index reporting_ocp_pod_summary_by_project_p_source on reporting_ocp_pod_summary_by_project_p (source_uuid, usage_start);
comment on table reporting_ocp_pod_summary_by_project_p is 'Pods by day and namespace, without unallocated capacity';
comment on column reporting_ocp_pod_summary_by_project_p.usage_start is 'UTC day';
comment on column reporting_ocp_pod_summary_by_project_p.pod_usage_cpu_core_hours is 'Core-hours';
comment on column reporting_ocp_pod_summary_by_project_p.pod_request_cpu_core_hours is 'Core-hours';
comment on column reporting_ocp_pod_summary_by_project_p.pod_effective_usage_cpu_core_hours is 'Core-hours';
comment on column reporting_ocp_pod_summary_by_project_p.pod_limit_cpu_core_hours is 'Core-hours';
comment on column reporting_ocp_pod_summary_by_project_p.pod_usage_memory_gigabyte_hours is 'GiB-hours';
comment on column reporting_ocp_pod_summary_by_project_p.pod_request_memory_gigabyte_hours is 'GiB-hours';
comment on column reporting_ocp_pod_summary_by_project_p.pod_effective_usage_memory_gigabyte_hours is 'GiB-hours';
comment on column reporting_ocp_pod_summary_by_project_p.pod_limit_memory_gigabyte_hours is 'GiB-hours';
comment on column reporting_ocp_pod_summary_by_project_p.cluster_capacity_cpu_core_hours is 'Core-hours of all nodes, repeated on each row: never sum it over rows';
comment on column reporting_ocp_pod_summary_by_project_p.cluster_capacity_memory_gigabyte_hours is 'GiB-hours of all nodes, repeated on each row: never sum it over rows';

create table reporting_ocp_volume_summary_p (
    id uuid not null default gen_random_uuid(),
    cluster_id text,
    cluster_alias text,
    resource_ids text[],
    resource_count integer,
    data_source text,
    usage_start date not null,
    usage_end date not null,
    infrastructure_raw_cost numeric(33, 15),
    infrastructure_usage_cost jsonb,
    infrastructure_markup_cost numeric(33, 15),
    infrastructure_monthly_cost_json jsonb,
    supplementary_usage_cost jsonb,
    supplementary_monthly_cost_json jsonb,
    volume_request_storage_gigabyte_months numeric(33, 15),
    persistentvolumeclaim text,
    storageclass text,
    persistentvolumeclaim_usage_gigabyte_months numeric(33, 15),
    persistentvolumeclaim_capacity_gigabyte_months numeric(33, 15),
    source_uuid uuid not null,
    cost_category_id integer,
    raw_currency text,
    distributed_cost numeric(33, 15),
    cost_model_cpu_cost numeric(33, 15),
    cost_model_memory_cost numeric(33, 15),
    cost_model_volume_cost numeric(33, 15),
    cost_model_gpu_cost numeric(33, 15),
    cost_model_rate_type text,
    primary key (usage_start, id)
) partition by range (usage_start);
create index reporting_ocp_volume_summary_p_source on reporting_ocp_volume_summary_p (source_uuid, usage_start);
comment on table reporting_ocp_volume_summary_p is 'Volumes by day, claim and storage class';
comment on column reporting_ocp_volume_summary_p.usage_start is 'UTC day';
comment on column reporting_ocp_volume_summary_p.volume_request_storage_gigabyte_months is 'GiB-months';
comment on column reporting_ocp_volume_summary_p.persistentvolumeclaim_usage_gigabyte_months is 'GiB-months';
comment on column reporting_ocp_volume_summary_p.persistentvolumeclaim_capacity_gigabyte_months is 'GiB-months';

create table reporting_ocp_volume_summary_by_project_p (
    id uuid not null default gen_random_uuid(),
    cluster_id text,
    cluster_alias text,
    namespace text,
    resource_ids text[],
    resource_count integer,
    data_source text,
    usage_start date not null,
    usage_end date not null,
    infrastructure_raw_cost numeric(33, 15),
    infrastructure_usage_cost jsonb,
    infrastructure_markup_cost numeric(33, 15),
    infrastructure_monthly_cost_json jsonb,
    supplementary_usage_cost jsonb,
    supplementary_monthly_cost_json jsonb,
    volume_request_storage_gigabyte_months numeric(33, 15),
    persistentvolumeclaim_usage_gigabyte_months numeric(33, 15),
    persistentvolumeclaim_capacity_gigabyte_months numeric(33, 15),
    source_uuid uuid not null,
    cost_category_id integer,
    raw_currency text,
    distributed_cost numeric(33, 15),
    persistentvolumeclaim text,
    storageclass text,
    cost_model_cpu_cost numeric(33, 15),
    cost_model_memory_cost numeric(33, 15),
    cost_model_volume_cost numeric(33, 15),
    cost_model_gpu_cost numeric(33, 15),
    cost_model_rate_type text,
    primary key (usage_start, id)
) partition by range (usage_start);
create index reporting_ocp_volume_summary_by_project_p_source on reporting_ocp_volume_summary_by_project_p (source_uuid, usage_start);
comment on table reporting_ocp_volume_summary_by_project_p is 'Volumes by day, namespace, claim and storage class';
comment on column reporting_ocp_volume_summary_by_project_p.usage_start is 'UTC day';
comment on column reporting_ocp_volume_summary_by_project_p.volume_request_storage_gigabyte_months is 'GiB-months';
comment on column reporting_ocp_volume_summary_by_project_p.persistentvolumeclaim_usage_gigabyte_months is 'GiB-months';
comment on column reporting_ocp_volume_summary_by_project_p.persistentvolumeclaim_capacity_gigabyte_months is 'GiB-months';

create table reporting_ocp_gpu_summary_p (
    id uuid not null default gen_random_uuid(),
    cluster_id text,
    cluster_alias text,
    namespace text,
    node text,
    usage_start date not null,
    usage_end date not null,
    vendor_name text,
    model_name text,
    memory_capacity_gb numeric(33, 15),
    gpu_count integer,
    mig_instance_id text,
    gpu_uuid text,
    gpu_mode text,
    mig_profile text,
    mig_slice_count integer,
    mig_memory_capacity_gb numeric(33, 15),
    mig_strategy text,
    gpu_max_slices integer,
    cost_model_gpu_cost numeric(33, 15),
    source_uuid uuid not null,
    cost_category_id integer,
    raw_currency text,
    cost_model_cpu_cost numeric(33, 15),
    cost_model_memory_cost numeric(33, 15),
    cost_model_volume_cost numeric(33, 15),
    cost_model_rate_type text,
    primary key (usage_start, id)
) partition by range (usage_start);
create index reporting_ocp_gpu_summary_p_source on reporting_ocp_gpu_summary_p (source_uuid, usage_start);
comment on table reporting_ocp_gpu_summary_p is 'GPUs by day, namespace, node and device';
comment on column reporting_ocp_gpu_summary_p.usage_start is 'UTC day';
comment on column reporting_ocp_gpu_summary_p.memory_capacity_gb is 'GB (10^9 bytes)';
comment on column reporting_ocp_gpu_summary_p.mig_memory_capacity_gb is 'GB (10^9 bytes)';

create table reporting_ocp_vm_summary_p (
    id uuid not null default gen_random_uuid(),
    cluster_id text,
    cluster_alias text,
    namespace text,
    node text,
    vm_name text,
    resource_ids text[],
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
    persistentvolumeclaim text,
    storageclass text,
    volume_request_storage_gigabyte_months numeric(33, 15),
    persistentvolumeclaim_usage_gigabyte_months numeric(33, 15),
    persistentvolumeclaim_capacity_gigabyte_months numeric(33, 15),
    infrastructure_raw_cost numeric(33, 15),
    infrastructure_markup_cost numeric(33, 15),
    source_uuid uuid not null,
    cost_category_id integer,
    raw_currency text,
    distributed_cost numeric(33, 15),
    cost_model_cpu_cost numeric(33, 15),
    cost_model_memory_cost numeric(33, 15),
    cost_model_volume_cost numeric(33, 15),
    cost_model_gpu_cost numeric(33, 15),
    cost_model_rate_type text,
    primary key (usage_start, id)
) partition by range (usage_start);
create index reporting_ocp_vm_summary_p_source on reporting_ocp_vm_summary_p (source_uuid, usage_start);
comment on table reporting_ocp_vm_summary_p is 'Virtual machines by day, namespace, node and labels, and their volumes';
comment on column reporting_ocp_vm_summary_p.usage_start is 'UTC day';
comment on column reporting_ocp_vm_summary_p.pod_usage_cpu_core_hours is 'Core-hours';
comment on column reporting_ocp_vm_summary_p.pod_request_cpu_core_hours is 'Core-hours requested for the machine';
comment on column reporting_ocp_vm_summary_p.pod_effective_usage_cpu_core_hours is 'Core-hours';
comment on column reporting_ocp_vm_summary_p.pod_limit_cpu_core_hours is 'Core-hours';
comment on column reporting_ocp_vm_summary_p.pod_usage_memory_gigabyte_hours is 'GiB-hours';
comment on column reporting_ocp_vm_summary_p.pod_request_memory_gigabyte_hours is 'GiB-hours requested for the machine';
comment on column reporting_ocp_vm_summary_p.pod_effective_usage_memory_gigabyte_hours is 'GiB-hours';
comment on column reporting_ocp_vm_summary_p.pod_limit_memory_gigabyte_hours is 'GiB-hours';
comment on column reporting_ocp_vm_summary_p.volume_request_storage_gigabyte_months is 'GiB-months';
comment on column reporting_ocp_vm_summary_p.persistentvolumeclaim_usage_gigabyte_months is 'GiB-months';
comment on column reporting_ocp_vm_summary_p.persistentvolumeclaim_capacity_gigabyte_months is 'GiB-months';

create table reporting_ocp_network_summary_p (
    id uuid not null default gen_random_uuid(),
    cluster_id text,
    cluster_alias text,
    resource_ids text[],
    resource_count integer,
    data_source text,
    usage_start date not null,
    usage_end date not null,
    infrastructure_raw_cost numeric(33, 15),
    infrastructure_markup_cost numeric(33, 15),
    infrastructure_data_in_gigabytes numeric(33, 15),
    infrastructure_data_out_gigabytes numeric(33, 15),
    source_uuid uuid not null,
    cost_category_id integer,
    raw_currency text,
    distributed_cost numeric(33, 15),
    cost_model_cpu_cost numeric(33, 15),
    cost_model_memory_cost numeric(33, 15),
    cost_model_volume_cost numeric(33, 15),
    cost_model_gpu_cost numeric(33, 15),
    cost_model_rate_type text,
    primary key (usage_start, id)
) partition by range (usage_start);
create index reporting_ocp_network_summary_p_source on reporting_ocp_network_summary_p (source_uuid, usage_start);
comment on table reporting_ocp_network_summary_p is 'Network traffic by day; OpenShifts own reports have none';
comment on column reporting_ocp_network_summary_p.usage_start is 'UTC day';
comment on column reporting_ocp_network_summary_p.infrastructure_data_in_gigabytes is 'GiB';
comment on column reporting_ocp_network_summary_p.infrastructure_data_out_gigabytes is 'GiB';

create table reporting_ocp_network_summary_by_node_p (
    id uuid not null default gen_random_uuid(),
    cluster_id text,
    cluster_alias text,
    node text,
    resource_ids text[],
    resource_count integer,
    data_source text,
    usage_start date not null,
    usage_end date not null,
    infrastructure_raw_cost numeric(33, 15),
    infrastructure_markup_cost numeric(33, 15),
    infrastructure_data_in_gigabytes numeric(33, 15),
    infrastructure_data_out_gigabytes numeric(33, 15),
    source_uuid uuid not null,
    cost_category_id integer,
    raw_currency text,
    distributed_cost numeric(33, 15),
    cost_model_cpu_cost numeric(33, 15),
    cost_model_memory_cost numeric(33, 15),
    cost_model_volume_cost numeric(33, 15),
    cost_model_gpu_cost numeric(33, 15),
    cost_model_rate_type text,
    primary key (usage_start, id)
) partition by range (usage_start);
create index reporting_ocp_network_summary_by_node_p_source on reporting_ocp_network_summary_by_node_p (source_uuid, usage_start);
comment on table reporting_ocp_network_summary_by_node_p is 'Network traffic by day and node; OpenShifts own reports have none';
comment on column reporting_ocp_network_summary_by_node_p.usage_start is 'UTC day';
comment on column reporting_ocp_network_summary_by_node_p.infrastructure_data_in_gigabytes is 'GiB';
comment on column reporting_ocp_network_summary_by_node_p.infrastructure_data_out_gigabytes is 'GiB';

create table reporting_ocp_network_summary_by_project_p (
    id uuid not null default gen_random_uuid(),
    cluster_id text,
    cluster_alias text,
    namespace text,
    resource_ids text[],
    resource_count integer,
    data_source text,
    usage_start date not null,
    usage_end date not null,
    infrastructure_raw_cost numeric(33, 15),
    infrastructure_markup_cost numeric(33, 15),
    infrastructure_data_in_gigabytes numeric(33, 15),
    infrastructure_data_out_gigabytes numeric(33, 15),
    source_uuid uuid not null,
    cost_category_id integer,
    raw_currency text,
    distributed_cost numeric(33, 15),
    cost_model_cpu_cost numeric(33, 15),
    cost_model_memory_cost numeric(33, 15),
    cost_model_volume_cost numeric(33, 15),
    cost_model_gpu_cost numeric(33, 15),
    cost_model_rate_type text,
    primary key (usage_start, id)
) partition by range (usage_start);
create index reporting_ocp_network_summary_by_project_p_source on reporting_ocp_network_summary_by_project_p (source_uuid, usage_start);
comment on table reporting_ocp_network_summary_by_project_p is 'Network traffic by day and namespace; OpenShifts own reports have none';
comment on column reporting_ocp_network_summary_by_project_p.usage_start is 'UTC day';
comment on column reporting_ocp_network_summary_by_project_p.infrastructure_data_in_gigabytes is 'GiB';
comment on column reporting_ocp_network_summary_by_project_p.infrastructure_data_out_gigabytes is 'GiB';
