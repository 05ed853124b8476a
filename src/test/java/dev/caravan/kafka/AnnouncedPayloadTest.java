package dev.caravan.kafka;

import static dev.caravan.TestKafka.announcement;
import static dev.caravan.TestKafka.reply;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.awaitility.Awaitility.await;

import dev.caravan.TestCaravan;
import dev.caravan.TestKafka;
import dev.caravan.embedded.EmbeddedKafka;
import dev.caravan.oracle.ClusterModel;
import dev.caravan.oracle.Hours;
import dev.caravan.oracle.PayloadWriter;
import dev.caravan.oracle.SummaryComparison;
import dev.caravan.payload.PayloadServer;
import dev.caravan.payload.TransferFailedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.AdviceWith;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Payloads that Kafka messages announce, from a real broker and a server that wants signed addresses.
 *
 * <p>One process serves all tests but those that disturb it or its group; each has a cluster of its own.
 */
class AnnouncedPayloadTest {
    private static final List<String> ROUTES =
            List.of("intake/receive-announcement.yaml", "openshift/*.yaml", "operations/*.yaml");
    private static final Path SAMPLE = Path.of("src/test/resources/samples/openshift/S1");
    private static final Hours DAY = Hours.day("2026-10-05");
    private static final String[] OURS = {"service", "hccm"};

    private static PayloadServer server;
    private static TestKafka sharedKafka;
    private static TestCaravan shared;

    @TempDir
    Path folder;

    private final String cluster = UUID.randomUUID().toString();
    private TestKafka kafka;
    private TestCaravan caravan;

    @BeforeAll
    static void startShared() {
        server = new PayloadServer();
        sharedKafka = new TestKafka();
        shared = started(sharedKafka);
    }

    @AfterAll
    static void stopShared() {
        shared.close();
        sharedKafka.close();
        server.close();
    }

    /** Returns when both consumers have their partitions: what is read while these are handed out may be read twice. */
    private static TestCaravan started(TestKafka kafka) {
        TestCaravan started = TestCaravan.start(ROUTES, settings(kafka));
        eventually(() -> kafka.shares().equals(List.of(EmbeddedKafka.PARTITIONS, EmbeddedKafka.PARTITIONS)));
        return started;
    }

    @BeforeEach
    void begin() {
        server.forget();
        sharedKafka.forget();
        for (String table : List.of("caravan.quarantine", "org1234567.payload_claim")) {
            shared.jdbc().update("delete from " + table);
        }
        use(sharedKafka, shared);
    }

    @AfterEach
    void stopOwn() {
        if (caravan != shared) {
            caravan.close();
            kafka.close();
        }
    }

    private void use(TestKafka kafka, TestCaravan caravan) {
        this.kafka = kafka;
        this.caravan = caravan;
        caravan.addSource(cluster, "announced");
    }

    /** A process, topics and a group of this test's own. */
    private void useOwn() {
        TestKafka own = new TestKafka();
        use(own, started(own));
    }

    @Test
    void announcedSampleGivesItsSummaryMovesTheOffsetAndIsRepliedTo() throws Exception {
        String sampleCluster =
                Files.readString(SAMPLE.resolve("cluster_id.txt")).strip();
        caravan.addSource(sampleCluster, "cluster-S1");
        caravan.jdbc()
                .update("insert into org1234567.reporting_enabledtagkeys (key)"
                        + " select unnest(array['app', 'environment', 'team', 'zone'])"
                        + " on conflict (key, provider_type) do update set enabled = true");
        List<String> expected = new ArrayList<>();
        try (var payloads = Files.list(SAMPLE.resolve("payloads"))) {
            for (Path payload : payloads.sorted().toList()) {
                String request = "request-" + expected.size();
                kafka.announce(4, announcement(request, TestCaravan.ORGANISATION, server.file(payload)), OURS);
                expected.add(reply(request, "success"));
            }
        }
        eventually(() -> kafka.acknowledged() == expected.size() && unsent() == 0);
        try (Connection connection = caravan.database().dataSource().getConnection()) {
            SummaryComparison.assertSame(
                    SummaryComparison.readExpected(SAMPLE), connection, TestCaravan.SCHEMA, sampleCluster);
        }
        assertThat(kafka.answers()).containsExactlyElementsOf(expected);
        assertThat(kafka.replies()).allSatisfy(message -> {
            assertThat(message.key()).isNull();
            assertThat(message.headers()).isEmpty();
        });
        assertThat(caravan.jdbc()
                        .queryForList("select origin from org1234567.payload_claim order by origin", String.class))
                .containsExactly("kafka " + kafka.announce() + "/4/0", "kafka " + kafka.announce() + "/4/1");
    }

