package dev.caravan.optimization;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.database.FunctionTestBase;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the tables of right-sizing take, and how they show it. */
class WorkloadMetricsTest extends FunctionTestBase {
    private static final Instant END = Instant.parse("2026-03-02T00:15:00Z");
    private static final String INSERT =
            "insert into ros.workload_metrics (workload_id, container_name, interval_start, interval_end, org_id, cpu_usage_avg)"
                    + " values (?, 'web', ?::timestamptz, ?::timestamptz, '1234567', ?::double precision)";

    private WorkloadFixture workloads;

    @BeforeEach
    void addCluster() {
        workloads = new WorkloadFixture(database);
    }

    @Test
    void aContainersMetricsAreShownAsKruizeTakesThem() {
        long workload = workloads.workload("deployment", END, "web");
        workloads.metrics(
                workload,
                "web",
                List.of(WorkloadFixture.interval(
                        END, "cpu_usage_avg", 0.00001, "cpu_usage_max", 0, "memory_usage_sum", 1e20)));
        workloads.load();
        assertThat(database.rows(
                        "select namespace_name, metric_type, usage_metrics::text from ros.workload_metrics_kruize"))
                .containsExactly(
                        "shop|container|[{\"name\": \"cpuUsage\", \"results\": {\"aggregation_info\": {\"avg\": \"0.00001\", \"max\": \"0\", \"format\": \"cores\"}}},"
                                + " {\"name\": \"memoryUsage\", \"results\": {\"aggregation_info\": {\"sum\": \"100000000000000000000\", \"format\": \"bytes\"}}}]");
    }

    @Test
    void aNamespacesMetricsHaveTheirOwnNames() {
        long workload = workloads.workload("namespace", END);
        workloads.metrics(
                workload, "", List.of(WorkloadFixture.interval(END, "memory_rss_usage_max", 7, "total_pods_avg", 2.5)));
        workloads.load();
        assertThat(database.rows("select metric_type, usage_metrics::text from ros.workload_metrics_kruize"))
                .containsExactly(
                        "namespace|[{\"name\": \"namespaceMemoryRSS\", \"results\": {\"aggregation_info\": {\"max\": \"7\", \"format\": \"bytes\"}}},"
                                + " {\"name\": \"namespaceTotalPods\", \"results\": {\"aggregation_info\": {\"avg\": \"2.5\"}}}]");
    }

    /** The numbers the recommendations multiply and divide, and intervals as Kruize takes them. */
    @ParameterizedTest
    @CsvSource({
        "2026-03-02T00:00:00Z, 0, no error",
        "2026-03-02T00:00:00Z, 1e24, no error",
        "2026-03-02T00:00:30Z, 1, no error",
        "2026-03-01T23:59:30Z, , no error",
        "2026-03-02T00:00:31Z, 1, 23514",
        "2026-03-01T23:59:29Z, 1, 23514",
        "2026-03-02T00:00:00Z, -1, 23514",
        "2026-03-02T00:00:00Z, NaN, 23514",
        "2026-03-02T00:00:00Z, Infinity, 23514",
        "2026-03-02T00:00:00Z, 1e25, 23514",
        "2026-03-02T00:00:00Z, 1e-31, 23514"
    })
    void intervalsOf15MinutesWithFiniteMeasuresAreTaken(String start, String cores, String state) throws Exception {
        long workload = workloads.workload("deployment", END, "web");
        assertThat(database.stateOf(INSERT + " returning 1", workload, start, END.toString(), cores))
                .isEqualTo(state);
    }

    @Test
    void anIntervalIsKeptOnce() throws Exception {
        long workload = workloads.workload("deployment", END, "web");
        database.jdbc().update(INSERT, workload, "2026-03-02T00:00:00Z", END.toString(), "1");
        assertThat(database.stateOf(INSERT + " returning 1", workload, "2026-03-02T00:00:01Z", END.toString(), "2"))
                .isEqualTo("23505");
        database.jdbc()
                .update(INSERT + " on conflict do nothing", workload, "2026-03-02T00:00:01Z", END.toString(), "2");
        assertThat(database.rows("select cpu_usage_avg from ros.workload_metrics"))
                .containsExactly("1");
    }

    @Test
    void aClusterThatChangesItsAliasStaysTheSame() throws Exception {
        assertThat(
                        database.rows(
                                """
                        insert into ros.clusters as c (tenant_id, source_id, cluster_uuid, cluster_alias)
                        select tenant_id, source_id, cluster_uuid, 'edge-2' from ros.clusters
                        on conflict (tenant_id, source_id, cluster_uuid) do update set cluster_alias = excluded.cluster_alias
                        returning cluster_alias
                        """))
                .containsExactly("edge-2");
        assertThat(database.count("ros.clusters")).isEqualTo(1);
    }
}
