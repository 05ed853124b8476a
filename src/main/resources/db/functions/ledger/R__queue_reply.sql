-- Purpose:   queues the validation reply to whoever announced a payload.
-- Arguments: p_sha256: of the tar.gz, NULL when no bytes came; p_request_id; p_topic; p_validation: success or failure.
-- Returns:   nothing.
-- Invariant: as queue_message; each request has its own reply, also where several announced the same bytes.
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
    perform caravan.queue_message('validation-reply', p_sha256, p_topic,
        jsonb_build_object('request_id', p_request_id, 'validation', p_validation));
end
$$;
