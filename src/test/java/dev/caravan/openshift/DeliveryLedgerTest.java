package dev.caravan.openshift;

import static dev.caravan.openshift.Scenario.changing;
import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.openshift.Scenario.Cluster;
import dev.caravan.oracle.ClusterModel;
import dev.caravan.oracle.Hours;
import dev.caravan.oracle.NaiveDelivery;
import dev.caravan.oracle.PayloadWriter;
import dev.caravan.oracle.Report;
import dev.caravan.oracle.ReportKind;
import dev.caravan.payload.Delivery;
import dev.caravan.payload.Delivery.Outcome;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What becomes of a payload's members and rows that are not as they should be, and what the ledger says about them. */
class DeliveryLedgerTest extends ScenarioTestBase {
    private static final Hours DAY = Hours.day("2025-07-08");
    private static final YearMonth MONTH = YearMonth.of(2025, 7);
    private static final ClusterModel MODEL = ClusterModel.of(41, new ClusterModel.Sizes(3, 4, 8, 3, 1, 1, 3));
    private static final String CPU = "pod_usage_cpu_core_seconds";
    private static final String MEMORY = "pod_usage_memory_byte_seconds";

    /** Even one that looks like a pod report. */
    @Test
    void filesForResourceOptimizationAreKeptOnRecordAndNotLoaded() throws Exception {
        Cluster cluster = scenario.cluster();

        Delivery delivery = cluster.send(payload(cluster, 1, DAY.first(4))
                .optimizationFile(
                        "ros-openshift-container-202507.csv",
                        PayloadWriter.csv(MODEL.podUsage(DAY.first(4)).scaled(100))));

        cluster.assertAgrees();
        assertThat(delivery.reports()).hasSize(6);
        assertThat(cluster.members("concat_ws(' ', role, status, rows_loaded, completed_at is not null)"))
                .hasSize(7)
                .contains("resource-optimization kept 0 t");
    }

    @Test
    void aManifestDoesNotWaitForFilesForResourceOptimization() throws Exception {
        Cluster cluster = scenario.cluster();
        PayloadWriter payload = payload(cluster, 1, DAY.first(4))
                .optimizationFile("ros-openshift-namespace-202507.csv", "a,b\n1,2\n".getBytes(StandardCharsets.UTF_8));

        cluster.send(payload.writeTo(scenario.next(), 0, 1, 2, 3, 4, 5), Outcome.LOADED);

        cluster.assertAgrees();
        assertThat(cluster.members("role")).hasSize(6).containsOnly("report");
        // It comes by itself later.
        List<Path> parts = payload.writeEach(scenario.next().getParent(), cluster.id());
        assertThat(cluster.send(parts.get(6)).rowsLoaded()).isZero();
        cluster.assertAgrees();
        assertThat(cluster.members("role")).hasSize(7).contains("resource-optimization");
    }

    @Test
    void aMemberNobodyListsIsKeptOnRecordAndNotLoaded() throws Exception {
        Cluster cluster = scenario.cluster();

        cluster.send(payload(cluster, 1, DAY.first(4))
                .unlisted("surprise.csv", PayloadWriter.csv(MODEL.podUsage(DAY).scaled(100))));

        cluster.assertAgrees();
        assertThat(cluster.members("concat_ws(' ', role, status, rows_loaded)")).contains("extra kept 0");
    }

    @Test
    void aMemberWithOtherBytesSendsTheWholePayloadToQuarantine() throws Exception {
        Cluster cluster = scenario.cluster();
        PayloadWriter first = cluster.manifest(1, "2025-07-09T00:05:00Z", DAY)
                .file("pods.csv", MODEL.podUsage(DAY.first(2)))
                .file("volumes.csv", MODEL.storageUsage(DAY.first(2)))
                .file("nodes.csv", MODEL.nodeLabels(DAY.first(2)));
        PayloadWriter other = cluster.manifest(1, "2025-07-09T00:05:00Z", DAY)
                .file("pods.csv", MODEL.podUsage(DAY.first(2)).scaled(2))
                .file("volumes.csv", MODEL.storageUsage(DAY.first(2)))
                .file("nodes.csv", MODEL.nodeLabels(DAY.first(2)));
        cluster.send(first.writeTo(scenario.next(), 0), Outcome.WAITING);
        List<String> stored = cluster.stored();

        Delivery conflict = cluster.send(other.writeTo(scenario.next()), Outcome.QUARANTINED);

        assertThat(conflict.reason()).isEqualTo("member-conflict");
        assertThat(conflict.rowsLoaded()).isZero();
        assertThat(cluster.stored()).as("nothing of it was loaded").isEqualTo(stored);
        assertThat(cluster.members("name")).containsExactly("pods.csv");
        assertThat(quarantined(cluster)).containsExactly("member-conflict");
        cluster.assertAgrees();
        // The parts of the manifest it came in between of are none the worse.
        cluster.send(first.writeTo(scenario.next(), 1, 2), Outcome.LOADED);
        cluster.assertAgrees();
    }

