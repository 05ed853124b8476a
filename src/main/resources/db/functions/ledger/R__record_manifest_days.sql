-- Purpose:   writes down which days a manifest delivered, from what its files brought.
-- Arguments: p_source; p_manifest.
-- Returns:   {"delivered": {report_type: [day, ...]}, "altered": {report_type: [day, ...]}}: the days it delivers or delivered
--            before, and those of them whose counted rows are others now though their owner stays.
-- Rule:      the hours a manifest covers of a day are the overlap of its span with the UTC day, rounded up; where that is
--            0 or the span is unknown, the distinct interval starts of its accepted pod rows of the day, or of the type's
--            own rows where it has no pod rows that day.
-- Invariant: a day whose files are the same as before keeps its owner and is not altered; day_delivery follows from the files
--            alone but for that. Who owns the days is to be decided next, in the same transaction.
-- Cost:      the manifest's rows of the ledger.
create or replace function caravan.record_manifest_days(p_source uuid, p_manifest uuid)
returns jsonb
language plpgsql
as $$
declare
    v_manifest record;
    v_days jsonb;
begin
    select * into strict v_manifest
    from manifest
    where source = p_source
        and manifest_uuid = p_manifest;

    with known as (
        select report_type, usage_start, hours, members, owns or (additive and complete) as counted
        from day_delivery
        where source = p_source
            and manifest_uuid = p_manifest
    ),
    delivered as (
        select f.report_type, d.usage_start, sum(d.rows_loaded) as rows_loaded,
            array_agg(f.manifest_file order by f.manifest_file) as members, not bool_or(d.hours_dropped) as rows_kept
        from manifest_file f
        join manifest_file_day d using (manifest_file)
        where f.source = p_source
            and f.manifest_uuid = p_manifest
            and d.rows_loaded > 0
        group by f.report_type, d.usage_start
    ),
    hour_start as (
        select f.report_type, d.usage_start, array_agg(distinct i order by i) as starts
        from manifest_file f
        join manifest_file_day d using (manifest_file)
        cross join unnest(d.interval_starts) as i
        where f.source = p_source
            and f.manifest_uuid = p_manifest
        group by f.report_type, d.usage_start
    ),
    measured as (
        select
            d.report_type,
            d.usage_start,
            d.rows_loaded,
            d.members,
            d.rows_kept,
            own.starts,
            greatest(0, ceil(extract(epoch from
                least(v_manifest.period_end, (d.usage_start + 1)::timestamp at time zone 'UTC')
                - greatest(v_manifest.period_start, d.usage_start::timestamp at time zone 'UTC')
            ) / 3600))::integer as overlap_hours,
            cardinality(coalesce(pod.starts, own.starts)) as distinct_hours
        from delivered d
        join hour_start own
            on own.report_type = d.report_type
            and own.usage_start = d.usage_start
        left join hour_start pod
            on pod.report_type = 'pod_usage'
            and pod.usage_start = d.usage_start
    ),
    gone as (
        delete from day_delivery d
        where d.source = p_source
            and d.manifest_uuid = p_manifest
            and not exists (
                select
                from measured m
                where m.report_type = d.report_type
                    and m.usage_start = d.usage_start
            )
    ),
    written as (
        insert into day_delivery (
            source, report_type, usage_start, manifest_uuid, hours, manifest_date, complete, additive,
            rows_loaded, interval_starts, members, rows_kept
        )
        select p_source, report_type, usage_start, p_manifest,
            case
                when v_manifest.period_start is null or v_manifest.period_end is null or overlap_hours = 0
                    then distinct_hours
                else overlap_hours
            end,
            v_manifest.manifest_date, v_manifest.completed_at is not null, v_manifest.additive, rows_loaded, starts,
            members, rows_kept
        from measured
        on conflict (source, report_type, usage_start, manifest_uuid) do update
        set hours = excluded.hours,
            complete = excluded.complete,
            rows_loaded = excluded.rows_loaded,
            interval_starts = excluded.interval_starts,
            members = excluded.members,
            rows_kept = excluded.rows_kept
        returning report_type, usage_start, hours, members, rows_kept, additive and complete as adds
    ),
    compared as (
        select report_type, usage_start,
            case
                when w.members is null then k.counted
                when coalesce(k.counted, false) then
                    k.members is distinct from w.members or (w.rows_kept and k.hours <> w.hours)
                else w.adds
            end as altered
        from known k
        full join written w using (report_type, usage_start)
    ),
    by_type as (
        select report_type, jsonb_agg(usage_start order by usage_start) as days,
            jsonb_agg(usage_start order by usage_start) filter (where altered) as altered
        from compared
        group by report_type
    )
    select jsonb_build_object(
        'delivered', coalesce(jsonb_object_agg(report_type, days), '{}'),
        'altered', coalesce(jsonb_object_agg(report_type, altered) filter (where altered is not null), '{}')
    ) into v_days
    from by_type;
    return v_days;
end
$$;
