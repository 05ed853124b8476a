create table dropped_hourly_month (
    usage_start date primary key,
    dropped_at timestamptz
);
comment on table dropped_hourly_month is
    'Months whose hourly line items were dropped before their summaries: nothing can be added to their days any more';
comment on column dropped_hourly_month.usage_start is 'First UTC day of the month';
comment on column dropped_hourly_month.dropped_at is 'When dropping was done last; NULL while it is under way';
