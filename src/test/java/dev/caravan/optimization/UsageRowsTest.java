package dev.caravan.optimization;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.TestSettings;
import dev.caravan.payload.CsvTable;
import dev.caravan.payload.FastCsvDataFormat;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UsageRowsTest {
    private static final long END = Instant.parse("2026-03-13T00:00:00Z").getEpochSecond();

    private final FastCsvDataFormat csv = new FastCsvDataFormat(TestSettings.with(Map.of()));
    private UsageRows rows;

    /** The rows that are kept, by names of columns. */
    private List<Map<String, Object>> read(String text) {
        CsvTable table = csv.unmarshal(null, new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
        rows = new UsageRows(UsageReportType.detect(table.header()).orElseThrow(), table, 7, END);
        List<Map<String, Object>> kept = new ArrayList<>();
        while (rows.hasNext()) {
            Object[] values = rows.next();
            Map<String, Object> row = new HashMap<>();
            for (int i = 0; i < values.length; i++) {
                row.put(rows.columns().get(i), values[i]);
            }
            kept.add(row);
        }
        assertThat(rows.accepted()).isEqualTo(kept.size());
        return kept;
    }

    private void assertLeftOut(UsageCsv report, String reason) {
        assertThat(read(report.text())).isEmpty();
        assertThat(rows.rejected()).containsExactly(Map.entry(reason, report.rows()));
    }

    @Test
    void aRowBecomesCoresAndBytesOfAWorkloadsContainer() {
        Map<String, Object> row = read(UsageCsv.containers()
                        .row(
                                "cpu_usage_container_avg", "0.042",
                                "memory_rss_usage_container_max", "1e9",
                                "cpu_throttle_container_max", "0.5")
                        .text())
                .get(0);
        assertThat(row)
                .containsEntry("batch", 7L)
                .containsEntry("namespace", "shop")
                .containsEntry("object_type", "deployment")
                .containsEntry("object_name", "cart")
                .containsEntry("container_name", "web")
                .containsEntry("image_name", "quay.io/shop/cart")
                .containsEntry(
                        "interval_start", Instant.parse("2026-03-11T05:45:01Z").getEpochSecond() * 1_000_000)
                .containsEntry(
                        "interval_end", Instant.parse("2026-03-11T06:00:00Z").getEpochSecond() * 1_000_000)
                .containsEntry("cpu_usage_avg", 0.042)
                .containsEntry("memory_rss_usage_max", 1e9)
                .containsEntry("cpu_throttle_max", 0.5)
                .containsEntry("cpu_request_sum", 1.0)
                .doesNotContainKey("running_pods_avg");
    }

    @Test
    void aRowWithOneBlankResidentSetIsLeftOut() {
        assertLeftOut(UsageCsv.containers().row("memory_rss_usage_container_min", ""), "no-usage");
    }

    @Test
    void aRowWithoutAnyUsageIsLeftOut() {
        List<Object> blank = new ArrayList<>();
        UsageReportType.CONTAINER.measures().stream()
                .filter(UsageReportType.MeasureColumn::required)
                .forEach(measure -> blank.addAll(List.of(measure.name(), "")));
        assertThat(blank).hasSize(24);
        assertLeftOut(UsageCsv.containers().row(blank.toArray()), "no-usage");
    }

    @Test
    void aRowThatUsedNothingIsKept() {
        List<Object> zeros = new ArrayList<>();
        UsageReportType.CONTAINER.measures().forEach(measure -> zeros.addAll(List.of(measure.name(), "0")));
        assertThat(read(UsageCsv.containers().row(zeros.toArray()).text())).hasSize(1);
    }

    @Test
    void requestsLimitsAndThrottlingMayBeMissing() {
        List<Object> blank = new ArrayList<>();
        UsageReportType.CONTAINER.measures().stream()
                .filter(measure -> !measure.required())
                .forEach(measure -> blank.addAll(List.of(measure.name(), measure.bytes() ? "NaN" : "")));
        Map<String, Object> row =
                read(UsageCsv.containers().row(blank.toArray()).text()).get(0);
        assertThat(row).containsEntry("cpu_limit_avg", null).containsEntry("memory_request_sum", null);
    }

    @ParameterizedTest
    @CsvSource({"-0.1,negative-number", "NaN,not-a-number", "much,not-a-number", "1e10,number-too-large"})
    void usageThatIsNoUsageLeavesItsRowOut(String value, String reason) {
        assertLeftOut(UsageCsv.containers().row("cpu_usage_container_sum", value), reason);
    }

    @Test
    void allKindsOfWorkloadsAreKeptThoseNamedByTheirOwnerIncluded() {
        var report = UsageCsv.containers()
                .row("workload_type", "DaemonSet", "owner_kind", "DaemonSet")
                .row("workload_type", "deployment")
                .row("workload_type", "deploymentconfig", "owner_kind", "ReplicationController")
                .row("workload_type", "replicaset", "workload", "<none>", "owner_name", "bare")
                .row(
                        "workload_type",
                        "replicationcontroller",
                        "owner_kind",
                        "ReplicationController",
                        "workload",
                        "",
                        "owner_name",
                        "old")
                .row("workload_type", "statefulset", "owner_kind", "StatefulSet");
        assertThat(read(report.text()))
                .extracting(row -> row.get("object_type") + " " + row.get("object_name"))
                .containsExactly(
                        "daemonset cart",
                        "deployment cart",
                        "deploymentconfig cart",
                        "replicaset bare",
                        "replicationcontroller old",
                        "statefulset cart");
    }

    /** The owner decides, whatever the type of the workload is said to be. */
    @Test
    void aWorkloadWithoutANameIsItsReplicaSet() {
        Map<String, Object> row = read(UsageCsv.containers()
                        .row("workload", "<none>", "workload_type", "deployment")
                        .text())
                .get(0);
        assertThat(row).containsEntry("object_type", "replicaset").containsEntry("object_name", "cart-7d9f");
    }

    @ParameterizedTest
    @ValueSource(strings = {"job", "Job"})
    void jobsAreLeftOut(String kind) {
        assertLeftOut(UsageCsv.containers().row("workload_type", kind, "owner_kind", kind), "no-workload-type");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "<none>"})
    void aRowWithoutAWorkloadTypeOrOwnerIsLeftOut(String none) {
        assertLeftOut(UsageCsv.containers().row("workload_type", none), "no-workload-type");
        assertLeftOut(UsageCsv.containers().row("owner_kind", none), "no-owner");
        assertLeftOut(UsageCsv.containers().row("owner_name", none), "no-owner");
    }

    @Test
    void columnsComeInAnyOrderAndNewOnesAreIgnored() {
        String[] lines = UsageCsv.containers().row().text().split("\n");
        List<String> header = List.of(lines[0].split(","));
        List<String> fields = List.of(lines[1].split(",", -1));
        List<String> turnedHeader = new ArrayList<>(List.of("accelerator_core_usage_percentage_avg"));
        List<String> turnedFields = new ArrayList<>(List.of("99"));
        for (int i = header.size() - 1; i >= 0; i--) {
            turnedHeader.add(header.get(i));
            turnedFields.add(fields.get(i));
        }
        assertThat(read(String.join(",", turnedHeader) + "\n" + String.join(",", turnedFields) + "\n"))
                .isEqualTo(read(lines[0] + "\n" + lines[1] + "\n"))
                .hasSize(1);
    }

    @Test
    void aHeaderWithoutARequiredColumnIsOfNoKind() {
        List<String> header =
                new ArrayList<>(List.of(UsageCsv.containers().text().strip().split(",")));
        assertThat(header).hasSize(37);
        header.remove("node");
        assertThat(UsageReportType.detect(header)).isEmpty();
        assertThat(UsageReportType.missing(header)).containsExactly("node");
        assertThat(UsageReportType.missing(List.of())).hasSize(25);
    }

    @Test
    void aReportWithoutRowsHasNone() {
        assertThat(read(UsageCsv.containers().text())).isEmpty();
        assertThat(rows.rejected()).isEmpty();
    }

    @Test
    void aRowOfANamespaceHasItsQuotasUsageAndPods() {
        List<String> header = List.of(UsageCsv.namespaces().text().strip().split(","));
        assertThat(header).hasSize(25);
        Map<String, Object> row = read(UsageCsv.namespaces()
                        .row("namespace_running_pods_avg", "1.5", "cpu_throttle_namespace_min", "0.1")
                        .text())
                .get(0);
        assertThat(row)
                .containsEntry("object_type", "namespace")
                .containsEntry("object_name", "shop")
                .containsEntry("container_name", "")
                .containsEntry("cpu_request_sum", 1.0)
                .containsEntry("cpu_throttle_min", 0.1)
                .containsEntry("running_pods_avg", 1.5)
                .containsEntry("total_pods_max", 2.0);
    }

    @Test
    void aNamespaceWithoutUsageIsLeftOutAndOneThatUsedNothingIsKept() {
        assertLeftOut(UsageCsv.namespaces().row("memory_usage_namespace_max", ""), "no-usage");
        List<Object> zeros = new ArrayList<>();
        UsageReportType.NAMESPACE.measures().forEach(measure -> zeros.addAll(List.of(measure.name(), "0")));
        assertThat(read(UsageCsv.namespaces().row(zeros.toArray()).text())).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "<none>"})
    void aNamespaceWithoutANameIsLeftOut(String none) {
        assertLeftOut(UsageCsv.namespaces().row("namespace", none), "no-namespace");
    }

    @Test
    void aNamespaceThatUsedLessThanNothingIsLeftOut() {
        assertLeftOut(UsageCsv.namespaces().row("cpu_usage_namespace_avg", "-1"), "negative-number");
    }

    /** As the processor does whose reports these are: what the clock shows is taken for UTC. */
    @ParameterizedTest
    @ValueSource(strings = {"+0000 UTC", "-0000 UTC", "+0530 IST"})
    void aZoneIsToldAndNotReckonedWith(String zone) {
        var row = read(UsageCsv.containers()
                        .row(
                                "interval_start",
                                "2022-11-01 18:25:43 " + zone,
                                "interval_end",
                                "2022-11-01 18:40:43 " + zone)
                        .text())
                .get(0);
        assertThat(row)
                .containsEntry(
                        "interval_start", Instant.parse("2022-11-01T18:25:43Z").getEpochSecond() * 1_000_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "yesterday", "2022-11-01"})
    void whatIsNoTimeLeavesItsRowOut(String time) {
        assertLeftOut(UsageCsv.containers().row("interval_start", time), "not-a-time");
    }

    /** Kruize refuses them: 900 seconds, give or take 30. */
    @ParameterizedTest
    @CsvSource({"05:44:30,0", "05:44:29,1", "05:45:30,0", "05:45:31,1", "06:15:00,1"})
    void onlyQuartersOfAnHourCount(String start, int leftOut) {
        read(UsageCsv.containers()
                .row("interval_start", "2026-03-11 " + start + " +0000 UTC")
                .text());
        assertThat(rows.rejected().getOrDefault("not-15-minutes", 0L)).isEqualTo(leftOut);
    }

    @Test
    void anIntervalOfTheFutureIsLeftOut() {
        assertLeftOut(
                UsageCsv.containers()
                        .row(
                                "interval_start",
                                "2026-03-12 23:45:00 +0000 UTC",
                                "interval_end",
                                "2026-03-13 00:00:00 +0000 UTC"),
                "in-the-future");
    }

    /** A line separates the parts of an experiment's name. */
    @Test
    void aNameThatCouldBeTwoIsNone() {
        assertLeftOut(UsageCsv.containers().row("namespace", "shop|deployment"), "not-a-name");
        assertLeftOut(UsageCsv.containers().row("container_name", "w\0b"), "not-a-name");
        assertLeftOut(UsageCsv.containers().row("container_name", "w".repeat(1025)), "text-too-long");
        assertThat(read(UsageCsv.containers()
                        .row("container_name", "w".repeat(64))
                        .text()))
                .hasSize(1);
    }

    @Test
    void aRowWithMoreOrFewerFieldsThanTheHeaderIsLeftOut() {
        String text = UsageCsv.containers().row().text().stripTrailing();
        assertThat(read(text + ",1\n")).isEmpty();
        assertThat(read(text.substring(0, text.lastIndexOf(',')) + "\n")).isEmpty();
        assertThat(rows.rejected()).containsExactly(Map.entry("other-number-of-fields", 1L));
    }

    @Test
    void whatIsHardlyAnythingIsNothing() {
        assertThat(read(UsageCsv.containers()
                                .row("cpu_usage_container_min", "1e-300")
                                .text())
                        .get(0))
                .containsEntry("cpu_usage_min", 0.0);
    }
}
