-- Hourly rows carry the number of the file they came from, and what that file says of all its rows alike (source,
-- manifest, hours of the day) is told once, in the ledger. A row is a fifth smaller so, and needs one narrow index. The
-- names and columns of Koku's openshift_*_line_items tables are views now. Rows that are there stay where they are.

drop view
    openshift_pod_usage_counted_line_items,
    openshift_storage_usage_counted_line_items,
    openshift_node_labels_counted_line_items,
    openshift_namespace_labels_counted_line_items,
    openshift_vm_usage_counted_line_items,
    openshift_gpu_usage_counted_line_items;

-- The months that are there take the new name too: ensure_month and drop_month know them by it.
do $$
declare
    v_table record;
begin
    for v_table in
        select relname, replace(relname, '_line_items', '_hours') as name
        from pg_class
        where relnamespace = current_schema()::regnamespace
            and relkind in ('r', 'p')
            and relname ~ '^openshift_[a-z]+_[a-z]+_line_items(_\d{4}_\d\d)?$'
    loop
        execute format('alter table %I rename to %I', v_table.relname, v_table.name);
    end loop;
end
$$;

alter table openshift_pod_usage_hours
    drop column source,
    drop column year,
    drop column month,
    drop column manifestid,
    drop column reportnumhours;
create index openshift_pod_usage_hours_file on openshift_pod_usage_hours (manifest_file, usage_start);

alter table openshift_storage_usage_hours
    drop column source,
    drop column year,
    drop column month,
    drop column manifestid,
    drop column reportnumhours;
create index openshift_storage_usage_hours_file on openshift_storage_usage_hours (manifest_file, usage_start);

alter table openshift_node_labels_hours
    drop column source,
    drop column year,
    drop column month,
    drop column manifestid,
    drop column reportnumhours;
create index openshift_node_labels_hours_file on openshift_node_labels_hours (manifest_file, usage_start);

alter table openshift_namespace_labels_hours
    drop column source,
    drop column year,
    drop column month,
    drop column manifestid,
    drop column reportnumhours;
create index openshift_namespace_labels_hours_file on openshift_namespace_labels_hours (manifest_file, usage_start);

alter table openshift_vm_usage_hours
    drop column source,
    drop column year,
    drop column month,
    drop column manifestid,
    drop column reportnumhours;
create index openshift_vm_usage_hours_file on openshift_vm_usage_hours (manifest_file, usage_start);

alter table openshift_gpu_usage_hours
    drop column source,
    drop column year,
    drop column month,
    drop column manifestid,
    drop column reportnumhours;
create index openshift_gpu_usage_hours_file on openshift_gpu_usage_hours (manifest_file, usage_start);

create view openshift_pod_usage_line_items as
select
    h.report_period_start,
    h.report_period_end,
    h.interval_start,
    h.interval_end,
    h.pod,
    h.namespace,
    h.node,
    h.resource_id,
    h.pod_labels,
    h.node_role,
    h.pod_usage_cpu_core_seconds,
    h.pod_request_cpu_core_seconds,
    h.pod_effective_usage_cpu_core_seconds,
    h.pod_limit_cpu_core_seconds,
    h.pod_usage_memory_byte_seconds,
    h.pod_request_memory_byte_seconds,
    h.pod_effective_usage_memory_byte_seconds,
    h.pod_limit_memory_byte_seconds,
    h.node_capacity_cpu_cores,
    h.node_capacity_cpu_core_seconds,
    h.node_capacity_memory_bytes,
    h.node_capacity_memory_byte_seconds,
    h.usage_start,
    f.source::text as source,
    to_char(h.usage_start, 'YYYY') as year,
    to_char(h.usage_start, 'MM') as month,
    f.manifest_uuid::text as manifestid,
    d.hours as reportnumhours,
    h.manifest_file
from openshift_pod_usage_hours h
join manifest_file f
    on f.manifest_file = h.manifest_file
left join day_delivery d
    on d.source = f.source
    and d.report_type = 'pod_usage'
    and d.usage_start = h.usage_start
    and d.manifest_uuid = f.manifest_uuid;
comment on view openshift_pod_usage_line_items is 'Hourly rows of pods, whether or not they count';
comment on column openshift_pod_usage_line_items.reportnumhours is
    'Hours of the day the manifest covers; NULL until its files have all come';
