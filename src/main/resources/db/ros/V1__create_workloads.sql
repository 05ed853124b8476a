-- Right-sizing: which workloads there are, what they used, what is recommended for them. One schema serves all
-- organisations, since a cluster's containers are few rows beside its cost reports.

alter default privileges in schema "${flyway:defaultSchema}"
    grant select, insert, update, delete on tables to "${applicationRole}";
alter default privileges in schema "${flyway:defaultSchema}"
    grant usage, select on sequences to "${applicationRole}";
grant usage on schema "${flyway:defaultSchema}" to "${applicationRole}";
grant select on "${flyway:table}" to "${applicationRole}";

create table rh_accounts (
    id bigserial primary key,
    account text,
    org_id text not null unique,
    created_at timestamptz not null default now()
);
comment on table rh_accounts is 'Organisations that sent right-sizing reports';
comment on column rh_accounts.account is 'Account number of the organisation; NULL when none is known';

create table clusters (
    id bigserial primary key,
    tenant_id bigint not null references rh_accounts on delete cascade,
    source_id text not null,
    cluster_uuid text not null,
    cluster_alias text not null,
    last_reported_at timestamptz,
    unique (tenant_id, source_id, cluster_uuid)
);
comment on table clusters is 'Clusters that sent right-sizing reports; a new alias replaces the old one';
comment on column clusters.last_reported_at is 'When its latest report came';
create index clusters_last_reported_at on clusters (last_reported_at);
create index clusters_source_id on clusters (source_id);

create table workloads (
    id bigserial primary key,
    org_id text not null,
    cluster_id bigint not null references clusters on delete cascade,
    experiment_name text not null,
    namespace text not null,
    workload_type text
        check (workload_type in ('daemonset', 'deployment', 'deploymentconfig', 'replicaset', 'replicationcontroller',
            'statefulset', 'namespace')),
    workload_name text,
    containers text[],
    metrics_upload_at timestamptz,
    unique (org_id, cluster_id, experiment_name)
);
comment on table workloads is 'Kubernetes objects with containers, and namespaces as workloads of the type namespace';
comment on column workloads.experiment_name is
    'org_id|source_id|cluster_uuid|namespace|type|name; of a namespace org_id|source_id|cluster_uuid|namespace|name';
comment on column workloads.containers is 'Names of its containers in the order they first came; NULL for a namespace';
comment on column workloads.metrics_upload_at is 'End of the newest interval that came for it, UTC';
create index workloads_cluster_id on workloads (cluster_id);
create index workloads_containers on workloads using gin (containers);

