package dev.caravan.optimization;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.jdbc.core.JdbcTemplate;

/** Workloads with a row in every table of right-sizing. */
public final class StoredWorkload {
    /** What belongs to a workload. */
    private static final List<String> TABLES = List.of(
            "workload_metrics",
            "unsent_interval",
            "historical_recommendation_sets",
            "historical_namespace_recommendation_sets",
            "recommendation_sets",
            "namespace_recommendation_sets");

    private StoredWorkload() {}

    /**
     * Adds a workload, and its cluster and organisation where they are not there.
     *
     * @param account of the organisation, or null
     * @param source number of the source
     * @param name of the workload, and of its experiment
     * @param end of its only interval, ISO
     */
    public static void add(
            JdbcTemplate jdbc,
            String organisation,
            String account,
            String source,
            String cluster,
            String name,
            String end) {
        Long workload = jdbc.queryForObject(
                """
                with tenant as (
                    insert into ros.rh_accounts (org_id, account) values (?, ?)
                    on conflict (org_id) do update set account = excluded.account
                    returning id, org_id
                ),
                cluster as (
                    insert into ros.clusters (tenant_id, source_id, cluster_uuid, cluster_alias)
                    select id, ?, ?, 'edge' from tenant
                    on conflict (tenant_id, source_id, cluster_uuid) do update set cluster_alias = 'edge'
                    returning id
                )
                insert into ros.workloads (org_id, cluster_id, experiment_name, namespace, workload_type, workload_name,
                    containers, metrics_upload_at)
                select t.org_id, c.id, ?, 'shop', 'deployment', ?, '{web}', ?::timestamptz
                from tenant t
                cross join cluster c
                returning id
                """,
                Long.class,
                organisation,
                account,
                source,
                cluster,
                name,
                name,
                end);
        jdbc.update(
                "insert into ros.workload_metrics (workload_id, container_name, interval_start, interval_end, org_id)"
                        + " select ?, 'web', t - interval '15 minutes', t, ? from cast(? as timestamptz) t",
                workload,
                organisation,
                end);
        jdbc.update("insert into ros.unsent_interval values (?, ?::timestamptz)", workload, end);
        for (String table : List.of("recommendation_sets", "historical_recommendation_sets")) {
            boolean historical = table.startsWith("historical");
            jdbc.update(
                    "insert into ros." + table + " (" + (historical ? "org_id, " : "")
                            + "workload_id, container_name, monitoring_start_time, monitoring_end_time, recommendations,"
                            + " updated_at) select " + (historical ? "'" + organisation + "', " : "")
                            + "?, 'web', t, t, '{}', t from cast(? as timestamptz) t",
                    workload,
                    end);
            jdbc.update(
                    "insert into ros." + table.replace("recommendation_sets", "namespace_recommendation_sets")
                            + " (org_id, workload_id, namespace_name, monitoring_start_time, monitoring_end_time,"
                            + " recommendations, updated_at) select ?, ?, 'shop', t, t, '{}', t from cast(? as timestamptz) t",
                    organisation,
                    workload,
                    end);
        }
    }

    /** Names of the workloads that are there, sorted; each with all of its rows. */
    public static List<String> names(JdbcTemplate jdbc) {
        for (String table : TABLES) {
            Map<String, Long> rows = new TreeMap<>();
            jdbc.query(
                    "select w.experiment_name, count(t.workload_id) from ros.workloads w left join ros." + table
                            + " t on t.workload_id = w.id group by 1",
                    row -> {
                        rows.put(row.getString(1), row.getLong(2));
                    });
            if (rows.values().stream().anyMatch(count -> count != 1)) {
                throw new AssertionError(table + " has " + rows);
            }
        }
        return jdbc.queryForList("select experiment_name from ros.workloads order by 1", String.class);
    }
}
