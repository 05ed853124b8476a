-- Purpose:   has the days decided that a manifest delivered, or delivered before parts of it were loaded again.
-- Arguments: p_source; p_manifest: one that is complete or declared incomplete.
-- Returns:   {report_type: [day, ...]}, the days whose counted rows changed.
-- Rule:      who owns a day says decide_day_owners. An additive manifest counts once it is complete, never before: which of its
--            hours are still to come, nobody can say, and rows of other manifests do not make way for them.
-- Raises:    CV003 when a day would have to be built from hourly rows that are gone: of a day the manifest has some rows of and
--            not the others; additive rows of a month whose hourly rows were dropped; a new owner that leaves hours to such
--            additive rows.
-- Invariant: the outcome depends on which files came, not on their order; the hourly rows of complete losers are gone, those of
--            incomplete ones stay.
-- Cost:      ledger rows only, but for the deletion of losers' line items, found by file and day.
create or replace function caravan.decide_manifest_days(p_source uuid, p_manifest uuid)
returns jsonb
language plpgsql
as $$
declare
    v_manifest record;
    v_type text;
    v_day date;
    v_days jsonb;
    v_changed jsonb;
begin
    select * into strict v_manifest
    from manifest
    where source = p_source
        and manifest_uuid = p_manifest;
    v_days := caravan.record_manifest_days(p_source, p_manifest);

    select d.usage_start into v_day
    from manifest_file f
    join manifest_file_day d using (manifest_file)
    where f.source = p_source
        and f.manifest_uuid = p_manifest
        and d.rows_loaded > 0
    group by f.report_type, d.usage_start
    having bool_or(d.hours_dropped) and not bool_and(d.hours_dropped)
    limit 1;
    if v_day is not null then
        raise exception 'some of the hourly rows of % were dropped: the others do not make the day', v_day
            using errcode = 'CV003';
    end if;
    if v_manifest.additive and v_manifest.completed_at is not null then
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
        caravan.decide_day_owners(p_source, v_days -> 'delivered'),
        v_days -> 'altered'
    );

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
        select jsonb_object_keys(v_days -> 'delivered')
    loop
        perform caravan.drop_losing_rows(p_source, v_type);
    end loop;
    return v_changed;
end
$$;