-- Not partitioned: the rows of 16 days of a large cluster are some millions, which an index finds and bounded deletes
-- forget; a load needs no partition made before it.
create table workload_metrics (
    workload_id bigint not null references workloads on delete cascade,
    container_name text not null,
    interval_start timestamptz not null,
    interval_end timestamptz not null,
    org_id text not null,
    image_name text,
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
    total_pods_max double precision,
    primary key (workload_id, container_name, interval_end),
    constraint workload_metrics_interval
        check (interval_end - interval_start between interval '870 seconds' and interval '930 seconds'),
    -- Nothing the recommendations multiply or divide can leave the range of double precision.
    constraint workload_metrics_range check (
        1e24 >= all (array[
            cpu_request_sum, cpu_request_avg, cpu_limit_sum, cpu_limit_avg,
            cpu_usage_sum, cpu_usage_avg, cpu_usage_min, cpu_usage_max,
            cpu_throttle_sum, cpu_throttle_avg, cpu_throttle_min, cpu_throttle_max,
            memory_request_sum, memory_request_avg, memory_limit_sum, memory_limit_avg,
            memory_usage_sum, memory_usage_avg, memory_usage_min, memory_usage_max,
            memory_rss_usage_sum, memory_rss_usage_avg, memory_rss_usage_min, memory_rss_usage_max,
            running_pods_avg, running_pods_max, total_pods_avg, total_pods_max
        ])
        and 1e-30 <= all (array[
            nullif(cpu_request_sum, 0), nullif(cpu_request_avg, 0), nullif(cpu_limit_sum, 0), nullif(cpu_limit_avg, 0),
            nullif(cpu_usage_sum, 0), nullif(cpu_usage_avg, 0), nullif(cpu_usage_min, 0), nullif(cpu_usage_max, 0),
            nullif(cpu_throttle_sum, 0), nullif(cpu_throttle_avg, 0), nullif(cpu_throttle_min, 0),
            nullif(cpu_throttle_max, 0),
            nullif(memory_request_sum, 0), nullif(memory_request_avg, 0), nullif(memory_limit_sum, 0),
            nullif(memory_limit_avg, 0),
            nullif(memory_usage_sum, 0), nullif(memory_usage_avg, 0), nullif(memory_usage_min, 0),
            nullif(memory_usage_max, 0),
            nullif(memory_rss_usage_sum, 0), nullif(memory_rss_usage_avg, 0), nullif(memory_rss_usage_min, 0),
            nullif(memory_rss_usage_max, 0),
            nullif(running_pods_avg, 0), nullif(running_pods_max, 0), nullif(total_pods_avg, 0),
            nullif(total_pods_max, 0)
        ])
    )
);
comment on table workload_metrics is
    'Usage of containers and namespaces over all their pods, by intervals of 15 minutes, give or take 30 s; what comes first
    for an interval stays. A missing measure is NULL';
comment on column workload_metrics.container_name is 'Empty for a namespace';
comment on column workload_metrics.interval_start is 'UTC, whole seconds';
comment on column workload_metrics.interval_end is 'UTC, whole seconds';
comment on column workload_metrics.cpu_request_sum is 'Cores, sum over pods; of a namespace its quota';
comment on column workload_metrics.cpu_request_avg is 'Cores, mean of pods';
comment on column workload_metrics.cpu_limit_sum is 'Cores, sum over pods; of a namespace its quota';
comment on column workload_metrics.cpu_limit_avg is 'Cores, mean of pods';
comment on column workload_metrics.cpu_usage_sum is 'Cores, sum over pods';
comment on column workload_metrics.cpu_usage_avg is 'Cores, mean of pods';
comment on column workload_metrics.cpu_usage_min is 'Cores, least of any pod';
comment on column workload_metrics.cpu_usage_max is 'Cores, greatest of any pod';
comment on column workload_metrics.cpu_throttle_sum is 'Cores, sum over pods';
comment on column workload_metrics.cpu_throttle_avg is 'Cores, mean of pods';
comment on column workload_metrics.cpu_throttle_min is 'Cores, least of any pod';
comment on column workload_metrics.cpu_throttle_max is 'Cores, greatest of any pod';
comment on column workload_metrics.memory_request_sum is 'Bytes, sum over pods; of a namespace its quota';
comment on column workload_metrics.memory_request_avg is 'Bytes, mean of pods';
comment on column workload_metrics.memory_limit_sum is 'Bytes, sum over pods; of a namespace its quota';
comment on column workload_metrics.memory_limit_avg is 'Bytes, mean of pods';
comment on column workload_metrics.memory_usage_sum is 'Bytes, sum over pods';
comment on column workload_metrics.memory_usage_avg is 'Bytes, mean of pods';
comment on column workload_metrics.memory_usage_min is 'Bytes, least of any pod';
comment on column workload_metrics.memory_usage_max is 'Bytes, greatest of any pod';
comment on column workload_metrics.memory_rss_usage_sum is 'Bytes of resident set, sum over pods';
comment on column workload_metrics.memory_rss_usage_avg is 'Bytes of resident set, mean of pods';
comment on column workload_metrics.memory_rss_usage_min is 'Bytes of resident set, least of any pod';
comment on column workload_metrics.memory_rss_usage_max is 'Bytes of resident set, greatest of any pod';
comment on column workload_metrics.running_pods_avg is 'Running pods of a namespace, mean of the interval';
comment on column workload_metrics.running_pods_max is 'Running pods of a namespace, greatest of the interval';
comment on column workload_metrics.total_pods_avg is 'Pods of a namespace, mean of the interval';
comment on column workload_metrics.total_pods_max is 'Pods of a namespace, greatest of the interval';
create index workload_metrics_interval_end on workload_metrics (interval_end);

