-- Purpose:   sums up a site's spans, and its former daily reports, to counts that hold from one moment to the next.
-- Arguments: p_site.
-- Returns:   nothing; replaces the site's rows of openstack.usage_change.
-- Rule:      a span adds its amounts where it begins and takes them away where it ends; the running sums are the counts. A
--            moment stays when what is added equals what is taken away. The former reports tell hours of a day: a day's hours
--            over all kinds of nodes, divided by 24, are its nodes. Of these, what is not in maintenance was reservable,
--            what was reserved or used was committed, what was used was occupied.
-- Invariant: one row for each collector, kind and moment. Shares of hosts are summed as decimals, so that what is added and
--            taken away leaves nothing.
-- Cost:      hashes the moments, sorts them once for each kind.
create or replace function caravan.collect_changes(p_site text)
returns void
language plpgsql
as $$
begin
    delete from openstack.usage_change
    where site = p_site;

    insert into openstack.usage_change (site, collector_type, count_type, changed_at, nodes, vcpus, vcpus_overcommit,
        memory_mb, disk_gb)
    with delta as (
        select s.count_type, e.at, sum(e.sign * s.nodes::numeric) as nodes, sum(e.sign * s.vcpus) as vcpus,
            sum(e.sign * s.vcpus_overcommit::numeric) as vcpus_overcommit, sum(e.sign * s.memory_mb) as memory_mb,
            sum(e.sign * s.disk_gb) as disk_gb
        from openstack.span s
        cross join lateral (
            values (s.starts, 1), (s.ends, -1)
        ) e (at, sign)
        where s.site = p_site
            and e.at is not null
        group by s.count_type, e.at
    )
    select p_site, 'current', count_type, at, sum(nodes) over until_then, sum(vcpus) over until_then,
        sum(vcpus_overcommit) over until_then, sum(memory_mb) over until_then, sum(disk_gb) over until_then
    from delta
    window until_then as (partition by count_type order by at);

    insert into openstack.usage_change (site, collector_type, count_type, changed_at, nodes)
    with day as (
        select date, coalesce(sum(total_hours), 0) as total, coalesce(sum(maint_hours), 0) as maintenance,
            coalesce(sum(reserved_hours), 0) as reserved, coalesce(sum(used_hours), 0) as used
        from openstack.chameleon_usage_node_usage_report_cache
        where site = p_site
        group by date
    )
    select p_site, 'legacy', c.count_type, d.date::timestamp at time zone 'UTC', c.hours / 24
    from day d
    cross join lateral (
        values
            ('total', d.total),
            ('reservable', d.total - d.maintenance),
            ('committed', d.reserved + d.used),
            ('occupied_reservation', d.used)
    ) c (count_type, hours);
end
$$;
