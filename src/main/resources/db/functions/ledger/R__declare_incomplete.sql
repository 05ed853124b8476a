-- Purpose:   gives up waiting for the missing files of a manifest: what came of it competes for its days from now on.
-- Arguments: p_source; p_manifest; p_wait_seconds: how long ago its last file must have come, in seconds.
-- Returns:   NULL where it is not to be declared, or not any more; else {report_type: [day, ...]}, the days whose counted
--            rows changed.
-- Rule:      it ranks behind every complete manifest, whatever its hours: see decide_day_owners. One that is additive is declared
--            and goes on to wait: see decide_manifest_days. So does one whose days cannot be built any more, since hourly rows
--            of them were dropped.
-- Invariant: the caller holds the source's lock; a manifest is declared once, and whichever files come before or after that,
--            the outcome is the same.
-- Cost:      that of decide_manifest_days.
create or replace function caravan.declare_incomplete(p_source uuid, p_manifest uuid, p_wait_seconds bigint)
returns jsonb
language plpgsql
as $$
begin
    if not exists (
        select
        from caravan.find_overdue_manifests(array[p_source], p_wait_seconds, null) o
        where o.manifest_uuid = p_manifest
    ) then
        return null;
    end if;
    update manifest
    set declared_incomplete_at = now()
    where source = p_source
        and manifest_uuid = p_manifest;
    begin
        return caravan.decide_manifest_days(p_source, p_manifest);
    exception
        when sqlstate 'CV003' then
            return '{}';
    end;
end
$$;
