-- Purpose:   has a host count once where several of its rows overlap.
-- Arguments: p_site; p_count_type: total or reservable.
-- Returns:   nothing; changes openstack.span, and notes in openstack.span_reject what is superseded as a whole.
-- Rule:      of rows of one host name that overlap, the one created last counts; of several created at once, that with the
--            greatest id. Of the others stays what lies outside.
-- Invariant: spans of one host do not overlap. A row that loses all its spans is a reject.
-- Cost:      hashes the spans of the kind; rewrites those that overlap, which are few.
create or replace function caravan.cut_superseded(p_site text, p_count_type text)
returns void
language plpgsql
as $$
begin
    with ranked as (
        select ctid as place, hypervisor_hostname, starts, ends,
            row_number() over (
                partition by hypervisor_hostname
                order by original_start, source_id collate "C", ends, vcpus, memory_mb, disk_gb
            ) as rank
        from openstack.span
        where site = p_site
            and count_type = p_count_type
            and hypervisor_hostname is not null
    ),
    superseded as (
        select o.place, range_agg(tstzrange(n.starts, n.ends)) as by_others
        from ranked o
        join ranked n
            on n.hypervisor_hostname = o.hypervisor_hostname
            and n.rank > o.rank
            and n.starts < coalesce(o.ends, 'infinity')
            and coalesce(n.ends, 'infinity') > o.starts
            and n.starts < coalesce(n.ends, 'infinity')
        group by o.place
    ),
    taken as (
        delete from openstack.span s
        using superseded o
        where s.ctid = o.place
        returning s.*, o.by_others
    ),
    piece as (
        select t.*, lower(p.range) as piece_start, upper(p.range) as piece_end
        from taken t
        cross join lateral unnest(tstzmultirange(tstzrange(t.starts, t.ends)) - t.by_others) p (range)
    ),
    kept as (
        insert into openstack.span (site, count_type, source_table, source_id, entity_id, hypervisor_hostname,
            blazar_host_id, reservation_id, lease_id, project_id, starts, ends, original_start, original_end,
            coerce_action, nodes, vcpus, vcpus_overcommit, memory_mb, disk_gb, node_type)
        select site, count_type, source_table, source_id, entity_id, hypervisor_hostname,
            blazar_host_id, reservation_id, lease_id, project_id, piece_start, piece_end, original_start, original_end,
            'clipped', nodes, vcpus, vcpus_overcommit, memory_mb, disk_gb, node_type
        from piece
    )
    insert into openstack.span_reject (site, source_table, source_id, reason, original_start, original_end)
    select distinct site, source_table, source_id, 'superseded', original_start, original_end
    from taken t
    where not exists (
            select
            from piece p
            where p.source_table = t.source_table
                and p.source_id = t.source_id
        )
        and not exists (
            select
            from openstack.span s
            where s.site = p_site
                and s.count_type = p_count_type
                and s.source_table = t.source_table
                and s.source_id = t.source_id
                and s.ctid not in (select place from superseded)
        );
end
$$;