    @Test
    void secondAnnouncementOfAPayloadLoadsNothingAndIsRepliedToAgain() {
        announcePayload(0, 1);
        eventually(() -> kafka.acknowledged() == 1 && unsent() == 0);
        int rows = rows("org1234567.openshift_pod_usage_line_items");
        announcePayload(0, 1);
        eventually(() -> kafka.acknowledged() == 2 && kafka.replyTexts().size() >= 2);
        assertThat(rows("org1234567.openshift_pod_usage_line_items")).isEqualTo(rows);
        assertThat(kafka.answers()).containsOnly(reply("request-1", "success"));
    }

    @Test
    void whoeverAnnouncesTheSameBytesIsAnsweredUnderTheNameOfTheirRequest() {
        String url = payload(1);
        kafka.announce(0, announcement("request-1", TestCaravan.ORGANISATION, url), OURS);
        kafka.announce(0, announcement("request-2", TestCaravan.ORGANISATION, url), OURS);
        eventually(() -> kafka.acknowledged() == 2 && unsent() == 0);
        assertThat(kafka.answers()).containsExactly(reply("request-1", "success"), reply("request-2", "success"));
        assertThat(claims()).isOne();
    }

    @Test
    void messagesOfOtherServicesAreAcknowledgedAndDropped() {
        kafka.announce(0, "not even JSON", "service", "advisor");
        kafka.announce(0, "not even JSON", "service", "hccm2");
        kafka.announce(0, "not even JSON", "Service", "hccm");
        kafka.announce(0, "not even JSON");
        eventually(() -> kafka.acknowledged() == 4);
        assertThat(rows("caravan.quarantine")).isZero();
        assertThat(kafka.replies()).isEmpty();
    }

    @Test
    void serviceHasATopicOfItsOwnWithoutTheHeader() {
        kafka.send(kafka.upload(), 3, announcement("request-1", TestCaravan.ORGANISATION, payload(1)));
        eventually(() -> kafka.acknowledged() == 1 && unsent() == 0);
        assertThat(claims()).isOne();
        assertThat(kafka.answers()).containsExactly(reply("request-1", "success"));
    }

    /** The handle that moves the offset is a header too, and must not go with them. */
    @Test
    void headersOfASenderSteerNothing() {
        kafka.announce(
                0,
                announcement("request-1", TestCaravan.ORGANISATION, payload(1)),
                "service",
                "hccm",
                "CamelJdbcParameters",
                "x",
                "kafka.OVERRIDE_TOPIC",
                "elsewhere",
                "CamelKafkaManualCommit",
                "x",
                "camelkafkamanualcommit",
                "x",
                "Kafka.Override_Topic",
                "elsewhere",
                "KAFKA.TOPIC",
                "elsewhere",
                "kafka.PARTITION",
                "x",
                "kafka.HEADERS",
                "x",
                "CamelFileName",
                "../../x",
                "camelfilename",
                "../../x",
                "cAmElFileName",
                "x",
                "CamelAwsS3BucketName",
                "elsewhere",
                "CamelAwsS3Key",
                "elsewhere",
                "CamelSqlQuery",
                "drop schema caravan");
        eventually(() -> kafka.acknowledged() == 1 && unsent() == 0);
        assertThat(claims()).isOne();
        assertThat(kafka.answers()).containsExactly(reply("request-1", "success"));
        assertThat(kafka.replies())
                .allSatisfy(message -> assertThat(message.headers()).isEmpty());
    }

