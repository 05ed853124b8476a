-- Purpose:   puts the validation reply of a payload into the outbox of the schema found first in the search_path.
-- Arguments: p_sha256: of the tar.gz, NULL when no bytes came; p_request_id; p_topic; p_validation: success or failure.
-- Returns:   nothing.
-- Invariant: the reply exists exactly when the transaction that decided it commits.
-- Cost:      one row.
create or replace function caravan.queue_reply(
    p_sha256 text,
    p_request_id text,
    p_topic text,
    p_validation text
)
returns void
language plpgsql
as $$
begin
    insert into outbox (kind, sha256, destination, message)
    values ('validation-reply', p_sha256, p_topic,
        jsonb_build_object('request_id', p_request_id, 'validation', p_validation));
end
$$;
