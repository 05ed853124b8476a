-- The twelve line-item tables of an organisation: one row an entity and hour as the operator sent it, and its twin of
-- one row an entity and day. Partitioned by month of usage_start (UTC); the months are made by ensure_month. Names and
-- columns are those of Koku's openshift_*_line_items tables, less the random id that nobody reads. A missing number is
-- NULL. The one index serves every reader: rows are always sought by source and day.

create table openshift_pod_usage_line_items (
    report_period_start timestamptz,
    report_period_end timestamptz,
    interval_start timestamptz not null,
    interval_end timestamptz,
    pod text,
    namespace text,
    node text,
    resource_id text,
    pod_labels text,
    node_role text,
    pod_usage_cpu_core_seconds double precision,
    pod_request_cpu_core_seconds double precision,
    pod_effective_usage_cpu_core_seconds double precision,
    pod_limit_cpu_core_seconds double precision,
    pod_usage_memory_byte_seconds double precision,
    pod_request_memory_byte_seconds double precision,
    pod_effective_usage_memory_byte_seconds double precision,
    pod_limit_memory_byte_seconds double precision,
    node_capacity_cpu_cores double precision,
    node_capacity_cpu_core_seconds double precision,
    node_capacity_memory_bytes double precision,
    node_capacity_memory_byte_seconds double precision,
    usage_start date not null,
    source text not null,
    year text not null,
    month text not null,
    manifestid text,
    reportnumhours integer,
    manifest_file bigint not null
) partition by range (usage_start);
comment on table openshift_pod_usage_line_items is 'Hourly rows of pods';
comment on column openshift_pod_usage_line_items.usage_start is 'UTC day of interval_start';
comment on column openshift_pod_usage_line_items.source is 'Source UUID as text';
comment on column openshift_pod_usage_line_items.manifestid is 'Manifest UUID as text';
comment on column openshift_pod_usage_line_items.reportnumhours is 'Hours of the day the manifest covers';
comment on column openshift_pod_usage_line_items.manifest_file is 'The member this row was read from: manifest_file.manifest_file';
comment on column openshift_pod_usage_line_items.pod_labels is 'JSON object as text, keys sorted';
comment on column openshift_pod_usage_line_items.pod_usage_cpu_core_seconds is 'In core-seconds';
comment on column openshift_pod_usage_line_items.pod_request_cpu_core_seconds is 'In core-seconds';
comment on column openshift_pod_usage_line_items.pod_effective_usage_cpu_core_seconds is 'In core-seconds';
comment on column openshift_pod_usage_line_items.pod_limit_cpu_core_seconds is 'In core-seconds';
comment on column openshift_pod_usage_line_items.pod_usage_memory_byte_seconds is 'In byte-seconds';
comment on column openshift_pod_usage_line_items.pod_request_memory_byte_seconds is 'In byte-seconds';
comment on column openshift_pod_usage_line_items.pod_effective_usage_memory_byte_seconds is 'In byte-seconds';
comment on column openshift_pod_usage_line_items.pod_limit_memory_byte_seconds is 'In byte-seconds';
comment on column openshift_pod_usage_line_items.node_capacity_cpu_cores is 'In cores';
comment on column openshift_pod_usage_line_items.node_capacity_cpu_core_seconds is 'In core-seconds';
comment on column openshift_pod_usage_line_items.node_capacity_memory_bytes is 'In bytes';
comment on column openshift_pod_usage_line_items.node_capacity_memory_byte_seconds is 'In byte-seconds';
create index openshift_pod_usage_line_items_source_day on openshift_pod_usage_line_items (source, usage_start);

