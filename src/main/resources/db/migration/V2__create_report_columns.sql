create table report_column (
    report_type text not null,
    type_order integer not null,
    position integer not null,
    column_name text not null,
    kind text not null
        check (kind in ('timestamp', 'text', 'labels', 'number', 'bytes', 'integer', 'derived')),
    required boolean not null,
    daily_rule text
        check (daily_rule in ('key', 'max', 'sum')),
    max_length integer,
    primary key (report_type, column_name)
);
comment on table report_column is 'The report types as data; its rows are kept by functions/openshift/R__report_columns.sql';
comment on column report_column.max_length is 'Greatest length in characters of a text; a longer one rejects the row';
