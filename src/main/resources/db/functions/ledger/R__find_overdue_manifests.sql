-- Purpose:   finds manifests that have waited long enough for their missing files.
-- Arguments: p_sources: whose; p_wait_seconds: how long ago the last file must have come, in seconds; p_limit: how many at
--            most, NULL for all.
-- Returns:   source, manifest and when the last of its files came, or its manifest where none did; longest waiting first.
-- Invariant: reads only; a manifest that was declared incomplete is not found again.
-- Cost:      the manifests that wait, by index, and their files.
create or replace function caravan.find_overdue_manifests(p_sources uuid[], p_wait_seconds bigint, p_limit integer)
returns table (source uuid, manifest_uuid uuid, arrived_at timestamptz)
language plpgsql
stable
as $$
begin
    return query
    select m.source, m.manifest_uuid, a.arrived_at
    from manifest m
    cross join lateral (
        select greatest(m.created_at, max(f.completed_at)) as arrived_at
        from manifest_file f
        where f.source = m.source
            and f.manifest_uuid = m.manifest_uuid
    ) a
    where m.source = any (p_sources)
        and m.completed_at is null
        and m.declared_incomplete_at is null
        and a.arrived_at <= now() - make_interval(secs => p_wait_seconds)
    order by a.arrived_at, m.manifest_uuid
    limit p_limit;
end
$$;
