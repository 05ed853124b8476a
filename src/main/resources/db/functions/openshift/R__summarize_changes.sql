-- Purpose:   carries a changed delivery through to the summaries: what summarize-days calls after a manifest completed.
-- Arguments: p_source; p_changed: {report_type: [day, ...]} as complete_manifest returns it.
-- Returns:   the number of days summarised.
-- Invariant: the other report types of a day keep their daily line items; the day's summary is rebuilt from all of them.
-- Cost:      one pass over the counted hourly rows of the changed days and types, then over the daily rows of the days.
create or replace function caravan.summarize_changes(p_source uuid, p_changed jsonb)
returns integer
language plpgsql
as $$
declare
    v_days date[];
begin
    perform caravan.prefer_hashing();
    perform caravan.refresh_daily_line_items(p_source, p_changed);
    if p_changed ? 'pod_usage' then
        perform caravan.refresh_node_capacity(p_source,
            array(select jsonb_array_elements_text(p_changed -> 'pod_usage')::date));
    end if;
    v_days := array(
        select distinct day::date
        from jsonb_each(p_changed) c
        cross join jsonb_array_elements_text(c.value) as day
        order by 1
    );
    return caravan.summarize_days(p_source, v_days);
end
$$;