    @Test
    void aConflictAfterTheManifestCompletedChangesNothing() throws Exception {
        Cluster cluster = scenario.cluster();
        cluster.send(cluster.manifest(1, "2025-07-09T00:05:00Z", DAY).file("pods.csv", MODEL.podUsage(DAY.first(2))));

        cluster.send(
                cluster.manifest(1, "2025-07-09T00:05:00Z", DAY)
                        .file("pods.csv", MODEL.podUsage(DAY.first(3)))
                        .writeTo(scenario.next()),
                Outcome.QUARANTINED);

        cluster.assertAgrees();
    }

    @Test
    void aManifestThatListsOtherFilesThanBeforeGoesToQuarantine() throws Exception {
        Cluster cluster = scenario.cluster();
        Path first = cluster.manifest(1, "2025-07-09T00:05:00Z", DAY)
                .file("pods.csv", MODEL.podUsage(DAY.first(2)))
                .neverSent("nodes.csv")
                .writeTo(scenario.next());
        cluster.send(first, Outcome.WAITING);
        List<String> stored = cluster.stored();

        Delivery fewer = cluster.send(
                cluster.manifest(1, "2025-07-09T00:05:00Z", DAY)
                        .file("pods.csv", MODEL.podUsage(DAY.first(2)))
                        .writeTo(scenario.next()),
                Outcome.QUARANTINED);
        Delivery others = cluster.send(
                cluster.manifest(1, "2025-07-09T00:05:00Z", DAY)
                        .file("pods.csv", MODEL.podUsage(DAY.first(2)))
                        .file("volumes.csv", MODEL.storageUsage(DAY.first(2)))
                        .writeTo(scenario.next()),
                Outcome.QUARANTINED);

        assertThat(List.of(fewer.reason(), others.reason())).containsOnly("manifest-conflict");
        assertThat(quarantined(cluster)).containsExactly("manifest-conflict", "manifest-conflict");
        assertThat(cluster.stored()).isEqualTo(stored);
        assertThat(cluster.members("name")).containsExactly("pods.csv");
        cluster.assertAgrees(List.of(first));
    }

    /** The order of the list says nothing. */
    @Test
    void aManifestMayListItsFilesInAnotherOrder() throws Exception {
        Cluster cluster = scenario.cluster();
        cluster.send(
                cluster.manifest(1, "2025-07-09T00:05:00Z", DAY)
                        .file("pods.csv", MODEL.podUsage(DAY.first(2)))
                        .neverSent("nodes.csv")
                        .writeTo(scenario.next()),
                Outcome.WAITING);

        cluster.send(cluster.manifest(1, "2025-07-09T00:05:00Z", DAY)
                .file("nodes.csv", MODEL.nodeLabels(DAY.first(2)))
                .file("pods.csv", MODEL.podUsage(DAY.first(2))));

        cluster.assertAgrees();
    }

