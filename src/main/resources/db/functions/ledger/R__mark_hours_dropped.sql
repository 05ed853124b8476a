-- Purpose:   writes down that the hourly rows of a month are gone.
-- Arguments: p_source; p_month: first UTC day of the month.
-- Returns:   the number of deliveries marked.
-- Invariant: owners stay owners; safe to call again; the caller holds the source's lock.
-- Cost:      the source's rows of day_delivery of that month.
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
    return v_marked;
end
$$;
