-- Purpose:   proposes spans in which a reservable host could be used, or could not: the latter is maintenance.
-- Arguments: p_site.
-- Returns:   nothing; fills openstack.span_candidate.
-- Rule:      a record of a change holds until the next one of the same host; a deletion begins nothing. A host is usable while
--            it is marked as reservable and not as disabled. What the record says is believed: it needs nothing to lie in.
-- Invariant: one candidate a record, deletions apart.
-- Cost:      sorts the records of the site.
create or replace function caravan.collect_audited_hosts(p_site text)
returns void
language plpgsql
as $$
begin
    insert into openstack.span_candidate (site, count_type, source_table, source_id, entity_id, hypervisor_hostname,
        blazar_host_id, original_start, original_end, nodes, vcpus, memory_mb, disk_gb, reason)
    select p_site,
        case when reservable and disabled is not true then 'reservable_usable' else 'reservable_unusable' end,
        'openstack_audit.audit_blazar_computehosts', audit_id::text, coalesce(hypervisor_hostname, id), hypervisor_hostname,
        id, audit_changed_at, ends, 1, vcpus, memory_mb, local_gb,
        case when audit_changed_at is null then 'missing_start' end
    from (
        select *, lead(audit_changed_at) over (partition by id order by audit_changed_at, audit_id) as ends
        from openstack.openstack_audit_audit_blazar_computehosts
        where site = p_site
    ) change
    where audit_event_type is distinct from 'DELETE';
end
$$;
