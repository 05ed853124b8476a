-- Purpose:   undoes the load of members of a manifest, so that a payload can be loaded again.
-- Arguments: p_source; p_manifest; p_names: names of the members.
-- Returns:   nothing.
-- Invariant: afterwards no line item and no ledger row of these members is left; the days they delivered are decided
--            anew when the manifest completes again, in the same transaction, or still waits but was declared incomplete.
-- Cost:      the members' line items, found by file and day.
create or replace function caravan.forget_members(p_source uuid, p_manifest uuid, p_names text[])
returns void
language plpgsql
as $$
declare
    v_member record;
begin
    for v_member in
        select f.manifest_file, f.report_type, array_agg(d.usage_start) as days
        from manifest_file f
        join manifest_file_day d using (manifest_file)
        where f.source = p_source
            and f.manifest_uuid = p_manifest
            and f.name = any (p_names)
        group by f.manifest_file, f.report_type
    loop
        execute format(
            'delete from %I where usage_start = any ($1) and manifest_file = $2',
            'openshift_' || v_member.report_type || '_hours'
        )
        using v_member.days, v_member.manifest_file;
    end loop;

    delete from manifest_file
    where source = p_source
        and manifest_uuid = p_manifest
        and name = any (p_names);

    update manifest
    set completed_at = null
    where source = p_source
        and manifest_uuid = p_manifest;
end
$$;
