-- Purpose:   writes a workload as a Kruize server registers it.
-- Arguments: p_workload: number of the workload; p_profile: name of the performance profile.
-- Returns:   an array of one experiment, which is how the server wants it; NULL for a workload that is gone.
-- Invariant: nothing is written. An image is that of its container's newest interval; the server takes no empty name.
-- Cost:      a row by key for each container.
create or replace function caravan.describe_experiment(p_workload bigint, p_profile text)
returns jsonb
language plpgsql
as $$
begin
    return (
        select jsonb_build_array(jsonb_build_object(
            'version', '1.0',
            'experiment_name', w.experiment_name,
            'cluster_name', w.org_id || ';' || c.cluster_uuid,
            'performance_profile', p_profile,
            'mode', 'monitor',
            'target_cluster', 'remote',
            'trial_settings', jsonb_build_object('measurement_duration', '15min'),
            'recommendation_settings', jsonb_build_object('threshold', '0.1')
        ) || case
            when w.workload_type = 'namespace' then jsonb_build_object(
                'experiment_type', 'namespace',
                'kubernetes_objects', jsonb_build_array(jsonb_build_object(
                    'namespaces', jsonb_build_object('namespace', w.namespace, 'recommendations', '{}'::jsonb))))
            else jsonb_build_object(
                'kubernetes_objects', jsonb_build_array(jsonb_build_object(
                    'type', w.workload_type,
                    'name', w.workload_name,
                    'namespace', w.namespace,
                    'containers', (
                        select coalesce(
                            jsonb_agg(
                                jsonb_build_object(
                                    'container_image_name', coalesce(nullif(m.image_name, ''), 'unknown'),
                                    'container_name', n.name,
                                    'recommendations', '{}'::jsonb)
                                order by n.number),
                            '[]')
                        from unnest(w.containers) with ordinality n (name, number)
                        left join lateral (
                            select image_name
                            from ros.workload_metrics
                            where workload_id = w.id
                                and container_name = n.name
                            order by interval_end desc
                            limit 1
                        ) m on true
                    ))))
        end)
        from ros.workloads w
        join ros.clusters c
            on c.id = w.cluster_id
        where w.id = p_workload
    );
end
$$;
