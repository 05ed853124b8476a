-- What is built from a site's tables: spans of time, the counts that follow from them, and lead times. Every build replaces
-- all of a site's rows in one transaction.

create table span (
    site text not null,
    count_type text not null
        check (count_type in ('total', 'reservable', 'reservable_usable', 'reservable_unusable', 'committed',
            'occupied_reservation', 'occupied_ondemand')),
    source_table text not null,
    source_id text not null,
    entity_id text not null,
    hypervisor_hostname text,
    node_type text,
    blazar_host_id text,
    reservation_id text,
    lease_id text,
    project_id text,
    starts timestamptz not null,
    ends timestamptz,
    original_start timestamptz not null,
    original_end timestamptz,
    coerce_action text not null
        check (coerce_action in ('none', 'clipped')),
    nodes double precision not null,
    vcpus double precision,
    vcpus_overcommit double precision,
    memory_mb double precision,
    disk_gb double precision,
    constraint span_forward check (ends >= starts)
);
comment on table span is 'Spans of time in which something counted, cut to where what it needs counted as well; half-open, UTC';
comment on column span.source_table is 'Table of the site that the span comes from, such as nova.compute_nodes';
comment on column span.source_id is 'Its row there; a row gives several spans where what it needs was away in between';
comment on column span.entity_id is 'Host name of a host, number of an allocation or device, uuid of a server';
comment on column span.node_type is 'Kind of hardware; NULL when not known';
comment on column span.ends is 'NULL while it goes on';
comment on column span.original_start is 'Before it was cut';
comment on column span.original_end is 'Before it was cut; NULL while it goes on';
comment on column span.coerce_action is 'clipped when it was cut, else none';
comment on column span.nodes is 'Hosts; a fraction for a part of one';
comment on column span.vcpus is 'Cores, or virtual cores of a server';
comment on column span.vcpus_overcommit is 'Virtual cores; NULL where nobody can tell';
comment on column span.memory_mb is 'MiB';
comment on column span.disk_gb is 'GiB';
create index span_site on span (site, count_type);

-- Lives within one build, which also empties it.
create unlogged table span_candidate (
    like span,
    reason text,
    parent_type text
);
alter table span_candidate
    alter column entity_id drop not null,
    alter column starts drop not null,
    alter column original_start drop not null,
    alter column coerce_action drop not null,
    alter column nodes drop not null;
comment on table span_candidate is 'Rows of a site''s tables on their way to spans or rejects; empty but during a build';
comment on column span_candidate.reason is 'Why it gives no span; NULL when nothing is known against it';
comment on column span_candidate.parent_type is 'Kind of span it has to lie in; NULL when it needs none';
comment on column span_candidate.nodes is 'As in span: hosts';
comment on column span_candidate.vcpus is 'As in span: cores';
comment on column span_candidate.vcpus_overcommit is 'As in span: virtual cores';
comment on column span_candidate.memory_mb is 'As in span: MiB';
comment on column span_candidate.disk_gb is 'As in span: GiB';

create table span_reject (
    site text not null,
    source_table text not null,
    source_id text not null,
    reason text not null,
    original_start timestamptz,
    original_end timestamptz
);
comment on table span_reject is 'Rows of a site''s tables that give no span, each with its reason';
comment on column span_reject.source_table is 'Table of the site, such as nova.instances';
create index span_reject_site on span_reject (site);

create table usage_change (
    site text not null,
    collector_type text not null
        check (collector_type in ('current', 'legacy')),
    count_type text not null,
    changed_at timestamptz not null,
    nodes double precision,
    vcpus double precision,
    vcpus_overcommit double precision,
    memory_mb double precision,
    disk_gb double precision,
    primary key (site, collector_type, count_type, changed_at)
);
comment on table usage_change is 'Counts from the moment on at which one of them changed, until the next row of its kind';
comment on column usage_change.collector_type is 'current: counted from spans; legacy: from the former daily reports';
comment on column usage_change.changed_at is 'UTC';
comment on column usage_change.nodes is 'Hosts';
comment on column usage_change.vcpus is 'Cores; NULL for legacy';
comment on column usage_change.vcpus_overcommit is 'Virtual cores; NULL for legacy';
comment on column usage_change.memory_mb is 'MiB; NULL for legacy';
comment on column usage_change.disk_gb is 'GiB; NULL for legacy';

create table usage (
    metric text not null,
    resource text not null,
    site text not null,
    collector_type text not null,
    "timestamp" timestamptz not null,
    value double precision not null,
    primary key (site, "timestamp", collector_type, metric, resource)
);
comment on table usage is 'Counts at the beginning of each day';
comment on column usage.metric is 'total, reservable, committed, occupied_reservation, occupied_ondemand, or what is derived from
    them: ondemand_capacity, available_reservable, idle, available_ondemand; reservable_usable and reservable_unusable where
    a site keeps a record of changes';
comment on column usage.resource is 'nodes, vcpus, vcpus_overcommit, memory_mb or disk_gb';
comment on column usage."timestamp" is 'Beginning of the day, UTC';
comment on column usage.value is 'Hosts, cores, virtual cores, MiB or GiB, as resource says';

