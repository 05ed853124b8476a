-- Purpose:   the timeline of a site, in buckets of time or at every moment of change.
-- Arguments: p_site; p_from, p_to: the window, half-open; p_bucket: length of a bucket, days or less, NULL for every moment of
--            change in the window and its beginning; p_mode: last, the count at the beginning of a bucket, or mean, the
--            count over the bucket weighted by time.
-- Returns:   one row for each bucket, collector, metric and resource; value in nodes, cores, virtual cores, MiB or GiB.
-- Rule:      a count holds until its next change, without limit. At the beginning of a bucket it is 0 before its first change;
--            over a bucket it is weighted over the part since then, and NULL before. Derived are what is not reservable
--            (ondemand_capacity = total - reservable), what is reservable and not committed (available_reservable), what is
--            committed and not occupied (idle) and what is neither reservable nor occupied on demand (available_ondemand =
--            ondemand_capacity - occupied_ondemand), each where a site has what it is derived from. They may be negative.
-- Invariant: every bucket has a row for each metric the site has; the former reports tell of nodes only.
-- Cost:      a row by key for each bucket and kind; for means a pass over the changes of the window.
create or replace function caravan.list_usage(
    p_site text,
    p_from timestamptz,
    p_to timestamptz,
    p_bucket interval,
    p_mode text
)
returns table (
    "timestamp" timestamptz,
    collector_type text,
    metric text,
    resource text,
    value double precision
)
language plpgsql
stable
as $$
#variable_conflict use_column
begin
    if p_mode not in ('last', 'mean') or p_mode = 'mean' and p_bucket is null then
        raise exception 'a timeline is last or, with buckets, mean; not %', p_mode
            using errcode = 'invalid_parameter_value';
    end if;

    return query
    with kind as materialized (
        select distinct c.collector_type, c.count_type
        from openstack.usage_change c
        where c.site = p_site
    ),
    bucket as materialized (
        select b.starts, least(b.starts + p_bucket, p_to) as ends
        from generate_series(p_from, p_to, p_bucket) b (starts)
        where b.starts < p_to
        union
        select c.changed_at, null
        from openstack.usage_change c
        where p_bucket is null
            and c.site = p_site
            and c.changed_at >= p_from
            and c.changed_at < p_to
        union
        select p_from, null
        where p_bucket is null
    ),
    opening as (
        select k.collector_type, k.count_type, b.starts as at, c.nodes, c.vcpus, c.vcpus_overcommit, c.memory_mb, c.disk_gb,
            c.changed_at is not null as known
        from kind k
        cross join bucket b
        left join lateral (
            select *
            from openstack.usage_change c
            where c.site = p_site
                and c.collector_type = k.collector_type
                and c.count_type = k.count_type
                and c.changed_at <= b.starts
            order by c.changed_at desc
            limit 1
        ) c
            on true
    ),
    -- Within a bucket each count has pieces in which it does not change.
    piece as (
        select o.*, coalesce(lead(o.at) over (partition by o.collector_type, o.count_type order by o.at), p_to) as ends
        from (
            select *
            from opening
            union all
            select c.collector_type, c.count_type, c.changed_at, c.nodes, c.vcpus, c.vcpus_overcommit, c.memory_mb,
                c.disk_gb, true
            from openstack.usage_change c
            where c.site = p_site
                and c.changed_at > p_from
                and c.changed_at < p_to
                and c.changed_at > date_bin(p_bucket, c.changed_at, p_from)
        ) o
        where p_mode = 'mean'
    ),
    weighed as (
        select *, extract(epoch from ends - at)::double precision as seconds, date_bin(p_bucket, at, p_from) as bucket
        from piece
        where known
    ),
    counted as (
        select at, collector_type, count_type, coalesce(nodes, 0) as nodes, coalesce(vcpus, 0) as vcpus,
            coalesce(vcpus_overcommit, 0) as vcpus_overcommit, coalesce(memory_mb, 0) as memory_mb,
            coalesce(disk_gb, 0) as disk_gb
        from opening
        where p_mode = 'last'
        union all
        select b.starts, k.collector_type, k.count_type, w.nodes, w.vcpus, w.vcpus_overcommit, w.memory_mb, w.disk_gb
        from kind k
        cross join bucket b
        left join (
            select bucket, collector_type, count_type, sum(coalesce(nodes, 0) * seconds) / sum(seconds) as nodes,
                sum(coalesce(vcpus, 0) * seconds) / sum(seconds) as vcpus,
                sum(coalesce(vcpus_overcommit, 0) * seconds) / sum(seconds) as vcpus_overcommit,
                sum(coalesce(memory_mb, 0) * seconds) / sum(seconds) as memory_mb,
                sum(coalesce(disk_gb, 0) * seconds) / sum(seconds) as disk_gb
            from weighed
            group by bucket, collector_type, count_type
            having sum(seconds) > 0
        ) w
            on w.bucket = b.starts
            and w.collector_type = k.collector_type
            and w.count_type = k.count_type
        where p_mode = 'mean'
    ),
    side_by_side as (
        select c.at, c.collector_type, r.resource, max(r.value) filter (where c.count_type = 'total') as total,
            max(r.value) filter (where c.count_type = 'reservable') as reservable,
            max(r.value) filter (where c.count_type = 'committed') as committed,
            max(r.value) filter (where c.count_type = 'occupied_reservation') as occupied_reservation,
            max(r.value) filter (where c.count_type = 'occupied_ondemand') as occupied_ondemand,
            max(r.value) filter (where c.count_type = 'reservable_usable') as usable,
            max(r.value) filter (where c.count_type = 'reservable_unusable') as unusable,
            bool_or(c.count_type = 'reservable_usable') as has_usable,
            bool_or(c.count_type = 'reservable_unusable') as has_unusable,
            bool_or(c.count_type = 'total') as has_total,
            bool_or(c.count_type = 'reservable') as has_reservable,
            bool_or(c.count_type = 'committed') as has_committed,
            bool_or(c.count_type = 'occupied_reservation') as has_occupied_reservation,
            bool_or(c.count_type = 'occupied_ondemand') as has_occupied_ondemand
        from counted c
        cross join lateral (
            values
                ('nodes', c.nodes),
                ('vcpus', c.vcpus),
                ('vcpus_overcommit', c.vcpus_overcommit),
                ('memory_mb', c.memory_mb),
                ('disk_gb', c.disk_gb)
        ) r (resource, value)
        where r.resource = 'nodes' or c.collector_type = 'current'
        group by c.at, c.collector_type, r.resource
    )
    select s.at, s.collector_type, m.metric, s.resource, m.value
    from side_by_side s
    cross join lateral (
        values
            ('total', s.total, s.has_total),
            ('reservable', s.reservable, s.has_reservable),
            ('reservable_usable', s.usable, s.has_usable),
            ('reservable_unusable', s.unusable, s.has_unusable),
            ('committed', s.committed, s.has_committed),
            ('occupied_reservation', s.occupied_reservation, s.has_occupied_reservation),
            ('occupied_ondemand', s.occupied_ondemand, s.has_occupied_ondemand),
            ('ondemand_capacity', coalesce(s.total, 0) - coalesce(s.reservable, 0),
                s.has_total and s.has_reservable and s.collector_type = 'current'),
            ('available_reservable', coalesce(s.reservable, 0) - coalesce(s.committed, 0),
                s.has_reservable and s.has_committed),
            ('idle', coalesce(s.committed, 0) - coalesce(s.occupied_reservation, 0),
                s.has_committed and s.has_occupied_reservation),
            ('available_ondemand',
                coalesce(s.total, 0) - coalesce(s.reservable, 0) - coalesce(s.occupied_ondemand, 0),
                s.has_total and s.has_reservable and s.has_occupied_ondemand)
    ) m (metric, value, present)
    where m.present;
end
$$;
