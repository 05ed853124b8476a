package dev.caravan.operations;

import static dev.caravan.TestKafka.reply;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caravan.TestCaravan;
import dev.caravan.TestKafka;
import dev.caravan.database.Migrations;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.AdviceWith;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Replies reach a real broker: all of them, in order, marked when they are there. */
class DeliverOutboxTest {
    private static final List<String> ROUTES = List.of("operations/deliver-outbox.yaml");

    private TestKafka kafka;
    private TestCaravan caravan;

    @BeforeEach
    void connect() {
        kafka = new TestKafka();
    }

    @AfterEach
    void stop() {
        if (caravan != null) {
            caravan.close();
        }
        kafka.close();
    }

    @Test
    void repliesOfEveryOutboxAreSentInOrderAndMarked() {
        start(kafka.settings());
        caravan.bean(Migrations.class).createOrganisation("7654321");
        for (int number = 1; number <= 3; number++) {
            queue("caravan", "nobody-" + number);
            queue("org1234567", "first-" + number);
            queue("org7654321", "second-" + number);
        }
        eventually(() -> unsent() == 0 && kafka.replyTexts().size() == 9);
        assertThat(kafka.replyTexts())
                .filteredOn(text -> text.contains("first-"))
                .containsExactly(reply("first-1", "success"), reply("first-2", "success"), reply("first-3", "success"));
        assertThat(kafka.replyTexts()).hasSize(9);
    }

    @Test
    void movesWaitQuietlyWithoutAnS3ServerAndHoldNoReplyUp() {
        start(kafka.settings());
        caravan.jdbc()
                .update(
                        "insert into caravan.outbox (kind, destination, message) values ('object-move', 'bucket', '{}')");
        queue("caravan", "request-1");
        eventually(() -> unsent() == 1);
        assertThat(kafka.replyTexts()).containsExactly(reply("request-1", "success"));
    }

    @Test
    void twoReplicasSendEveryReplyOnce() {
        start(kafka.settings());
        try (var replica = caravan.replica(ROUTES, kafka.settings())) {
            List<String> expected = new ArrayList<>();
            for (int number = 1; number <= 200; number++) {
                queue("org1234567", "request-" + number);
                expected.add(reply("request-" + number, "success"));
            }
            eventually(() -> unsent() == 0);
            assertThat(kafka.replyTexts()).containsExactlyElementsOf(expected);
            assertThat(replica.jdbc().queryForObject("select sum(attempts) from org1234567.outbox", Integer.class))
                    .isZero();
        }
    }

    @Test
    void replyTheBrokerDoesNotTakeIsPutOffLongerEachTimeAndSentOnceItIsBack() throws IOException {
        start(Map.of());
        queue("org1234567", "request-1");
        Map<String, Object> settings = new HashMap<>(kafka.settings());
        settings.put("caravan.kafka.brokers", "127.0.0.1:" + freePort());
        settings.put("caravan.outbox.acknowledge-timeout", 200);
        settings.put("caravan.outbox.retry-delay", 50);
        settings.put("caravan.outbox.maximum-retry-delay", 400);
        try (var cutOff = caravan.replica(ROUTES, settings)) {
            eventually(() -> attempts() >= 3);
            Map<String, Object> row = cutOff.jdbc()
                    .queryForMap("select sent_at, last_error, next_attempt_at > created_at as later"
                            + " from org1234567.outbox");
            assertThat(row).containsEntry("sent_at", null).containsEntry("later", true);
            assertThat((String) row.get("last_error")).contains("200 ms");
        }
        try (var reachable = caravan.replica(ROUTES, kafka.settings())) {
            eventually(() -> unsent() == 0);
            assertThat(reachable.jdbc().queryForObject("select last_error from org1234567.outbox", String.class))
                    .isNull();
        }
        assertThat(kafka.replyTexts()).containsExactly(reply("request-1", "success"));
    }

    @Test
    void replySentButNotMarkedIsSentAgain() throws Exception {
        start(kafka.settings());
        var camel = caravan.bean(CamelContext.class);
        AdviceWith.adviceWith(camel, "deliver-outbox", route -> route.weaveById("to-topic")
                .after()
                .process(exchange -> {
                    if (attempts() == 0) {
                        throw new IllegalStateException("the process is gone");
                    }
                }));
        queue("org1234567", "request-1");
        eventually(() -> unsent() == 0);
        assertThat(kafka.replyTexts()).containsExactly(reply("request-1", "success"), reply("request-1", "success"));
    }

    @Test
    void withoutKafkaRepliesWaitQuietly() {
        start(Map.of("caravan.kafka.brokers", "", "caravan.outbox.poll-interval", 20));
        queue("org1234567", "request-1");
        assertThat(caravan.bean(CamelContext.class).getRoutes()).isEmpty();
        assertThat(unsent()).isOne();
    }

    private void start(Map<String, Object> settings) {
        caravan = TestCaravan.start(ROUTES, settings);
    }

    private void queue(String schema, String request) {
        caravan.jdbc()
                .update(
                        "insert into " + schema + ".outbox (kind, destination, message)"
                                + " values ('validation-reply', ?, ?::jsonb)",
                        kafka.settings().get("caravan.topics.validation"),
                        reply(request, "success"));
    }

    private int attempts() {
        return caravan.jdbc().queryForObject("select max(attempts) from org1234567.outbox", Integer.class);
    }

    private int unsent() {
        return caravan.jdbc()
                .queryForObject(
                        "select (select count(*) from caravan.outbox where sent_at is null)"
                                + " + (select count(*) from org1234567.outbox where sent_at is null)",
                        Integer.class);
    }

    private static int freePort() throws IOException {
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    private static void eventually(Callable<Boolean> condition) {
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(50))
                .until(condition);
    }
}
