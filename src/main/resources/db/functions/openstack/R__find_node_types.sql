-- Purpose:   finds out what kind of hardware the hosts of a site are.
-- Arguments: p_site.
-- Returns:   host names with their node type; hosts of which none is known are not among them.
-- Rule:      the newest capability named node_type that is not deleted, of the reservable host or hosts of that name. Old
--            versions of Blazar write the name beside the value, newer ones into one of two tables of names.
-- Invariant: one row a host.
-- Cost:      hashes the capabilities of the site.
create or replace function caravan.find_node_types(p_site text)
returns table (hypervisor_hostname text, node_type text)
language plpgsql
stable
as $$
#variable_conflict use_column
begin
    return query
    select distinct on (h.hypervisor_hostname) h.hypervisor_hostname, c.capability_value
    from openstack.blazar_computehost_extra_capabilities c
    left join openstack.blazar_extra_capabilities e
        on e.site = p_site
        and e.id = c.capability_id
    left join openstack.blazar_resource_properties p
        on p.site = p_site
        and p.id = coalesce(c.property_id, c.capability_id)
    join openstack.blazar_computehosts h
        on h.site = p_site
        and h.id = c.computehost_id
    where c.site = p_site
        and c.deleted_at is null
        and c.capability_value <> ''
        and 'node_type' in (c.capability_name, e.capability_name, p.property_name)
        and h.hypervisor_hostname is not null
    order by h.hypervisor_hostname, c.created_at desc nulls last, c.id desc, c.capability_value;
end
$$;
