-- Purpose:   stores what staged rows tell of a cluster: its organisation, itself, its workloads and their metrics.
-- Arguments: p_batch: number under which the caller has staged the rows in this transaction; p_org_id; p_account: NULL when
--            not known; p_source_id; p_cluster_uuid; p_cluster_alias; p_remote: whether a Kruize server has to be told.
-- Returns:   the workloads the rows are of: number, name of the experiment, whether it is a namespace, and the end of the
--            newest interval among the rows.
-- Rule:      rows of one container, image and interval, from several pods, are one: averages are averaged, sums added, of
--            least and greatest ones the least and the greatest stay. A missing number counts for nothing; it is missing in
--            the result when it is in every row. Where several images of a container ran in one interval, the image that
--            used the most CPU stands for it.
-- Invariant: what came first for an interval stays, so that rows may come in any order and any number of times. A workload
--            keeps its containers in the order they first came. No staged row is left.
-- Cost:      two passes over the staged rows, one to find the workloads and one to hash the rows of a container and interval;
--            a row by key for each of these, some 14 microseconds in all.
create or replace function caravan.store_usage(
    p_batch bigint,
    p_org_id text,
    p_account text,
    p_source_id text,
    p_cluster_uuid text,
    p_cluster_alias text,
    p_remote boolean
)
returns table (workload_id bigint, experiment_name text, is_namespace boolean, until timestamptz)
language plpgsql
as $$
#variable_conflict use_column
declare
    v_account bigint;
    v_cluster bigint;