create table openshift_pod_usage_line_items_daily (
    report_period_start timestamptz,
    report_period_end timestamptz,
    interval_start timestamptz not null,
    interval_end timestamptz,
    latest_interval_start timestamptz,
    pod text,
    namespace text,
    node text,
    resource_id text,
    pod_labels text,
    node_role text,
    pod_usage_cpu_core_seconds double precision,
    pod_request_cpu_core_seconds double precision,
    pod_effective_usage_cpu_core_seconds double precision,
    pod_limit_cpu_core_seconds double precision,
    pod_usage_memory_byte_seconds double precision,
    pod_request_memory_byte_seconds double precision,
    pod_effective_usage_memory_byte_seconds double precision,
    pod_limit_memory_byte_seconds double precision,
    node_capacity_cpu_cores double precision,
    node_capacity_cpu_core_seconds double precision,
    node_capacity_memory_bytes double precision,
    node_capacity_memory_byte_seconds double precision,
    usage_start date not null,
    source text not null,
    year text not null,
    month text not null,
    manifestid text,
    reportnumhours integer
) partition by range (usage_start);
comment on table openshift_pod_usage_line_items_daily is 'Daily rows of pods';
comment on column openshift_pod_usage_line_items_daily.usage_start is 'UTC day of interval_start';
comment on column openshift_pod_usage_line_items_daily.source is 'Source UUID as text';
comment on column openshift_pod_usage_line_items_daily.manifestid is 'Manifest UUID as text; the greatest of those counted';
comment on column openshift_pod_usage_line_items_daily.reportnumhours is 'Hours of the day the manifest covers';
comment on column openshift_pod_usage_line_items_daily.latest_interval_start is 'Start of the last hour summed into this row; decides which label set of a day is newest';
comment on column openshift_pod_usage_line_items_daily.pod_labels is 'JSON object as text, keys sorted';
comment on column openshift_pod_usage_line_items_daily.pod_usage_cpu_core_seconds is 'In core-seconds';
comment on column openshift_pod_usage_line_items_daily.pod_request_cpu_core_seconds is 'In core-seconds';
comment on column openshift_pod_usage_line_items_daily.pod_effective_usage_cpu_core_seconds is 'In core-seconds';
comment on column openshift_pod_usage_line_items_daily.pod_limit_cpu_core_seconds is 'In core-seconds';
comment on column openshift_pod_usage_line_items_daily.pod_usage_memory_byte_seconds is 'In byte-seconds';
comment on column openshift_pod_usage_line_items_daily.pod_request_memory_byte_seconds is 'In byte-seconds';
comment on column openshift_pod_usage_line_items_daily.pod_effective_usage_memory_byte_seconds is 'In byte-seconds';
comment on column openshift_pod_usage_line_items_daily.pod_limit_memory_byte_seconds is 'In byte-seconds';
comment on column openshift_pod_usage_line_items_daily.node_capacity_cpu_cores is 'In cores';
comment on column openshift_pod_usage_line_items_daily.node_capacity_cpu_core_seconds is 'In core-seconds';
comment on column openshift_pod_usage_line_items_daily.node_capacity_memory_bytes is 'In bytes';
comment on column openshift_pod_usage_line_items_daily.node_capacity_memory_byte_seconds is 'In byte-seconds';
create index openshift_pod_usage_line_items_daily_source_day on openshift_pod_usage_line_items_daily (source, usage_start);

