-- Two kinds of views. Counted line items: the hourly rows a figure may be read from, that is the rows of the manifest
-- that owns the day, and those of additive manifests for hours the owner has no row for. And the ledger in the shape of
-- Koku's manifest and status tables.

create view openshift_pod_usage_counted_line_items as
select h.*
from openshift_pod_usage_line_items h
join day_delivery d
    on d.source::text = h.source
    and d.report_type = 'pod_usage'
    and d.usage_start = h.usage_start
    and d.manifestid = h.manifestid
    and (d.owns or (d.additive and d.complete))
where d.excluded_intervals is null
    or h.interval_start <> all (d.excluded_intervals);

create view openshift_storage_usage_counted_line_items as
select h.*
from openshift_storage_usage_line_items h
join day_delivery d
    on d.source::text = h.source
    and d.report_type = 'storage_usage'
    and d.usage_start = h.usage_start
    and d.manifestid = h.manifestid
    and (d.owns or (d.additive and d.complete))
where d.excluded_intervals is null
    or h.interval_start <> all (d.excluded_intervals);

create view openshift_node_labels_counted_line_items as
select h.*
from openshift_node_labels_line_items h
join day_delivery d
    on d.source::text = h.source
    and d.report_type = 'node_labels'
    and d.usage_start = h.usage_start
    and d.manifestid = h.manifestid
    and (d.owns or (d.additive and d.complete))
where d.excluded_intervals is null
    or h.interval_start <> all (d.excluded_intervals);

create view openshift_namespace_labels_counted_line_items as
select h.*
from openshift_namespace_labels_line_items h
join day_delivery d
    on d.source::text = h.source
    and d.report_type = 'namespace_labels'
    and d.usage_start = h.usage_start
    and d.manifestid = h.manifestid
    and (d.owns or (d.additive and d.complete))
where d.excluded_intervals is null
    or h.interval_start <> all (d.excluded_intervals);

create view openshift_vm_usage_counted_line_items as
select h.*
from openshift_vm_usage_line_items h
join day_delivery d
    on d.source::text = h.source
    and d.report_type = 'vm_usage'
    and d.usage_start = h.usage_start
    and d.manifestid = h.manifestid
    and (d.owns or (d.additive and d.complete))
where d.excluded_intervals is null
    or h.interval_start <> all (d.excluded_intervals);

create view openshift_gpu_usage_counted_line_items as
select h.*
from openshift_gpu_usage_line_items h
join day_delivery d
    on d.source::text = h.source
    and d.report_type = 'gpu_usage'
    and d.usage_start = h.usage_start
    and d.manifestid = h.manifestid
    and (d.owns or (d.additive and d.complete))
where d.excluded_intervals is null
    or h.interval_start <> all (d.excluded_intervals);

create view reporting_common_costusagereportmanifest as
select
    m.manifest_id as id,
    m.manifest_uuid as assembly_id,
    m.created_at as creation_datetime,
    m.completed_at as completed_datetime,
    m.manifest_date as export_datetime,
    date_trunc('month', coalesce(m.period_start, m.manifest_date) at time zone 'UTC') at time zone 'UTC'
        as billing_period_start_datetime,
    cardinality(m.files) as num_total_files,
    m.version as operator_version,
    m.cr_status ->> 'clusterVersion' as cluster_channel,
    m.certified as operator_certified,
    not coalesce((m.cr_status #>> '{upload,upload}')::boolean, true) as operator_airgapped,
    m.daily_reports as operator_daily_reports,
    m.cluster_id,
    m.source as provider_id
from manifest m;

create view reporting_common_costusagereportstatus as
select
    f.manifest_file as id,
    m.manifest_id,
    f.name as report_name,
    f.completed_at as completed_datetime,
    f.created_at as started_datetime,
    f.sha256 as etag,
    case when f.completed_at is null then 4 else 1 end as status
from manifest_file f
join manifest m
    on m.source = f.source
    and m.manifest_uuid = f.manifest_uuid
where f.role = 'report';