begin
    if not exists (select from ros.usage_row where batch = p_batch) then
        return;
    end if;

    insert into ros.rh_accounts (org_id, account)
    values (p_org_id, p_account)
    on conflict (org_id) do nothing;
    update ros.rh_accounts
    set account = p_account
    where org_id = p_org_id
        and account is distinct from p_account
        and p_account is not null;
    select id into strict v_account
    from ros.rh_accounts
    where org_id = p_org_id;

    -- Whoever stores for the same cluster at the same time waits here, and not crosswise for workloads.
    insert into ros.clusters (tenant_id, source_id, cluster_uuid, cluster_alias, last_reported_at)
    values (v_account, p_source_id, p_cluster_uuid, p_cluster_alias, now())
    on conflict (tenant_id, source_id, cluster_uuid) do update
    set cluster_alias = excluded.cluster_alias,
        last_reported_at = excluded.last_reported_at
    returning id into v_cluster;

    return query
    with reported as not materialized (
        select *
        from ros.usage_row
        where batch = p_batch
    ),
    container as (
        select namespace, object_type, object_name, container_name,
            min(interval_end) as first_end, max(interval_end) as last_end
        from reported
        group by namespace, object_type, object_name, container_name
    ),
    object as (
        select namespace, object_type, object_name, max(last_end) as until,
            array_agg(container_name order by first_end, container_name) filter (where container_name <> '') as containers
        from container
        group by namespace, object_type, object_name
    ),
    workload as (
        insert into ros.workloads as w (org_id, cluster_id, experiment_name, namespace, workload_type, workload_name,
            containers, metrics_upload_at)
        select p_org_id, v_cluster,
            concat_ws('|', p_org_id, p_source_id, p_cluster_uuid,
                case when object_type <> 'namespace' then namespace end, object_type, object_name),
            namespace, object_type, object_name, containers, until
        from object
        order by namespace, object_type, object_name
        on conflict (org_id, cluster_id, experiment_name) do update
        set containers = case
                when w.containers @> excluded.containers or excluded.containers is null then w.containers
                else w.containers || array(
                    select added.name
                    from unnest(excluded.containers) with ordinality as added(name, place)
                    where added.name <> all (w.containers)
                    order by added.place)
            end,
            metrics_upload_at = greatest(w.metrics_upload_at, excluded.metrics_upload_at)
        returning w.id, w.experiment_name, w.namespace, w.workload_type, w.workload_name
    ),
    -- Every row finds its workload, and every workload a row: the join is a full one since that is never done by a loop.
    -- A plan that was made for a small cluster and kept would loop, which costs the square of a large one's size.
    aggregated as (
        select w.id, container_name, image_name, interval_start, interval_end,
            sum(cpu_request_sum) as cpu_request_sum, avg(cpu_request_avg) as cpu_request_avg,
            sum(cpu_limit_sum) as cpu_limit_sum, avg(cpu_limit_avg) as cpu_limit_avg,
            sum(cpu_usage_sum) as cpu_usage_sum, avg(cpu_usage_avg) as cpu_usage_avg,
            min(cpu_usage_min) as cpu_usage_min, max(cpu_usage_max) as cpu_usage_max,
            sum(cpu_throttle_sum) as cpu_throttle_sum, avg(cpu_throttle_avg) as cpu_throttle_avg,
            min(cpu_throttle_min) as cpu_throttle_min, max(cpu_throttle_max) as cpu_throttle_max,
            sum(memory_request_sum) as memory_request_sum, avg(memory_request_avg) as memory_request_avg,
            sum(memory_limit_sum) as memory_limit_sum, avg(memory_limit_avg) as memory_limit_avg,
            sum(memory_usage_sum) as memory_usage_sum, avg(memory_usage_avg) as memory_usage_avg,
            min(memory_usage_min) as memory_usage_min, max(memory_usage_max) as memory_usage_max,
            sum(memory_rss_usage_sum) as memory_rss_usage_sum, avg(memory_rss_usage_avg) as memory_rss_usage_avg,
            min(memory_rss_usage_min) as memory_rss_usage_min, max(memory_rss_usage_max) as memory_rss_usage_max,
            avg(running_pods_avg) as running_pods_avg, max(running_pods_max) as running_pods_max,
            avg(total_pods_avg) as total_pods_avg, max(total_pods_max) as total_pods_max
        from reported r
        full join workload w
            on w.namespace = r.namespace
            and w.workload_type = r.object_type
            and w.workload_name = r.object_name
        group by w.id, workload, container_name, image_name, interval_start, interval_end
    ),
    metrics as (
        insert into ros.workload_metrics (workload_id, container_name, interval_start, interval_end, org_id, image_name,
            cpu_request_sum, cpu_request_avg, cpu_limit_sum, cpu_limit_avg, cpu_usage_sum, cpu_usage_avg,
            cpu_usage_min, cpu_usage_max, cpu_throttle_sum, cpu_throttle_avg, cpu_throttle_min, cpu_throttle_max,
            memory_request_sum, memory_request_avg, memory_limit_sum, memory_limit_avg, memory_usage_sum,
            memory_usage_avg, memory_usage_min, memory_usage_max, memory_rss_usage_sum, memory_rss_usage_avg,
            memory_rss_usage_min, memory_rss_usage_max, running_pods_avg, running_pods_max, total_pods_avg,
            total_pods_max)
        select distinct on (id, container_name, interval_end)
            id, container_name, interval_start, interval_end, p_org_id, nullif(image_name, ''),
            cpu_request_sum, cpu_request_avg, cpu_limit_sum, cpu_limit_avg, cpu_usage_sum, cpu_usage_avg,
            cpu_usage_min, cpu_usage_max, cpu_throttle_sum, cpu_throttle_avg, cpu_throttle_min, cpu_throttle_max,
            memory_request_sum, memory_request_avg, memory_limit_sum, memory_limit_avg, memory_usage_sum,
            memory_usage_avg, memory_usage_min, memory_usage_max, memory_rss_usage_sum, memory_rss_usage_avg,
            memory_rss_usage_min, memory_rss_usage_max, running_pods_avg, running_pods_max, total_pods_avg,
            total_pods_max
        from aggregated
        order by id, container_name, interval_end, cpu_usage_sum desc nulls last, image_name, interval_start
        on conflict do nothing
        returning workload_id, interval_end
    ),
    unsent as (
        insert into ros.unsent_interval (workload_id, interval_end)
        select distinct workload_id, interval_end
        from metrics
        where p_remote
        on conflict do nothing
    )
    select w.id, w.experiment_name, o.object_type = 'namespace', o.until
    from workload w
    full join object o
        on o.namespace = w.namespace
        and o.object_type = w.workload_type
        and o.object_name = w.workload_name
    order by w.id;

    delete from ros.usage_row
    where batch = p_batch;
end
$$;