create table openshift_storage_usage_line_items (
    report_period_start timestamptz,
    report_period_end timestamptz,
    interval_start timestamptz not null,
    interval_end timestamptz,
    namespace text,
    pod text,
    node text,
    persistentvolumeclaim text,
    persistentvolume text,
    storageclass text,
    csi_driver text,
    csi_volume_handle text,
    persistentvolumeclaim_capacity_bytes double precision,
    persistentvolumeclaim_capacity_byte_seconds double precision,
    volume_request_storage_byte_seconds double precision,
    persistentvolumeclaim_usage_byte_seconds double precision,
    persistentvolume_labels text,
    persistentvolumeclaim_labels text,
    usage_start date not null,
    source text not null,
    year text not null,
    month text not null,
    manifestid text,
    reportnumhours integer,
    manifest_file bigint not null
) partition by range (usage_start);
comment on table openshift_storage_usage_line_items is 'Hourly rows of persistent volumes';
comment on column openshift_storage_usage_line_items.usage_start is 'UTC day of interval_start';
comment on column openshift_storage_usage_line_items.source is 'Source UUID as text';
comment on column openshift_storage_usage_line_items.manifestid is 'Manifest UUID as text';
comment on column openshift_storage_usage_line_items.reportnumhours is 'Hours of the day the manifest covers';
comment on column openshift_storage_usage_line_items.manifest_file is 'The member this row was read from: manifest_file.manifest_file';
comment on column openshift_storage_usage_line_items.persistentvolumeclaim_capacity_bytes is 'In bytes';
comment on column openshift_storage_usage_line_items.persistentvolumeclaim_capacity_byte_seconds is 'In byte-seconds';
comment on column openshift_storage_usage_line_items.volume_request_storage_byte_seconds is 'In byte-seconds';
comment on column openshift_storage_usage_line_items.persistentvolumeclaim_usage_byte_seconds is 'In byte-seconds';
comment on column openshift_storage_usage_line_items.persistentvolume_labels is 'JSON object as text, keys sorted';
comment on column openshift_storage_usage_line_items.persistentvolumeclaim_labels is 'JSON object as text, keys sorted';
create index openshift_storage_usage_line_items_source_day on openshift_storage_usage_line_items (source, usage_start);

create table openshift_storage_usage_line_items_daily (
    report_period_start timestamptz,
    report_period_end timestamptz,
    interval_start timestamptz not null,
    interval_end timestamptz,
    latest_interval_start timestamptz,
    namespace text,
    pod text,
    node text,
    persistentvolumeclaim text,
    persistentvolume text,
    storageclass text,
    csi_driver text,
    csi_volume_handle text,
    persistentvolumeclaim_capacity_bytes double precision,
    persistentvolumeclaim_capacity_byte_seconds double precision,
    volume_request_storage_byte_seconds double precision,
    persistentvolumeclaim_usage_byte_seconds double precision,
    persistentvolume_labels text,
    persistentvolumeclaim_labels text,
    usage_start date not null,
    source text not null,
    year text not null,
    month text not null,
    manifestid text,
    reportnumhours integer
) partition by range (usage_start);
comment on table openshift_storage_usage_line_items_daily is 'Daily rows of persistent volumes';
comment on column openshift_storage_usage_line_items_daily.usage_start is 'UTC day of interval_start';
comment on column openshift_storage_usage_line_items_daily.source is 'Source UUID as text';
comment on column openshift_storage_usage_line_items_daily.manifestid is 'Manifest UUID as text; the greatest of those counted';
comment on column openshift_storage_usage_line_items_daily.reportnumhours is 'Hours of the day the manifest covers';
comment on column openshift_storage_usage_line_items_daily.latest_interval_start is 'Start of the last hour summed into this row; decides which label set of a day is newest';
comment on column openshift_storage_usage_line_items_daily.persistentvolumeclaim_capacity_bytes is 'In bytes';
comment on column openshift_storage_usage_line_items_daily.persistentvolumeclaim_capacity_byte_seconds is 'In byte-seconds';
comment on column openshift_storage_usage_line_items_daily.volume_request_storage_byte_seconds is 'In byte-seconds';
comment on column openshift_storage_usage_line_items_daily.persistentvolumeclaim_usage_byte_seconds is 'In byte-seconds';
comment on column openshift_storage_usage_line_items_daily.persistentvolume_labels is 'JSON object as text, keys sorted';
comment on column openshift_storage_usage_line_items_daily.persistentvolumeclaim_labels is 'JSON object as text, keys sorted';
create index openshift_storage_usage_line_items_daily_source_day on openshift_storage_usage_line_items_daily (source, usage_start);

