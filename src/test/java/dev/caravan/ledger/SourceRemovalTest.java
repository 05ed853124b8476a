package dev.caravan.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caravan.TestCaravan;
import dev.caravan.database.Migrations;
import dev.caravan.optimization.StoredWorkload;
import dev.caravan.oracle.ClusterModel;
import dev.caravan.oracle.Hours;
import dev.caravan.oracle.PayloadWriter;
import dev.caravan.payload.Delivery;
import dev.caravan.payload.Delivery.Outcome;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.AdviceWith;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Payloads in flight while their source is removed or moved. */
class SourceRemovalTest {
    private static final Hours DAY = Hours.day("2026-10-05");

    @TempDir
    Path folder;

    private TestCaravan caravan;
    private String cluster;
    private Source source;

    @BeforeEach
    void start() {
        caravan = TestCaravan.start();
        cluster = UUID.randomUUID().toString();
        caravan.addSource(cluster, "one");
        source = caravan.bean(SourceRegistry.class)
                .find(TestCaravan.ORGANISATION, cluster)
                .orElseThrow();
    }

    @AfterEach
    void stop() {
        caravan.close();
    }

    @Test
    void aPayloadBetweenFindingAndLockingItsSourceIsKeptAndLoadsOnceTheSourceIsBack() throws Exception {
        beforeLoading("ingest-payload", "to-load-payload", this::begin);
        Delivery delivery = caravan.ingest(payload());
        assertThat(delivery.outcome()).isEqualTo(Outcome.QUARANTINED);
        assertThat(delivery.reason()).isEqualTo("unknown-source");
        finish();
        assertNothingIsLeft();
        assertThat(caravan.jdbc().queryForList("select reason from caravan.quarantine", String.class))
                .as("it came after the removal was asked for")
                .containsExactly("unknown-source");
        caravan.addSource(cluster, "again");
        assertThat(caravan.jdbc()
                        .queryForObject(
                                "select count(*) from caravan.quarantine where replay_requested_at is not null",
                                Integer.class))
                .isOne();
        assertThat(caravan.ingest(payload()).outcome()).isEqualTo(Outcome.LOADED);
    }

    @Test
    void aPayloadThatHasItsSourcesLockIsLoadedAndRemoved() throws Exception {
        CompletableFuture<Void> removal = new CompletableFuture<>();
        beforeLoading("load-payload", "to-complete-manifest", () -> {
            CompletableFuture.runAsync(() -> {
                        begin();
                        finish();
                    })
                    .whenComplete((done, failure) -> {
                        if (failure == null) {
                            removal.complete(null);
                        } else {
                            removal.completeExceptionally(failure);
                        }
                    });
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> caravan.jdbc()
                                    .queryForObject(
                                            "select count(*) from caravan.source where removing_since is not null",
                                            Integer.class)
                            == 1);
        });
        assertThat(caravan.ingest(payload()).outcome()).isEqualTo(Outcome.LOADED);
        removal.get(60, TimeUnit.SECONDS);
        assertNothingIsLeft();
        assertThat(caravan.ingest(payload()).reason()).isEqualTo("unknown-source");
    }

    @Test
    void aPayloadWhoseSourceMovesMeanwhileGoesToItsNewOrganisation() throws Exception {
        caravan.bean(Migrations.class).createOrganisation("7654321");
        beforeLoading("ingest-payload", "to-load-payload", () -> caravan.bean(BoundedTransaction.class)
                .call(() -> caravan.bean(SourceRegistry.class).move(source, "7654321", "moved")));
        Delivery delivery = caravan.ingest(payload());
        assertThat(delivery.outcome()).as(delivery.explanation()).isEqualTo(Outcome.LOADED);
        assertThat(delivery.source().organisation()).isEqualTo("7654321");
        assertNothingIsLeft();
    }

    @Test
    void whatRightSizingHasOfTheSourceGoesToo() {
        String number = Long.toString(source.id());
        for (String name : List.of("a", "b")) {
            StoredWorkload.add(
                    caravan.jdbc(),
                    TestCaravan.ORGANISATION,
                    null,
                    number,
                    "cluster of " + name,
                    name,
                    "2026-11-06T12:00:00Z");
        }
        StoredWorkload.add(
                caravan.jdbc(), "7654321", null, number, cluster, "other organisation", "2026-11-06T12:00:00Z");
        begin();
        List<String> progress = new ArrayList<>();
        caravan.bean(SourceRemoval.class).finish(source, progress::add);
        assertThat(StoredWorkload.names(caravan.jdbc())).containsExactly("other organisation");
        assertThat(progress).contains("right-sizing: 14 rows deleted");
        assertThat(caravan.jdbc().queryForObject("select count(*) from caravan.source", Integer.class))
                .isZero();
    }

    @Test
    void summarisingARemovedSourceDoesNothing() {
        caravan.ingest(payload());
        begin();
        finish();
        caravan.bean(Resummarizing.class)
                .summarize(
                        new Organisation(TestCaravan.ORGANISATION, TestCaravan.SCHEMA),
                        new Resummarizing.Month(
                                source.uuid(), "one", YearMonth.of(2026, 10), List.of(LocalDate.parse("2026-10-05"))));
        assertNothingIsLeft();
    }

    private void begin() {
        caravan.bean(SourceRemoval.class).begin(List.of(source), () -> {});
    }

    private void finish() {
        caravan.bean(SourceRemoval.class).finish(source, line -> {});
    }

    /** Does something once, when the first payload gets there. */
    private void beforeLoading(String route, String step, Runnable work) throws Exception {
        var times = new AtomicInteger();
        AdviceWith.adviceWith(caravan.bean(CamelContext.class), route, advice -> advice.weaveById(step)
                .before()
                .process(exchange -> {
                    if (times.getAndIncrement() == 0) {
                        work.run();
                    }
                }));
    }

    private void assertNothingIsLeft() {
        for (String table : List.of(
                "openshift_pod_usage_hours",
                "openshift_pod_usage_line_items_daily",
                "openshift_node_day",
                "reporting_ocpusagelineitem_daily_summary",
                "reporting_ocp_clusters",
                "reporting_ocp_nodes",
                "openshift_label_value",
                "day_delivery",
                "manifest",
                "manifest_file",
                "payload_claim")) {
            assertThat(caravan.jdbc().queryForObject("select count(*) from org1234567." + table, Integer.class))
                    .as(table)
                    .isZero();
        }
    }

    private Path payload() {
        return PayloadWriter.of(cluster, PayloadWriter.uuid(1))
                .date("2026-10-06T00:04:59Z")
                .covering(DAY)
                .reports(ClusterModel.small(1).reports(DAY))
                .writeTo(folder.resolve("payload.tar.gz"));
    }
}