comment on column openshift_pod_usage_line_items.usage_start is 'UTC day of interval_start';
comment on column openshift_pod_usage_line_items.source is 'Source UUID as text';
comment on column openshift_pod_usage_line_items.manifestid is 'Manifest UUID as text';
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

create view openshift_pod_usage_counted_line_items as
select h.*
from openshift_pod_usage_line_items h
join day_delivery d
    on d.source::text = h.source
    and d.report_type = 'pod_usage'
    and d.usage_start = h.usage_start
    and d.manifestid = h.manifestid
where (d.owns or (d.additive and d.complete))
    and (d.excluded_intervals is null or h.interval_start <> all (d.excluded_intervals));
comment on view openshift_pod_usage_counted_line_items is 'Hourly rows of pods that figures are read from';

create view openshift_storage_usage_line_items as
select
    h.report_period_start,
    h.report_period_end,
    h.interval_start,
    h.interval_end,
    h.namespace,
    h.pod,
    h.node,
    h.persistentvolumeclaim,
    h.persistentvolume,
    h.storageclass,
    h.csi_driver,
    h.csi_volume_handle,
    h.persistentvolumeclaim_capacity_bytes,
    h.persistentvolumeclaim_capacity_byte_seconds,
    h.volume_request_storage_byte_seconds,
    h.persistentvolumeclaim_usage_byte_seconds,
    h.persistentvolume_labels,
    h.persistentvolumeclaim_labels,
    h.usage_start,
    f.source::text as source,
    to_char(h.usage_start, 'YYYY') as year,
    to_char(h.usage_start, 'MM') as month,
    f.manifest_uuid::text as manifestid,
    d.hours as reportnumhours,
    h.manifest_file
from openshift_storage_usage_hours h
join manifest_file f
    on f.manifest_file = h.manifest_file
left join day_delivery d
    on d.source = f.source
    and d.report_type = 'storage_usage'
    and d.usage_start = h.usage_start
    and d.manifest_uuid = f.manifest_uuid;
comment on view openshift_storage_usage_line_items is 'Hourly rows of persistent volumes, whether or not they count';
comment on column openshift_storage_usage_line_items.reportnumhours is
    'Hours of the day the manifest covers; NULL until its files have all come';
comment on column openshift_storage_usage_line_items.usage_start is 'UTC day of interval_start';
comment on column openshift_storage_usage_line_items.source is 'Source UUID as text';
comment on column openshift_storage_usage_line_items.manifestid is 'Manifest UUID as text';
comment on column openshift_storage_usage_line_items.manifest_file is 'The member this row was read from: manifest_file.manifest_file';
comment on column openshift_storage_usage_line_items.persistentvolumeclaim_capacity_bytes is 'In bytes';
comment on column openshift_storage_usage_line_items.persistentvolumeclaim_capacity_byte_seconds is 'In byte-seconds';
comment on column openshift_storage_usage_line_items.volume_request_storage_byte_seconds is 'In byte-seconds';
comment on column openshift_storage_usage_line_items.persistentvolumeclaim_usage_byte_seconds is 'In byte-seconds';
comment on column openshift_storage_usage_line_items.persistentvolume_labels is 'JSON object as text, keys sorted';
comment on column openshift_storage_usage_line_items.persistentvolumeclaim_labels is 'JSON object as text, keys sorted';

create view openshift_storage_usage_counted_line_items as
select h.*
from openshift_storage_usage_line_items h
join day_delivery d
    on d.source::text = h.source
    and d.report_type = 'storage_usage'
    and d.usage_start = h.usage_start
    and d.manifestid = h.manifestid
where (d.owns or (d.additive and d.complete))
    and (d.excluded_intervals is null or h.interval_start <> all (d.excluded_intervals));
comment on view openshift_storage_usage_counted_line_items is 'Hourly rows of persistent volumes that figures are read from';

create view openshift_node_labels_line_items as
select
    h.report_period_start,
    h.report_period_end,
    h.interval_start,
    h.interval_end,
    h.node,
    h.node_labels,
    h.usage_start,
    f.source::text as source,
    to_char(h.usage_start, 'YYYY') as year,
    to_char(h.usage_start, 'MM') as month,
    f.manifest_uuid::text as manifestid,
    d.hours as reportnumhours,
    h.manifest_file
from openshift_node_labels_hours h
join manifest_file f
    on f.manifest_file = h.manifest_file
