-- Purpose:   writes down that the hourly rows of a month are gone.
-- Arguments: p_source; p_month: first UTC day of the month.
-- Returns:   the number of deliveries marked.
-- Invariant: owners stay owners; safe to call again; files of manifests that wait for others are marked too. The caller holds
--            the source's lock.
-- Cost:      the source's rows of day_delivery of that month, and what its files brought of it.
create or replace function caravan.mark_hours_dropped(p_source uuid, p_month date)
returns integer
language plpgsql
as $$
declare
    v_next date := (p_month::timestamp + interval '1 month')::date;
    v_marked integer;
begin
    update day_delivery
    set rows_kept = false
    where source = p_source
        and usage_start >= p_month
        and usage_start < v_next
        and rows_kept;
    get diagnostics v_marked = row_count;
    update manifest_file_day d
    set hours_dropped = true
    from manifest_file f
    where f.source = p_source
        and f.manifest_file = d.manifest_file
        and d.usage_start >= p_month
        and d.usage_start < v_next
        and not d.hours_dropped;
    return v_marked;
end
$$;
