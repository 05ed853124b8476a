-- The registry: who may send, what was refused, what an operator did. Everything that must commit together with an
-- organisation's rows lives in that organisation's own schema (db/organisation), never here.

grant usage on schema caravan to "${applicationRole}";
-- In production the application looks whether migrations are pending, and never applies them.
grant select on "${flyway:table}" to "${applicationRole}";
alter default privileges in schema caravan grant select, insert, update, delete on tables to "${applicationRole}";
alter default privileges in schema caravan grant usage, select on sequences to "${applicationRole}";

create table organisation (
    org_id text primary key
        check (org_id ~ '^[a-z0-9_]{1,50}$'),
    schema_name text not null unique,
    created_at timestamptz not null default now()
);
comment on table organisation is 'Tenants; one schema each, named org<org_id>';

create table source (
    source_uuid uuid primary key default gen_random_uuid(),
    org_id text not null references organisation,
    cluster_id text not null
        check (length(cluster_id) between 1 and 50),
    alias text not null
        check (length(alias) between 1 and 256),
    from_file boolean not null default false,
    created_at timestamptz not null default now(),
    retired_at timestamptz
);
comment on table source is 'Clusters that may send payloads';
comment on column source.from_file is 'Whether config/sources.yaml lists it; then that file alone changes and retires it';
comment on column source.retired_at is 'When the source stopped taking payloads; its data stays. NULL while it is active';
create unique index source_active on source (org_id, cluster_id) where retired_at is null;
create index source_cluster on source (cluster_id);

create table quarantine (
    quarantine_id bigserial primary key,
    reason text not null,
    message text not null,
    origin text not null,
    headers jsonb not null default '{}',
    request_id text,
    org_id text,
    cluster_id text,
    sha256 text,
    size_bytes bigint,
    stored_as text,
    stack text,
    attempts integer not null default 1,
    first_at timestamptz not null default now(),
    last_at timestamptz not null default now(),
    replay_requested_at timestamptz,
    resolved_at timestamptz
);
comment on table quarantine is 'Payloads that could not be loaded, kept with their bytes until replayed or dropped';
comment on column quarantine.reason is 'Reason code of the failure class, for example not-a-tar-gz or unknown-source';
comment on column quarantine.origin is 'Where the payload came from: path, topic/partition/offset or bucket/key';
comment on column quarantine.headers is
    'What came with the payload: "message" is the text that announced it, its address included';
comment on column quarantine.sha256 is 'SHA-256 of the original bytes, lower-case hexadecimal; NULL when none were received';
comment on column quarantine.size_bytes is 'Size of the original bytes in bytes';
comment on column quarantine.stored_as is 'Name of the original bytes in the quarantine store, chosen by Caravan';
comment on column quarantine.replay_requested_at is 'Set when the payload shall go through the normal route again';
comment on column quarantine.resolved_at is 'When a replay succeeded; NULL while the payload is in quarantine';
create unique index quarantine_open on quarantine (coalesce(sha256, origin), reason, coalesce(org_id, '')) where resolved_at is null;
create index quarantine_cluster on quarantine (cluster_id) where resolved_at is null;

create table outbox (
    outbox_id bigserial primary key,
    kind text not null,
    sha256 text,
    destination text not null,
    message jsonb not null,
    created_at timestamptz not null default now(),
    sent_at timestamptz,
    attempts integer not null default 0,
    next_attempt_at timestamptz not null default now(),
    last_error text
);
comment on table outbox is 'Replies and moves for payloads that reached no organisation, written with their quarantine row';
create unique index outbox_message on outbox (coalesce(sha256, ''), kind, destination, md5(message::text));

create table settled_object (
    bucket text not null,
    object_key text not null,
    etag text not null,
    settled_at timestamptz not null default now(),
    primary key (bucket, object_key, etag)
);
comment on table settled_object is
    'Objects of the intake bucket that are loaded or in quarantine and still lie there; gone once they are moved';
comment on column settled_object.etag is 'Digest of the content as the S3 API names it, without quotes';

create table audit (
    audit_id bigserial primary key,
    happened_at timestamptz not null default now(),
    actor text not null,
    action text not null,
    details jsonb not null default '{}'
);
comment on table audit is 'What operators changed: sources, tags, categories, re-summarising';

-- Rows of Camel's JDBC idempotent repository: the lock that lets one replica read a dropped file.
create table dropped_file_lock (
    processorname varchar(255) not null,
    messageid varchar(1000) not null,
    createdat timestamp not null,
    primary key (processorname, messageid)
);
comment on table dropped_file_lock is 'Which dropped files are being read by a replica right now';
