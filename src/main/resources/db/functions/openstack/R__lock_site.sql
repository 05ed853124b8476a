-- Purpose:   makes this transaction the only one that replaces a site's tables or builds its timelines, until it ends.
-- Arguments: p_site; p_wait_seconds: how long to wait for another transaction, in seconds.
-- Returns:   nothing; raises lock_not_available (55P03) when the wait was in vain, which callers treat as transient.
-- Invariant: at most one transaction at a time changes the rows of a site.
-- Cost:      that of wait_for_lock.
create or replace function caravan.lock_site(p_site text, p_wait_seconds integer)
returns void
language plpgsql
as $$
begin
    perform caravan.wait_for_lock('site ' || p_site, 'site ' || p_site || ' is being imported or built', p_wait_seconds);
end
$$;