create table openshift_node_labels_line_items (
    report_period_start timestamptz,
    report_period_end timestamptz,
    interval_start timestamptz not null,
    interval_end timestamptz,
    node text,
    node_labels text,
    usage_start date not null,
    source text not null,
    year text not null,
    month text not null,
    manifestid text,
    reportnumhours integer,
    manifest_file bigint not null
) partition by range (usage_start);
comment on table openshift_node_labels_line_items is 'Hourly rows of node labels';
comment on column openshift_node_labels_line_items.usage_start is 'UTC day of interval_start';
comment on column openshift_node_labels_line_items.source is 'Source UUID as text';
comment on column openshift_node_labels_line_items.manifestid is 'Manifest UUID as text';
comment on column openshift_node_labels_line_items.reportnumhours is 'Hours of the day the manifest covers';
comment on column openshift_node_labels_line_items.manifest_file is 'The member this row was read from: manifest_file.manifest_file';
comment on column openshift_node_labels_line_items.node_labels is 'JSON object as text, keys sorted';
create index openshift_node_labels_line_items_source_day on openshift_node_labels_line_items (source, usage_start);

create table openshift_node_labels_line_items_daily (
    report_period_start timestamptz,
    report_period_end timestamptz,
    interval_start timestamptz not null,
    interval_end timestamptz,
    latest_interval_start timestamptz,
    node text,
    node_labels text,
    usage_start date not null,
    source text not null,
    year text not null,
    month text not null,
    manifestid text,
    reportnumhours integer
) partition by range (usage_start);
comment on table openshift_node_labels_line_items_daily is 'Daily rows of node labels';
comment on column openshift_node_labels_line_items_daily.usage_start is 'UTC day of interval_start';
comment on column openshift_node_labels_line_items_daily.source is 'Source UUID as text';
comment on column openshift_node_labels_line_items_daily.manifestid is 'Manifest UUID as text; the greatest of those counted';
comment on column openshift_node_labels_line_items_daily.reportnumhours is 'Hours of the day the manifest covers';
comment on column openshift_node_labels_line_items_daily.latest_interval_start is 'Start of the last hour summed into this row; decides which label set of a day is newest';
comment on column openshift_node_labels_line_items_daily.node_labels is 'JSON object as text, keys sorted';
create index openshift_node_labels_line_items_daily_source_day on openshift_node_labels_line_items_daily (source, usage_start);

create table openshift_namespace_labels_line_items (
    report_period_start timestamptz,
    report_period_end timestamptz,
    interval_start timestamptz not null,
    interval_end timestamptz,
    namespace text,
    namespace_labels text,
    usage_start date not null,
    source text not null,
    year text not null,
    month text not null,
    manifestid text,
    reportnumhours integer,
    manifest_file bigint not null
) partition by range (usage_start);
comment on table openshift_namespace_labels_line_items is 'Hourly rows of namespace labels';
comment on column openshift_namespace_labels_line_items.usage_start is 'UTC day of interval_start';
comment on column openshift_namespace_labels_line_items.source is 'Source UUID as text';
comment on column openshift_namespace_labels_line_items.manifestid is 'Manifest UUID as text';
comment on column openshift_namespace_labels_line_items.reportnumhours is 'Hours of the day the manifest covers';
comment on column openshift_namespace_labels_line_items.manifest_file is 'The member this row was read from: manifest_file.manifest_file';
comment on column openshift_namespace_labels_line_items.namespace_labels is 'JSON object as text, keys sorted';
create index openshift_namespace_labels_line_items_source_day on openshift_namespace_labels_line_items (source, usage_start);

create table openshift_namespace_labels_line_items_daily (
    report_period_start timestamptz,
    report_period_end timestamptz,
    interval_start timestamptz not null,
    interval_end timestamptz,
    latest_interval_start timestamptz,
    namespace text,
    namespace_labels text,
    usage_start date not null,
    source text not null,
    year text not null,
    month text not null,
    manifestid text,
    reportnumhours integer
) partition by range (usage_start);
comment on table openshift_namespace_labels_line_items_daily is 'Daily rows of namespace labels';
comment on column openshift_namespace_labels_line_items_daily.usage_start is 'UTC day of interval_start';
comment on column openshift_namespace_labels_line_items_daily.source is 'Source UUID as text';
comment on column openshift_namespace_labels_line_items_daily.manifestid is 'Manifest UUID as text; the greatest of those counted';
comment on column openshift_namespace_labels_line_items_daily.reportnumhours is 'Hours of the day the manifest covers';
comment on column openshift_namespace_labels_line_items_daily.latest_interval_start is 'Start of the last hour summed into this row; decides which label set of a day is newest';
comment on column openshift_namespace_labels_line_items_daily.namespace_labels is 'JSON object as text, keys sorted';
create index openshift_namespace_labels_line_items_daily_source_day on openshift_namespace_labels_line_items_daily (source, usage_start);

