package dev.caravan.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.caravan.RouteApplication;
import dev.caravan.TestCaravan;
import dev.caravan.oracle.ClusterModel;
import dev.caravan.oracle.Hours;
import dev.caravan.oracle.PayloadWriter;
import dev.caravan.payload.Delivery.Outcome;
import dev.caravan.payload.PayloadServer;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.UUID;
import javax.management.JMException;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.FileSystemUtils;

/** Payloads come back from quarantine through the normal route. */
class ReplayTest {
    private static final Hours DAY = Hours.day("2026-10-05");

    @TempDir
    Path folder;

    @Test
    void payloadOfAnUnknownSourceLoadsByItselfOnceTheSourceIsRegistered() {
        try (var caravan = TestCaravan.start(RouteApplication.ALL, Map.of("caravan.replay-interval", 100))) {
            String cluster = UUID.randomUUID().toString();
            Path payload = payload(cluster);
            for (int times = 1; times <= 2; times++) {
                var delivery = caravan.ingest(payload);
                assertThat(delivery.outcome()).isEqualTo(Outcome.QUARANTINED);
                assertThat(delivery.reason()).isEqualTo("unknown-source");
            }
            assertThat(caravan.jdbc().queryForMap("select attempts, resolved_at from caravan.quarantine"))
                    .containsEntry("attempts", 2)
                    .containsEntry("resolved_at", null);
            caravan.addSource(cluster, "late");
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> caravan.jdbc()
                                    .queryForObject(
                                            "select count(*) from caravan.quarantine where resolved_at is null",
                                            Integer.class)
                            == 0);
            assertThat(caravan.jdbc()
                            .queryForObject(
                                    "select count(*) from org1234567.reporting_ocpusagelineitem_daily_summary"
                                            + " where cluster_id = ?",
                                    Integer.class,
                                    cluster))
                    .isPositive();
            assertThat(caravan.ingest(payload).outcome()).isEqualTo(Outcome.DUPLICATE);
        }
    }

    @Test
    void payloadThatFailsForAnotherReasonIsReplayedOnceAndKeptUnderThatOne() {
        try (var caravan = TestCaravan.start(RouteApplication.ALL, Map.of("caravan.replay-interval", 100))) {
            String cluster = UUID.randomUUID().toString();
            assertThat(caravan.ingest(payload(cluster)).reason()).isEqualTo("unknown-source");
            // Nobody asks for its replay before both organisations have the cluster.
            caravan.jdbc().update("update caravan.quarantine set cluster_id = null");
            var registry = caravan.bean(SourceRegistry.class);
            registry.add("one", cluster, "first");
            registry.add("two", cluster, "first");
            caravan.jdbc().update("update caravan.quarantine set replay_requested_at = now()");
            awaitReplays(caravan);
            assertThat(caravan.jdbc()
                            .queryForList(
                                    "select reason || ' ' || attempts || ' ' || (resolved_at is null)"
                                            + " from caravan.quarantine order by quarantine_id",
                                    String.class))
                    .containsExactly("unknown-source 1 false", "ambiguous-source 1 true");
        }
    }

    @Test
    void payloadOfWhichOnlyTheAnnouncementWasKeptIsDownloadedOverJmx() throws JMException {
        try (var server = new PayloadServer();
                var caravan = TestCaravan.start(
                        RouteApplication.ALL,
                        Map.of(
                                "camel.main.jmx-enabled",
                                true,
                                "caravan.replay-interval",
                                100,
                                "caravan.download.hosts",
                                server.host()))) {
            String cluster = UUID.randomUUID().toString();
            caravan.addSource(cluster, "announced");
            String message = "{\"org_id\": \"1234567\", \"url\": \"%s\"}".formatted(server.file(payload(cluster)));
            long id = refused(caravan, message);
            long bad = refused(caravan, "no announcement");
            caravan.jdbc()
                    .update("update caravan.quarantine set reason = 'bad-announcement' where quarantine_id = ?", bad);

            assertThat(invoke("list", "download-refused", "", 5))
                    .startsWith(id + " download-refused, ")
                    .doesNotContain("secret")
                    .hasLineCount(1);
            assertThat(invoke("show", id))
                    .contains("topic: uploads", "offset: 7", "stored: no: none were received")
                    .doesNotContain("secret");
            assertThatThrownBy(() -> invoke("replay", 4711L))
                    .rootCause()
                    .hasMessage("no payload in quarantine has id 4711");
            assertThatThrownBy(() -> invoke("list", "", "", 0)).rootCause().hasMessageContaining("1 to 1000");

            assertThat(invoke("replay", id)).isEqualTo("payload " + id + " is replayed soon");
            invoke("replay", bad);
            awaitReplays(caravan);
            assertThat(caravan.jdbc()
                            .queryForList(
                                    "select reason || ' ' || (resolved_at is null) from caravan.quarantine"
                                            + " order by quarantine_id",
                                    String.class))
                    .containsExactly("download-refused false", "bad-announcement true");
            assertThat(caravan.jdbc().queryForObject("select count(*) from org1234567.payload_claim", Integer.class))
                    .isOne();

            assertThat(invoke("drop", bad)).isEqualTo("payload " + bad + " is dropped");
            assertThat(caravan.jdbc().queryForList("select action from caravan.audit order by audit_id", String.class))
                    .containsExactly("quarantine replay", "quarantine replay", "quarantine drop");
        }
    }

    @Test
    void bytesThatAreGoneAreNotAskedForAgainAndAgain() throws IOException {
        try (var caravan = TestCaravan.start(RouteApplication.ALL, Map.of("caravan.replay-interval", 100))) {
            String cluster = UUID.randomUUID().toString();
            assertThat(caravan.ingest(payload(cluster)).reason()).isEqualTo("unknown-source");
            FileSystemUtils.deleteRecursively(caravan.folder().resolve("quarantine"));
            caravan.addSource(cluster, "late");
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> caravan.jdbc()
                                    .queryForObject(
                                            "select count(*) from caravan.quarantine where replay_requested_at is null"
                                                    + " and resolved_at is null and attempts = 1",
                                            Integer.class)
                            == 1);
        }
    }

    private static long refused(TestCaravan caravan, String message) {
        return caravan.jdbc()
                .queryForObject(
                        """
                        insert into caravan.quarantine (reason, message, origin, org_id, request_id, headers, arrival_kind,
                            topic, kafka_partition, kafka_offset)
                        values ('download-refused', 'https://s3/?secret answered 403', ?, '1234567', 'request',
                            jsonb_build_object('message', ?::text), 'kafka', 'uploads', 0, 7)
                        returning quarantine_id
                        """,
                        Long.class,
                        "kafka uploads/0/" + message.length(),
                        message);
    }

    private static String invoke(String operation, Object... arguments) throws JMException {
        var mbeans = ManagementFactory.getPlatformMBeanServer();
        ObjectName name = mbeans.queryNames(
                        new ObjectName("org.apache.camel:type=services,name=QuarantineOperations,*"), null)
                .iterator()
                .next();
        String[] types = Arrays.stream(arguments)
                .map(argument -> argument instanceof Long
                        ? "long"
                        : argument instanceof Integer ? "int" : String.class.getName())
                .toArray(String[]::new);
        return (String) mbeans.invoke(name, operation, arguments, types);
    }

    private Path payload(String cluster) {
        return PayloadWriter.of(cluster, PayloadWriter.uuid(1))
                .date("2026-10-06T00:04:59Z")
                .covering(DAY)
                .reports(ClusterModel.small(1).reports(DAY))
                .writeTo(folder.resolve("payload.tar.gz"));
    }

    private static void awaitReplays(TestCaravan caravan) {
        await().atMost(Duration.ofSeconds(20))
                .until(() -> caravan.jdbc()
                                .queryForObject(
                                        "select count(*) from caravan.quarantine where replay_requested_at is not null",
                                        Integer.class)
                        == 0);
    }
}
