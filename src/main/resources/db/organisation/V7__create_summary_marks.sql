-- Which stored days are to be summarised again, and how often the rules that summaries follow have changed.

create table summary_mark (
    source uuid not null,
    usage_start date not null,
    requested_at timestamptz not null,
    primary key (source, usage_start)
);
comment on table summary_mark is
    'Stored UTC days whose summaries are to be rebuilt; a mark goes in the transaction that rebuilds its day';
comment on column summary_mark.requested_at is 'When it was last asked for; a day asked for again meanwhile keeps its mark';

create table summary_rules (
    single boolean primary key default true
        check (single),
    version bigint not null default 0
);
comment on table summary_rules is 'One row: tells a load whether the rules have changed since it began to summarise';
comment on column summary_rules.version is
    'Changes so far of the enabled label keys, their mapping and the cost categories';

insert into summary_rules default values;