create table openshift_vm_usage_line_items (
    report_period_start timestamptz,
    report_period_end timestamptz,
    interval_start timestamptz not null,
    interval_end timestamptz,
    node text,
    namespace text,
    vm_name text,
    resource_id text,
    vm_instance_type text,
    vm_os text,
    vm_guest_os_arch text,
    vm_guest_os_name text,
    vm_guest_os_version text,
    vm_labels text,
    vm_uptime_total_seconds double precision,
    vm_cpu_limit_cores double precision,
    vm_cpu_limit_core_seconds double precision,
    vm_cpu_request_cores double precision,
    vm_cpu_request_core_seconds double precision,
    vm_cpu_request_sockets double precision,
    vm_cpu_request_socket_seconds double precision,
    vm_cpu_request_threads double precision,
    vm_cpu_request_thread_seconds double precision,
    vm_cpu_usage_total_seconds double precision,
    vm_memory_limit_bytes double precision,
    vm_memory_limit_byte_seconds double precision,
    vm_memory_request_bytes double precision,
    vm_memory_request_byte_seconds double precision,
    vm_memory_usage_byte_seconds double precision,
    vm_device text,
    vm_volume_mode text,
    vm_persistentvolumeclaim_name text,
    vm_disk_allocated_size_byte_seconds double precision,
    usage_start date not null,
    source text not null,
    year text not null,
    month text not null,
    manifestid text,
    reportnumhours integer,
    manifest_file bigint not null
) partition by range (usage_start);
comment on table openshift_vm_usage_line_items is 'Hourly rows of virtual machines';
comment on column openshift_vm_usage_line_items.usage_start is 'UTC day of interval_start';
comment on column openshift_vm_usage_line_items.source is 'Source UUID as text';
comment on column openshift_vm_usage_line_items.manifestid is 'Manifest UUID as text';
comment on column openshift_vm_usage_line_items.reportnumhours is 'Hours of the day the manifest covers';
comment on column openshift_vm_usage_line_items.manifest_file is 'The member this row was read from: manifest_file.manifest_file';
comment on column openshift_vm_usage_line_items.vm_labels is 'JSON object as text, keys sorted';
comment on column openshift_vm_usage_line_items.vm_uptime_total_seconds is 'In seconds';
comment on column openshift_vm_usage_line_items.vm_cpu_limit_cores is 'In cores';
comment on column openshift_vm_usage_line_items.vm_cpu_limit_core_seconds is 'In core-seconds';
comment on column openshift_vm_usage_line_items.vm_cpu_request_cores is 'In cores';
comment on column openshift_vm_usage_line_items.vm_cpu_request_core_seconds is 'In core-seconds';
comment on column openshift_vm_usage_line_items.vm_cpu_request_sockets is 'In sockets';
comment on column openshift_vm_usage_line_items.vm_cpu_request_socket_seconds is 'In socket-seconds';
comment on column openshift_vm_usage_line_items.vm_cpu_request_threads is 'In threads';
comment on column openshift_vm_usage_line_items.vm_cpu_request_thread_seconds is 'In thread-seconds';
comment on column openshift_vm_usage_line_items.vm_cpu_usage_total_seconds is 'In core-seconds';
comment on column openshift_vm_usage_line_items.vm_memory_limit_bytes is 'In bytes';
comment on column openshift_vm_usage_line_items.vm_memory_limit_byte_seconds is 'In byte-seconds';
comment on column openshift_vm_usage_line_items.vm_memory_request_bytes is 'In bytes';
comment on column openshift_vm_usage_line_items.vm_memory_request_byte_seconds is 'In byte-seconds';
comment on column openshift_vm_usage_line_items.vm_memory_usage_byte_seconds is 'In byte-seconds';
comment on column openshift_vm_usage_line_items.vm_disk_allocated_size_byte_seconds is 'In byte-seconds';
create index openshift_vm_usage_line_items_source_day on openshift_vm_usage_line_items (source, usage_start);

