-- Purpose:   brings everything that is derived from the daily line items of some days up to date.
-- Arguments: p_source; p_days: UTC days, empty allowed.
-- Returns:   the number of days summarised.
-- Invariant: safe to call again; the caller holds the source's lock. Marks of these days go with it, but for those set or
--            set again after it began: what they ask for may have been read in its former state.
-- Cost:      that of the functions it calls, each one pass over the daily line items of those days.
create or replace function caravan.summarize_days(p_source uuid, p_days date[])
returns integer
language plpgsql
as $$
declare
    v_marked date[];
    v_requested timestamptz[];
    v_day date;
begin
    if cardinality(p_days) = 0 then
        return 0;
    end if;
    select array_agg(usage_start), array_agg(requested_at) into v_marked, v_requested
    from summary_mark
    where source = p_source
        and usage_start = any (p_days);
    perform caravan.prefer_hashing();
    foreach v_day in array p_days loop
        perform caravan.refresh_dimensions(p_source, v_day);
        perform caravan.populate_daily_summary(p_source, v_day);
        perform caravan.populate_cost_summaries(p_source, v_day);
        perform caravan.populate_pod_summaries(p_source, v_day);
        perform caravan.populate_volume_summaries(p_source, v_day);
        perform caravan.populate_gpu_summary(p_source, v_day);
        perform caravan.populate_vm_summary(p_source, v_day);
        perform caravan.refresh_label_values(p_source, v_day);
    end loop;

    insert into openshift_summary_day (source, usage_start, summarized_at)
    select p_source, day, now()
    from unnest(p_days) as day
    on conflict (source, usage_start) do update
    set summarized_at = excluded.summarized_at;

    update reporting_ocpusagereportperiod
    set summary_data_creation_datetime = coalesce(summary_data_creation_datetime, now()),
        summary_data_updated_datetime = now()
    where provider_id = p_source
        and report_period_start = any (
            select date_trunc('month', day::timestamp) at time zone 'UTC'
            from unnest(p_days) as day
        );

    if v_marked is not null then
        perform pg_advisory_xact_lock_shared(hashtextextended('summary_mark ' || current_schema(), 0));
        delete from summary_mark m
        using unnest(v_marked, v_requested) as done(usage_start, requested_at)
        where m.source = p_source
            and m.usage_start = done.usage_start
            and m.requested_at = done.requested_at;
    end if;
    return cardinality(p_days);
end
$$;