left join day_delivery d
    on d.source = f.source
    and d.report_type = 'node_labels'
    and d.usage_start = h.usage_start
    and d.manifest_uuid = f.manifest_uuid;
comment on view openshift_node_labels_line_items is 'Hourly rows of node labels, whether or not they count';
comment on column openshift_node_labels_line_items.reportnumhours is
    'Hours of the day the manifest covers; NULL until its files have all come';
comment on column openshift_node_labels_line_items.usage_start is 'UTC day of interval_start';
comment on column openshift_node_labels_line_items.source is 'Source UUID as text';
comment on column openshift_node_labels_line_items.manifestid is 'Manifest UUID as text';
comment on column openshift_node_labels_line_items.manifest_file is 'The member this row was read from: manifest_file.manifest_file';
comment on column openshift_node_labels_line_items.node_labels is 'JSON object as text, keys sorted';

create view openshift_node_labels_counted_line_items as
select h.*
from openshift_node_labels_line_items h
join day_delivery d
    on d.source::text = h.source
    and d.report_type = 'node_labels'
    and d.usage_start = h.usage_start
    and d.manifestid = h.manifestid
where (d.owns or (d.additive and d.complete))
    and (d.excluded_intervals is null or h.interval_start <> all (d.excluded_intervals));
comment on view openshift_node_labels_counted_line_items is 'Hourly rows of node labels that figures are read from';

create view openshift_namespace_labels_line_items as
select
    h.report_period_start,
    h.report_period_end,
    h.interval_start,
    h.interval_end,
    h.namespace,
    h.namespace_labels,
    h.usage_start,
    f.source::text as source,
    to_char(h.usage_start, 'YYYY') as year,
    to_char(h.usage_start, 'MM') as month,
    f.manifest_uuid::text as manifestid,
    d.hours as reportnumhours,
    h.manifest_file
from openshift_namespace_labels_hours h
join manifest_file f
    on f.manifest_file = h.manifest_file
left join day_delivery d
    on d.source = f.source
    and d.report_type = 'namespace_labels'
    and d.usage_start = h.usage_start
    and d.manifest_uuid = f.manifest_uuid;
comment on view openshift_namespace_labels_line_items is 'Hourly rows of namespace labels, whether or not they count';
comment on column openshift_namespace_labels_line_items.reportnumhours is
    'Hours of the day the manifest covers; NULL until its files have all come';
comment on column openshift_namespace_labels_line_items.usage_start is 'UTC day of interval_start';
comment on column openshift_namespace_labels_line_items.source is 'Source UUID as text';
comment on column openshift_namespace_labels_line_items.manifestid is 'Manifest UUID as text';
comment on column openshift_namespace_labels_line_items.manifest_file is 'The member this row was read from: manifest_file.manifest_file';
comment on column openshift_namespace_labels_line_items.namespace_labels is 'JSON object as text, keys sorted';

create view openshift_namespace_labels_counted_line_items as
select h.*
from openshift_namespace_labels_line_items h
join day_delivery d
    on d.source::text = h.source
    and d.report_type = 'namespace_labels'
    and d.usage_start = h.usage_start
    and d.manifestid = h.manifestid
where (d.owns or (d.additive and d.complete))
    and (d.excluded_intervals is null or h.interval_start <> all (d.excluded_intervals));
comment on view openshift_namespace_labels_counted_line_items is 'Hourly rows of namespace labels that figures are read from';

create view openshift_vm_usage_line_items as
select
    h.report_period_start,
    h.report_period_end,
    h.interval_start,
    h.interval_end,
    h.node,
    h.namespace,
    h.vm_name,
    h.resource_id,
    h.vm_instance_type,
    h.vm_os,
    h.vm_guest_os_arch,
    h.vm_guest_os_name,
    h.vm_guest_os_version,
    h.vm_labels,
    h.vm_uptime_total_seconds,
    h.vm_cpu_limit_cores,
    h.vm_cpu_limit_core_seconds,
    h.vm_cpu_request_cores,
    h.vm_cpu_request_core_seconds,
    h.vm_cpu_request_sockets,
    h.vm_cpu_request_socket_seconds,
    h.vm_cpu_request_threads,
    h.vm_cpu_request_thread_seconds,
    h.vm_cpu_usage_total_seconds,
    h.vm_memory_limit_bytes,
    h.vm_memory_limit_byte_seconds,
    h.vm_memory_request_bytes,
    h.vm_memory_request_byte_seconds,
    h.vm_memory_usage_byte_seconds,
    h.vm_device,
    h.vm_volume_mode,
    h.vm_persistentvolumeclaim_name,
    h.vm_disk_allocated_size_byte_seconds,
    h.usage_start,
    f.source::text as source,
    to_char(h.usage_start, 'YYYY') as year,
    to_char(h.usage_start, 'MM') as month,
    f.manifest_uuid::text as manifestid,
    d.hours as reportnumhours,
    h.manifest_file
