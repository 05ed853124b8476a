-- Purpose:   queues the move of an object of the intake bucket, once it is known what became of the payload.
-- Arguments: p_sha256: of the tar.gz, NULL when no bytes came; p_bucket; p_key; p_etag: content that is to be moved;
--            p_folder: done or failed.
-- Returns:   nothing.
-- Invariant: as queue_message.
-- Cost:      one row.
create or replace function caravan.queue_move(
    p_sha256 text,
    p_bucket text,
    p_key text,
    p_etag text,
    p_folder text
)
returns void
language plpgsql
as $$
begin
    perform caravan.queue_message('object-move', p_sha256, p_bucket,
        jsonb_build_object('key', p_key, 'etag', p_etag, 'folder', p_folder));
end
$$;
