-- Purpose:   claims a payload and its members for the transaction that will load them.
-- Arguments: p_source; p_sha256: of the tar.gz; p_manifest: manifest_uuid, cluster_id, manifest_date, period_start,
--            period_end, daily_reports, additive, version, certified, cr_status, files, resource_optimization_files;
--            p_members: array of {name, sha256, size_bytes}; p_request_id; p_origin; p_outside_retention: only remember
--            it; p_again: forget an earlier load of these members first.
-- Returns:   {"duplicate": boolean, "members": {name: manifest_file}}, the members being those to load now.
-- Raises:    CV001 when a member of the same name came with other bytes; CV002 when the manifest came before with
--            other lists of files. Both send the payload to quarantine. CV004 when the source was retired since the payload
--            was found to be its.
-- Invariant: a digest is claimed once; a member of a manifest is loaded once, whatever tarballs it travels in. The caller
--            holds the source's lock: once a source is retired and its lock was had, no rows of it appear any more.
-- Cost:      a few rows by key; with p_again also the deletion of the members' line items.
create or replace function caravan.claim_payload(
    p_source uuid,
    p_sha256 text,
    p_manifest jsonb,
    p_members jsonb,
    p_request_id text,
    p_origin text,
    p_outside_retention boolean,
    p_again boolean
)
returns jsonb
language plpgsql
as $$
declare
    v_manifest_uuid uuid := (p_manifest ->> 'manifest_uuid')::uuid;
    v_files text[] := array(select jsonb_array_elements_text(p_manifest -> 'files'));
    v_ros_files text[] := array(select jsonb_array_elements_text(p_manifest -> 'resource_optimization_files'));
    v_known record;
    v_conflict text;
    v_members jsonb;
begin
    if not exists (select from caravan.source where source_uuid = p_source and retired_at is null) then
        raise exception 'the source was retired meanwhile'
            using errcode = 'CV004';
    end if;
    if p_again then
        perform caravan.forget_members(p_source, v_manifest_uuid,
            array(select m ->> 'name' from jsonb_array_elements(p_members) m));
        delete from payload_claim
        where source = p_source
            and sha256 = p_sha256;
    end if;

    insert into payload_claim (source, sha256, manifest_uuid, request_id, origin, outcome)
    values (p_source, p_sha256, v_manifest_uuid, p_request_id, p_origin,
        case when p_outside_retention then 'outside-retention' else 'loaded' end)
    on conflict (source, sha256) do nothing;
    if not found then
        -- Whoever sent it again may have missed what followed from it; replies and moves belong to the single delivery.
        update outbox
        set sent_at = null,
            next_attempt_at = now()
        where coalesce(sha256, '') = p_sha256
            and kind = 'ros-event';
        return jsonb_build_object('duplicate', true, 'members', '{}'::jsonb);
    end if;
    if p_outside_retention then
        return jsonb_build_object('duplicate', false, 'members', '{}'::jsonb);
    end if;

    insert into manifest (
        source, manifest_uuid, cluster_id, manifest_date, period_start, period_end,
        daily_reports, additive, version, certified, cr_status, files, resource_optimization_files
    )
    values (
        p_source, v_manifest_uuid, p_manifest ->> 'cluster_id', (p_manifest ->> 'manifest_date')::timestamptz,
        (p_manifest ->> 'period_start')::timestamptz, (p_manifest ->> 'period_end')::timestamptz,
        (p_manifest ->> 'daily_reports')::boolean, (p_manifest ->> 'additive')::boolean, p_manifest ->> 'version',
        (p_manifest ->> 'certified')::boolean, p_manifest -> 'cr_status', v_files, v_ros_files
    )
    on conflict (source, manifest_uuid) do nothing;
    select * into strict v_known
    from manifest
    where source = p_source
        and manifest_uuid = v_manifest_uuid;
    if not (v_known.files @> v_files and v_known.files <@ v_files) then
        raise exception 'manifest % came before with other files listed', v_manifest_uuid
            using errcode = 'CV002';
    end if;

    select f.name into v_conflict
    from jsonb_to_recordset(p_members) m(name text, sha256 text)
    join manifest_file f
        on f.source = p_source
        and f.manifest_uuid = v_manifest_uuid
        and f.name = m.name
    where f.sha256 <> m.sha256
        and m.name = any (v_files || v_ros_files)
    limit 1;
    if v_conflict is not null then
        raise exception 'member % of manifest % came before with other bytes', v_conflict, v_manifest_uuid
            using errcode = 'CV001';
    end if;

    with claimed as (
        insert into manifest_file (source, manifest_uuid, name, sha256, payload_sha256, size_bytes, role)
        select p_source, v_manifest_uuid, m.name, m.sha256, p_sha256, m.size_bytes,
            case
                when m.name = any (v_files) then 'report'
                when m.name = any (v_ros_files) then 'resource-optimization'
                else 'extra'
            end
        from jsonb_to_recordset(p_members) m(name text, sha256 text, size_bytes bigint)
        on conflict (source, manifest_uuid, name) do nothing
        returning name, manifest_file, role
    )
    select coalesce(jsonb_object_agg(name, manifest_file) filter (where role = 'report'), '{}') into v_members
    from claimed;

    -- Only reports are read; the others are on record as soon as they are claimed.
    update manifest_file
    set status = 'kept',
        completed_at = now()
    where source = p_source
        and manifest_uuid = v_manifest_uuid
        and role <> 'report'
        and completed_at is null;

    return jsonb_build_object('duplicate', false, 'members', v_members);
end
$$;
