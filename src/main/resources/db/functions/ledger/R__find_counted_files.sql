-- Purpose:   finds the files whose hourly rows count on a day.
-- Arguments: p_source; p_report_type; p_day: UTC day.
-- Returns:   one row. files: manifest_file.manifest_file of all of them; additive_files: those of them whose rows do not count
--            at excluded_intervals, the hours the owner of the day has rows for, NULL where there is nothing to leave out;
--            manifestid and hours: the greatest manifest and the most hours of those that count.
-- Invariant: reads the ledger only; who counts was decided by decide_day_owners.
-- Cost:      the ledger's rows of that day.
create or replace function caravan.find_counted_files(
    p_source uuid,
    p_report_type text,
    p_day date,
    out files bigint[],
    out additive_files bigint[],
    out excluded_intervals timestamptz[],
    out manifestid text,
    out hours integer
)
language plpgsql
stable
as $$
begin
    select array_agg(f.manifest_file), array_agg(f.manifest_file) filter (where d.excluded_intervals is not null),
        max(d.manifestid collate "C"), max(d.hours)
    into files, additive_files, manifestid, hours
    from day_delivery d
    join manifest_file f
        on f.source = d.source
        and f.manifest_uuid = d.manifest_uuid
        and f.report_type = d.report_type
    where d.source = p_source
        and d.report_type = p_report_type
        and d.usage_start = p_day
        and (d.owns or (d.additive and d.complete));
    if additive_files is not null then
        -- All additive manifests of a day make way for the same owner.
        select d.excluded_intervals into excluded_intervals
        from day_delivery d
        where d.source = p_source
            and d.report_type = p_report_type
            and d.usage_start = p_day
            and d.additive
            and d.complete
            and d.excluded_intervals is not null
        limit 1;
    end if;
end
$$;
