-- Purpose:   marks days of a source to be summarised again.
-- Arguments: p_source; p_days: UTC days, empty allowed.
-- Returns:   the number of days marked.
-- Invariant: a day is marked once however often it is asked for; asked for again it is summarised by a transaction that
--            began after that. Whoever marks waits for the others who mark until commit, and for those who take marks away.
-- Cost:      a row a day.
create or replace function caravan.mark_days(p_source uuid, p_days date[])
returns integer
language plpgsql
as $$
declare
    v_now timestamptz;
    v_marked integer;
begin
    perform pg_advisory_xact_lock(hashtextextended('summary_mark ' || current_schema(), 0));
    v_now := clock_timestamp();
    insert into summary_mark (source, usage_start, requested_at)
    select distinct p_source, day, v_now
    from unnest(p_days) as day
    on conflict (source, usage_start) do update
    set requested_at = excluded.requested_at;
    get diagnostics v_marked = row_count;
    return v_marked;
end
$$;