    @Test
    void badRowsAreRefusedWithLineReasonAndColumnAndTheOthersCount() throws Exception {
        Cluster cluster = scenario.cluster();
        Report bad = bad(3, CPU, "NaN");
        bad = bad.and(bad(4, "pod_request_cpu_core_seconds", "-1"));
        bad = bad.and(bad(5, CPU, "1000000000000.5"));
        bad = bad.and(bad(6, MEMORY, "1.1e24"));
        bad = bad.and(bad(7, "pod_limit_cpu_core_seconds", "Infinity"));
        bad = bad.and(bad(8, "node_capacity_cpu_cores", "four"));
        bad = bad.and(bad(9, "interval_start", ""));
        bad = bad.and(bad(10, "interval_start", "yesterday"));
        bad = bad.and(bad(11, "interval_end", ""));
        bad = bad.and(bad(12, "interval_end", "2025-07-08 00:00:00 +0000 UTC"));
        bad = bad.and(bad(13, "interval_end", "2025-07-07 23:59:59 +0000 UTC"));
        bad = bad.and(bad(14, "namespace", "n".repeat(254)));
        bad = bad.and(bad(15, "pod", "po\0d"));
        bad = bad.and(bad(16, "pod_labels", "label_app:a\0b"));
        bad = bad.and(withOneMore(cells()));
        bad = bad.and(Arrays.copyOf(cells(), 19));
        bad = bad.and(future(19)).and(ancient(20)).and(bad(21, "pod_request_memory_byte_seconds", "0x10"));
        Report good = MODEL.podUsage(DAY.first(3));
        Path withBadRows =
                payload(cluster, 1, DAY.first(3), first().and(bad).and(good)).writeTo(scenario.next());
        Path withoutThem = payload(cluster, 1, DAY.first(3), first().and(good)).writeTo(scenario.next());

        Delivery delivery = cluster.send(withBadRows, Outcome.LOADED);

        cluster.assertAgrees(List.of(withoutThem));
        assertThat(cluster.rejects())
                .containsExactly(
                        "3 not-a-number " + CPU,
                        "4 negative-number pod_request_cpu_core_seconds",
                        "5 number-too-large " + CPU,
                        "6 number-too-large " + MEMORY,
                        "7 not-a-number pod_limit_cpu_core_seconds",
                        "8 not-a-number node_capacity_cpu_cores",
                        "9 not-a-time interval_start",
                        "10 not-a-time interval_start",
                        "11 not-a-time interval_end",
                        "12 ends-before-it-starts interval_start",
                        "13 ends-before-it-starts interval_start",
                        "14 text-too-long namespace",
                        "15 nul-character pod",
                        "16 nul-character pod_labels",
                        "17 too-many-fields",
                        "18 too-few-fields pod_labels",
                        "19 in-the-future interval_start",
                        "20 outside-retention interval_start",
                        "21 not-a-number pod_request_memory_byte_seconds");
        assertThat(delivery.rowsRejected()).isEqualTo(19);
        assertThat(cluster.members("concat_ws(' ', report_type, status, rows_loaded, rows_rejected)"))
                .contains("pod_usage loaded 25 19", "storage_usage loaded 12 0");
        assertThat(cluster.strings("select value from org1234567.row_reject join org1234567.manifest_file"
                        + " using (manifest_file) where source = ? and line in (3, 4, 6, 14, 15)"))
                .containsExactly("-1", "1.1e24", "NaN", "n".repeat(200), "pod");
        // The second implementation knows neither lengths nor NUL nor the retention: five rows it would take.
        assertThat(NaiveDelivery.of(List.of(withBadRows)).rejected().values()).containsExactly(19 - 5);
    }

    @Test
    void oddRowsThatAreFineCount() throws Exception {
        Cluster cluster = scenario.cluster();
        Report odd = odd("minus-zero", CPU, "-0.000000")
                .and(odd("greatest-number", "pod_limit_cpu_core_seconds", "1000000000000"))
                .and(odd("greatest-bytes", MEMORY, "1e24"))
                .and(odd("nothing-measured", CPU, ""))
                .and(odd("longest-name-" + "n".repeat(240), CPU, "1"))
                .and(odd("two-hours", "interval_end", "2025-07-08 02:00:00 +0000 UTC"))
                .and(odd("iso-time", "interval_start", "2025-07-08T00:00:00Z"))
                .and(odd("with, comma and \"quote\"\nand line", CPU, "3600"))
                .and(odd("null", CPU, "1e3"))
                .and(odd("twin", CPU, "5"))
                .and(odd("twin", CPU, "5"));

        Delivery delivery =
                cluster.send(payload(cluster, 1, DAY.first(3), first().and(odd).and(MODEL.podUsage(DAY.first(3)))));

        cluster.assertAgrees();
        assertThat(delivery.rowsRejected()).isZero();
        assertThat(cluster.hourly(ReportKind.POD, "pod")).contains("null", "twin", "minus-zero");
    }

    @Test
    void everyReportTypeRefusesItsBadRows() throws Exception {
        Cluster cluster = scenario.cluster();
        Map<ReportKind, String> measures = Map.of(
                ReportKind.STORAGE, "persistentvolumeclaim_usage_byte_seconds",
                ReportKind.POD, CPU,
                ReportKind.VM, "vm_memory_usage_byte_seconds",
                ReportKind.GPU, "gpu_pod_uptime");
        List<Report> reports = MODEL.reports(DAY.first(3)).stream()
                .map(report -> report.set(
                        measures.getOrDefault(report.kind(), "interval_start"), "?", row -> row.get("interval_start")
                                .startsWith("2025-07-08 01")))
                .toList();

        cluster.send(cluster.manifest(1, "2025-07-09T00:05:00Z", DAY).reports(reports));

        cluster.assertAgrees();
        assertThat(cluster.members("concat_ws(' ', report_type, rows_loaded = 2 * rows_rejected, rows_rejected > 0)"))
                .containsExactly(
                        "gpu_usage t t",
                        "namespace_labels t t",
                        "node_labels t t",
                        "pod_usage t t",
                        "storage_usage t t",
                        "vm_usage t t");
    }

