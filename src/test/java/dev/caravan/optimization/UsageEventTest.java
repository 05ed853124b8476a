package dev.caravan.optimization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caravan.TestCaravan;
import dev.caravan.TestKafka;
import dev.caravan.payload.PayloadServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Events that tell of right-sizing reports, from a real broker and a server that hands out files. */
class UsageEventTest {
    private static final String CLUSTER = "1b36b20f-7fa0-4454-a6d2-008294e06378";
    private static final Instant END = Instant.parse("2026-03-11T06:00:00Z");
    private static final String USER = Base64.getEncoder()
            .encodeToString("{\"identity\":{\"type\":\"User\",\"internal\":{\"org_id\":\"1234567\"}}}"
                    .getBytes(StandardCharsets.UTF_8));

    private static PayloadServer server;
    private static TestKafka kafka;
    private static TestCaravan caravan;
    private static int requests;

    private String request;

    @BeforeAll
    static void start() {
        server = new PayloadServer();
        kafka = new TestKafka();
        Map<String, Object> settings = new HashMap<>(kafka.settings());
        settings.put("caravan.download.hosts", server.host());
        settings.put("caravan.replay-interval", 100);
        // The days of these reports are long ago.
        settings.put("caravan.optimization.retention", "36500d");
        caravan = TestCaravan.start(
                List.of(
                        "optimization/*.yaml",
                        "operations/*.yaml",
                        "intake/watch-replays.yaml",
                        "intake/receive-given-file.yaml"),
                settings);
    }

    @AfterAll
    static void stop() {
        caravan.close();
        kafka.close();
        server.close();
    }

    @BeforeEach
    void empty() {
        caravan.jdbc().update("delete from ros.rh_accounts");
        caravan.jdbc().update("delete from caravan.quarantine");
        request = "request-" + ++requests;
    }

    private String event(String... files) {
        return eventOf("1234567", files);
    }

    private String eventOf(String organisation, String... files) {
        return """
                {"request_id":"%s","b64_identity":"%s","metadata":{"account":"7210044","org_id":"%s","source_id":"42",
                "provider_uuid":"5c63b1a2-3c35-4c4a-8f5e-3f6f6c0d4c11","cluster_uuid":"%s","cluster_alias":"edge-1",
                "operator_version":"3.2.0"},"files":[%s],"object_keys":["any"]}"""
                .formatted(
                        request,
                        USER,
                        organisation,
                        CLUSTER,
                        Stream.of(files).map(file -> '"' + file + '"').collect(Collectors.joining(",")));
    }

    /** Waits until every event was dealt with. */
    private static void settle() {
        await().atMost(Duration.ofSeconds(20)).until(() -> kafka.usageEventsLeft() == 0);
    }

    private static List<String> rows(String sql) {
        return caravan.jdbc().queryForList(sql, String.class);
    }

    private String report(String path, UsageCsv report) {
        return server.bytes("/" + request + path, report.bytes());
    }

    private List<ConsumerRecord<String, String>> requested() {
        return kafka.recommendationRequests().stream()
                .filter(message -> message.value().contains("\"" + request + "\""))
                .toList();
    }

    /** Usage of the deployment's one pod over a day: CPU at most 0.0625 cores, memory never moving from 512 MiB. */
    private static UsageCsv day(Instant end) {
        UsageCsv report = UsageCsv.containers();
        for (int i = 96; i >= 0; i--) {
            report.at(end.minusSeconds(900L * i), "cpu_usage_container_max", i == 40 ? "0.0625" : "0.03125");
        }
        return report;
    }

