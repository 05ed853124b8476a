-- Purpose:   decides which manifest owns which day.
-- Arguments: p_source; p_days: {report_type: [day, ...]}, the days to decide on.
-- Returns:   {report_type: [day, ...]}, those of them whose owner changed.
-- Rule:      complete before incomplete, then more hours of the day, then the later manifest date, then the greater uuid.
--            Additive manifests own nothing; their rows count for hours the owner has no row for.
-- Invariant: the outcome depends on which manifests delivered the day, not on the order they came in.
-- Cost:      the rows of day_delivery of those days.
create or replace function caravan.decide_day_owners(p_source uuid, p_days jsonb)
returns jsonb
language plpgsql
as $$
declare
    v_changed jsonb;
begin
    with asked as (
        select a.key as report_type, d.day::date as usage_start
        from jsonb_each(p_days) a
        cross join jsonb_array_elements_text(a.value) d(day)
    ),
    ranked as (
        select d.report_type, d.usage_start, d.manifest_uuid, d.owns,
            row_number() over (
                partition by d.report_type, d.usage_start
                order by d.complete desc, d.hours desc, d.manifest_date desc, d.manifest_uuid desc
            ) = 1 as wins
        from day_delivery d
        join asked a
            on a.report_type = d.report_type
            and a.usage_start = d.usage_start
        where d.source = p_source
            and not d.additive
            -- An owner competes also when its hourly rows are gone: the daily ones stand for it.
            and (d.rows_kept or d.owns)
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
    by_type as (
        select report_type, jsonb_agg(distinct usage_start order by usage_start) as days
        from decided
        group by report_type
    )
    select coalesce(jsonb_object_agg(report_type, days), '{}') into v_changed
    from by_type;

    with asked as (
        select a.key as report_type, d.day::date as usage_start
        from jsonb_each(p_days) a
        cross join jsonb_array_elements_text(a.value) d(day)
    ),
    covered as (
        select e.report_type, e.usage_start, e.manifest_uuid, o.interval_starts
        from day_delivery e
        join asked a
            on a.report_type = e.report_type
            and a.usage_start = e.usage_start
        left join day_delivery o
            on o.source = e.source
            and o.report_type = e.report_type
            and o.usage_start = e.usage_start
            and o.owns
        where e.source = p_source
            and e.additive
    )
    update day_delivery d
    set excluded_intervals = c.interval_starts
    from covered c
    where d.source = p_source
        and d.report_type = c.report_type
        and d.usage_start = c.usage_start
        and d.manifest_uuid = c.manifest_uuid
        and d.excluded_intervals is distinct from c.interval_starts;

    return v_changed;
end
$$;
