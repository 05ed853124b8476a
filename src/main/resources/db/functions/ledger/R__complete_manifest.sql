-- Purpose:   closes a manifest once all its listed files have arrived, and has the days it delivered decided.
-- Arguments: p_source; p_manifest.
-- Returns:   NULL while files are missing; else {report_type: [day, ...]}, the days whose counted rows changed. Of a manifest
--            that was declared incomplete, every part that comes later has its days decided anew.
-- Raises:    CV003 as decide_manifest_days does. Sends the payload to quarantine.
-- Invariant: the outcome depends on which manifests came, not on their order; the hourly rows of complete losers are gone.
-- Cost:      ledger rows only, but for the deletion of losers' line items, found by file and day.
create or replace function caravan.complete_manifest(p_source uuid, p_manifest uuid)
returns jsonb
language plpgsql
as $$
declare
    v_manifest record;
begin
    select * into strict v_manifest
    from manifest
    where source = p_source
        and manifest_uuid = p_manifest;
    if exists (
        select name
        from unnest(v_manifest.files) as name
        except
        select f.name
        from manifest_file f
        where f.source = p_source
            and f.manifest_uuid = p_manifest
            and f.completed_at is not null
    ) then
        if v_manifest.declared_incomplete_at is null then
            return null;
        end if;
        return caravan.decide_manifest_days(p_source, p_manifest);
    end if;
    if v_manifest.completed_at is not null then
        return '{}';
    end if;

    update manifest
    set completed_at = now()
    where source = p_source
        and manifest_uuid = p_manifest;
    return caravan.decide_manifest_days(p_source, p_manifest);
end
$$;