    @Test
    void payloadOfAnUnknownSourceIsKeptAndRepliedToWithSuccess() {
        String message = announcement("request-1", "7654321", payload(1));
        kafka.announce(5, message, OURS);
        eventually(() -> kafka.acknowledged() == 1 && unsent() == 0);
        assertThat(caravan.jdbc()
                        .queryForMap("select reason, org_id, stored_as is not null as stored, arrival_kind, topic,"
                                + " kafka_partition, kafka_offset, headers ->> 'service' as service,"
                                + " headers ->> 'message' as message from caravan.quarantine"))
                .contains(
                        entry("reason", "unknown-source"),
                        entry("org_id", "7654321"),
                        entry("stored", true),
                        entry("arrival_kind", "kafka"),
                        entry("topic", kafka.announce()),
                        entry("kafka_partition", 5),
                        entry("kafka_offset", 0L),
                        entry("service", "hccm"),
                        entry("message", message));
        assertThat(kafka.answers()).containsExactly(reply("request-1", "success"));
    }

    @Test
    void garbageIsKeptRepliedToWithFailureAndHoldsNobodyUp() {
        List<String> garbage = List.of(
                "this is no JSON \u0000 at all",
                "",
                "[]",
                "null",
                "{\"request_id\": \"request-a\", \"url\": \"http://127.0.0.1/x\"}",
                "{\"request_id\": \"request-b\", \"org_id\": \"\", \"url\": \"http://127.0.0.1/x\"}",
                "{\"request_id\": \"request-c\", \"org_id\": \"1234567\"}",
                "{\"request_id\": \"request-d\", \"org_id\": \"12\\u000034567\", \"url\": \"http://127.0.0.1/x\"}",
                "{\"request_id\": {}, \"org_id\": \"1234567\", \"url\": \"http://127.0.0.1/x\"}");
        garbage.forEach(message -> kafka.announce(0, message, OURS));
        announcePayload(0, 1);
        eventually(() -> kafka.acknowledged() == garbage.size() + 1 && unsent() == 0);
        assertThat(caravan.jdbc().queryForList("select reason from caravan.quarantine", String.class))
                .hasSize(garbage.size())
                .containsOnly("bad-announcement");
        assertThat(caravan.jdbc()
                        .queryForList(
                                "select headers ->> 'message' from caravan.quarantine order by quarantine_id",
                                String.class))
                .containsExactlyElementsOf(
                        garbage.stream().map(text -> text.replace("\u0000", "")).toList());
        assertThat(kafka.replyTexts())
                .hasSize(garbage.size() + 1)
                .contains(reply("request-1", "success"))
                .contains(reply("request-a", "failure"), reply("request-b", "failure"))
                .contains(reply("request-c", "failure"), reply("request-d", "failure"));
        assertThat(claims()).isOne();
    }

    @Test
    void addressThatIsNotListedIsNeverAskedAndItsMessageIsKept() {
        try (var other = new PayloadServer()) {
            kafka.announce(0, announcement("request-1", TestCaravan.ORGANISATION, other.url("/x")), OURS);
            eventually(() -> kafka.acknowledged() == 1 && unsent() == 0);
            assertThat(other.requests()).isZero();
        }
        assertThat(caravan.jdbc().queryForMap("select reason, message from caravan.quarantine"))
                .contains(entry("reason", "download-not-allowed"))
                .allSatisfy((column, value) -> assertThat((String) value).doesNotContain("secret"));
        assertThat(kafka.answers()).containsExactly(reply("request-1", "failure"));
    }

