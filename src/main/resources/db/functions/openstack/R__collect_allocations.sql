-- Purpose:   proposes a span for each host or device given to a reservation: what is committed.
-- Arguments: p_site.
-- Returns:   nothing; fills openstack.span_candidate.
-- Rule:      the lease of the reservation says when: from the later of its start and its creation to the earlier of its end
--            and its deletion. A whole host is one node; a flavor takes the share of the host's cores that it names, and as
--            often as it was allocated. A host's reservation has to lie in what is reservable of that very host; other kinds
--            need nothing.
-- Invariant: one candidate a row of blazar.computehost_allocations and of blazar.device_allocations.
-- Cost:      hashes reservations, leases and hosts once; one pass over the allocations.
create or replace function caravan.collect_allocations(p_site text)
returns void
language plpgsql
as $$
begin
    insert into openstack.span_candidate (site, count_type, source_table, source_id, entity_id, hypervisor_hostname,
        blazar_host_id, reservation_id, lease_id, project_id, original_start, original_end,
        nodes, vcpus, memory_mb, disk_gb, parent_type, reason)
    with size as (
        -- One row a reservation, whatever a site's table holds.
        select distinct on (reservation_id) reservation_id, vcpus, memory_mb, disk_gb
        from openstack.blazar_instance_reservations
        where site = p_site
        order by reservation_id, vcpus desc nulls last, memory_mb desc nulls last, disk_gb desc nulls last
    ),
    booking as (
        select r.id, r.resource_type, l.id as lease_id, l.project_id, l.end_date is null and l.deleted_at is null as open,
            greatest(l.start_date, l.created_at) as starts, least(l.end_date, l.deleted_at) as ends
        from openstack.blazar_reservations r
        left join openstack.blazar_leases l
            on l.site = p_site
            and l.id = r.lease_id
        where r.site = p_site
    ),
    allocation as (
        select 'blazar.computehost_allocations' as source_table, a.id, a.compute_host_id, a.reservation_id,
            h.hypervisor_hostname, h.vcpus as host_vcpus, h.memory_mb as host_memory_mb, h.local_gb as host_disk_gb
        from openstack.blazar_computehost_allocations a
        left join openstack.blazar_computehosts h
            on h.site = p_site
            and h.id = a.compute_host_id
        where a.site = p_site
        union all
        select 'blazar.device_allocations', id, null, reservation_id, null, null, null, null
        from openstack.blazar_device_allocations
        where site = p_site
    ),
    sized as (
        select a.*, b.resource_type, b.lease_id, b.project_id, b.open, b.starts, b.ends,
            case b.resource_type when 'flavor:instance' then s.vcpus else a.host_vcpus end as vcpus,
            case b.resource_type when 'flavor:instance' then s.memory_mb else a.host_memory_mb end as memory_mb,
            case b.resource_type when 'flavor:instance' then s.disk_gb else a.host_disk_gb end as disk_gb
        from allocation a
        left join booking b
            on b.id = a.reservation_id
        left join size s
            on s.reservation_id = a.reservation_id
            and a.source_table = 'blazar.computehost_allocations'
    ),
    measured as (
        select *,
            case
                when source_table = 'blazar.device_allocations' or resource_type = 'physical:host' then 1
                else vcpus::double precision / nullif(host_vcpus, 0)
            end as nodes
        from sized
    )
    select p_site, 'committed', source_table, id, id, hypervisor_hostname,
        compute_host_id, reservation_id, lease_id, project_id, starts, ends,
        nodes, vcpus, memory_mb, disk_gb,
        case when source_table = 'blazar.computehost_allocations' and resource_type in ('physical:host', 'flavor:instance')
            then 'reservable'
        end,
        case
            when lease_id is null then 'missing_lease'
            when starts is null then 'missing_start'
            when open then 'open_lease'
            when ends < starts then 'ends_before_start'
            when resource_type is null then 'unknown_reservation_type'
        end
    from measured;
end
$$;
