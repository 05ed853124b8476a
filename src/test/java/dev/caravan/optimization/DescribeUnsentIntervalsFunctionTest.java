package dev.caravan.optimization;

import static dev.caravan.optimization.WorkloadFixture.steady;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.caravan.database.FunctionTestBase;
import java.time.Instant;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DescribeUnsentIntervalsFunctionTest extends FunctionTestBase {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Instant END = Instant.parse("2026-03-11T06:00:00Z");
    private static final Object[] USAGE = {
        "cpu_usage_sum",
        1e-7,
        "cpu_usage_avg",
        0.25,
        "cpu_usage_min",
        0,
        "cpu_usage_max",
        0.5,
        "memory_usage_sum",
        1e18,
        "memory_usage_avg",
        4e8,
        "memory_rss_usage_sum",
        4e8,
        "memory_rss_usage_avg",
        4e8
    };

    private WorkloadFixture workloads;

    @BeforeEach
    void addCluster() {
        workloads = new WorkloadFixture(database);
    }

    @Test
    void anIntervalHoldsAllContainersOfTheObject() throws Exception {
        long workload = workloads.workload("deployment", END, "web", "proxy");
        workloads.metrics(workload, "web", steady(END, 1, USAGE));
        workloads.metrics(workload, "proxy", steady(END, 1, USAGE));
        load(workload);
        database.jdbc().update("update ros.workload_metrics set image_name = 'image' where container_name = 'web'");
        String metrics =
                """
                [{"name": "cpuUsage", "results": {"aggregation_info":
                   {"sum": "0.0000001", "avg": "0.25", "min": "0", "max": "0.5", "format": "cores"}}},
                 {"name": "memoryUsage", "results": {"aggregation_info":
                   {"sum": "1000000000000000000", "avg": "400000000", "format": "bytes"}}},
                 {"name": "memoryRSS", "results": {"aggregation_info":
                   {"sum": "400000000", "avg": "400000000", "format": "bytes"}}}]
                """;
        assertThat(JSON.readTree(entry(workload)))
                .isEqualTo(JSON.readTree(
                        """
                                {"version": "1.0", "experiment_name": "experiment 1",
                                 "interval_start_time": "2026-03-11T05:45:01.000Z",
                                 "interval_end_time": "2026-03-11T06:00:00.000Z",
                                 "kubernetes_objects": [{"type": "deployment", "name": "workload 1", "namespace": "shop", "containers": [
                                  {"container_name": "proxy", "container_image_name": "unknown", "recommendations": {}, "metrics": METRICS},
                                  {"container_name": "web", "container_image_name": "image", "recommendations": {}, "metrics": METRICS}]}]}
                                """
                                .replace("METRICS", metrics)));
    }

    @Test
    void aMeasureWithoutSumOrAverageIsLeftOut() {
        long workload = workloads.workload("deployment", END, "web");
        Object[] more = with("cpu_request_avg", 1, "cpu_limit_sum", 1, "memory_limit_sum", 1, "memory_limit_avg", 1);
        workloads.metrics(workload, "web", steady(END, 1, more));
        load(workload);
        assertThat(names(workload)).isEqualTo("cpuUsage,memoryLimit,memoryRSS,memoryUsage");
    }

    @Test
    void aContainerThatLacksUsageDoesNotKeepTheOthersBackAndAloneItIsNothing() {
        long workload = workloads.workload("deployment", END, "web", "late");
        workloads.metrics(workload, "web", steady(END, 1, USAGE));
        workloads.metrics(workload, "late", steady(END, 2, "cpu_usage_sum", 1, "cpu_usage_avg", 1));
        load(workload);
        assertThat(database.rows(
                        "select interval_end, entry #>> '{kubernetes_objects,0,containers,0,container_name}',"
                                + " jsonb_array_length(entry #> '{kubernetes_objects,0,containers}')"
                                + " from caravan.describe_unsent_intervals(?, '-infinity', 10)",
                        workload))
                .containsExactly("2026-03-11 05:45:00+00||", "2026-03-11 06:00:00+00|web|1");
    }

    @Test
    void aNamespaceHasItsMeasuresWithOrWithoutASum() throws Exception {
        long workload = workloads.workload("namespace", END);
        workloads.metrics(
                workload,
                "",
                steady(
                        END,
                        1,
                        "cpu_request_sum",
                        2,
                        "cpu_usage_avg",
                        0.5,
                        "memory_usage_max",
                        1,
                        "memory_rss_usage_min",
                        1,
                        "total_pods_avg",
                        1.5));
        load(workload);
        assertThat(JSON.readTree(entry(workload)).at("/kubernetes_objects"))
                .isEqualTo(
                        JSON.readTree(
                                """
                                [{"namespaces": {"namespace": "shop", "metrics": [
                                 {"name": "namespaceCpuRequest", "results": {"aggregation_info": {"sum": "2", "format": "cores"}}},
                                 {"name": "namespaceCpuUsage", "results": {"aggregation_info": {"avg": "0.5", "format": "cores"}}},
                                 {"name": "namespaceMemoryUsage", "results": {"aggregation_info": {"max": "1", "format": "bytes"}}},
                                 {"name": "namespaceMemoryRSS", "results": {"aggregation_info": {"min": "1", "format": "bytes"}}},
                                 {"name": "namespaceTotalPods", "results": {"aggregation_info": {"avg": "1.5"}}}]}}]
                                """));
    }

    @Test
    void theOldestOfTheUnsentComeFirstAndAnIntervalWithoutMetricsIsNothing() {
        long workload = workloads.workload("deployment", END, "web");
        workloads.metrics(workload, "web", steady(END, 4, USAGE));
        load(workload);
        database.jdbc().update("delete from ros.unsent_interval where interval_end = '2026-03-11 05:30Z'");
        database.jdbc().update("delete from ros.workload_metrics where interval_end = '2026-03-11 05:45Z'");
        String rows = "select interval_end, entry is null from caravan.describe_unsent_intervals(?, ?::timestamptz, 2)";
        assertThat(database.rows(rows, workload, "1970-01-01T00:00:00Z"))
                .containsExactly("2026-03-11 05:15:00+00|f", "2026-03-11 05:45:00+00|t");
        assertThat(database.rows(rows, workload, "2026-03-11T05:45:00Z")).containsExactly("2026-03-11 06:00:00+00|f");
        assertThat(database.rows(rows, workload, "2026-03-11T06:00:00Z")).isEmpty();
    }

    private void load(long workload) {
        workloads.load();
        database.jdbc()
                .update(
                        "insert into ros.unsent_interval select distinct workload_id, interval_end from ros.workload_metrics where workload_id = ?",
                        workload);
    }

    private String entry(long workload) {
        return database.text("select entry::text from caravan.describe_unsent_intervals(?, '-infinity', 10)", workload);
    }

    private String names(long workload) {
        return database.text(
                "select string_agg(m ->> 'name', ',' order by m ->> 'name')"
                        + " from caravan.describe_unsent_intervals(?, '-infinity', 10),"
                        + " jsonb_array_elements(entry #> '{kubernetes_objects,0,containers,0,metrics}') m",
                workload);
    }

    private static Object[] with(Object... more) {
        Object[] all = Arrays.copyOf(USAGE, USAGE.length + more.length);
        System.arraycopy(more, 0, all, USAGE.length, more.length);
        return all;
    }
}
