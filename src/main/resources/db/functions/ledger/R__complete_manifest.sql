-- Purpose:   closes a manifest once all its listed files have arrived, and has the days it delivered decided.
-- Arguments: p_source; p_manifest.
-- Returns:   NULL while files are missing; else {report_type: [day, ...]}, the days whose counted rows changed.
-- Rule:      the hours a manifest covers of a day are the overlap of its span with the UTC day, rounded up; where that is
--            0 or the span is unknown, the distinct interval starts of its accepted pod rows of the day, or of the type's
--            own rows where it has no pod rows that day. Who owns the day, decide_day_owners says.
-- Raises:    CV003 when a day would have to be built from hourly rows that are gone: additive rows of a month whose hourly
--            rows were dropped, or a new owner that leaves hours to such additive rows. Sends the payload to quarantine.
-- Invariant: the outcome depends on which manifests came, not on their order; the hourly rows of complete losers are gone.
-- Cost:      ledger rows only, but for the deletion of losers' line items, found by source and day.
create or replace function caravan.complete_manifest(p_source uuid, p_manifest uuid)
returns jsonb
language plpgsql
as $$
declare
    v_manifest record;
    v_type text;
    v_day date;
    v_before jsonb;
    v_delivered jsonb;
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
    ),
    counted as (
        select report_type, jsonb_agg(usage_start order by usage_start) as days
        from gone
        where owns or additive
        group by report_type
    )
    select coalesce(jsonb_object_agg(report_type, days), '{}') into v_before
    from counted;

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

    with by_type as (
        select report_type, jsonb_agg(usage_start order by usage_start) as days
        from day_delivery
        where source = p_source
            and manifest_uuid = p_manifest
        group by report_type
    )
    select coalesce(jsonb_object_agg(report_type, days), '{}') into v_delivered
    from by_type;

    if v_manifest.additive then
        select d.usage_start into v_day
        from day_delivery d
        join dropped_hourly_month g
            on g.usage_start = date_trunc('month', d.usage_start::timestamp)::date
        where d.source = p_source
            and d.manifest_uuid = p_manifest
        limit 1;
        if v_day is not null then
            raise exception 'the hourly rows of % were dropped: nothing can be added to them', v_day
                using errcode = 'CV003';
        end if;
    end if;

    v_changed := caravan.merge_days(
        caravan.decide_day_owners(p_source, caravan.merge_days(v_delivered, v_before)),
        v_before
    );
    if v_manifest.additive then
        v_changed := caravan.merge_days(v_changed, v_delivered);
    end if;

    select d.usage_start into v_day
    from (
        select c.key as report_type, day::date as usage_start
        from jsonb_each(v_changed) c
        cross join jsonb_array_elements_text(c.value) as day
    ) c
    join day_delivery d
        on d.report_type = c.report_type
        and d.usage_start = c.usage_start
    where d.source = p_source
        and not d.rows_kept
        and (d.owns or (d.additive and d.complete))
        and not (d.interval_starts <@ coalesce(d.excluded_intervals, '{}'))
    limit 1;
    if v_day is not null then
        raise exception 'hourly rows of % that count were dropped: the day cannot be built anew', v_day
            using errcode = 'CV003';
    end if;

    for v_type in
        select jsonb_object_keys(v_delivered)
    loop
        perform caravan.fill_report_hours(p_source, p_manifest, v_type);
        perform caravan.drop_losing_rows(p_source, v_type);
    end loop;
    return v_changed;
end
$$;