    @Test
    void anEventGivesWorkloadsMetricsRecommendationsAndRequests() {
        UsageCsv report = day(END).at(END, "workload_type", "job")
                .at(END, "container_name", "proxy", "pod", "cart-1")
                .at(END, "container_name", "proxy", "pod", "cart-2");
        kafka.sendUsageEvent(event(
                report("/containers.csv", report),
                report("/namespaces.csv", UsageCsv.namespaces().row())));
        settle();
        assertThat(
                        rows(
                                "select concat_ws('|', c.cluster_alias, w.experiment_name, w.containers::text, w.metrics_upload_at)"
                                        + " from ros.workloads w join ros.clusters c on c.id = w.cluster_id order by w.workload_type"))
                .containsExactly(
                        "edge-1|1234567|42|" + CLUSTER + "|shop|deployment|cart|{web,proxy}|2026-03-11 06:00:00+00",
                        "edge-1|1234567|42|" + CLUSTER + "|namespace|shop|2026-03-11 06:00:00+00");
        assertThat(
                        rows(
                                "select container_name || ' ' || count(*) from ros.workload_metrics group by container_name order by container_name"))
                .containsExactly(" 1", "proxy 1", "web 97");
        // 0.0625 cores against 1, 512 MiB with 5 % of no rise against 1 GiB.
        assertThat(rows("select concat_ws('|', container_name, cpu_request_current, memory_request_current,"
                        + " cpu_variation_short_cost_pct, memory_variation_short_performance_pct, cpu_variation_medium_cost_pct)"
                        + " from ros.recommendation_sets"))
                .containsExactly("web|1.0000|1073741824.0000|-93.7000|-50.0000");
        assertThat(requested())
                .extracting(ConsumerRecord::key)
                .containsExactlyInAnyOrder(
                        "1234567|42|" + CLUSTER + "|shop|deployment|cart", "1234567|42|" + CLUSTER + "|namespace|shop");
        assertThat(requested())
                .extracting(ConsumerRecord::value)
                .anyMatch(text -> text.matches(("\\{\"Request_id\":\"" + request
                        + "\",\"Metadata\":\\{\"Org_id\":\"1234567\",\"Workload_id\":\\d+,\"Experiment_name\":\"[^\"]*cart\","
                        + "\"Max_endtime_report\":\"2026-03-11T06:00:00Z\",\"ExperimentType\":\"container\"}}")));
        assertThat(rows("select reason from caravan.quarantine")).isEmpty();
    }

    /**
     * 105 rows, one of them of no workload and two of two pods: 103 intervals of three workloads. One has a day of data. Its
     * greatest CPU usage is 0.0875 cores; memory is 400,000,000 bytes at most and rises by 5,000,000, so that its greatest
     * with 105 % of that is less than a fifth more. The percentages are cut, in double precision, as they always were.
     */
    @Test
    void theSampleGivesTheFiguresThatFollowByHand() throws IOException {
        Path samples = Path.of("src/test/resources/samples/resource-optimization");
        kafka.sendUsageEvent(event(server.file(samples.resolve("usage.csv"))));
        settle();
        assertThat(rows("select count(*)::text from ros.workload_metrics")).containsExactly("103");
        assertThat(
                        rows(
                                "select concat_ws('|', workload_type, workload_name, containers::text) from ros.workloads order by 1"))
                .containsExactly(
                        "deployment|backends|{cache,logger,proxy}",
                        "deployment|orders-web|{web}",
                        "replicaset|orders-api|{api}");
        assertThat(rows("select concat_ws('|', cpu_usage_avg, cpu_usage_min, cpu_usage_max, cpu_usage_sum)"
                        + " from ros.workload_metrics where container_name = 'web'"))
                .containsExactly("4|1|7|4");
        String requests = "recommendations -> 'recommendation_terms' -> 'short_term' -> 'recommendation_engines'"
                + " -> 'cost' -> 'config' -> 'requests'";
        assertThat(rows("select concat_ws('|', container_name, monitoring_end_time, " + requests
                        + " -> 'cpu' ->> 'amount', " + requests
                        + " -> 'memory' ->> 'amount', cpu_variation_short_cost_pct, memory_variation_short_cost_pct)"
                        + " from ros.recommendation_sets"))
                .containsExactly("api|2026-05-07 00:45:00+00|0.0875|405250000|-82.3990|-49.6770");
        kafka.sendUsageEvent(event(server.file(samples.resolve("usage-next-day.csv"))));
        settle();
        assertThat(rows("select monitoring_end_time::text from ros.recommendation_sets"))
                .containsExactly("2026-05-08 00:45:00+00");
        assertThat(rows("select monitoring_end_time::text from ros.historical_recommendation_sets"))
                .hasSize(2);
    }

    /** Twice, or again after a crash: what is stored is the same, and recommendations are asked for again. */
    @Test
    void anEventThatComesAgainChangesNothing() {
        String event = event(report("/containers.csv", day(END)));
        kafka.sendUsageEvent(event);
        settle();
        List<String> metrics = rows("select m::text from ros.workload_metrics m order by 1");
        List<String> sets = rows("select s::text from ros.recommendation_sets s");
        assertThat(metrics).hasSize(97);
        kafka.sendUsageEvent(event);
        settle();
        assertThat(rows("select m::text from ros.workload_metrics m order by 1"))
                .isEqualTo(metrics);
        assertThat(rows("select s::text from ros.recommendation_sets s")).isEqualTo(sets);
        assertThat(requested()).hasSize(2);
    }