    @Test
    void aFileWithOnlyBadRowsIsMarkedAndAllItsRowsCounted() throws Exception {
        Cluster cluster = scenario.cluster();
        Report bad = MODEL.podUsage(DAY).set(CPU, "none", row -> true);
        for (int i = 0; i < 5; i++) {
            bad = bad.and(bad);
        }
        long rows = bad.rows().count();
        Report allBad = bad;

        Delivery delivery = cluster.send(cluster.manifest(1, "2025-07-09T00:05:00Z", DAY)
                .reports(changing(MODEL.reports(DAY.first(2)), ReportKind.POD, pods -> allBad)));

        cluster.assertAgrees();
        assertThat(delivery.rowsRejected()).isEqualTo(rows).isGreaterThan(1000);
        assertThat(cluster.members("concat_ws(' ', report_type, status, rows_loaded, rows_rejected)"))
                .contains("pod_usage rejected-all 0 " + rows);
        assertThat(cluster.rejects()).as("the first thousand are kept").hasSize(1000);
    }

    /** Not even the days of its bad rows are anybody's. */
    @Test
    void aPayloadWithOnlyBadRowsOwnsNothingAndLeavesTheDayAsItWas() throws Exception {
        Cluster cluster = scenario.cluster();
        cluster.send(payload(cluster, 1, DAY.first(2)));

        cluster.send(cluster.manifest(2, "2025-07-09T00:05:00Z", DAY)
                .reports(MODEL.podUsage(DAY).set(CPU, "none", row -> true)));

        cluster.assertAgrees();
        assertThat(cluster.owners()).hasSize(6).allMatch(owner -> owner.contains(PayloadWriter.uuid(1)));
    }

    @Test
    void emptyFilesCompleteAManifestThatBringsRowsOtherwise() throws Exception {
        Cluster cluster = scenario.cluster();

        cluster.send(payload(cluster, 1, DAY.first(2))
                .file("nothing.csv", new byte[0])
                .file("header.csv", Report.empty(ReportKind.POD, MONTH)));

        cluster.assertAgrees();
        assertThat(cluster.members("concat_ws(' ', status, name)")).contains("empty nothing.csv", "empty header.csv");
    }

    /** It is not empty: with it the days of the other parts are summarised. */
    @Test
    void anEmptyLastPartLoadsItsManifest() throws Exception {
        Cluster cluster = scenario.cluster();
        PayloadWriter payload =
                payload(cluster, 1, DAY.first(2)).file("header.csv", Report.empty(ReportKind.POD, MONTH));
        cluster.send(payload.writeTo(scenario.next(), 0, 1, 2, 3, 4, 5), Outcome.WAITING);

        Delivery last = cluster.send(payload.writeTo(scenario.next(), 6));

        cluster.assertAgrees();
        assertThat(last.daysSummarized()).isEqualTo(1);
        assertThat(last.outcome()).isEqualTo(Outcome.LOADED);
    }

    @Test
    void anEmptyPayloadLeavesItsManifestAndNothingElse() throws Exception {
        Cluster cluster = scenario.cluster();
        Path payload = cluster.manifest(1, "2025-07-09T00:05:00Z", DAY)
                .atZeroTime()
                .crStatus(Map.of("clusterVersion", "stable-4.19", "reports", Map.of("data_collected", false)))
                .file("nothing.csv", new byte[0])
                .reports(Report.empty(ReportKind.POD, MONTH), Report.empty(ReportKind.STORAGE, MONTH))
                .writeTo(scenario.next());

        cluster.send(payload, Outcome.EMPTY);

        cluster.assertAgrees();
        assertThat(cluster.summaryRows()).isZero();
        assertThat(cluster.members("status")).containsExactly("empty", "empty", "empty");
        assertThat(cluster.strings(
                        "select concat_ws(' ', cr_status ->> 'clusterVersion', period_start is null, period_end is null,"
                                + " completed_at is not null) from org1234567.manifest where source = ?"))
                .containsExactly("stable-4.19 t t t");
        cluster.send(payload, Outcome.DUPLICATE);
    }

    @Test
    void aManifestWithoutFilesIsEmpty() throws Exception {
        Cluster cluster = scenario.cluster();

        cluster.send(
                cluster.manifest(1, "2025-07-09T00:05:00Z", DAY).atZeroTime().writeManifestOnly(scenario.next()),
                Outcome.EMPTY);

        cluster.assertAgrees();
    }

