-- The ledger of an organisation: what came and what became of it. It commits together with the rows it speaks of, so
-- that a delivery repeated any number of times has its effect once.

alter default privileges in schema "${flyway:defaultSchema}"
    grant select, insert, update, delete on tables to "${applicationRole}";
alter default privileges in schema "${flyway:defaultSchema}"
    grant usage, select on sequences to "${applicationRole}";
grant usage on schema "${flyway:defaultSchema}" to "${applicationRole}";
grant select on "${flyway:table}" to "${applicationRole}";

create table manifest (
    source uuid not null,
    manifest_uuid uuid not null,
    manifest_id bigserial unique,
    cluster_id text not null,
    manifest_date timestamptz not null,
    period_start timestamptz,
    period_end timestamptz,
    daily_reports boolean not null,
    additive boolean not null,
    version text not null,
    certified boolean not null,
    cr_status jsonb not null,
    files text[] not null,
    resource_optimization_files text[] not null,
    created_at timestamptz not null default now(),
    completed_at timestamptz,
    primary key (source, manifest_uuid)
);
comment on table manifest is 'One packaging run of a metrics operator; it may arrive in several payloads';
comment on column manifest.period_start is 'Start of the collected span, UTC; NULL when the operator collected nothing';
comment on column manifest.period_end is 'End of the collected span, UTC; NULL when the operator collected nothing';
comment on column manifest.additive is
    'An operator from before daily reports: its rows add to a day instead of replacing it';
comment on column manifest.completed_at is 'When the last listed file had arrived; NULL while some are missing';

create table payload_claim (
    source uuid not null,
    sha256 text not null,
    manifest_uuid uuid not null,
    request_id text,
    origin text not null,
    outcome text not null
        check (outcome in ('loaded', 'outside-retention')),
    claimed_at timestamptz not null default now(),
    primary key (source, sha256)
);
comment on table payload_claim is 'Payloads taken; a second arrival of the same bytes loads nothing';
comment on column payload_claim.sha256 is 'SHA-256 of the tar.gz, lower-case hexadecimal';

create table manifest_file (
    manifest_file bigserial primary key,
    source uuid not null,
    manifest_uuid uuid not null,
    name text not null,
    sha256 text not null,
    payload_sha256 text not null,
    size_bytes bigint not null,
    role text not null
        check (role in ('report', 'resource-optimization', 'extra')),
    report_type text,
    status text not null default 'claimed'
        check (status in ('claimed', 'loaded', 'empty', 'unknown-type', 'rejected-all', 'kept')),
    rows_read bigint not null default 0,
    rows_loaded bigint not null default 0,
    rows_rejected bigint not null default 0,
    created_at timestamptz not null default now(),
    completed_at timestamptz,
    unique (source, manifest_uuid, name)
);
comment on table manifest_file is 'Members of payloads; each is loaded once';
comment on column manifest_file.sha256 is 'SHA-256 of the member, lower-case hexadecimal';
comment on column manifest_file.rows_read is 'Rows in the file below its header, counted by the reader';
comment on column manifest_file.size_bytes is 'Uncompressed size in bytes';

create table manifest_file_day (
    manifest_file bigint not null references manifest_file on delete cascade,
    usage_start date not null,
    rows_loaded bigint not null,
    interval_starts timestamptz[] not null,
    primary key (manifest_file, usage_start)
);
comment on table manifest_file_day is 'What a member brought for each UTC day, counted while it was read';
comment on column manifest_file_day.interval_starts is 'Distinct interval starts of the accepted rows of that day';

create table row_reject (
    manifest_file bigint not null references manifest_file on delete cascade,
    line bigint not null,
    column_name text,
    reason text not null,
    value text,
    primary key (manifest_file, line)
);
comment on table row_reject is 'Rows refused, the first of each member up to a configured number; manifest_file counts all';
comment on column row_reject.line is 'Line of the row in its file, the header being line 1';
comment on column row_reject.value is 'The offending text, cut to 200 characters';

create table day_delivery (
    source uuid not null,
    report_type text not null,
    usage_start date not null,
    manifest_uuid uuid not null,
    manifestid text generated always as (manifest_uuid::text) stored,
    hours integer not null,
    manifest_date timestamptz not null,
    complete boolean not null,
    additive boolean not null,
    owns boolean not null default false,
    rows_kept boolean not null default true,
    rows_loaded bigint not null,
    interval_starts timestamptz[] not null,
    excluded_intervals timestamptz[],
    decided_at timestamptz not null default now(),
    primary key (source, report_type, usage_start, manifest_uuid)
);
comment on table day_delivery is
    'Which manifests delivered a UTC day of a report type, and which one of them owns it. Readers count the owner''s rows
    and additive rows of hours the owner has none for';
comment on column day_delivery.hours is 'Hours of the day the manifest covers';
comment on column day_delivery.manifestid is 'The manifest as line items name it';
comment on column day_delivery.excluded_intervals is
    'Of an additive manifest: interval starts the owner of the day has rows for, which are not counted here';
comment on column day_delivery.rows_kept is 'Whether the manifest''s hourly rows of that day are still stored';

create table outbox (
    outbox_id bigserial primary key,
    kind text not null
        check (kind in ('validation-reply', 'ros-event', 'object-move')),
    sha256 text,
    destination text not null,
    message jsonb not null,
    created_at timestamptz not null default now(),
    sent_at timestamptz,
    attempts integer not null default 0,
    next_attempt_at timestamptz not null default now(),
    last_error text
);
comment on table outbox is 'Messages and moves to carry out after the commit, at least once';
comment on column outbox.destination is 'Topic, or bucket of the object to move';
comment on column outbox.attempts is 'How often sending failed';
comment on column outbox.next_attempt_at is 'Not tried before';
create index outbox_unsent on outbox (outbox_id) where sent_at is null;
-- The same thing is said once: who asks again has it said again.
create unique index outbox_message on outbox (coalesce(sha256, ''), kind, destination, md5(message::text));
