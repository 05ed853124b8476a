-- Purpose:   finds out from a site's tables when what counted.
-- Arguments: p_site.
-- Returns:   nothing; replaces the site's rows of openstack.span and openstack.span_reject.
-- Rule:      level by level: all hosts; what of them can be reserved; what of that is committed; what of that is occupied. What
--            is occupied on demand lies in nothing. Only spans count for the level below, never rejects.
-- Invariant: of each table that gives spans, rows = rows with spans + rejects. Any order of rows gives the same.
-- Cost:      a few passes over each table and what was found.
create or replace function caravan.build_spans(p_site text)
returns void
language plpgsql
as $$
begin
    -- Rows just copied have no statistics, and the planner takes a site for a few rows; see prefer_hashing.
    perform set_config('enable_nestloop', 'off', true);
    perform set_config('jit', 'off', true);

    delete from openstack.span
    where site = p_site;
    delete from openstack.span_reject
    where site = p_site;
    delete from openstack.span_candidate
    where site = p_site;

    perform caravan.collect_hosts(p_site);
    perform caravan.clamp_spans(p_site, 'total');
    perform caravan.cut_superseded(p_site, 'total');

    perform caravan.collect_reservable(p_site);
    perform caravan.clamp_spans(p_site, 'reservable');
    perform caravan.cut_superseded(p_site, 'reservable');

    perform caravan.collect_audited_hosts(p_site);
    perform caravan.clamp_spans(p_site, 'reservable_usable');
    perform caravan.clamp_spans(p_site, 'reservable_unusable');

    perform caravan.collect_allocations(p_site);
    perform caravan.clamp_spans(p_site, 'committed');

    perform caravan.collect_instances(p_site);
    perform caravan.clamp_spans(p_site, 'occupied_reservation');
    perform caravan.clamp_spans(p_site, 'occupied_ondemand');

    perform set_config('enable_nestloop', 'on', true);
end
$$;
