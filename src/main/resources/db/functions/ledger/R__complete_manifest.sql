-- Purpose:   closes a manifest once all its listed files have arrived, and decides who owns each day it delivered.
-- Arguments: p_source; p_manifest.
-- Returns:   NULL while files are missing; else {report_type: [day, ...]}, the days whose counted rows changed.
-- Rule:      a day of a report type is owned by the manifest that covers more hours of it, then the one with the later
--            date, then the one with the greater uuid; complete before incomplete. Hours are the overlap of the
--            manifest's span with the UTC day, rounded up; where that is 0 or the span is unknown, the distinct interval
--            starts of its accepted pod rows of the day, or of the type's own rows where it has no pod rows that day.
--            Additive manifests (operators from before daily reports) own nothing and lose nothing.
-- Invariant: the outcome depends on which manifests came, not on their order; the hourly rows of complete losers are gone.
-- Cost:      ledger rows only, but for the deletion of losers' line items, found by source and day.
create or replace function caravan.complete_manifest(p_source uuid, p_manifest uuid)
returns jsonb
language plpgsql
as $$
declare
    v_manifest record;
    v_type text;
    v_before jsonb;
    v_changed jsonb;
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
        return null;
    end if;
    if v_manifest.completed_at is not null then
        return '{}';
    end if;

    update manifest
    set completed_at = now()
    where source = p_source
        and manifest_uuid = p_manifest;

    -- What this manifest counted for before, when it is loaded again.
    with gone as (
        delete from day_delivery
        where source = p_source
            and manifest_uuid = p_manifest
        returning report_type, usage_start, owns, additive
    )
    select coalesce(jsonb_agg(jsonb_build_object('t', report_type, 'd', usage_start)), '[]') into v_before
    from gone
    where owns or additive;

    with delivered as (
        select f.report_type, d.usage_start, sum(d.rows_loaded) as rows_loaded
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
    )
    insert into day_delivery (
        source, report_type, usage_start, manifest_uuid, hours, manifest_date, complete, additive,
        rows_loaded, interval_starts
    )
    select p_source, report_type, usage_start, p_manifest,
        case
            when v_manifest.period_start is null or v_manifest.period_end is null or overlap_hours = 0
                then distinct_hours
            else overlap_hours
        end,
        v_manifest.manifest_date, true, v_manifest.additive, rows_loaded, starts
    from measured;

    with affected as (
        select report_type, usage_start
        from day_delivery
        where source = p_source
            and manifest_uuid = p_manifest
        union
        select b ->> 't', (b ->> 'd')::date
        from jsonb_array_elements(v_before) b
    ),
    ranked as (
        select d.report_type, d.usage_start, d.manifest_uuid, d.owns,
            row_number() over (
                partition by d.report_type, d.usage_start
                order by d.complete desc, d.hours desc, d.manifest_date desc, d.manifest_uuid desc
            ) = 1 as wins
        from day_delivery d
        join affected a
            on a.report_type = d.report_type
            and a.usage_start = d.usage_start
        where d.source = p_source
            and not d.additive
            and d.rows_kept
    ),
    decided as (
        update day_delivery d
        set owns = r.wins,
            decided_at = now()
        from ranked r
        where d.source = p_source
            and d.report_type = r.report_type
            and d.usage_start = r.usage_start
            and d.manifest_uuid = r.manifest_uuid
            and d.owns <> r.wins
        returning d.report_type, d.usage_start
    ),
    changed as (
        select report_type, usage_start
        from decided
        union
        select report_type, usage_start
        from day_delivery
        where source = p_source
            and manifest_uuid = p_manifest
            and additive
        union
        select b ->> 't', (b ->> 'd')::date
        from jsonb_array_elements(v_before) b
    ),
    by_type as (
        select report_type, jsonb_agg(usage_start order by usage_start) as days
        from changed
        group by report_type
    )
    select coalesce(jsonb_object_agg(report_type, days), '{}') into v_changed
    from by_type;

    update day_delivery d
    set excluded_intervals = a.excluded_intervals
    from (
        select e.report_type, e.usage_start, e.manifest_uuid, o.interval_starts as excluded_intervals
        from day_delivery e
        left join day_delivery o
            on o.source = e.source
            and o.report_type = e.report_type
            and o.usage_start = e.usage_start
            and o.owns
        where e.source = p_source
            and e.additive
            and (e.report_type, e.usage_start) in (
                select m.report_type, m.usage_start
                from day_delivery m
                where m.source = p_source
                    and m.manifest_uuid = p_manifest
                union
                select b ->> 't', (b ->> 'd')::date
                from jsonb_array_elements(v_before) b
            )
    ) a
    where d.source = p_source
        and d.report_type = a.report_type
        and d.usage_start = a.usage_start
        and d.manifest_uuid = a.manifest_uuid
        and d.excluded_intervals is distinct from a.excluded_intervals;

    for v_type in
        select distinct report_type
        from day_delivery
        where source = p_source
            and manifest_uuid = p_manifest
    loop
        -- Rows whose day's hours the manifest's span did not tell when they were read.
        if exists (
            select
            from day_delivery d
            where d.source = p_source
                and d.report_type = v_type
                and d.manifest_uuid = p_manifest
                and (
                    v_manifest.period_start is null
                    or v_manifest.period_end is null
                    or least(v_manifest.period_end, (d.usage_start + 1)::timestamp at time zone 'UTC')
                        <= greatest(v_manifest.period_start, d.usage_start::timestamp at time zone 'UTC')
                )
        ) then
            execute format(
                'update %I h
                set reportnumhours = d.hours
                from day_delivery d
                where h.source = $1::text
                    and h.usage_start = d.usage_start
                    and h.manifestid = $3::text
                    and d.source = $1
                    and d.report_type = $2
                    and d.manifest_uuid = $3
                    and h.reportnumhours is null',
                'openshift_' || v_type || '_line_items'
            )
            using p_source, v_type, p_manifest;
        end if;
        execute format(
            'delete from %I h
            using day_delivery d
            where h.source = $1::text
                and h.usage_start = d.usage_start
                and h.manifestid = d.manifestid
                and d.source = $1
                and d.report_type = $2
                and d.complete
                and not d.additive
                and not d.owns
                and d.rows_kept',
            'openshift_' || v_type || '_line_items'
        )
        using p_source, v_type;
        update day_delivery
        set rows_kept = false
        where source = p_source
            and report_type = v_type
            and complete
            and not additive
            and not owns
            and rows_kept;
    end loop;
    return v_changed;
end
$$;