    @Test
    void aReportOfAnUnknownTypeIsSkippedAndTheManifestCompletes() throws Exception {
        Cluster cluster = scenario.cluster();

        cluster.send(payload(cluster, 1, DAY.first(2))
                .file(
                        "weather.csv",
                        "interval_start,interval_end,city,rain\n2025-07-08 00:00:00 +0000 UTC,x,Oslo,NaN\n"
                                .getBytes(StandardCharsets.UTF_8))
                .file("pods-without-a-column.csv", MODEL.podUsage(DAY).without("resource_id")));

        cluster.assertAgrees();
        assertThat(cluster.members("concat_ws(' ', status, name)"))
                .contains("unknown-type weather.csv", "unknown-type pods-without-a-column.csv");
    }

    @Test
    void aRowOfAMonthTheManifestDoesNotMentionIsLoaded() throws Exception {
        Cluster cluster = scenario.cluster();
        Report pods = MODEL.podUsage(DAY.first(2))
                .and(MODEL.podUsage(Hours.day("2023-03-31").after(23)));

        Delivery delivery = cluster.send(payload(cluster, 1, DAY.first(2), pods));

        cluster.assertAgrees();
        assertThat(delivery.outcome()).isEqualTo(Outcome.LOADED);
        assertThat(delivery.daysSummarized()).isEqualTo(2);
        assertThat(cluster.owners()).contains("2023-03-31 pod_usage: " + PayloadWriter.uuid(1) + " 1");
    }

    /** A payload costs three rounds more at most; what is left then is refused. */
    @Test
    void rowsOfAFourthMonthNobodyMentionsAreRefused() throws Exception {
        Cluster cluster = scenario.cluster();
        Report expected = MODEL.podUsage(DAY.first(1));
        for (String day : List.of("2023-05-01", "2023-06-01", "2023-07-01")) {
            expected = expected.and(MODEL.podUsage(Hours.day(day).first(1)));
        }
        Path asLoaded = payload(cluster, 1, DAY.first(1), expected).writeTo(scenario.next());
        Report pods = expected.and(MODEL.podUsage(Hours.day("2023-08-01").first(1)));

        Delivery delivery =
                cluster.send(payload(cluster, 1, DAY.first(1), pods).writeTo(scenario.next()), Outcome.LOADED);

        cluster.assertAgrees(List.of(asLoaded));
        assertThat(delivery.rowsRejected()).isEqualTo(8);
        assertThat(cluster.rejects()).hasSize(8).allMatch(row -> row.contains(" month-not-in-manifest "));
    }

    private static List<String> quarantined(Cluster cluster) {
        return scenario.jdbc()
                .queryForList(
                        "select reason from caravan.quarantine where cluster_id = ? and resolved_at is null",
                        String.class,
                        cluster.id());
    }

    private static PayloadWriter payload(Cluster cluster, int number, Hours hours) {
        return cluster.manifest(number, "2025-07-09T00:05:00Z", hours).reports(MODEL.reports(hours));
    }

    private static PayloadWriter payload(Cluster cluster, int number, Hours hours, Report pods) {
        return cluster.manifest(number, "2025-07-09T00:05:00Z", hours)
                .reports(changing(MODEL.reports(hours), ReportKind.POD, any -> pods));
    }

    /** A good row for line 2, behind the header. */
    private static Report first() {
        return Report.empty(ReportKind.POD, MONTH).and(cells());
    }

    /** A row for this line, good but for one column. */
    private static Report bad(int line, String column, String text) {
        return first().set("pod", "line-" + line, row -> true).set(column, text, row -> true);
    }

    private static Report future(int line) {
        Instant start = LocalDate.now(ZoneOffset.UTC)
                .plusDays(2)
                .atStartOfDay(ZoneOffset.UTC)
                .toInstant();
        return at(start, line);
    }

    private static Report ancient(int line) {
        return at(Instant.parse("2001-01-01T00:00:00Z"), line);
    }

    private static Report at(Instant hour, int line) {
        return MODEL.podUsage(new Hours(hour, hour.plusSeconds(3600)))
                .where(row -> row.get("pod").equals("pod-0"))
                .set("pod", "line-" + line, row -> true);
    }

    private static Report odd(String pod, String column, String text) {
        return first().set("pod", pod, row -> true).set(column, text, row -> true);
    }

    private static String[] withOneMore(String[] cells) {
        String[] more = Arrays.copyOf(cells, cells.length + 1);
        more[cells.length] = "more";
        return more;
    }

    private static String[] cells() {
        return MODEL.podUsage(DAY.first(1)).rows().findFirst().orElseThrow().clone();
    }
}
