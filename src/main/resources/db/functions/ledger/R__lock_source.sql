-- Purpose:   makes this transaction the only one that loads or summarises a source, until it ends.
-- Arguments: p_source; p_wait_seconds: how long to wait for another transaction, in seconds.
-- Returns:   nothing; raises lock_not_available (55P03) when the wait was in vain, which callers treat as transient.
-- Invariant: at most one transaction at a time changes the counted rows of a source.
-- Cost:      that of wait_for_lock.
create or replace function caravan.lock_source(p_source uuid, p_wait_seconds integer)
returns void
language plpgsql
as $$
begin
    perform caravan.wait_for_lock(
        p_source::text,
        'source ' || p_source::text || ' is being loaded or summarised',
        p_wait_seconds);
end
$$;
