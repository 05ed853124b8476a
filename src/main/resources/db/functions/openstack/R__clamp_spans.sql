-- Purpose:   turns the candidates of a kind into spans, each cut to the spans of what it has to lie in.
-- Arguments: p_site; p_count_type: kind of the candidates, as in openstack.span.
-- Returns:   nothing; fills openstack.span and openstack.span_reject, takes the candidates away.
-- Rule:      a candidate lies in spans of the same host, of the same reservable host too when these are of reservable hosts, and
--            of the same reservation too when they are of what is committed. It gives one span for each of them that it
--            overlaps, cut to it; touching is not overlapping. With a missing key it is rejected as null_key, with no such span
--            as an orphan, without a known size as unknown_size. What needs nothing to lie in stays as it is.
-- Invariant: every candidate gives spans or one reject. A span lies within those it needs. What is rejected holds nothing.
-- Cost:      hashes the spans it may lie in; one pass over the candidates.
create or replace function caravan.clamp_spans(p_site text, p_count_type text)
returns void
language plpgsql
as $$
begin
    with candidate as (
        select *,
            case parent_type
                when 'total' then ''
                when 'reservable' then blazar_host_id
                when 'committed' then reservation_id
            end as parent_key
        from openstack.span_candidate
        where site = p_site
            and count_type = p_count_type
    ),
    -- Several allocations of one reservation on one host are one place to lie in.
    parent as (
        select distinct count_type, hypervisor_hostname, starts, coalesce(ends, 'infinity') as ends,
            case count_type
                when 'total' then ''
                when 'reservable' then blazar_host_id
                when 'committed' then reservation_id
            end as key
        from openstack.span
        where site = p_site
            and count_type in ('total', 'reservable', 'committed')
    ),
    placed as (
        select c.*, p.starts as parent_start, p.ends as parent_end
        from candidate c
        left join parent p
            on p.count_type = c.parent_type
            and p.hypervisor_hostname = c.hypervisor_hostname
            and p.key = c.parent_key
            and p.ends > c.original_start
            and p.starts < coalesce(c.original_end, 'infinity')
            and c.reason is null
    ),
    judged as (
        select *,
            case
                when reason is not null then reason
                when parent_type is not null and (hypervisor_hostname is null or parent_key is null) then 'null_key'
                when parent_type is not null and parent_start is null then 'orphan'
                when nodes is null then 'unknown_size'
            end as verdict
        from placed
    ),
    -- One reject, wherever the candidate would have had a place.
    rejected as (
        insert into openstack.span_reject (site, source_table, source_id, reason, original_start, original_end)
        select distinct site, source_table, source_id, verdict, original_start, original_end
        from judged
        where verdict is not null
    )
    insert into openstack.span (site, count_type, source_table, source_id, entity_id, hypervisor_hostname,
        blazar_host_id, reservation_id, lease_id, project_id, starts, ends, original_start, original_end, coerce_action,
        nodes, vcpus, vcpus_overcommit, memory_mb, disk_gb, node_type)
    select site, count_type, source_table, source_id, entity_id, j.hypervisor_hostname,
        blazar_host_id, reservation_id, lease_id, project_id,
        greatest(original_start, parent_start), nullif(least(original_end, parent_end), 'infinity'),
        original_start, original_end,
        case
            when parent_start > original_start or parent_end < coalesce(original_end, 'infinity') then 'clipped'
            else 'none'
        end,
        nodes, vcpus, vcpus_overcommit, memory_mb, disk_gb, t.node_type
    from judged j
    left join caravan.find_node_types(p_site) t
        on t.hypervisor_hostname = j.hypervisor_hostname
    where verdict is null;

    delete from openstack.span_candidate
    where site = p_site
        and count_type = p_count_type;
end
$$;
