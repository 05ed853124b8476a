-- Purpose:   fills in reportnumhours of hourly rows whose day the manifest's own span does not tell.
-- Arguments: p_source; p_manifest; p_report_type.
-- Returns:   nothing.
-- Invariant: afterwards every row of the manifest carries the hours day_delivery has for its day; a part that comes later may
--            change those of rows that are there.
-- Cost:      nothing where the span covers all days, as operators send it; else the manifest's rows of the other days.
create or replace function caravan.fill_report_hours(p_source uuid, p_manifest uuid, p_report_type text)
returns void
language plpgsql
as $$
declare
    v_days date[];
begin
    select array_agg(d.usage_start) into v_days
    from day_delivery d
    join manifest m
        on m.source = d.source
        and m.manifest_uuid = d.manifest_uuid
    where d.source = p_source
        and d.manifest_uuid = p_manifest
        and d.report_type = p_report_type
        and (
            m.period_start is null
            or m.period_end is null
            or least(m.period_end, (d.usage_start + 1)::timestamp at time zone 'UTC')
                <= greatest(m.period_start, d.usage_start::timestamp at time zone 'UTC')
        );
    if v_days is null then
        return;
    end if;
    execute format(
        'update %I h
        set reportnumhours = d.hours
        from day_delivery d
        where h.source = $1::text
            and h.usage_start = any ($4)
            and h.manifestid = $3::text
            and h.reportnumhours is distinct from d.hours
            and d.source = $1
            and d.report_type = $2
            and d.usage_start = h.usage_start
            and d.manifest_uuid = $3',
        'openshift_' || p_report_type || '_line_items'
    )
    using p_source, p_report_type, p_manifest, v_days;
end
$$;
