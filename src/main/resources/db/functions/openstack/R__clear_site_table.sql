-- Purpose:   removes a site's rows of one table that it sent, so that others can take their place.
-- Arguments: p_site; p_table_name: schema and table as the site calls them, such as nova.instances.
-- Returns:   nothing; raises invalid_parameter_value (22023) for any other table than those that sites send.
-- Invariant: rows of other sites and of what was built from a site's tables stay; the caller holds lock_site.
-- Cost:      the site's rows of that table, found by their index.
create or replace function caravan.clear_site_table(p_site text, p_table_name text)
returns void
language plpgsql
as $$
begin
    if p_table_name !~ '^(nova|nova_api|blazar|chameleon_usage|openstack_audit)\.[a-z_]+$' then
        raise exception 'sites send no table %', p_table_name using errcode = '22023';
    end if;
    execute format('delete from openstack.%I where site = $1', replace(p_table_name, '.', '_')) using p_site;
end
$$;