create table recommendation_sets (
    id uuid primary key default gen_random_uuid(),
    workload_id bigint not null references workloads on delete cascade,
    container_name text not null,
    monitoring_start_time timestamptz not null,
    monitoring_end_time timestamptz not null,
    recommendations jsonb not null,
    updated_at timestamptz not null,
    cpu_request_current numeric(10, 4),
    memory_request_current numeric(20, 4),
    cpu_variation_short_cost_pct numeric(10, 4),
    cpu_variation_short_performance_pct numeric(10, 4),
    cpu_variation_medium_cost_pct numeric(10, 4),
    cpu_variation_medium_performance_pct numeric(10, 4),
    cpu_variation_long_cost_pct numeric(10, 4),
    cpu_variation_long_performance_pct numeric(10, 4),
    memory_variation_short_cost_pct numeric(10, 4),
    memory_variation_short_performance_pct numeric(10, 4),
    memory_variation_medium_cost_pct numeric(10, 4),
    memory_variation_medium_performance_pct numeric(10, 4),
    memory_variation_long_cost_pct numeric(10, 4),
    memory_variation_long_performance_pct numeric(10, 4),
    unique (workload_id, container_name)
);
comment on table recommendation_sets is 'The latest recommendations for a container';
comment on column recommendation_sets.monitoring_start_time is
    'Start of the short term, UTC; 0001-01-01 when that has no recommendation';
comment on column recommendation_sets.monitoring_end_time is 'End of the newest interval they rest on, UTC';
comment on column recommendation_sets.recommendations is
    'Current configuration, recommendations by term and engine, box plots and notifications; a number 0 is left out';
comment on column recommendation_sets.cpu_request_current is 'Cores, at the end of monitoring; 0 when there is none';
comment on column recommendation_sets.memory_request_current is 'Bytes, at the end of monitoring; 0 when there is none';
comment on column recommendation_sets.cpu_variation_short_cost_pct is
    'Recommended less current request, percent of the current one; NULL for a term without recommendations';
comment on column recommendation_sets.cpu_variation_short_performance_pct is
    'Recommended less current request, percent of the current one; NULL for a term without recommendations';
comment on column recommendation_sets.cpu_variation_medium_cost_pct is
    'Recommended less current request, percent of the current one; NULL for a term without recommendations';
comment on column recommendation_sets.cpu_variation_medium_performance_pct is
    'Recommended less current request, percent of the current one; NULL for a term without recommendations';
comment on column recommendation_sets.cpu_variation_long_cost_pct is
    'Recommended less current request, percent of the current one; NULL for a term without recommendations';
comment on column recommendation_sets.cpu_variation_long_performance_pct is
    'Recommended less current request, percent of the current one; NULL for a term without recommendations';
comment on column recommendation_sets.memory_variation_short_cost_pct is
    'Recommended less current request, percent of the current one; NULL for a term without recommendations';
comment on column recommendation_sets.memory_variation_short_performance_pct is
    'Recommended less current request, percent of the current one; NULL for a term without recommendations';
comment on column recommendation_sets.memory_variation_medium_cost_pct is
    'Recommended less current request, percent of the current one; NULL for a term without recommendations';
comment on column recommendation_sets.memory_variation_medium_performance_pct is
    'Recommended less current request, percent of the current one; NULL for a term without recommendations';
comment on column recommendation_sets.memory_variation_long_cost_pct is
    'Recommended less current request, percent of the current one; NULL for a term without recommendations';
comment on column recommendation_sets.memory_variation_long_performance_pct is
    'Recommended less current request, percent of the current one; NULL for a term without recommendations';