    /** As a hand-made event looks: no provider, a source that is no number, an address without a signature. */
    @Test
    void anEventMadeByHandIsAsGoodAsAnyOther() {
        String address = server.open("/ros-data/" + request + "_openshift_usage_report.0.csv", day(END).bytes());
        kafka.sendUsageEvent(
                """
                {
                  "request_id": "%s",
                  "b64_identity": "eyJpZGVudGl0eSI6eyJhY2NvdW50X251bWJlciI6IjEyMzQ1IiwidHlwZSI6IlVzZXIiLCJpbnRlcm5hbCI6eyJvcmdfaWQiOiIxMjM0NSJ9fX0=",
                  "metadata": {
                    "account": "12345",
                    "org_id": "12345",
                    "source_id": "test-source-id",
                    "cluster_uuid": "1b77b73f-1d3e-43c6-9f55-bcd9fb6d1a0c",
                    "cluster_alias": "test-cluster"
                  },
                  "files": [
                    "%s"
                  ]
                }
                """
                        .formatted(request, address));
        settle();
        assertThat(rows("select experiment_name from ros.workloads"))
                .containsExactly("12345|test-source-id|1b77b73f-1d3e-43c6-9f55-bcd9fb6d1a0c|shop|deployment|cart");
    }

    /** A file is what its header says; the address may say anything. */
    @Test
    void theHeaderTellsContainersFromNamespaces() {
        kafka.sendUsageEvent(event(
                report("/namespace/containers.csv", UsageCsv.containers().row()),
                report("/containers.csv", UsageCsv.namespaces().row())));
        settle();
        assertThat(rows("select workload_type from ros.workloads order by 1"))
                .containsExactly("deployment", "namespace");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "no JSON",
                "[]",
                "{}",
                "{\"test\":\"message\"}",
                "{\"request_id\":\"\",\"b64_identity\":\"\",\"metadata\":{},\"files\":[]}",
                "{\"request_id\":\"r\",\"b64_identity\":\"i\",\"metadata\":{\"org_id\":\"1\",\"source_id\":\"2\","
                        + "\"cluster_uuid\":\"no-uuid\",\"cluster_alias\":\"a\"},\"files\":[]}",
                "{\"request_id\":\"r\",\"b64_identity\":\"i\",\"metadata\":{\"org_id\":\"1\",\"source_id\":\"2\","
                        + "\"cluster_uuid\":\"1b36b20f-7fa0-4454-a6d2-008294e06378\",\"cluster_alias\":\"a\"}}",
                "{\"request_id\":\"r\",\"b64_identity\":\"i\",\"metadata\":{\"org_id\":\"1\",\"source_id\":\"a|b\","
                        + "\"cluster_uuid\":\"1b36b20f-7fa0-4454-a6d2-008294e06378\",\"cluster_alias\":\"a\"},\"files\":[]}"
            })
    void whatIsNoEventGoesToQuarantineAndTheNextOneGetsItsTurn(String message) {
        kafka.sendUsageEvent(message);
        kafka.sendUsageEvent(
                event(report("/containers.csv", UsageCsv.containers().row())));
        settle();
        assertThat(rows("select reason || ' ' || arrival_kind from caravan.quarantine"))
                .containsExactly("bad-usage-event usage-event");
        assertThat(rows("select namespace from ros.workloads")).containsExactly("shop");
        assertThat(kafka.replies()).isEmpty();
    }

    @Test
    void theKeysOfAnEventAreReadInAnyCase() {
        kafka.sendUsageEvent(
                event(report("/containers.csv", UsageCsv.containers().row()))
                        .replace("request_id", "Request_ID")
                        .replace("metadata", "Metadata")
                        .replace("cluster_alias", "CLUSTER_ALIAS"));
        settle();
        assertThat(rows("select namespace from ros.workloads")).containsExactly("shop");
    }

    @Test
    void anEventUnderAnotherOrganisationsIdentityGoesToQuarantine() {
        kafka.sendUsageEvent(eventOf("7654321", report("/containers.csv", day(END))));
        settle();
        assertThat(rows("select reason from caravan.quarantine")).containsExactly("identity-mismatch");
        assertThat(rows("select org_id from ros.rh_accounts")).isEmpty();
    }

    @Test
    void aFileThatIsNoReportIsKeptInQuarantineAndTheOthersAreStored() {
        String good = report("/containers.csv", UsageCsv.containers().row());
        String bad = server.bytes("/" + request + "/other.csv", "a,b\n1,2\n".getBytes(StandardCharsets.UTF_8));
        kafka.sendUsageEvent(event(bad, good));
        settle();
        assertThat(rows("select namespace from ros.workloads")).containsExactly("shop");
        assertThat(rows("select reason || ': ' || message from caravan.quarantine"))
                .containsExactly("unknown-report: file 1 of 2: the CSV does not have all the required columns of a"
                        + " right-sizing report; it lacks report_period_start, report_period_end, interval_start");
    }

    @Test
    void aReportThatBreaksOffInAQuoteIsKeptInQuarantine() {
        String text = UsageCsv.containers().row().text() + "\"2026-03-01";
        kafka.sendUsageEvent(event(server.bytes("/" + request + "/cut.csv", text.getBytes(StandardCharsets.UTF_8))));
        settle();
        assertThat(rows("select reason from caravan.quarantine")).containsExactly("malformed-csv");
        assertThat(rows("select namespace from ros.workloads")).isEmpty();
    }

    @Test
    void aReportWithoutValidRowsStoresNothingAndIsAcknowledged() {
        kafka.sendUsageEvent(event(
                report("/empty.csv", UsageCsv.containers()),
                report("/jobs.csv", UsageCsv.containers().row("workload_type", "job"))));
        settle();
        assertThat(rows("select org_id from ros.rh_accounts")).isEmpty();
        assertThat(rows("select reason from caravan.quarantine")).isEmpty();
        assertThat(requested()).isEmpty();
    }

    @Test
    void anAddressThatIsNotListedIsNotAsked() {
        kafka.sendUsageEvent(event("http://169.254.169.254/latest/meta-data"));
        settle();
        assertThat(rows("select reason from caravan.quarantine")).containsExactly("download-not-allowed");
    }

    @Test
    void aReportThatIsRefusedComesOnceItIsReplayed() {
        String path = "/" + request + "/late.csv";
        kafka.sendUsageEvent(event(server.url(path)));
        settle();
        assertThat(rows("select reason from caravan.quarantine")).containsExactly("download-refused");
        server.bytes(path, UsageCsv.containers().row().bytes());
        caravan.jdbc().update("update caravan.quarantine set replay_requested_at = now()");
        await().atMost(Duration.ofSeconds(20))
                .until(() -> rows("select reason from caravan.quarantine where resolved_at is null")
                        .isEmpty());
        assertThat(rows("select namespace from ros.workloads")).containsExactly("shop");
    }

    @Test
    void aServerThatIsAwayDelaysAnEventAndLosesNothing() {
        String address = server.status("/" + request + "/later.csv", 503);
        kafka.sendUsageEvent(event(address));
        int asked = server.requests();
        await().atMost(Duration.ofSeconds(20)).until(() -> server.requests() > asked + 3);
        assertThat(kafka.usageEventsLeft()).isEqualTo(1);
        report("/later.csv", UsageCsv.containers().row());
        settle();
        assertThat(rows("select namespace from ros.workloads")).containsExactly("shop");
    }

    @Test
    void lateIntervalsComeInAndLeaveTheNewerOnes() {
        kafka.sendUsageEvent(event(report("/2.csv", day(END))));
        settle();
        String newest = rows("select recommendations::text from ros.recommendation_sets")
                .get(0);
        kafka.sendUsageEvent(event(report("/1.csv", day(END.minus(Duration.ofDays(1))))));
        settle();
        assertThat(rows("select metrics_upload_at::text from ros.workloads")).containsExactly("2026-03-11 06:00:00+00");
        assertThat(rows("select reason || message || coalesce(stack, '') from caravan.quarantine"))
                .isEmpty();
        assertThat(rows("select count(*)::text from ros.workload_metrics")).containsExactly("193");
        assertThat(rows("select recommendations::text from ros.recommendation_sets"))
                .containsExactly(newest);
    }

    @Test
    void theDaysAfterGiveRecommendationsAgain() {
        kafka.sendUsageEvent(event(report("/1.csv", day(END))));
        kafka.sendUsageEvent(event(report("/2.csv", day(END.plus(Duration.ofHours(23))))));
        kafka.sendUsageEvent(event(report("/3.csv", day(END.plus(Duration.ofHours(24))))));
        settle();
        assertThat(rows("select monitoring_end_time::text from ros.historical_recommendation_sets order by 1"))
                .containsExactly("2026-03-11 06:00:00+00", "2026-03-12 06:00:00+00");
        assertThat(rows("select monitoring_end_time::text from ros.recommendation_sets"))
                .containsExactly("2026-03-12 06:00:00+00");
    }
}
