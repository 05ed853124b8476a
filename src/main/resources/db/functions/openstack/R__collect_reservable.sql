-- Purpose:   proposes a span for each host and each device that can be reserved.
-- Arguments: p_site.
-- Returns:   nothing; fills openstack.span_candidate.
-- Rule:      from created_at to deleted_at. A host has to lie in the total of its name; a device needs nothing, and counts as
--            a node when it is marked as reservable. Nobody reserves virtual cores beyond the cores there are.
-- Invariant: one candidate a row of blazar.computehosts and of blazar.devices.
-- Cost:      one pass over each.
create or replace function caravan.collect_reservable(p_site text)
returns void
language plpgsql
as $$
begin
    insert into openstack.span_candidate (site, count_type, source_table, source_id, entity_id, hypervisor_hostname,
        blazar_host_id, original_start, original_end, nodes, vcpus, memory_mb, disk_gb, parent_type, reason)
    select p_site, 'reservable', 'blazar.computehosts', id, coalesce(hypervisor_hostname, id), hypervisor_hostname,
        id, created_at, deleted_at, 1, vcpus, memory_mb, local_gb,
        case when hypervisor_hostname is not null then 'total' end,
        case
            when created_at is null then 'missing_start'
            when deleted_at < created_at then 'ends_before_start'
        end
    from openstack.blazar_computehosts
    where site = p_site
    union all
    select p_site, 'reservable', 'blazar.devices', id, id, null,
        null, created_at, deleted_at, 1, null, null, null,
        null,
        case
            when reservable is not true then 'not_reservable'
            when created_at is null then 'missing_start'
            when deleted_at < created_at then 'ends_before_start'
        end
    from openstack.blazar_devices
    where site = p_site;
end
$$;
