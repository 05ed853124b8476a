-- Purpose:   builds everything that is shown of a site from its tables.
-- Arguments: p_site; p_from, p_to: first day of the daily timeline and the day after its last one, UTC midnights;
--            p_report_time: leases that start later have not started yet.
-- Returns:   nothing; replaces the site's rows of openstack.span, span_reject, usage_change, usage, lease_lead_time and
--            lease_node_type and of usage_compat.usage_wide.
-- Rule:      usage_wide takes what is reservable for a total that the site does not tell, what is committed for what is occupied
--            by reservation, 0 for what is occupied on demand.
-- Invariant: the caller holds the site's lock. Nobody sees a site half built. Building twice changes nothing.
-- Cost:      that of what it calls; some 10 seconds for a site with ten years of leases and servers.
create or replace function caravan.build_timelines(
    p_site text,
    p_from timestamptz,
    p_to timestamptz,
    p_report_time timestamptz
)
returns void
language plpgsql
as $$
begin
    perform caravan.build_spans(p_site);
    perform set_config('enable_nestloop', 'off', true);
    perform caravan.collect_changes(p_site);
    perform caravan.collect_lead_times(p_site, p_report_time);
    perform set_config('enable_nestloop', 'on', true);

    delete from openstack.usage
    where site = p_site;
    insert into openstack.usage (metric, resource, site, collector_type, "timestamp", value)
    select metric, resource, p_site, collector_type, "timestamp", value
    from caravan.list_usage(p_site, p_from, p_to, '1 day', 'last');

    delete from usage_compat.usage_wide
    where site = p_site;
    insert into usage_compat.usage_wide ("time", site, resource, total, reservable, committed, occupied_ondemand,
        occupied_reserved, active_ondemand, active_reserved)
    select "timestamp", p_site, 'nodes', coalesce(total, reservable, 0), coalesce(reservable, 0), coalesce(committed, 0),
        coalesce(ondemand, 0), coalesce(reserved, committed, 0), coalesce(ondemand, 0), coalesce(reserved, committed, 0)
    from (
        select "timestamp", max(value) filter (where metric = 'total') as total,
            max(value) filter (where metric = 'reservable') as reservable,
            max(value) filter (where metric = 'committed') as committed,
            max(value) filter (where metric = 'occupied_ondemand') as ondemand,
            max(value) filter (where metric = 'occupied_reservation') as reserved
        from openstack.usage
        where site = p_site
            and resource = 'nodes'
            and collector_type = 'current'
        group by "timestamp"
    ) day;

    update openstack.site
    set built_at = clock_timestamp()
    where site = p_site;
end
$$;