from openshift_vm_usage_hours h
join manifest_file f
    on f.manifest_file = h.manifest_file
left join day_delivery d
    on d.source = f.source
    and d.report_type = 'vm_usage'
    and d.usage_start = h.usage_start
    and d.manifest_uuid = f.manifest_uuid;
comment on view openshift_vm_usage_line_items is 'Hourly rows of virtual machines, whether or not they count';
comment on column openshift_vm_usage_line_items.reportnumhours is
    'Hours of the day the manifest covers; NULL until its files have all come';
comment on column openshift_vm_usage_line_items.usage_start is 'UTC day of interval_start';
comment on column openshift_vm_usage_line_items.source is 'Source UUID as text';
comment on column openshift_vm_usage_line_items.manifestid is 'Manifest UUID as text';
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

create view openshift_vm_usage_counted_line_items as
select h.*
from openshift_vm_usage_line_items h
join day_delivery d
    on d.source::text = h.source
    and d.report_type = 'vm_usage'
    and d.usage_start = h.usage_start
    and d.manifestid = h.manifestid
where (d.owns or (d.additive and d.complete))
    and (d.excluded_intervals is null or h.interval_start <> all (d.excluded_intervals));
comment on view openshift_vm_usage_counted_line_items is 'Hourly rows of virtual machines that figures are read from';

create view openshift_gpu_usage_line_items as
select
    h.report_period_start,
    h.report_period_end,
    h.interval_start,
    h.interval_end,
    h.node,
    h.namespace,
    h.pod,
    h.gpu_uuid,
    h.gpu_model_name,
    h.gpu_vendor_name,
    h.gpu_memory_capacity_mib,
    h.gpu_pod_uptime,
    h.mig_instance_id,
    h.mig_profile,
    h.mig_slice_count,
    h.mig_memory_capacity_mib,
    h.mig_strategy,
    h.gpu_max_slices,
    h.usage_start,
    f.source::text as source,
    to_char(h.usage_start, 'YYYY') as year,
    to_char(h.usage_start, 'MM') as month,
    f.manifest_uuid::text as manifestid,
    d.hours as reportnumhours,
    h.manifest_file
from openshift_gpu_usage_hours h
join manifest_file f
    on f.manifest_file = h.manifest_file
left join day_delivery d
    on d.source = f.source
    and d.report_type = 'gpu_usage'
    and d.usage_start = h.usage_start
    and d.manifest_uuid = f.manifest_uuid;
comment on view openshift_gpu_usage_line_items is 'Hourly rows of GPUs, whether or not they count';
comment on column openshift_gpu_usage_line_items.reportnumhours is
    'Hours of the day the manifest covers; NULL until its files have all come';
comment on column openshift_gpu_usage_line_items.usage_start is 'UTC day of interval_start';
comment on column openshift_gpu_usage_line_items.source is 'Source UUID as text';
comment on column openshift_gpu_usage_line_items.manifestid is 'Manifest UUID as text';
comment on column openshift_gpu_usage_line_items.manifest_file is 'The member this row was read from: manifest_file.manifest_file';
comment on column openshift_gpu_usage_line_items.gpu_memory_capacity_mib is 'In MiB';
comment on column openshift_gpu_usage_line_items.gpu_pod_uptime is 'In seconds';
comment on column openshift_gpu_usage_line_items.mig_memory_capacity_mib is 'In MiB';

create view openshift_gpu_usage_counted_line_items as
select h.*
from openshift_gpu_usage_line_items h
join day_delivery d
    on d.source::text = h.source
    and d.report_type = 'gpu_usage'
    and d.usage_start = h.usage_start
    and d.manifestid = h.manifestid
where (d.owns or (d.additive and d.complete))
    and (d.excluded_intervals is null or h.interval_start <> all (d.excluded_intervals));
comment on view openshift_gpu_usage_counted_line_items is 'Hourly rows of GPUs that figures are read from';