create table openshift_vm_usage_line_items_daily (
    report_period_start timestamptz,
    report_period_end timestamptz,
    interval_start timestamptz not null,
    interval_end timestamptz,
    latest_interval_start timestamptz,
    node text,
    namespace text,
    vm_name text,
    resource_id text,
    vm_instance_type text,
    vm_os text,
    vm_guest_os_arch text,
    vm_guest_os_name text,
    vm_guest_os_version text,
    vm_labels text,
    vm_uptime_total_seconds double precision,
    vm_cpu_limit_cores double precision,
    vm_cpu_limit_core_seconds double precision,
    vm_cpu_request_cores double precision,
    vm_cpu_request_core_seconds double precision,
    vm_cpu_request_sockets double precision,
    vm_cpu_request_socket_seconds double precision,
    vm_cpu_request_threads double precision,
    vm_cpu_request_thread_seconds double precision,
    vm_cpu_usage_total_seconds double precision,
    vm_memory_limit_bytes double precision,
    vm_memory_limit_byte_seconds double precision,
    vm_memory_request_bytes double precision,
    vm_memory_request_byte_seconds double precision,
    vm_memory_usage_byte_seconds double precision,
    vm_device text,
    vm_volume_mode text,
    vm_persistentvolumeclaim_name text,
    vm_disk_allocated_size_byte_seconds double precision,
    usage_start date not null,
    source text not null,
    year text not null,
    month text not null,
    manifestid text,
    reportnumhours integer
) partition by range (usage_start);
comment on table openshift_vm_usage_line_items_daily is 'Daily rows of virtual machines';
comment on column openshift_vm_usage_line_items_daily.usage_start is 'UTC day of interval_start';
comment on column openshift_vm_usage_line_items_daily.source is 'Source UUID as text';
comment on column openshift_vm_usage_line_items_daily.manifestid is 'Manifest UUID as text; the greatest of those counted';
comment on column openshift_vm_usage_line_items_daily.reportnumhours is 'Hours of the day the manifest covers';
comment on column openshift_vm_usage_line_items_daily.latest_interval_start is 'Start of the last hour summed into this row; decides which label set of a day is newest';
comment on column openshift_vm_usage_line_items_daily.vm_labels is 'JSON object as text, keys sorted';
comment on column openshift_vm_usage_line_items_daily.vm_uptime_total_seconds is 'In seconds';
comment on column openshift_vm_usage_line_items_daily.vm_cpu_limit_cores is 'In cores';
comment on column openshift_vm_usage_line_items_daily.vm_cpu_limit_core_seconds is 'In core-seconds';
comment on column openshift_vm_usage_line_items_daily.vm_cpu_request_cores is 'In cores';
comment on column openshift_vm_usage_line_items_daily.vm_cpu_request_core_seconds is 'In core-seconds';
comment on column openshift_vm_usage_line_items_daily.vm_cpu_request_sockets is 'In sockets';
comment on column openshift_vm_usage_line_items_daily.vm_cpu_request_socket_seconds is 'In socket-seconds';
comment on column openshift_vm_usage_line_items_daily.vm_cpu_request_threads is 'In threads';
comment on column openshift_vm_usage_line_items_daily.vm_cpu_request_thread_seconds is 'In thread-seconds';
comment on column openshift_vm_usage_line_items_daily.vm_cpu_usage_total_seconds is 'In core-seconds';
comment on column openshift_vm_usage_line_items_daily.vm_memory_limit_bytes is 'In bytes';
comment on column openshift_vm_usage_line_items_daily.vm_memory_limit_byte_seconds is 'In byte-seconds';
comment on column openshift_vm_usage_line_items_daily.vm_memory_request_bytes is 'In bytes';
comment on column openshift_vm_usage_line_items_daily.vm_memory_request_byte_seconds is 'In byte-seconds';
comment on column openshift_vm_usage_line_items_daily.vm_memory_usage_byte_seconds is 'In byte-seconds';
comment on column openshift_vm_usage_line_items_daily.vm_disk_allocated_size_byte_seconds is 'In byte-seconds';
create index openshift_vm_usage_line_items_daily_source_day on openshift_vm_usage_line_items_daily (source, usage_start);

