-- Purpose:   deletes the hourly rows of manifests that lost their day.
-- Arguments: p_source; p_report_type.
-- Returns:   nothing.
-- Invariant: rows of owners, of additive manifests and of incomplete ones stay; what was deleted is marked in day_delivery.
-- Cost:      nothing without a new loser; else the rows of the days lost, found by source and day.
create or replace function caravan.drop_losing_rows(p_source uuid, p_report_type text)
returns void
language plpgsql
as $$
declare
    v_days date[];
    v_manifests text[];
begin
    select array_agg(distinct usage_start), array_agg(distinct manifestid) into v_days, v_manifests
    from day_delivery
    where source = p_source
        and report_type = p_report_type
        and complete
        and not additive
        and not owns
        and rows_kept;
    if v_days is null then
        return;
    end if;

    -- A manifest may have lost one of these days and own another.
    execute format(
        'delete from %I h
        using day_delivery d
        where h.source = $1::text
            and h.usage_start = any ($3)
            and h.manifestid = any ($4)
            and d.source = $1
            and d.report_type = $2
            and d.usage_start = h.usage_start
            and d.manifestid = h.manifestid
            and not d.owns',
        'openshift_' || p_report_type || '_line_items'
    )
    using p_source, p_report_type, v_days, v_manifests;

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