create index recommendation_sets_monitoring_end_time on recommendation_sets (monitoring_end_time);

create table historical_recommendation_sets (
    org_id text not null,
    workload_id bigint not null references workloads on delete cascade,
    container_name text not null,
    monitoring_start_time timestamptz not null,
    monitoring_end_time timestamptz not null,
    recommendations jsonb not null,
    updated_at timestamptz not null,
    primary key (workload_id, container_name, monitoring_end_time)
);
comment on table historical_recommendation_sets is 'All recommendations made for a container, as in recommendation_sets';
create index historical_recommendation_sets_monitoring_end_time on historical_recommendation_sets (monitoring_end_time);

create table namespace_recommendation_sets (
    id uuid primary key default gen_random_uuid(),
    org_id text not null,
    workload_id bigint not null unique references workloads on delete cascade,
    namespace_name text not null,
    monitoring_start_time timestamptz not null,
    monitoring_end_time timestamptz not null,
    recommendations jsonb not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null,
    cpu_request_current numeric(10, 4),
    memory_request_current numeric(20, 4),
    cpu_variation_short_cost_pct numeric(10, 4),
    cpu_variation_short_performance_pct numeric(10, 4),
    cpu_variation_medium_cost_pct numeric(10, 4),
    cpu_variation_medium_performance_pct numeric(10, 4),
    cpu_variation_long_cost_pct numeric(10, 4),
    cpu_variation_long_performance_pct numeric(10, 4),
    memory_variation_short_cost_pct numeric(10, 4),
    memory_variation_short_performance_pct numeric(10, 4),
    memory_variation_medium_cost_pct numeric(10, 4),
    memory_variation_medium_performance_pct numeric(10, 4),
    memory_variation_long_cost_pct numeric(10, 4),
    memory_variation_long_performance_pct numeric(10, 4)
);
comment on table namespace_recommendation_sets is 'The latest recommendations for the quota of a namespace';
comment on column namespace_recommendation_sets.monitoring_start_time is
    'Start of the short term, UTC; 0001-01-01 when that has no recommendation';
comment on column namespace_recommendation_sets.monitoring_end_time is 'End of the newest interval they rest on, UTC';
comment on column namespace_recommendation_sets.recommendations is
    'Current quota, recommendations by term and engine, box plots and notifications; a number 0 is left out';
comment on column namespace_recommendation_sets.cpu_request_current is 'Cores, at the end of monitoring; 0 when there is none';
comment on column namespace_recommendation_sets.memory_request_current is 'Bytes, at the end of monitoring; 0 when there is none';
comment on column namespace_recommendation_sets.cpu_variation_short_cost_pct is
    'Recommended less current request, percent of the current one; NULL for a term without recommendations';
comment on column namespace_recommendation_sets.cpu_variation_short_performance_pct is
    'Recommended less current request, percent of the current one; NULL for a term without recommendations';
comment on column namespace_recommendation_sets.cpu_variation_medium_cost_pct is
    'Recommended less current request, percent of the current one; NULL for a term without recommendations';
comment on column namespace_recommendation_sets.cpu_variation_medium_performance_pct is
    'Recommended less current request, percent of the current one; NULL for a term without recommendations';
comment on column namespace_recommendation_sets.cpu_variation_long_cost_pct is
    'Recommended less current request, percent of the current one; NULL for a term without recommendations';
comment on column namespace_recommendation_sets.cpu_variation_long_performance_pct is
    'Recommended less current request, percent of the current one; NULL for a term without recommendations';
comment on column namespace_recommendation_sets.memory_variation_short_cost_pct is
    'Recommended less current request, percent of the current one; NULL for a term without recommendations';
comment on column namespace_recommendation_sets.memory_variation_short_performance_pct is
    'Recommended less current request, percent of the current one; NULL for a term without recommendations';
comment on column namespace_recommendation_sets.memory_variation_medium_cost_pct is
    'Recommended less current request, percent of the current one; NULL for a term without recommendations';
