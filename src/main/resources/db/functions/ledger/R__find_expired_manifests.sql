-- Purpose:   finds the manifests of which nothing is kept any more.
-- Arguments: p_source: NULL for all; p_before: first UTC day kept; p_limit: how many at most, NULL for all.
-- Returns:   source, manifest and the first day of its month.
-- Rule:      a manifest is as old as the end of its span, without one as its date, and no older than its newest row.
-- Invariant: reads only.
-- Cost:      one pass over the manifests, and the days of the old ones.
create or replace function caravan.find_expired_manifests(p_source uuid, p_before date, p_limit integer)
returns table (source uuid, manifest_uuid uuid, usage_start date)
language plpgsql
stable
as $$
declare
    v_before timestamptz := p_before::timestamp at time zone 'UTC';
begin
    return query
    select m.source, m.manifest_uuid,
        date_trunc('month', coalesce(m.period_start, m.manifest_date) at time zone 'UTC')::date
    from manifest m
    where (p_source is null or m.source = p_source)
        and coalesce(m.period_end, m.manifest_date) < v_before
        and not exists (
            select
            from manifest_file f
            join manifest_file_day d
                on d.manifest_file = f.manifest_file
            where f.source = m.source
                and f.manifest_uuid = m.manifest_uuid
                and d.usage_start >= p_before
        )
    order by m.manifest_date
    limit p_limit;
end
$$;
