-- Purpose:   proposes a span for each enrolment of a host: what there is in total.
-- Arguments: p_site.
-- Returns:   nothing; fills openstack.span_candidate.
-- Rule:      from created_at to deleted_at; needs nothing to lie in. Virtual cores are cores times the allocation ratio.
-- Invariant: one candidate a row of nova.compute_nodes.
-- Cost:      one pass.
create or replace function caravan.collect_hosts(p_site text)
returns void
language plpgsql
as $$
begin
    insert into openstack.span_candidate (site, count_type, source_table, source_id, entity_id, hypervisor_hostname,
        original_start, original_end, nodes, vcpus, vcpus_overcommit, memory_mb, disk_gb, reason)
    select p_site, 'total', 'nova.compute_nodes', id, coalesce(hypervisor_hostname, id), hypervisor_hostname,
        created_at, deleted_at, 1, vcpus, vcpus * cpu_allocation_ratio, memory_mb, local_gb,
        case
            when created_at is null then 'missing_start'
            when deleted_at < created_at then 'ends_before_start'
        end
    from openstack.nova_compute_nodes
    where site = p_site;
end
$$;