    @Test
    void payloadThatIsNotThereIsTriedAgainAndThenKeptWithItsMessage() {
        kafka.announce(0, announcement("request-1", TestCaravan.ORGANISATION, server.url("/missing")), OURS);
        eventually(() -> kafka.acknowledged() == 1 && unsent() == 0);
        assertThat(server.requests()).as("the first and two more").isEqualTo(3);
        assertThat(caravan.jdbc()
                        .queryForMap("select reason, headers ->> 'message' as message from caravan.quarantine"))
                .contains(entry("reason", "download-refused"))
                .hasEntrySatisfying("message", text -> assertThat((String) text).contains("/missing"));
        assertThat(kafka.answers()).containsExactly(reply("request-1", "failure"));
    }

    @Test
    void payloadThatAppearsDuringTheTriesIsLoaded() throws IOException {
        Path file = made(cluster, 1);
        server.answer("/late", request -> {
            if (server.requests() < 3) {
                request.sendResponseHeaders(404, -1);
            } else {
                PayloadServer.send(request, Files.readAllBytes(file));
            }
        });
        kafka.announce(0, announcement("request-1", TestCaravan.ORGANISATION, server.url("/late")), OURS);
        eventually(() -> kafka.acknowledged() == 1 && unsent() == 0);
        assertThat(claims()).isOne();
    }

    /** Longer than all tries of one reading. */
    @Test
    void serverThatFailsForAWhileKeepsTheOffsetAndThePayloadLoadsAfterwards() throws IOException {
        Path file = made(cluster, 1);
        var acknowledgedMeanwhile = new AtomicInteger();
        server.answer("/later", request -> {
            acknowledgedMeanwhile.addAndGet((int) kafka.acknowledged());
            if (server.requests() <= 7) {
                request.sendResponseHeaders(503, -1);
            } else {
                PayloadServer.send(request, Files.readAllBytes(file));
            }
        });
        kafka.announce(0, announcement("request-1", TestCaravan.ORGANISATION, server.url("/later")), OURS);
        eventually(() -> kafka.acknowledged() == 1 && unsent() == 0);
        assertThat(acknowledgedMeanwhile).hasValue(0);
        assertThat(server.requests()).isEqualTo(8);
        assertThat(claims()).isOne();
        assertThat(rows("caravan.quarantine")).isZero();
        assertThat(kafka.answers()).containsExactly(reply("request-1", "success"));
    }

    @Test
    void bodyThatBreaksOffIsDownloadedAgainFromTheBeginning() throws IOException {
        byte[] bytes = Files.readAllBytes(made(cluster, 1));
        server.answer("/broken", request -> {
            if (server.requests() < 2) {
                request.sendResponseHeaders(200, bytes.length);
                request.getResponseBody().write(bytes, 0, bytes.length / 2);
                request.getResponseBody().flush();
                throw new IOException("broken off");
            }
            PayloadServer.send(request, bytes);
        });
        kafka.announce(0, announcement("request-1", TestCaravan.ORGANISATION, server.url("/broken")), OURS);
        eventually(() -> kafka.acknowledged() == 1 && unsent() == 0);
        assertThat(claims()).isOne();
        assertThat(rows("caravan.quarantine")).isZero();
    }

    @Test
    void twoReplicasWithTwoConsumersEachLoadEveryPayloadOnce() {
        useOwn();
        List<String> clusters = new ArrayList<>();
        for (int number = 0; number < 4; number++) {
            clusters.add(UUID.randomUUID().toString());
            caravan.addSource(clusters.get(number), "source-" + number);
        }
        try (var replica = caravan.replica(ROUTES, settings(kafka))) {
            List<String> expected = new ArrayList<>();
            for (int number = 1; number <= 12; number++) {
                String url = server.file(made(clusters.get(number % clusters.size()), number));
                kafka.announce(number % 6, announcement("request-" + number, TestCaravan.ORGANISATION, url), OURS);
                expected.add(reply("request-" + number, "success"));
            }
            eventually(() -> kafka.acknowledged() == 12 && unsent() == 0);
            // A message read again during a rebalance is a duplicate, and answered again.
            assertThat(kafka.answers()).containsExactlyInAnyOrderElementsOf(expected);
            assertThat(replica.jdbc().queryForObject("select count(*) from caravan.quarantine", Integer.class))
                    .isZero();
        }
        assertThat(claims()).isEqualTo(12);
        assertThat(rows("org1234567.manifest")).isEqualTo(12);
    }

