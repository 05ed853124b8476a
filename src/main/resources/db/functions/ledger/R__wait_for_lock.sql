-- Purpose:   gives this transaction a lock that at most one has, until it ends.
-- Arguments: p_key: what is locked; p_busy: what is said to be going on when it is not to be had; p_wait_seconds: how long to
--            wait for another transaction, in seconds.
-- Returns:   nothing; raises lock_not_available (55P03) when the wait was in vain, which callers treat as transient.
-- Invariant: at most one transaction at a time has the lock of a key.
-- Cost:      one advisory lock; tried ten times a second.
create or replace function caravan.wait_for_lock(p_key text, p_busy text, p_wait_seconds integer)
returns void
language plpgsql
as $$
declare
    v_key bigint := hashtextextended(p_key, 0);
    v_deadline timestamptz := clock_timestamp() + make_interval(secs => p_wait_seconds);
begin
    while not pg_try_advisory_xact_lock(v_key) loop
        if clock_timestamp() >= v_deadline then
            raise exception '% by another process for more than % s', p_busy, p_wait_seconds
                using errcode = 'lock_not_available';
        end if;
        perform pg_sleep(0.1);
    end loop;
end
$$;
