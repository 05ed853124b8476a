-- Purpose:   carries a changed delivery through to the summaries: what summarize-days calls after a manifest completed.
-- Arguments: p_source; p_changed: {report_type: [day, ...]} as complete_manifest returns it.
-- Returns:   the number of days summarised.
-- Invariant: the other report types of a day keep their daily line items; the day's summary is rebuilt from all of them. A
--            change of keys or categories that was committed meanwhile could not see these rows: then their days are marked
--            to be summarised again. From that check to the commit no such change is made.
-- Cost:      one pass over the counted hourly rows of the changed days and types, then over the daily rows of the days.
create or replace function caravan.summarize_changes(p_source uuid, p_changed jsonb)
returns integer
language plpgsql
as $$
declare
    v_changed record;
    v_days date[] := '{}';
    v_version bigint := (select version from summary_rules);
    v_now timestamptz;
    v_summarized integer;
begin
    perform caravan.prefer_hashing();
    for v_changed in
        select c.key as report_type, day::date as day
        from jsonb_each(p_changed) c
        cross join jsonb_array_elements_text(c.value) as day
        order by day
    loop
        perform caravan.refresh_daily_line_items(p_source, v_changed.report_type, v_changed.day);
        if v_changed.report_type = 'pod_usage' then
            perform caravan.refresh_node_capacity(p_source, v_changed.day);
        end if;
        if v_changed.day is distinct from v_days[cardinality(v_days)] then
            v_days := v_days || v_changed.day;
        end if;
    end loop;
    v_summarized := caravan.summarize_days(p_source, v_days);

    perform pg_advisory_xact_lock_shared(hashtextextended('summary_mark ' || current_schema(), 0));
    if v_version <> (select version from summary_rules) then
        v_now := clock_timestamp();
        insert into summary_mark (source, usage_start, requested_at)
        select p_source, day, v_now
        from unnest(v_days) as day
        on conflict (source, usage_start) do update
        set requested_at = excluded.requested_at;
    end if;
    return v_summarized;
end
$$;
