package dev.caravan.optimization;

import dev.caravan.database.OrganisationDatabase;
import dev.caravan.oracle.NaiveRecommendation.Interval;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.postgresql.PGConnection;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;

/** Workloads of one cluster with their metrics, as a rule gone with the transaction. */
final class WorkloadFixture {
    private static final List<String> COLUMNS = List.of(
            "cpu_request_sum",
            "cpu_request_avg",
            "cpu_limit_sum",
            "cpu_limit_avg",
            "cpu_usage_sum",
            "cpu_usage_avg",
            "cpu_usage_min",
            "cpu_usage_max",
            "cpu_throttle_sum",
            "cpu_throttle_avg",
            "cpu_throttle_min",
            "cpu_throttle_max",
            "memory_request_sum",
            "memory_request_avg",
            "memory_limit_sum",
            "memory_limit_avg",
            "memory_usage_sum",
            "memory_usage_avg",
            "memory_usage_min",
            "memory_usage_max",
            "memory_rss_usage_sum",
            "memory_rss_usage_avg",
            "memory_rss_usage_min",
            "memory_rss_usage_max",
            "total_pods_avg");

    private final JdbcTemplate database;
    private final long cluster;
    private final StringBuilder rows = new StringBuilder();
    private int workloads;

    WorkloadFixture(OrganisationDatabase database) {
        this(database.jdbc());
    }

    /** Outside a transaction they stay. */
    WorkloadFixture(JdbcTemplate database) {
        this.database = database;
        cluster = database.queryForObject(
                """
                        with account as (
                            insert into ros.rh_accounts (org_id) values (?) returning id
                        )
                        insert into ros.clusters (tenant_id, source_id, cluster_uuid, cluster_alias)
                        select id, '42', '1b36b20f-7fa0-4454-a6d2-008294e06378', 'edge-1' from account
                        returning id
                        """,
                Long.class,
                OrganisationDatabase.ORGANISATION);
    }

    /** @param type {@code namespace} or a Kubernetes kind in lower case; @param until end of its newest interval */
    long workload(String type, Instant until, String... containers) {
        workloads++;
        return database.queryForObject(
                "insert into ros.workloads (org_id, cluster_id, experiment_name, namespace, workload_type,"
                        + " workload_name, containers, metrics_upload_at) values (?, ?, ?, 'shop', ?, ?, ?::text[], ?::timestamptz)"
                        + " returning id",
                Long.class,
                OrganisationDatabase.ORGANISATION,
                cluster,
                "experiment " + workloads,
                type,
                type.equals("namespace") ? null : "workload " + workloads,
                containers.length == 0 ? null : "{" + String.join(",", containers) + "}",
                until.toString());
    }

    /** Takes intervals of a container, or of a namespace when it has no name, for the next {@link #load}. */
    void metrics(long workload, String container, List<Interval> intervals) {
        for (Interval interval : intervals) {
            List<String> values = new ArrayList<>(List.of(
                    Long.toString(workload),
                    container,
                    interval.start().toString(),
                    interval.end().toString(),
                    OrganisationDatabase.ORGANISATION));
            for (String column : COLUMNS) {
                Double value = interval.measures().get(column);
                values.add(value == null ? "\\N" : value.toString());
            }
            rows.append(String.join("\t", values)).append('\n');
        }
    }

    void load() {
        database.execute((ConnectionCallback<Long>) connection -> {
            try {
                return connection
                        .unwrap(PGConnection.class)
                        .getCopyAPI()
                        .copyIn(
                                "copy ros.workload_metrics (workload_id, container_name, interval_start, interval_end, org_id, "
                                        + String.join(", ", COLUMNS) + ") from stdin",
                                new StringReader(rows.toString()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        rows.setLength(0);
    }

    /** Intervals of 15 minutes without a gap up to an end, each with these measures, names and values in turn. */
    static List<Interval> steady(Instant end, int count, Object... namesAndValues) {
        List<Interval> intervals = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            intervals.add(interval(end.minusSeconds(900L * i), namesAndValues));
        }
        return intervals;
    }

    static Interval interval(Instant end, Object... namesAndValues) {
        Map<String, Double> measures = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            measures.put((String) namesAndValues[i], ((Number) namesAndValues[i + 1]).doubleValue());
        }
        return new Interval(end.minusSeconds(899), end, measures);
    }
}
