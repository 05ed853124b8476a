-- Purpose:   proposes a span for each server of a user: what is occupied, by reservation or on demand.
-- Arguments: p_site.
-- Returns:   nothing; fills openstack.span_candidate.
-- Rule:      a server that was launched holds its resources from its creation to the earliest of termination, deletion, and
--            the first event after its last unshelving that ends it or shelves it. Where its host is not known any more, the
--            latest event of a compute service tells it. On a host that is shared (QEMU) it takes the share of the cores that
--            it has, of the host as it was enrolled when the server was created; else the host as a whole. With a reservation,
--            named by a hint or by the flavor, it has to lie in what is committed to that on its host.
-- Invariant: one candidate a row of nova.instances.
-- Cost:      hashes the actions, one pass over the events, sorts those that tell of hosts nobody else tells of.
create or replace function caravan.collect_instances(p_site text)
returns void
language plpgsql
as $$
begin
    insert into openstack.span_candidate (site, count_type, source_table, source_id, entity_id, hypervisor_hostname,
        reservation_id, project_id, original_start, original_end,
        nodes, vcpus, vcpus_overcommit, memory_mb, disk_gb, parent_type, reason)
    with happened as materialized (
        select a.instance_uuid, e.id, e.event, e.start_time, e.host
        from openstack.nova_instance_actions_events e
        join openstack.nova_instance_actions a
            on a.id = e.action_id
        where e.site = p_site
            and a.site = p_site
            and e.result = 'Success'
            and starts_with(e.event, 'compute_')
    ),
    resumed as (
        select instance_uuid, max(start_time) as at
        from happened
        where event = 'compute_unshelve_instance'
        group by instance_uuid
    ),
    ended as (
        select h.instance_uuid, min(h.start_time) as at
        from happened h
        left join resumed r
            on r.instance_uuid = h.instance_uuid
        where h.event in ('compute_terminate_instance', 'compute_shelve_offload_instance', 'compute_shelve_instance')
            and (r.at is null or h.start_time > r.at)
        group by h.instance_uuid
    ),
    seen as (
        select distinct on (h.instance_uuid) h.instance_uuid, h.host
        from happened h
        join openstack.nova_instances i
            on i.uuid = h.instance_uuid
        where i.site = p_site
            and i.node is null
            and h.host is not null
        order by h.instance_uuid, h.start_time desc nulls last, h.id desc, h.host desc
    ),
    asked as (
        select instance_uuid, max(hinted_reservation) as hinted, max(flavor_name) as flavor
        from openstack.nova_api_request_specs
        where site = p_site
        group by instance_uuid
    ),
    enrolment as (
        select distinct on (hypervisor_hostname, created_at) hypervisor_hostname, created_at, hypervisor_type, vcpus
        from openstack.nova_compute_nodes
        where site = p_site
            and created_at is not null
        order by hypervisor_hostname, created_at, id collate "C" desc
    ),
    enrolled as (
        select hypervisor_hostname, hypervisor_type, vcpus,
            case when row_number() over era > 1 then created_at else '-infinity' end as starts,
            lead(created_at, 1, 'infinity') over era as ends
        from enrolment
        window era as (partition by hypervisor_hostname order by created_at)
    ),
    placed as (
        select i.uuid, i.created_at, i.launched_at, i.vcpus, i.memory_mb, i.root_gb, coalesce(i.node, s.host) as hostname,
            least(i.terminated_at, i.deleted_at, e.at) as ends,
            coalesce(q.hinted, substring(q.flavor from '^reservation:(.+)$')) as reservation_id
        from openstack.nova_instances i
        left join seen s
            on s.instance_uuid = i.uuid
        left join ended e
            on e.instance_uuid = i.uuid
        left join asked q
            on q.instance_uuid = i.uuid
        where i.site = p_site
    ),
    measured as (
        select p.*,
            case when h.hypervisor_type = 'QEMU' then p.vcpus::double precision / nullif(h.vcpus, 0) else 1 end as nodes
        from placed p
        left join enrolled h
            on h.hypervisor_hostname = p.hostname
            and h.starts <= p.created_at
            and h.ends > p.created_at
    )
    select p_site, case when reservation_id is null then 'occupied_ondemand' else 'occupied_reservation' end,
        'nova.instances', uuid, uuid, hostname,
        reservation_id, null, created_at, ends,
        nodes, vcpus, case when reservation_id is null then vcpus end, memory_mb, root_gb,
        case when reservation_id is not null then 'committed' end,
        case
            when launched_at is null then 'never_launched'
            when created_at is null then 'missing_start'
            when ends < created_at then 'ends_before_start'
        end
    from measured;
end
$$;