create view usage_timeline as
select site, "timestamp", collector_type, metric as count_type, value
from usage
where resource = 'nodes';
comment on view usage_timeline is 'Hosts counted at the beginning of each day: one row for each site, day, collector and kind';

create view legacy_comparison as
select coalesce(c.site, l.site) as site, coalesce(c."timestamp", l."timestamp") as "timestamp",
    coalesce(c.metric, l.metric) as metric, c.value as current, l.value as legacy, c.value - l.value as difference
from (select * from usage where resource = 'nodes' and collector_type = 'current') c
full join (select * from usage where resource = 'nodes' and collector_type = 'legacy') l
    on l.site = c.site
    and l."timestamp" = c."timestamp"
    and l.metric = c.metric;
comment on view legacy_comparison is 'Hosts by both collectors, side by side; NULL where one of them counts nothing of the kind';

create view legacy_node_count as
select h.site, h."timestamp", h.value as from_hours, c.nodes as from_count, h.value - c.nodes as difference
from usage h
join (
    select site, date, sum(cnt)::double precision as nodes
    from chameleon_usage_node_count_cache
    group by site, date
) c
    on c.site = h.site
    and c.date = (h."timestamp" at time zone 'UTC')::date
where h.resource = 'nodes'
    and h.collector_type = 'legacy'
    and h.metric = 'total';
comment on view legacy_node_count is 'The two ways in which the former reports counted all hosts of a day';

create view fact as
select e.at as "timestamp", s.site || '/' || s.source_table || '/' || s.source_id as source, s.entity_id,
    s.count_type as quantity_type, e.value, s.node_type, s.hypervisor_hostname
from span s
cross join lateral (
    values (s.starts, s.nodes), (s.ends, -s.nodes)
) e (at, value)
where e.at is not null;
comment on view fact is 'Each moment at which a count of hosts changes, and by how much; their running sum is the timeline';
comment on column fact.source is 'Site, table and row it is known from';
comment on column fact.value is 'Hosts more, or fewer when negative';

-- Tables of hosts forget: what was deleted for good is in none of them. Whoever looks into such times finds here the hosts that
-- another table still knows of. Timelines do not count them.
create view host_presence as
with reported as (
    select site, 'total' as quantity_type, hypervisor_hostname as entity_id, 1 as rank, created_at as starts,
        deleted_at as ends
    from nova_compute_nodes
    union all
    select site, 'total', hypervisor_hostname, 2, created_at, deleted_at
    from blazar_computehosts
    union all
    select site, 'reservable', hypervisor_hostname, 1, created_at, deleted_at
    from blazar_computehosts
    union all
    select a.site, 'reservable', h.hypervisor_hostname, 2, greatest(l.start_date, l.created_at),
        least(l.end_date, l.deleted_at)
    from blazar_computehost_allocations a
    join blazar_computehosts h
        on h.site = a.site
        and h.id = a.compute_host_id
    join blazar_reservations r
        on r.site = a.site
        and r.id = a.reservation_id
    join blazar_leases l
        on l.site = r.site
        and l.id = r.lease_id
    where greatest(l.start_date, l.created_at) <= least(l.end_date, l.deleted_at)
),
-- What is deleted and made again at one moment is there.
state as (
    select p.site, p.quantity_type, p.entity_id, e.at, max(e.present) filter (where p.rank = 1) as first_hand,
        max(e.present) filter (where p.rank = 2) as second_hand
    from reported p
    cross join lateral (
        values (p.starts, 1), (p.ends, 0)
    ) e (at, present)
    where p.entity_id is not null
        and p.starts is not null
        and e.at is not null
    group by p.site, p.quantity_type, p.entity_id, e.at
),
numbered as (
    select *, count(first_hand) over until_then as first_number, count(second_hand) over until_then as second_number
    from state
    window until_then as (partition by site, quantity_type, entity_id order by at)
),
carried as (
    select site, quantity_type, entity_id, at,
        coalesce(
            max(first_hand) over (partition by site, quantity_type, entity_id, first_number),
            max(second_hand) over (partition by site, quantity_type, entity_id, second_number)) as present
    from numbered
),
changed as (
    select *, lag(present) over (partition by site, quantity_type, entity_id order by at) as before
    from carried
),
segment as (
    select *, lead(at) over (partition by site, quantity_type, entity_id order by at) as ends
    from changed
    where present is distinct from before
)
select site, quantity_type, entity_id, at as starts, ends
from segment
where present = 1;
comment on view host_presence is 'When hosts were there, from whichever table knows: for all hosts first Nova, then Blazar; for
    reservable ones first Blazar''s hosts, then its allocations. What the first table says, a deletion too, holds over the second';
comment on column host_presence.quantity_type is 'total or reservable';
comment on column host_presence.entity_id is 'Host name';
comment on column host_presence.ends is 'NULL while it is there';