comment on column namespace_recommendation_sets.memory_variation_medium_performance_pct is
    'Recommended less current request, percent of the current one; NULL for a term without recommendations';
comment on column namespace_recommendation_sets.memory_variation_long_cost_pct is
    'Recommended less current request, percent of the current one; NULL for a term without recommendations';
comment on column namespace_recommendation_sets.memory_variation_long_performance_pct is
    'Recommended less current request, percent of the current one; NULL for a term without recommendations';
create index namespace_recommendation_sets_org_id on namespace_recommendation_sets (org_id);
create index namespace_recommendation_sets_monitoring_end_time on namespace_recommendation_sets (monitoring_end_time);

create table historical_namespace_recommendation_sets (
    org_id text not null,
    workload_id bigint not null references workloads on delete cascade,
    namespace_name text not null,
    monitoring_start_time timestamptz not null,
    monitoring_end_time timestamptz not null,
    recommendations jsonb not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null,
    primary key (workload_id, monitoring_end_time)
);
comment on table historical_namespace_recommendation_sets is
    'All recommendations made for a namespace, as in namespace_recommendation_sets';
create index historical_namespace_recommendation_sets_monitoring_end_time
    on historical_namespace_recommendation_sets (monitoring_end_time);

create view workload_metrics_kruize as
select m.org_id, m.workload_id, m.container_name, m.interval_start, m.interval_end, w.namespace as namespace_name,
    case when w.workload_type = 'namespace' then 'namespace' else 'container' end as metric_type,
    u.usage_metrics
from workload_metrics m
join workloads w
    on w.id = m.workload_id
cross join lateral (
    select coalesce(
        jsonb_agg(
            jsonb_build_object(
                'name',
                case
                    when w.workload_type = 'namespace' then 'namespace' || upper(left(k.name, 1)) || substr(k.name, 2)
                    else k.name
                end,
                'results', jsonb_build_object('aggregation_info', jsonb_strip_nulls(jsonb_build_object(
                    'sum', k.sum::text::numeric::text,
                    'avg', k.avg::text::numeric::text,
                    'min', k.min::text::numeric::text,
                    'max', k.max::text::numeric::text,
                    'format', k.format)))
            )
            order by k.number),
        '[]') as usage_metrics
    from (
        values
            (1, 'cpuRequest', 'cores', m.cpu_request_sum, m.cpu_request_avg, null::double precision,
                null::double precision),
            (2, 'cpuLimit', 'cores', m.cpu_limit_sum, m.cpu_limit_avg, null, null),
            (3, 'cpuUsage', 'cores', m.cpu_usage_sum, m.cpu_usage_avg, m.cpu_usage_min, m.cpu_usage_max),
            (4, 'cpuThrottle', 'cores', m.cpu_throttle_sum, m.cpu_throttle_avg, m.cpu_throttle_min, m.cpu_throttle_max),
            (5, 'memoryRequest', 'bytes', m.memory_request_sum, m.memory_request_avg, null, null),
            (6, 'memoryLimit', 'bytes', m.memory_limit_sum, m.memory_limit_avg, null, null),
            (7, 'memoryUsage', 'bytes', m.memory_usage_sum, m.memory_usage_avg, m.memory_usage_min, m.memory_usage_max),
            (8, 'memoryRSS', 'bytes', m.memory_rss_usage_sum, m.memory_rss_usage_avg, m.memory_rss_usage_min,
                m.memory_rss_usage_max),
            (9, 'totalPods', null, null, m.total_pods_avg, null, m.total_pods_max),
            (10, 'runningPods', null, null, m.running_pods_avg, null, m.running_pods_max)
    ) k (number, name, format, sum, avg, min, max)
    where coalesce(k.sum, k.avg, k.min, k.max) is not null
) u;
comment on view workload_metrics_kruize is
    'The metrics as Kruize takes them: an array of metrics, without those that are missing';
comment on column workload_metrics_kruize.usage_metrics is
    'name, and results.aggregation_info with sum, avg, min, max as decimals without exponent, and format cores or bytes';
