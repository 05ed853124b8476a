-- Purpose:   brings everything that is derived from the daily line items of some days up to date.
-- Arguments: p_source; p_days: UTC days, empty allowed.
-- Returns:   the number of days summarised.
-- Invariant: safe to call again; the caller holds the source's lock.
-- Cost:      that of the functions it calls, each one pass over the daily line items of those days.
create or replace function caravan.summarize_days(p_source uuid, p_days date[])
returns integer
language plpgsql
as $$
begin
    if cardinality(p_days) = 0 then
        return 0;
    end if;
    perform caravan.prefer_hashing();
    perform caravan.refresh_dimensions(p_source, p_days);
    perform caravan.populate_daily_summary(p_source, p_days);
    perform caravan.populate_cost_summaries(p_source, p_days);
    perform caravan.populate_pod_summaries(p_source, p_days);
    perform caravan.populate_volume_summaries(p_source, p_days);
    perform caravan.populate_gpu_summary(p_source, p_days);
    perform caravan.populate_vm_summary(p_source, p_days);
    perform caravan.refresh_label_values(p_source, p_days);

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
    return cardinality(p_days);
end
$$;
