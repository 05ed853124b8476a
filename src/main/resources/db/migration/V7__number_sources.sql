alter table source
    add column source_id bigserial,
    add constraint source_number unique (source_id);
comment on column source.source_id is 'The source''s number, and that of its application, for those who know sources by numbers';
comment on table outbox is
    'Replies and moves for payloads that reached no organisation, written with their quarantine row, and events of sources';
