-- Reports on their way in, and what a Kruize server has still to be told.

-- Rows live here for the length of a transaction: whoever copies them in takes them out before it commits. Unlogged, since
-- nobody ever looks for them after a crash.
create unlogged table usage_row (
    batch bigint not null,
    namespace text not null,
    object_type text not null,
    object_name text not null,
    workload text not null,
    container_name text not null,
    image_name text not null,
    interval_start timestamptz not null,
    interval_end timestamptz not null,
    cpu_request_sum double precision,
    cpu_request_avg double precision,
    cpu_limit_sum double precision,
    cpu_limit_avg double precision,
    cpu_usage_sum double precision,
    cpu_usage_avg double precision,
    cpu_usage_min double precision,
    cpu_usage_max double precision,
    cpu_throttle_sum double precision,
    cpu_throttle_avg double precision,
    cpu_throttle_min double precision,
    cpu_throttle_max double precision,
    memory_request_sum double precision,
    memory_request_avg double precision,
    memory_limit_sum double precision,
    memory_limit_avg double precision,
    memory_usage_sum double precision,
    memory_usage_avg double precision,
    memory_usage_min double precision,
    memory_usage_max double precision,
    memory_rss_usage_sum double precision,
    memory_rss_usage_avg double precision,
    memory_rss_usage_min double precision,
    memory_rss_usage_max double precision,
    running_pods_avg double precision,
    running_pods_max double precision,
    total_pods_avg double precision,
    total_pods_max double precision
);
comment on table usage_row is
    'Rows of right-sizing reports, one for each container of a pod or namespace and interval; units as in workload_metrics';
comment on column usage_row.batch is 'The transaction that brought them, a number of usage_batch';
comment on column usage_row.object_type is 'As workloads.workload_type';
comment on column usage_row.object_name is 'Name of the Kubernetes object; of a namespace the namespace';
comment on column usage_row.workload is 'As the report names it; empty for a namespace, as are container and image';
comment on column usage_row.cpu_request_sum is 'Cores, sum of the interval';
comment on column usage_row.cpu_request_avg is 'Cores, mean of the interval';
comment on column usage_row.cpu_limit_sum is 'Cores, sum of the interval';
comment on column usage_row.cpu_limit_avg is 'Cores, mean of the interval';
comment on column usage_row.cpu_usage_sum is 'Cores, sum of the interval';
comment on column usage_row.cpu_usage_avg is 'Cores, mean of the interval';
comment on column usage_row.cpu_usage_min is 'Cores, least of the interval';
comment on column usage_row.cpu_usage_max is 'Cores, greatest of the interval';
comment on column usage_row.cpu_throttle_sum is 'Cores, sum of the interval';
comment on column usage_row.cpu_throttle_avg is 'Cores, mean of the interval';
comment on column usage_row.cpu_throttle_min is 'Cores, least of the interval';
comment on column usage_row.cpu_throttle_max is 'Cores, greatest of the interval';
comment on column usage_row.memory_request_sum is 'Bytes, sum of the interval';
comment on column usage_row.memory_request_avg is 'Bytes, mean of the interval';
comment on column usage_row.memory_limit_sum is 'Bytes, sum of the interval';
comment on column usage_row.memory_limit_avg is 'Bytes, mean of the interval';
comment on column usage_row.memory_usage_sum is 'Bytes, sum of the interval';
comment on column usage_row.memory_usage_avg is 'Bytes, mean of the interval';
comment on column usage_row.memory_usage_min is 'Bytes, least of the interval';
comment on column usage_row.memory_usage_max is 'Bytes, greatest of the interval';
comment on column usage_row.memory_rss_usage_sum is 'Bytes of resident set, sum of the interval';
comment on column usage_row.memory_rss_usage_avg is 'Bytes of resident set, mean of the interval';
comment on column usage_row.memory_rss_usage_min is 'Bytes of resident set, least of the interval';
comment on column usage_row.memory_rss_usage_max is 'Bytes of resident set, greatest of the interval';
comment on column usage_row.running_pods_avg is 'Running pods of a namespace, mean of the interval';
comment on column usage_row.running_pods_max is 'Running pods of a namespace, greatest of the interval';
comment on column usage_row.total_pods_avg is 'Pods of a namespace, mean of the interval';
comment on column usage_row.total_pods_max is 'Pods of a namespace, greatest of the interval';
comment on column usage_row.interval_start is 'UTC, whole seconds';
comment on column usage_row.interval_end is 'UTC, whole seconds';
create index usage_row_batch on usage_row (batch);
create sequence usage_batch;

create table unsent_interval (
    workload_id bigint not null references workloads on delete cascade,
    interval_end timestamptz not null,
    primary key (workload_id, interval_end)
);
comment on table unsent_interval is
    'Intervals of workload_metrics that the Kruize server has not been told of; none where there is no such server';
comment on column unsent_interval.interval_end is 'UTC';

create table retired_experiment (
    experiment_name text primary key,
    retired_at timestamptz not null default now()
);
comment on table retired_experiment is
    'Experiments whose workload is gone, still to be deleted at the Kruize server; none where there is no such server';
