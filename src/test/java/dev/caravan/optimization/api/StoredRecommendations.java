package dev.caravan.optimization.api;

import dev.caravan.TestCaravan;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.UUID;

/** Puts workloads and recommendations into the tables, as the engine leaves them there. */
final class StoredRecommendations {
    static final String CLUSTER = "1b36b20f-7fa0-4454-a6d2-008294e06378";

    /** A short term of its own data, a medium one with too little of it, and a long one that is empty. */
    static final String JSON =
            """
            {"notifications": {"111101": {"type": "info", "message": "Short Term Recommendations Available", "code": 111101}},
             "monitoring_end_time": "2026-03-02T00:00:00Z",
             "current": {"requests": {"cpu": {"amount": 1, "format": "cores"}, "memory": {"amount": 1073741824, "format": "bytes"}},
                         "limits": {"cpu": {"amount": 2.034, "format": "cores"}, "memory": {}}},
             "recommendation_terms": {
               "short_term": {"duration_in_hours": 24.79, "monitoring_start_time": "2026-03-01T00:00:00Z",
                 "notifications": {"112101": {"type": "info", "message": "Cost Recommendations Available", "code": 112101}},
                 "recommendation_engines": {
                   "cost": {"config": {"requests": {"cpu": {"amount": 0.0641319, "format": "cores"}, "memory": {"amount": 536870912, "format": "bytes"}},
                                       "limits": {"cpu": {"amount": 100.1239, "format": "cores"}, "memory": {"amount": 536870912, "format": "bytes"}}},
                            "variation": {"requests": {"cpu": {"amount": -0.935869, "format": "cores"}, "memory": {"amount": -536870912, "format": "bytes"}},
                                          "limits": {"cpu": {"amount": 98.0899, "format": "cores"}, "memory": {"amount": 536870912, "format": "bytes"}}},
                            "notifications": {"323004": {"type": "notice", "message": "Workload is optimised wrt CPU REQUESTS, no changes needed", "code": 323004}}},
                   "performance": {"config": {"requests": {"cpu": {"amount": 0.5, "format": "cores"}, "memory": {"amount": 536870912, "format": "bytes"}},
                                              "limits": {"cpu": {"amount": 0.5, "format": "cores"}, "memory": {"amount": 536870912, "format": "bytes"}}},
                            "variation": {"requests": {"cpu": {"amount": -0.5, "format": "cores"}, "memory": {"amount": -536870912, "format": "bytes"}},
                                          "limits": {"cpu": {"amount": -1.534, "format": "cores"}, "memory": {"format": "bytes"}}},
                            "notifications": {"323004": {"type": "notice", "message": "m", "code": 323004}, "324001": {"type": "error", "message": "m", "code": 324001}}}},
                 "plots": {"datapoints": 4, "plots_data": {
                   "2026-03-01T06:00:00.000Z": {"cpuUsage": {"min": 0.1, "q1": 0.2, "median": 0.30005, "q3": 0.3, "max": 0.5, "format": "cores"},
                                                "memoryUsage": {"q1": 1048576, "median": 1572864, "q3": 2097152, "max": 3145728, "format": "bytes"}},
                   "2026-03-01T12:00:00.000Z": {}}}},
               "medium_term": {"duration_in_hours": 24.7, "monitoring_start_time": "0001-01-01T00:00:00Z",
                 "notifications": {"120001": {"type": "info", "message": "There is not enough data available to generate a recommendation.", "code": 120001}}},
               "long_term": {}}}
            """;

    private final TestCaravan caravan;

    StoredRecommendations(TestCaravan caravan) {
        this.caravan = caravan;
    }

    void forget() {
        caravan.jdbc().update("delete from ros.rh_accounts");
    }

    /** @param reported when its latest report came; null for never */
    long cluster(String organisation, String uuid, String alias, String reported) {
        caravan.jdbc()
                .update(
                        "insert into ros.rh_accounts (org_id) values (?) on conflict (org_id) do nothing",
                        organisation);
        return caravan.jdbc()
                .queryForObject(
                        "insert into ros.clusters (tenant_id, source_id, cluster_uuid, cluster_alias, last_reported_at)"
                                + " select id, '42', ?, ?, ?::timestamptz from ros.rh_accounts where org_id = ? returning id",
                        Long.class,
                        uuid,
                        alias,
                        reported,
                        organisation);
    }

    /** @param type of Kubernetes, or {@code namespace} */
    long workload(long cluster, String project, String type, String name, String... containers) {
        boolean namespace = type.equals("namespace");
        return caravan.jdbc()
                .queryForObject(
                        "insert into ros.workloads (org_id, cluster_id, experiment_name, namespace, workload_type,"
                                + " workload_name, containers, metrics_upload_at)"
                                + " select a.org_id, c.id, ?, ?, ?, ?, ?::text[], '2026-03-02 00:00Z'"
                                + " from ros.clusters c join ros.rh_accounts a on a.id = c.tenant_id where c.id = ? returning id",
                        Long.class,
                        project + "|" + type + "|" + name,
                        project,
                        type,
                        namespace ? null : name,
                        namespace ? null : "{" + String.join(",", containers) + "}",
                        cluster);
    }

    UUID container(long workload, String container) {
        return container(workload, container, Instant.now(), Map.of());
    }

    /** @param columns values of further columns, by their names */
    UUID container(long workload, String container, Instant end, Map<String, Object> columns) {
        UUID id = caravan.jdbc()
                .queryForObject(
                        "insert into ros.recommendation_sets (workload_id, container_name, monitoring_start_time,"
                                + " monitoring_end_time, recommendations, updated_at)"
                                + " values (?, ?, ?::timestamptz - interval '1 day', ?::timestamptz, ?::jsonb, now()) returning id",
                        UUID.class,
                        workload,
                        container,
                        end.toString(),
                        end.toString(),
                        JSON);
        columns.forEach((column, value) ->
                caravan.jdbc().update("update ros.recommendation_sets set " + column + " = ? where id = ?", value, id));
        return id;
    }

    UUID namespace(long workload, String project) {
        return caravan.jdbc()
                .queryForObject(
                        "insert into ros.namespace_recommendation_sets (org_id, workload_id, namespace_name,"
                                + " monitoring_start_time, monitoring_end_time, recommendations, updated_at)"
                                + " select org_id, id, ?, now() - interval '1 day', now(), ?::jsonb, now()"
                                + " from ros.workloads where id = ? returning id",
                        UUID.class,
                        project,
                        JSON,
                        workload);
    }

    static RecommendationSet set(String recommendations, Map<Variation, BigDecimal> percentages) {
        return new RecommendationSet(
                UUID.fromString("5b1a5d0e-3f6c-4d6e-8a83-0c6e0c1f2a3b"),
                CLUSTER,
                "edge-1",
                "42",
                OffsetDateTime.parse("2026-03-02T09:10:00+09:00"),
                "shop",
                "cart",
                "deployment",
                "web",
                recommendations,
                percentages);
    }
}