create table lease_lead_time (
    site text not null,
    lease_id text not null,
    project_id text,
    created_at timestamptz not null,
    requested_seconds double precision not null,
    effective_seconds double precision
);
comment on table lease_lead_time is 'How long before it was to start, and before it started, a lease was asked for';
comment on column lease_lead_time.requested_seconds is 'From its creation to the start asked for, seconds; 0 when that was at once';
comment on column lease_lead_time.effective_seconds is 'From its creation to its start, seconds; NULL when it has not started';
create index lease_lead_time_site on lease_lead_time (site, created_at);

create view lead_time as
select l.site, l.created_at as "timestamp", t.leadtime_type, avg(t.seconds) as value
from lease_lead_time l
cross join lateral (
    values ('requested', l.requested_seconds), ('effective', l.effective_seconds)
) t (leadtime_type, seconds)
where t.seconds is not null
group by l.site, l.created_at, t.leadtime_type;
comment on view lead_time is 'Lead times by the moment the lease was asked for: one row for each site, moment and kind';
comment on column lead_time.leadtime_type is 'requested or effective';
comment on column lead_time.value is 'Seconds; the mean where several leases were asked for at one moment';

create table lease_node_type (
    site text not null,
    lease_id text not null,
    node_type text not null,
    hosts bigint not null
);
comment on table lease_node_type is 'Kinds of hardware that leases were given';
comment on column lease_node_type.hosts is 'Hosts of the kind, each counted once';
create index lease_node_type_site on lease_node_type (site, lease_id);

create view lead_time_detail as
select l.site, l.created_at as "timestamp", t.leadtime_type, l.lease_id, l.project_id, n.node_type, n.hosts,
    t.seconds as value,
    count(*) filter (where n.node_type is not distinct from n.first_type)
        over (partition by l.site, l.created_at, t.leadtime_type) as leases
from lease_lead_time l
cross join lateral (
    values ('requested', l.requested_seconds), ('effective', l.effective_seconds)
) t (leadtime_type, seconds)
left join (
    select *, min(node_type) over (partition by site, lease_id) as first_type
    from lease_node_type
) n
    on n.site = l.site
    and n.lease_id = l.lease_id
where t.seconds is not null;
comment on view lead_time_detail is 'Lead times by lease and node type; a lease of several kinds of hardware has several rows';
comment on column lead_time_detail.hosts is 'Hosts of the node type that the lease was given; NULL when it was given none';
comment on column lead_time_detail.value is 'Seconds';
comment on column lead_time_detail.leases is 'Leases asked for at the same moment, this one included';

create schema if not exists usage_compat;
alter default privileges in schema usage_compat
    grant select, insert, update, delete on tables to "${applicationRole}";
grant usage on schema usage_compat to "${applicationRole}";

create table usage_compat.usage_wide (
    "time" timestamptz not null,
    site text not null,
    resource text not null,
    total double precision not null,
    reservable double precision not null,
    committed double precision not null,
    occupied_ondemand double precision not null,
    occupied_reserved double precision not null,
    active_ondemand double precision not null,
    active_reserved double precision not null,
    primary key (site, "time")
);
comment on table usage_compat.usage_wide is 'Hosts at the beginning of each day, a column each, for dashboards made for the former tables';
comment on column usage_compat.usage_wide."time" is 'Beginning of the day, UTC';
comment on column usage_compat.usage_wide.resource is 'Always nodes';
comment on column usage_compat.usage_wide.total is 'Hosts; reservable where all hosts are not known';
comment on column usage_compat.usage_wide.reservable is 'Hosts';
comment on column usage_compat.usage_wide.committed is 'Hosts';
comment on column usage_compat.usage_wide.occupied_ondemand is 'Hosts; 0 where it is not known';
comment on column usage_compat.usage_wide.occupied_reserved is 'Hosts; committed where it is not known';
comment on column usage_compat.usage_wide.active_ondemand is 'Hosts; the same as occupied_ondemand';
comment on column usage_compat.usage_wide.active_reserved is 'Hosts; the same as occupied_reserved';

create view row_balance as
select i.site, i.table_name, i.rows_read, i.rows_rejected as unreadable, coalesce(c.rows, 0) as counted,
    coalesce(r.rows, 0) as rejected
from table_import i
left join (
    select site, source_table, count(distinct source_id) as rows
    from span
    group by site, source_table
    union all
    select site, 'blazar.leases', count(*)
    from lease_lead_time
    group by site
) c
    on c.site = i.site
    and c.source_table = i.table_name
left join (
    select site, source_table, count(*) as rows
    from span_reject
    group by site, source_table
) r
    on r.site = i.site
    and r.source_table = i.table_name
where i.table_name in ('nova.compute_nodes', 'nova.instances', 'blazar.computehosts', 'blazar.computehost_allocations',
    'blazar.devices', 'blazar.device_allocations', 'blazar.leases');
comment on view row_balance is 'What became of the rows of tables that are counted: rows_read = unreadable + counted + rejected';
comment on column row_balance.unreadable is 'Rows that could not be stored; the first of them are in row_reject';
comment on column row_balance.counted is 'Rows that gave spans or, of leases, lead times';
comment on column row_balance.rejected is 'Rows that gave none; each is in span_reject with its reason';
