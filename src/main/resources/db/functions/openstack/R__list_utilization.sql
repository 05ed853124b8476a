-- Purpose:   says how much of what sites have was used, site by site and of all of them together.
-- Arguments: p_sites: keys of sites; p_from, p_to: first and last day, UTC, both included; p_days: days of a bucket, counted
--            from p_from.
-- Returns:   a row for each site and bucket, and one with site NULL for all of them: hosts there are (capacity), used and
--            available at the bucket's start, and the share used in percent, as the mean of the days up to 30 days before and of
--            that day; NULL where there was no capacity.
-- Rule:      the capacity of a site chi_* is what can be reserved, that of a site kvm* all there is, that of any other site what
--            can be reserved, where it ever had such hosts, else all there is. Used is what is committed or occupied on demand.
--            Available is what can be reserved and is not; where all hosts are the capacity also what is left for servers on
--            demand. Servers on demand on hosts nobody can reserve so raise used above the capacity of a site chi_*.
-- Invariant: reads only; a kind that a site has no row of is 0.
-- Cost:      one pass over the daily rows of the sites from 30 days before p_from to p_to.
create or replace function caravan.list_utilization(p_sites text[], p_from date, p_to date, p_days integer)
returns table (
    site text,
    "timestamp" timestamptz,
    capacity double precision,
    used double precision,
    available double precision,
    percent double precision
)
language plpgsql
stable
as $$
begin
    return query
    with fitted as materialized (
        select s.site,
            s.site like 'kvm%' or s.site not like 'chi\_%' and not exists (
                select
                from openstack.usage r
                where r.site = s.site
                    and r.collector_type = 'current'
                    and r.metric = 'reservable'
                    and r.resource = 'nodes'
                    and r.value > 0
            ) as has_all
        from unnest(p_sites) s(site)
    ),
    counted as (
        select u.site, f.has_all, u."timestamp",
            coalesce(max(u.value) filter (where u.metric = 'total'), 0) as total,
            coalesce(max(u.value) filter (where u.metric = 'reservable'), 0) as reservable,
            coalesce(max(u.value) filter (where u.metric = 'committed'), 0) as committed,
            coalesce(max(u.value) filter (where u.metric = 'occupied_ondemand'), 0) as ondemand
        from fitted f
        join openstack.usage u
            on u.site = f.site
        where u.resource = 'nodes'
            and u.collector_type = 'current'
            and u."timestamp" >= (p_from - 30)::timestamp at time zone 'UTC'
            and u."timestamp" < (p_to + 1)::timestamp at time zone 'UTC'
        group by u.site, f.has_all, u."timestamp"
    ),
    measured as (
        select c.site, c."timestamp",
            case when c.has_all then c.total else c.reservable end as capacity,
            c.committed + c.ondemand as used,
            case when c.has_all then c.total - c.ondemand else c.reservable end - c.committed as available
        from counted c
    ),
    summed as (
        select m.site, m."timestamp", sum(m.capacity) as capacity, sum(m.used) as used, sum(m.available) as available
        from measured m
        group by grouping sets ((m.site, m."timestamp"), (m."timestamp"))
    ),
    averaged as (
        select m.site, m."timestamp", m.capacity, m.used, m.available,
            avg(100 * m.used / nullif(m.capacity, 0)) over (
                partition by m.site
                order by m."timestamp"
                range between interval '30 days' preceding and current row
            ) as percent
        from summed m
    )
    select a.site, a."timestamp", a.capacity, a.used, a.available, a.percent
    from averaged a
    where a."timestamp" >= p_from::timestamp at time zone 'UTC'
        and ((a."timestamp" at time zone 'UTC')::date - p_from) % p_days = 0
    order by a.site, a."timestamp";
end
$$;
