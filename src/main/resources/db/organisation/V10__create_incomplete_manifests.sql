-- Manifests whose last file never comes: after a wait what came of them counts for days nobody else delivered.

alter table manifest add column declared_incomplete_at timestamptz;
comment on column manifest.declared_incomplete_at is
    'When it was declared incomplete; NULL when it never was. It stays when the missing files come after all';
create index manifest_waiting on manifest (source) where completed_at is null;

alter table day_delivery add column members bigint[];
comment on column day_delivery.members is
    'The files the manifest''s rows of that day came from: manifest_file.manifest_file, ascending';

alter table manifest_file_day add column hours_dropped boolean not null default false;
comment on column manifest_file_day.hours_dropped is
    'Whether the hourly rows of that day were dropped since the file was loaded';
update manifest_file_day d
set hours_dropped = true
from dropped_hourly_month g
where g.usage_start = date_trunc('month', d.usage_start::timestamp)::date;

create or replace view openshift_day_completeness as
with delivered as (
    select
        source,
        usage_start,
        coalesce(
            max(hours) filter (where owns and report_type = 'pod_usage'),
            max(hours) filter (where owns),
            0
        ) as owner_hours,
        coalesce(sum(cardinality(interval_starts) - coalesce(cardinality(excluded_intervals), 0))
            filter (where additive and complete and report_type = 'pod_usage'), 0) as additive_hours,
        count(distinct manifest_uuid) as manifests,
        coalesce(sum(rows_loaded) filter (where owns or (additive and complete)), 0) as rows_counted,
        coalesce(bool_or(owns and not complete), false) as is_incomplete
    from day_delivery
    group by source, usage_start
),
span as (
    select source, min(usage_start) as first_day, max(usage_start) as latest_day
    from delivered
    group by source
),
refused as (
    select m.source, d.usage_start, sum(f.rows_rejected) as rows_rejected
    from (select distinct source, usage_start, manifest_uuid from day_delivery) d
    join manifest m
        on m.source = d.source
        and m.manifest_uuid = d.manifest_uuid
    join manifest_file f
        on f.source = m.source
        and f.manifest_uuid = m.manifest_uuid
    group by m.source, d.usage_start
)
select
    s.source,
    day::date as usage_start,
    least(coalesce(d.owner_hours, 0) + coalesce(d.additive_hours, 0), 24)::integer as hours_seen,
    case
        when day::date < (now() at time zone 'UTC')::date then 24
        else extract(hour from now() at time zone 'UTC')::integer
    end as hours_expected,
    day::date = s.latest_day as is_latest,
    coalesce(d.manifests, 0) as manifests,
    coalesce(d.rows_counted, 0) as rows_counted,
    coalesce(r.rows_rejected, 0) as rows_rejected,
    m.summarized_at,
    coalesce(d.is_incomplete, false) as is_incomplete
from span s
cross join generate_series(s.first_day::timestamp, s.latest_day::timestamp, interval '1 day') as day
left join delivered d
    on d.source = s.source
    and d.usage_start = day::date
left join refused r
    on r.source = s.source
    and r.usage_start = day::date
left join openshift_summary_day m
    on m.source = s.source
    and m.usage_start = day::date;
comment on column openshift_day_completeness.is_incomplete is
    'Whether a manifest declared incomplete fills the day, for any of its report types';

create or replace view openshift_manifest_reconciliation as
select
    m.source,
    m.manifest_uuid,
    m.manifest_date,
    m.completed_at,
    cardinality(m.files) as files_listed,
    count(f.completed_at) filter (where f.role = 'report') as files_read,
    coalesce(sum(f.rows_read), 0) as rows_read,
    coalesce(sum(f.rows_loaded), 0) as rows_loaded,
    coalesce(sum(f.rows_rejected), 0) as rows_rejected,
    coalesce(sum(f.rows_read - f.rows_loaded - f.rows_rejected) filter (where f.report_type is not null), 0)
        as rows_unaccounted,
    m.declared_incomplete_at,
    cardinality(m.files) - count(f.completed_at) filter (where f.role = 'report') as files_missing
from manifest m
left join manifest_file f
    on f.source = m.source
    and f.manifest_uuid = m.manifest_uuid
group by m.source, m.manifest_uuid, m.manifest_date, m.completed_at, m.files,
    m.declared_incomplete_at;
comment on column openshift_manifest_reconciliation.files_missing is
    'Listed files that have not come, of manifests that wait and of those declared incomplete';

create or replace view openshift_summary_provenance as
select
    d.source as source_uuid,
    d.usage_start,
    fed.data_source,
    d.report_type,
    d.manifest_uuid,
    m.manifest_id,
    m.manifest_date,
    d.hours,
    d.additive,
    d.rows_loaded,
    p.origins,
    p.request_ids,
    d.complete
from day_delivery d
join (
    values
        ('Pod', 'pod_usage'),
        ('Pod', 'node_labels'),
        ('Pod', 'namespace_labels'),
        ('Storage', 'storage_usage'),
        ('Storage', 'pod_usage'),
        ('Storage', 'node_labels'),
        ('Storage', 'namespace_labels')
) fed(data_source, report_type)
    on fed.report_type = d.report_type
join manifest m
    on m.source = d.source
    and m.manifest_uuid = d.manifest_uuid
left join lateral (
    select array_agg(distinct c.origin) as origins, array_agg(distinct c.request_id) as request_ids
    from manifest_file f
    join payload_claim c
        on c.source = f.source
        and c.sha256 = f.payload_sha256
    where f.source = d.source
        and f.manifest_uuid = d.manifest_uuid
        and f.report_type = d.report_type
) p on true
where d.owns or (d.additive and d.complete);
comment on column openshift_summary_provenance.complete is
    'Whether all files of the manifest came; if not, it was declared incomplete';
