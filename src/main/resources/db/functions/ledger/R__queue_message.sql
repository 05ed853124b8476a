-- Purpose:   puts something to be carried out after the commit into the outbox of the schema found first in the search_path.
-- Arguments: p_kind: validation-reply, ros-event, object-move or source-event; p_sha256: of the tar.gz, NULL when no bytes came;
--            p_destination: topic or bucket; p_message: as deliver-outbox sends it.
-- Returns:   nothing.
-- Invariant: the row exists exactly when the transaction that decided it commits; the same thing queued again is one row,
--            to be carried out again.
-- Cost:      one row by key.
create or replace function caravan.queue_message(
    p_kind text,
    p_sha256 text,
    p_destination text,
    p_message jsonb
)
returns void
language plpgsql
as $$
begin
    insert into outbox (kind, sha256, destination, message)
    values (p_kind, p_sha256, p_destination, p_message)
    on conflict (coalesce(sha256, ''), kind, destination, md5(message::text)) do update
    set sent_at = null,
        next_attempt_at = now();
end
$$;
