package dev.caravan.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caravan.RouteApplication;
import dev.caravan.TestCaravan;
import dev.caravan.oracle.ClusterModel;
import dev.caravan.oracle.Hours;
import dev.caravan.oracle.PayloadWriter;
import dev.caravan.payload.Delivery.Outcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> caravan.jdbc()
                                    .queryForObject(
                                            "select count(*) from caravan.quarantine where replay_requested_at is not null",
                                            Integer.class)
                            == 0);
            assertThat(caravan.jdbc()
                            .queryForList(
                                    "select reason || ' ' || attempts || ' ' || (resolved_at is null)"
                                            + " from caravan.quarantine order by quarantine_id",
                                    String.class))
                    .containsExactly("unknown-source 1 false", "ambiguous-source 1 true");
        }
    }

    private Path payload(String cluster) {
        return PayloadWriter.of(cluster, PayloadWriter.uuid(1))
                .date("2026-10-06T00:04:59Z")
                .covering(DAY)
                .reports(ClusterModel.small(1).reports(DAY))
                .writeTo(folder.resolve("payload.tar.gz"));
    }
}
