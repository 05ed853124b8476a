-- Purpose:   deletes messages of the outbox found first in the search_path that were carried out long ago, and events of sources
--            that have been gone for so long.
-- Arguments: p_before: first UTC day kept; p_limit: how many at most.
-- Returns:   the number deleted.
-- Invariant: what was not carried out stays, however old it is; but for those events, which nobody has sent without Kafka.
-- Cost:      one pass over the outbox; rows somebody else has in hand are left for the next time.
create or replace function caravan.forget_sent_messages(p_before date, p_limit integer)
returns bigint
language plpgsql
as $$
declare
    v_before timestamptz := p_before::timestamp at time zone 'UTC';
    v_rows bigint;
begin
    delete from outbox
    where outbox_id in (
        select outbox_id
        from outbox
        where sent_at < v_before
            or (kind = 'source-event' and created_at < v_before)
        limit p_limit
        for update skip locked
    );
    get diagnostics v_rows = row_count;
    return v_rows;
end
$$;
