-- Purpose:   makes this transaction the only one that loads or summarises a source, until it ends.
-- Arguments: p_source; p_wait_seconds: how long to wait for another transaction, in seconds.
-- Returns:   nothing; raises lock_not_available (55P03) when the wait was in vain, which callers treat as transient.
-- Invariant: at most one transaction at a time changes the counted rows of a source.
-- Cost:      one advisory lock; tried ten times a second.
create or replace function caravan.lock_source(p_source uuid, p_wait_seconds integer)
returns void
language plpgsql
as $$
declare
    v_key bigint := hashtextextended(p_source::text, 0);
    v_deadline timestamptz := clock_timestamp() + make_interval(secs => p_wait_seconds);
begin
    while not pg_try_advisory_xact_lock(v_key) loop
        if clock_timestamp() >= v_deadline then
            raise exception 'source % is being loaded or summarised by another process for more than % s',
                p_source, p_wait_seconds
                using errcode = 'lock_not_available';
        end if;
        perform pg_sleep(0.1);
    end loop;
end
$$;
