create table upload (
    upload_id uuid primary key,
    request_id text not null,
    org_id text not null,
    account text,
    identity text not null,
    content_type text not null,
    remote_address text not null,
    received_at timestamptz not null default now(),
    staged_at timestamptz,
    processing_at timestamptz,
    failed_at timestamptz,
    failure text,
    size_bytes bigint,
    sha256 text,
    stored_in text,
    stored_as text
);
comment on table upload is 'Payloads that came by HTTP, as far as their loading; what became of them then stands in the ledger';
comment on column upload.request_id is 'The sender''s, or made up; others may have sent the same';
comment on column upload.org_id is 'Organisation of the sender; it need not be registered';
comment on column upload.account is 'Account number of the sender; NULL when none is known';
comment on column upload.identity is 'Who sent it, Base64 of JSON, as it came or as it was made from a token';
comment on column upload.received_at is 'When its first bytes came';
comment on column upload.staged_at is 'When all of it was where it waits for its loading; NULL until then';
comment on column upload.processing_at is 'When it was first taken up to be loaded; NULL until then';
comment on column upload.failed_at is 'When receiving it failed; NULL unless it did';
comment on column upload.failure is 'Why, for whoever sent it';
comment on column upload.size_bytes is 'Size of the tar.gz in bytes';
comment on column upload.sha256 is 'SHA-256 of the tar.gz, lower-case hexadecimal';
comment on column upload.stored_in is 'Where it was put: s3://<bucket>, or an absolute directory';
comment on column upload.stored_as is 'Name there, chosen by Caravan';
create index upload_request on upload (org_id, request_id);
create index upload_received on upload (received_at);
create index quarantine_request on quarantine (org_id, request_id) where resolved_at is null;
