package dev.caravan.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NaiveSummaryTest {
    private static final Path SAMPLES = Path.of("src/test/resources/samples/openshift");
    private static final Set<String> KEYS = Set.of("app", "environment", "team", "zone");
    private static final YearMonth NOVEMBER = YearMonth.of(2026, 11);
    private static final Hours DAY = Hours.day("2026-11-03");
    private static final Report NO_PODS = Report.empty(ReportKind.POD, NOVEMBER);
    private static final String GIB_MONTH_OF_SECONDS = Long.toString((1L << 30) * 86400 * 30);

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"S1", "S2"})
    void aSampleInItsOrderOfArrivalGivesTheExpectedSummary(String sample) throws IOException {
        assertExpected(sample, payloads(sample));
    }

    @Test
    void aSampleInReverseGivesTheExpectedSummary() throws IOException {
        List<Path> payloads = payloads("S2");
        Collections.reverse(payloads);
        assertExpected("S2", payloads);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void aSampleInAnyOrderGivesTheExpectedSummary(long seed) throws IOException {
        List<Path> payloads = payloads("S2");
        Collections.shuffle(payloads, new Random(seed));
        assertExpected("S2", payloads);
    }

    @Test
    void aSampleWithoutALaterPayloadGivesAnotherSummary() throws IOException {
        List<Path> payloads = payloads("S2");
        payloads.remove(4);
        assertThat(SummaryComparison.differences(
                        SummaryComparison.readExpected(SAMPLES.resolve("S2")),
                        NaiveSummary.of(payloads, "cluster-S2", KEYS)))
                .isNotEmpty();
    }

    @Test
    void aPodThatMovedHasItsVolumeOnBothNodesWithTheCapacityOnEach() {
        Report pods = pod(pod(NO_PODS, 0, "n1", "shop", "p", ""), 1, "n2", "shop", "p", "");
        Report volumes = Report.empty(ReportKind.STORAGE, NOVEMBER);
        for (int hour = 0; hour < 2; hour++) {
            volumes = volumes.hour(
                    DAY.hour(hour),
                    "namespace",
                    "shop",
                    "pod",
                    "p",
                    "persistentvolumeclaim",
                    "c",
                    "persistentvolume",
                    "v",
                    "persistentvolumeclaim_capacity_bytes",
                    GIB_MONTH_OF_SECONDS,
                    "persistentvolumeclaim_capacity_byte_seconds",
                    GIB_MONTH_OF_SECONDS,
                    "volume_request_storage_byte_seconds",
                    GIB_MONTH_OF_SECONDS);
        }
        List<Map<String, Object>> storage = rows(summary(Set.of(), pods, volumes), "data_source", "Storage");

        assertThat(storage).extracting(row -> row.get("node")).containsExactlyInAnyOrder("n1", "n2");
        assertThat(storage).allSatisfy(row -> {
            assertThat((Double) row.get("persistentvolumeclaim_capacity_gigabyte_months"))
                    .isEqualTo(2);
            assertThat((Double) row.get("volume_request_storage_gigabyte_months"))
                    .isEqualTo(1);
            assertThat((Double) row.get("persistentvolumeclaim_usage_gigabyte_months"))
                    .isZero();
        });
    }

    @Test
    void labelsThatChangeWithinADayAreMergedAndTheLatestValueStays() {
        Report pods = pod(pod(NO_PODS, 0, "n1", "shop", "p", "label_app:a"), 5, "n1", "shop", "p", "label_app:a");
        Report nodes = Report.empty(ReportKind.NODE_LABELS, NOVEMBER)
                .hour(DAY.hour(5), "node", "n1", "node_labels", "label_zone:late")
                .hour(DAY.hour(0), "node", "n1", "node_labels", "label_zone:early|label_team:x|label_app:node");
        Report namespaces = Report.empty(ReportKind.NAMESPACE_LABELS, NOVEMBER)
                .hour(DAY.hour(0), "namespace", "shop", "namespace_labels", "label_environment:one")
                .hour(DAY.hour(1), "namespace", "shop", "namespace_labels", "label_environment:two|label_other:no");
        List<Map<String, Object>> shop = rows(summary(KEYS, pods, nodes, namespaces), "namespace", "shop");

        assertThat(shop).hasSize(1);
        assertThat(shop.get(0).get("pod_labels"))
                .isEqualTo(Map.of("app", "a", "environment", "two", "team", "x", "zone", "late"));
        assertThat((Double) shop.get(0).get("pod_usage_cpu_core_hours")).isEqualTo(2);
    }

    @Test
    void withoutARoleColumnTheRoleFollowsFromWhatRunsThereAndTheNodesLabels() {
        Report pods = pod(NO_PODS, 0, "n1", "openshift-kube-apiserver", "p", "");
        pods = pod(pods, 0, "n2", "shop", "q", "");
        pods = pod(pods, 0, "n3", "shop", "r", "");
        pods = pod(pods, 0, "n4", "shop", "s", "")
                .set("node_role", "edge", row -> row.get("node").equals("n4"));
        Report nodes = Report.empty(ReportKind.NODE_LABELS, NOVEMBER)
                .hour(DAY.hour(0), "node", "n2", "node_labels", "label_node_role_kubernetes_io:infra");

        assertThat(unallocated(summary(Set.of(), pods.without("node_role"), nodes)))
                .containsExactlyInAnyOrder(
                        "n1 Platform unallocated",
                        "n2 Platform unallocated",
                        "n3 Worker unallocated",
                        "n4 Worker unallocated");
        assertThat(unallocated(summary(Set.of(), pods, nodes))).contains("n1 Platform unallocated", "n4 null");
    }

    @Test
    void withoutEnabledKeysPodsOfANamespaceAndNodeAreOneRow() {
        Report pods = pod(pod(NO_PODS, 0, "n1", "shop", "p", "label_app:a"), 0, "n1", "shop", "q", "label_app:b");
        pods = pod(pods, 0, "n1", "shop", "vm", "label_vm_kubevirt_io_name:vm1");
        List<Map<String, Object>> shop = rows(summary(Set.of(), pods), "namespace", "shop");

        assertThat(shop)
                .extracting(row -> row.get("pod_labels"))
                .containsExactlyInAnyOrder(Map.of(), Map.of("vm_kubevirt_io_name", "vm1"));
        assertThat(rows(shop, "pod_labels", Map.of()))
                .extracting(row -> row.get("pod_usage_cpu_core_hours"))
                .containsExactly(2.0);
    }

    @Test
    void aPodWithoutANodeHasNoRowButAddsToTheClustersCapacity() {
        Report pods = pod(pod(NO_PODS, 0, "n1", "shop", "p", ""), 0, "", "shop", "q", "");
        List<Map<String, Object>> rows = summary(Set.of(), pods);

        assertThat(rows).hasSize(2).allSatisfy(row -> {
            assertThat(row.get("node")).isEqualTo("n1");
            assertThat(row.get("node_capacity_cpu_core_hours")).isEqualTo(4.0);
            assertThat(row.get("cluster_capacity_cpu_core_hours")).isEqualTo(8.0);
        });
    }

    @Test
    void columnsInAnotherOrderAndUnknownColumnsChangeNothing() {
        List<Report> reports = ClusterModel.small(5).reports(DAY);
        Report[] others = reports.stream()
                .map(report -> report.with("colour", "red").shuffled(9))
                .toArray(Report[]::new);

        SummaryComparison.assertSame(summary(KEYS, reports.toArray(Report[]::new)), summary(KEYS, others));
    }

    @Test
    void aMonthIsAsLongAsTheMonthOfItsDay() {
        for (String day : List.of("2028-02-29", "2026-02-28", "2026-10-31", "2026-11-30")) {
            Hours hours = Hours.day(day);
            long bytes = 1L << 30;
            Report volumes = Report.empty(ReportKind.STORAGE, PayloadWriter.monthOf(hours.from()))
                    .hour(
                            hours.hour(23),
                            "persistentvolumeclaim_capacity_byte_seconds",
                            Long.toString(bytes * 86400 * LocalDate.parse(day).lengthOfMonth()));

            assertThat(NaiveSummary.of(List.of(payload(hours, volumes)), "alias", Set.of()))
                    .extracting(row ->
                            row.get("usage_start") + " " + row.get("persistentvolumeclaim_capacity_gigabyte_months"))
                    .containsExactly(day + " 1.0");
        }
    }

    @Test
    void labelTextsAreReadItemByItem() {
        assertThat(NaiveSummary.parsed("label_a:1|label_b:|c:3|label_label_d:4|broken|label_e:5:6|label_a:7|"))
                .isEqualTo(Map.of("a", "7", "b", "", "c", "3", "d", "4"));
        assertThat(NaiveSummary.parsed("")).isEmpty();
    }

    /** An hour in which a pod uses one core of its node's four. */
    private static Report pod(Report pods, int hour, String node, String namespace, String pod, String labels) {
        return pods.hour(
                DAY.hour(hour),
                "node",
                node,
                "namespace",
                namespace,
                "pod",
                pod,
                "resource_id",
                "i-" + node,
                "pod_labels",
                labels,
                "pod_usage_cpu_core_seconds",
                "3600",
                "node_capacity_cpu_core_seconds",
                "14400");
    }

    private List<Map<String, Object>> summary(Set<String> keys, Report... reports) {
        return NaiveSummary.of(List.of(payload(DAY, reports)), "alias", keys);
    }

    private Path payload(Hours hours, Report... reports) {
        return PayloadWriter.of("c", PayloadWriter.uuid(1))
                .covering(hours)
                .reports(reports)
                .writeTo(directory.resolve("payload.tar.gz"));
    }

    private static List<Map<String, Object>> rows(List<Map<String, Object>> rows, String column, Object value) {
        return rows.stream().filter(row -> value.equals(row.get(column))).toList();
    }

    private static List<String> unallocated(List<Map<String, Object>> rows) {
        return rows.stream()
                .filter(row -> row.get("pod_labels") == null && row.get("volume_labels") == null)
                .map(row -> row.get("node") + " " + row.get("namespace"))
                .toList();
    }

    private static void assertExpected(String sample, List<Path> payloads) {
        SummaryComparison.assertSame(
                SummaryComparison.readExpected(SAMPLES.resolve(sample)),
                NaiveSummary.of(payloads, "cluster-" + sample, KEYS));
    }

    private static List<Path> payloads(String sample) throws IOException {
        try (Stream<Path> files = Files.list(SAMPLES.resolve(sample).resolve("payloads"))) {
            return new ArrayList<>(files.sorted().toList());
        }
    }
}
