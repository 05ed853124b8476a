package dev.caravan.openshift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caravan.TestCaravan;
import dev.caravan.oracle.ClusterModel;
import dev.caravan.oracle.Hours;
import dev.caravan.oracle.PayloadWriter;
import dev.caravan.payload.Delivery;
import dev.caravan.payload.Delivery.Outcome;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.AdviceWith;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A payload is loaded whole or not at all, wherever on its way it fails. */
class OneTransactionTest {
    private static final Hours DAY = Hours.day("2026-10-05");
    private static final List<String> TABLES = List.of(
            "openshift_pod_usage_hours",
            "openshift_pod_usage_line_items_daily",
            "openshift_storage_usage_hours",
            "openshift_node_labels_hours",
            "openshift_node_day",
            "day_delivery",
            "manifest",
            "manifest_file",
            "manifest_file_day",
            "payload_claim",
            "outbox",
            "reporting_ocpusagelineitem_daily_summary",
            "reporting_ocp_nodes",
            "reporting_ocpusagereportperiod");

    @TempDir
    Path folder;

    private TestCaravan caravan;
    private String cluster;

    @BeforeEach
    void start() {
        caravan = TestCaravan.start();
        cluster = UUID.randomUUID().toString();
        caravan.addSource(cluster, "one");
    }

    @AfterEach
    void stop() {
        caravan.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ingest-payload", "load-payload", "stage-report", "complete-manifest", "summarize-days"})
    void failureAtTheEndOfAnyRouteLeavesNoRowAndOneQuarantineEntry(String route) throws Exception {
        failAtTheEndOf(route);
        Delivery delivery = caravan.ingest(payload());
        assertThat(delivery.outcome()).isEqualTo(Outcome.QUARANTINED);
        assertThat(delivery.reason()).isEqualTo("internal-error");
        if (route.equals("ingest-payload")) {
            // After the commit: the payload is loaded, and its replay will be a duplicate.
            assertThat(rows("payload_claim")).isOne();
        } else {
            assertNoRowAnywhere();
        }
        assertThat(caravan.jdbc().queryForObject("select count(*) from caravan.quarantine", Integer.class))
                .isOne();
    }

    @ParameterizedTest
    @ValueSource(strings = {"load-payload", "stage-report", "complete-manifest", "summarize-days"})
    void failureLeavesNoRowWhenTheCallerHandlesNothing(String route) throws Exception {
        failAtTheEndOf(route);
        caravan.bean(CamelContext.class).addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:no-failure-class")
                        .errorHandler(noErrorHandler())
                        .bean("payloadSpool", "receive")
                        .to("direct:ingest-payload");
            }
        });
        Exchange done = caravan.bean(ProducerTemplate.class).send("direct:no-failure-class", exchange -> {
            exchange.setProperty(Delivery.PROPERTY, new Delivery("test", null, "request", false));
            exchange.getMessage().setBody(payload().toFile());
        });
        assertThat(done.getException()).hasMessageContaining("broken on purpose");
        assertNoRowAnywhere();
    }

    @Test
    void violatedConstraintOfTheLastRowLeavesNoRowAndOneQuarantineEntry() {
        caravan.jdbc()
                .execute("alter table org1234567.openshift_pod_usage_hours"
                        + " add constraint no_such_pod check (pod <> 'last-one')");
        var pods = ClusterModel.small(1).podUsage(DAY);
        var payload = PayloadWriter.of(cluster, PayloadWriter.uuid(1))
                .date("2026-10-06T00:04:59Z")
                .covering(DAY)
                .reports(pods.hour(DAY.hour(23), "pod", "last-one", "namespace", "shop", "node", "n1"))
                .writeTo(folder.resolve("violation.tar.gz"));
        Delivery delivery = caravan.ingest(payload);
        assertThat(delivery.outcome()).isEqualTo(Outcome.QUARANTINED);
        assertThat(delivery.explanation()).contains("no_such_pod");
        assertNoRowAnywhere();
        Map<String, Object> entry = caravan.jdbc().queryForMap("select * from caravan.quarantine");
        assertThat(entry)
                .containsEntry("reason", "internal-error")
                .containsEntry("sha256", delivery.file().sha256())
                .containsEntry("cluster_id", cluster);
        assertThat(caravan.folder().resolve("quarantine").resolve((String) entry.get("stored_as")))
                .hasSize(delivery.file().sizeBytes());
        assertThat(caravan.jdbc()
                        .queryForObject(
                                "select message ->> 'validation' from caravan.outbox where sha256 = ?",
                                String.class,
                                delivery.file().sha256()))
                .isEqualTo("failure");
    }

    @Test
    void transientFailureIsTriedAgainAndThenLoads() throws Exception {
        var failures = new AtomicInteger();
        advise("complete-manifest", exchange -> {
            if (failures.getAndIncrement() < 2) {
                throw new SQLException("the server is shutting down", "57P01");
            }
        });
        Delivery delivery = caravan.ingest(payload());
        assertThat(delivery.outcome()).isEqualTo(Outcome.LOADED);
        assertThat(failures).hasValue(3);
        assertThat(rows("payload_claim")).isOne();
        assertThat(rows("openshift_pod_usage_hours")).isEqualTo(24 * 24);
    }

    @Test
    void transientFailureBeyondItsTriesAcknowledgesNothing() throws Exception {
        advise("complete-manifest", exchange -> {
            throw new SQLException("the server is shutting down", "57P01");
        });
        assertThatThrownBy(() -> caravan.ingest(payload())).hasMessageContaining("shutting down");
        assertNoRowAnywhere();
        assertThat(caravan.jdbc().queryForObject("select count(*) from caravan.quarantine", Integer.class))
                .isZero();
    }

    @Test
    void replyStandsInTheOutboxAndIsUnsentAgainAfterADuplicate() {
        Path payload = payload();
        caravan.ingest(payload);
        Map<String, Object> row = caravan.jdbc().queryForMap("select * from org1234567.outbox");
        assertThat(row).containsEntry("kind", "validation-reply").containsEntry("sent_at", null);
        assertThat(row.get("message").toString()).contains("\"success\"").contains("request-1");
        caravan.jdbc().update("update org1234567.outbox set sent_at = now()");
        assertThat(caravan.ingest(payload).outcome()).isEqualTo(Outcome.DUPLICATE);
        assertThat(caravan.jdbc()
                        .queryForObject("select count(*) from org1234567.outbox where sent_at is null", Integer.class))
                .isOne();
    }

    private void failAtTheEndOf(String route) throws Exception {
        advise(route, exchange -> {
            throw new IllegalStateException("broken on purpose");
        });
    }

    /** Adds a step behind the last one of a route. */
    private void advise(String route, Processor step) throws Exception {
        AdviceWith.adviceWith(caravan.bean(CamelContext.class), route, advice -> advice.weaveAddLast()
                .process(step));
    }

    private Path payload() {
        return PayloadWriter.of(cluster, PayloadWriter.uuid(1))
                .date("2026-10-06T00:04:59Z")
                .covering(DAY)
                .reports(ClusterModel.small(1).reports(DAY))
                .writeTo(folder.resolve("payload.tar.gz"));
    }

    private void assertNoRowAnywhere() {
        for (String table : TABLES) {
            assertThat(rows(table)).as(table).isZero();
        }
    }

    private int rows(String table) {
        return caravan.jdbc().queryForObject("select count(*) from org1234567." + table, Integer.class);
    }
}