create table openshift_gpu_usage_line_items (
    report_period_start timestamptz,
    report_period_end timestamptz,
    interval_start timestamptz not null,
    interval_end timestamptz,
    node text,
    namespace text,
    pod text,
    gpu_uuid text,
    gpu_model_name text,
    gpu_vendor_name text,
    gpu_memory_capacity_mib double precision,
    gpu_pod_uptime double precision,
    mig_instance_id text,
    mig_profile text,
    mig_slice_count integer,
    mig_memory_capacity_mib double precision,
    mig_strategy text,
    gpu_max_slices integer,
    usage_start date not null,
    source text not null,
    year text not null,
    month text not null,
    manifestid text,
    reportnumhours integer,
    manifest_file bigint not null
) partition by range (usage_start);
comment on table openshift_gpu_usage_line_items is 'Hourly rows of GPUs';
comment on column openshift_gpu_usage_line_items.usage_start is 'UTC day of interval_start';
comment on column openshift_gpu_usage_line_items.source is 'Source UUID as text';
comment on column openshift_gpu_usage_line_items.manifestid is 'Manifest UUID as text';
comment on column openshift_gpu_usage_line_items.reportnumhours is 'Hours of the day the manifest covers';
comment on column openshift_gpu_usage_line_items.manifest_file is 'The member this row was read from: manifest_file.manifest_file';
comment on column openshift_gpu_usage_line_items.gpu_memory_capacity_mib is 'In MiB';
comment on column openshift_gpu_usage_line_items.gpu_pod_uptime is 'In seconds';
comment on column openshift_gpu_usage_line_items.mig_memory_capacity_mib is 'In MiB';
create index openshift_gpu_usage_line_items_source_day on openshift_gpu_usage_line_items (source, usage_start);

create table openshift_gpu_usage_line_items_daily (
    report_period_start timestamptz,
    report_period_end timestamptz,
    interval_start timestamptz not null,
    interval_end timestamptz,
    latest_interval_start timestamptz,
    node text,
    namespace text,
    pod text,
    gpu_uuid text,
    gpu_model_name text,
    gpu_vendor_name text,
    gpu_memory_capacity_mib double precision,
    gpu_pod_uptime double precision,
    mig_instance_id text,
    mig_profile text,
    mig_slice_count integer,
    mig_memory_capacity_mib double precision,
    mig_strategy text,
    gpu_max_slices integer,
    usage_start date not null,
    source text not null,
    year text not null,
    month text not null,
    manifestid text,
    reportnumhours integer
) partition by range (usage_start);
comment on table openshift_gpu_usage_line_items_daily is 'Daily rows of GPUs';
comment on column openshift_gpu_usage_line_items_daily.usage_start is 'UTC day of interval_start';
comment on column openshift_gpu_usage_line_items_daily.source is 'Source UUID as text';
comment on column openshift_gpu_usage_line_items_daily.manifestid is 'Manifest UUID as text; the greatest of those counted';
comment on column openshift_gpu_usage_line_items_daily.reportnumhours is 'Hours of the day the manifest covers';
comment on column openshift_gpu_usage_line_items_daily.latest_interval_start is 'Start of the last hour summed into this row; decides which label set of a day is newest';
comment on column openshift_gpu_usage_line_items_daily.gpu_memory_capacity_mib is 'In MiB';
comment on column openshift_gpu_usage_line_items_daily.gpu_pod_uptime is 'In seconds';
comment on column openshift_gpu_usage_line_items_daily.mig_memory_capacity_mib is 'In MiB';
create index openshift_gpu_usage_line_items_daily_source_day on openshift_gpu_usage_line_items_daily (source, usage_start);
