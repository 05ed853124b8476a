-- Purpose:   tells what loading a payload has come to.
-- Arguments: p_sha256: of the tar.gz, lower-case hexadecimal.
-- Returns:   NULL when the payload was not taken; else {"request_id": of the first who sent it, "taken_at", "outcome": loaded
--            or outside-retention, "rows_loaded", "rows_rejected", "days": [UTC days it has rows for], "manifest": uuid, "complete": boolean, "missing_files":
--            files of the manifest that are still to come}.
-- Invariant: reads only; the caller's search_path decides whose payloads are seen.
-- Cost:      the members and days of one payload, by key.
create or replace function caravan.describe_payload(p_sha256 text)
returns jsonb
language plpgsql
stable
as $$
declare
    v_claim record;
    v_manifest record;
    v_rows record;
begin
    select * into v_claim
    from payload_claim
    where sha256 = p_sha256
    order by claimed_at desc
    limit 1;
    if not found then
        return null;
    end if;
    select completed_at, files into v_manifest
    from manifest
    where source = v_claim.source
        and manifest_uuid = v_claim.manifest_uuid;
    select coalesce(sum(f.rows_loaded), 0) as loaded, coalesce(sum(f.rows_rejected), 0) as rejected into v_rows
    from manifest_file f
    where f.source = v_claim.source
        and f.manifest_uuid = v_claim.manifest_uuid
        and f.payload_sha256 = p_sha256;
    return jsonb_build_object(
        'request_id', v_claim.request_id,
        'taken_at', v_claim.claimed_at at time zone 'UTC',
        'outcome', v_claim.outcome,
        'rows_loaded', v_rows.loaded,
        'rows_rejected', v_rows.rejected,
        'days', (
            select coalesce(jsonb_agg(day order by day), '[]')
            from (
                select distinct d.usage_start as day
                from manifest_file f
                join manifest_file_day d using (manifest_file)
                where f.source = v_claim.source
                    and f.manifest_uuid = v_claim.manifest_uuid
                    and f.payload_sha256 = p_sha256
            ) days
        ),
        'manifest', v_claim.manifest_uuid,
        'complete', v_claim.outcome = 'outside-retention' or v_manifest.completed_at is not null,
        'missing_files', (
            select count(*)
            from unnest(v_manifest.files) as listed(name)
            where not exists (
                select
                from manifest_file f
                where f.source = v_claim.source
                    and f.manifest_uuid = v_claim.manifest_uuid
                    and f.name = listed.name
            )
        )
    );
end
$$;
