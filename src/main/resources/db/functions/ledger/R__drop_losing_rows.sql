-- Purpose:   deletes the hourly rows of manifests that lost their day.
-- Arguments: p_source; p_report_type.
-- Returns:   nothing.
-- Invariant: rows of owners, of additive manifests and of incomplete ones stay; what was deleted is marked in day_delivery.
-- Cost:      nothing without a new loser; else the rows of the days lost, found by file and day.
create or replace function caravan.drop_losing_rows(p_source uuid, p_report_type text)
returns void
language plpgsql
as $$
declare
    v_days date[];
    v_files bigint[];
begin
    -- In pairs, since a manifest may have lost one of these days and own another.
    select array_agg(d.usage_start), array_agg(f.manifest_file) into v_days, v_files
    from day_delivery d
    join manifest_file f
        on f.source = d.source
        and f.manifest_uuid = d.manifest_uuid
        and f.report_type = d.report_type
    where d.source = p_source
        and d.report_type = p_report_type
        and d.complete
        and not d.additive
        and not d.owns
        and d.rows_kept;
    if v_days is null then
        return;
    end if;

    execute format(
        'delete from %I h
        using unnest($1, $2) as lost(usage_start, manifest_file)
        where h.usage_start = any ($1)
            and h.manifest_file = any ($2)
            and h.usage_start = lost.usage_start
            and h.manifest_file = lost.manifest_file',
        'openshift_' || p_report_type || '_hours'
    )
    using v_days, v_files;

    update day_delivery
    set rows_kept = false
    where source = p_source
        and report_type = p_report_type
        and complete
        and not additive
        and not owns
        and rows_kept;
end
$$;
