-- Purpose:   finds out how long before their start a site's leases were asked for, and what hardware they were given.
-- Arguments: p_site; p_report_time: leases that start later have not started yet.
-- Returns:   nothing; replaces the site's rows of openstack.lease_lead_time and openstack.lease_node_type; rejects are added to
--            openstack.span_reject.
-- Rule:      requested: from the creation to the start asked for, 0 when that was at once (such a start is cut to the minute).
--            Effective: from the creation to the real start, which is that of the first start_lease event that is done, else the
--            later of start and creation. There is none for a lease that was deleted until then, that failed without such
--            an event, or that starts after the report.
-- Invariant: one row a lease; leases = rows + rejects. A lease's start is the one last edited.
-- Cost:      hashes the events and reservations once.
create or replace function caravan.collect_lead_times(p_site text, p_report_time timestamptz)
returns void
language plpgsql
as $$
begin
    delete from openstack.lease_lead_time
    where site = p_site;
    delete from openstack.lease_node_type
    where site = p_site;
    delete from openstack.span_reject
    where site = p_site
        and source_table = 'blazar.leases';

    insert into openstack.span_reject (site, source_table, source_id, reason, original_start, original_end)
    select site, 'blazar.leases', id, 'missing_start', start_date, end_date
    from openstack.blazar_leases
    where site = p_site
        and (created_at is null or start_date is null);

    insert into openstack.lease_lead_time (site, lease_id, project_id, created_at, requested_seconds, effective_seconds)
    with begun as (
        select lease_id, min("time") as at
        from openstack.blazar_events
        where site = p_site
            and event_type = 'start_lease'
            and status = 'DONE'
        group by lease_id
    ),
    lease as (
        select l.*, b.lease_id is not null as seen_to_start,
            greatest(coalesce(b.at, greatest(l.start_date, l.created_at)), l.created_at) as begins
        from openstack.blazar_leases l
        left join begun b
            on b.lease_id = l.id
        where l.site = p_site
            and l.created_at is not null
            and l.start_date is not null
    )
    select p_site, id, project_id, created_at, greatest(extract(epoch from start_date - created_at), 0),
        case
            when deleted_at <= begins then null
            when status = 'ERROR' and not seen_to_start then null
            when begins > p_report_time then null
            else extract(epoch from begins - created_at)
        end
    from lease;

    insert into openstack.lease_node_type (site, lease_id, node_type, hosts)
    select p_site, r.lease_id, t.node_type, count(distinct h.hypervisor_hostname)
    from openstack.blazar_reservations r
    join openstack.blazar_computehost_allocations a
        on a.reservation_id = r.id
    join openstack.blazar_computehosts h
        on h.id = a.compute_host_id
    join caravan.find_node_types(p_site) t
        on t.hypervisor_hostname = h.hypervisor_hostname
    where r.site = p_site
        and a.site = p_site
        and h.site = p_site
        and r.lease_id is not null
    group by r.lease_id, t.node_type;
end
$$;
