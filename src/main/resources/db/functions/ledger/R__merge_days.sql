-- Purpose:   joins two sets of days.
-- Arguments: p_one, p_other: {report_type: [day, ...]}, days as ISO texts.
-- Returns:   the days that are in either, ascending, each once; {} for none.
-- Invariant: depends on its arguments alone.
-- Cost:      the days of both.
create or replace function caravan.merge_days(p_one jsonb, p_other jsonb)
returns jsonb
language sql
immutable
parallel safe
as $$
    select coalesce(jsonb_object_agg(t.report_type, t.days), '{}')
    from (
        select e.report_type, jsonb_agg(distinct d.day order by d.day) as days
        from (
            select key as report_type, value as days
            from jsonb_each(p_one)
            union all
            select key, value
            from jsonb_each(p_other)
        ) e
        cross join jsonb_array_elements(e.days) d(day)
        group by e.report_type
    ) t
$$;