    @Test
    void payloadCommittedBeforeItsOffsetIsADuplicateWhenItsMessageComesAgain() throws Exception {
        useOwn();
        var failures = new AtomicInteger();
        AdviceWith.adviceWith(
                caravan.bean(CamelContext.class),
                "receive-announcement",
                route -> route.weaveById("to-ingest-announced").after().process(exchange -> {
                    if (failures.getAndIncrement() < 4) {
                        throw new TransferFailedException("the process is gone", null);
                    }
                }));
        announcePayload(0, 1);
        eventually(() -> kafka.acknowledged() == 1 && unsent() == 0);
        assertThat(failures).as("one reading with its tries, and another").hasValueGreaterThan(4);
        assertThat(server.requests()).as("downloads").isEqualTo(2);
        assertThat(claims()).isOne();
        assertThat(rows("org1234567.manifest")).isOne();
        assertThat(rows("caravan.quarantine")).isZero();
        assertThat(kafka.replyTexts()).isNotEmpty().containsOnly(reply("request-1", "success"));
    }

    @Test
    void payloadWhoseOffsetCannotBeMovedIsReadAgainAndNotKept() throws IOException {
        useOwn();
        byte[] bytes = Files.readAllBytes(made(cluster, 1));
        server.answer("/expelled", request -> {
            if (server.requests() < 2) {
                kafka.expelConsumers();
            }
            PayloadServer.send(request, bytes);
        });
        kafka.announce(0, announcement("request-1", TestCaravan.ORGANISATION, server.url("/expelled")), OURS);
        eventually(() -> kafka.acknowledged() == 1 && unsent() == 0);
        assertThat(server.requests()).as("downloads").isEqualTo(2);
        assertThat(claims()).isOne();
        assertThat(rows("caravan.quarantine")).isZero();
        assertThat(kafka.replyTexts()).isNotEmpty().containsOnly(reply("request-1", "success"));
    }

    private static Map<String, Object> settings(TestKafka kafka) {
        Map<String, Object> settings = new HashMap<>(kafka.settings());
        settings.put("caravan.download.hosts", server.host());
        return settings;
    }

    private void announcePayload(int partition, int number) {
        kafka.announce(partition, announcement("request-" + number, TestCaravan.ORGANISATION, payload(number)), OURS);
    }

    /** The address of a payload of the registered source. */
    private String payload(int number) {
        return server.file(made(cluster, number));
    }

    private Path made(String owner, int number) {
        return PayloadWriter.of(owner, PayloadWriter.uuid(number))
                .date("2026-10-06T00:04:59Z")
                .covering(DAY)
                .reports(ClusterModel.small(number).reports(DAY.first(2)))
                .writeTo(folder.resolve("made-" + number + ".tar.gz"));
    }

    private static void eventually(Callable<Boolean> condition) {
        await().atMost(Duration.ofSeconds(40))
                .pollInterval(Duration.ofMillis(100))
                .until(condition);
    }

    private int claims() {
        return rows("org1234567.payload_claim");
    }

    private int unsent() {
        return rows("org1234567.outbox where sent_at is null") + rows("caravan.outbox where sent_at is null");
    }

    private int rows(String table) {
        return caravan.jdbc().queryForObject("select count(*) from " + table, Integer.class);
    }
}
