package dev.caravan.kafka;

import static dev.caravan.TestKafka.announcement;
import static dev.caravan.TestKafka.reply;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caravan.TestCaravan;
import dev.caravan.TestDatabase;
import dev.caravan.TestKafka;
import dev.caravan.TestPostgres;
import dev.caravan.embedded.EmbeddedKafka;
import dev.caravan.oracle.ClusterModel;
import dev.caravan.oracle.Hours;
import dev.caravan.oracle.PayloadWriter;
import dev.caravan.payload.PayloadServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** PostgreSQL goes away while payloads are being loaded, for longer than Kafka waits for a consumer. */
@ExtendWith(OutputCaptureExtension.class)
class DatabaseAwayTest {
    /** Not purge-expired, which reads the locked tables too. */
    private static final List<String> ROUTES = List.of(
            "intake/receive-announcement.yaml",
            "openshift/*.yaml",
            "operations/on-*.yaml",
            "operations/acknowledge-message.yaml",
            "operations/deliver-outbox.yaml");

    private static final Hours DAY = Hours.day("2026-10-05");
    private static final int CONSUMERS = 2;
    /** As many as partitions that a consumer has: one that is busy with garbage cannot have all of them. */
    private static final int PAYLOADS_BEFORE = EmbeddedKafka.PARTITIONS;

    private static final int PAYLOADS = PAYLOADS_BEFORE + 2;
    private static final Duration POLL_INTERVAL = Duration.ofSeconds(6);
    private static final Duration AWAY = POLL_INTERVAL.multipliedBy(2).plusMillis(500);
    /** No further try of a message begins after that; with the last one it is given back within half the interval. */
    private static final Duration TRIES = Duration.ofMillis(2400);
    /** So long a message that was given back rests. */
    private static final Duration PAUSE = Duration.ofSeconds(2);

    @TempDir
    Path folder;

    private TestPostgres postgres;
    private PayloadServer server;
    private TestKafka kafka;
    private TestCaravan caravan;
    private final List<String> clusters = new ArrayList<>();
    private final List<String> replies = new ArrayList<>();

    @BeforeEach
    void start() {
        postgres = TestPostgres.start();
        server = new PayloadServer();
        kafka = new TestKafka();
        Map<String, Object> settings = new HashMap<>(kafka.settings());
        settings.put("caravan.download.hosts", server.host());
        settings.put("caravan.kafka.consumers", CONSUMERS);
        settings.put("caravan.kafka.max-poll-interval", POLL_INTERVAL.toMillis());
        settings.put("caravan.kafka.session-timeout", POLL_INTERVAL.toMillis());
        settings.put("caravan.kafka.pause", PAUSE.toMillis());
        settings.put("caravan.retry.total-time", TRIES.toMillis());
        settings.put("caravan.retry.attempts", 100);
        settings.put("caravan.retry.delay", 100);
        settings.put("caravan.database.connect-timeout", "500ms");
        settings.put("logging.level.dev.caravan", "warn");
        caravan = TestCaravan.start(TestDatabase.create(postgres).migrate(), ROUTES, settings);
        for (int number = 0; number < PAYLOADS; number++) {
            clusters.add(UUID.randomUUID().toString());
            caravan.addSource(clusters.get(number), "source-" + number);
        }
    }

    @AfterEach
    void stop() {
        caravan.close();
        kafka.close();
        server.close();
        postgres.close();
    }

    @Test
    void nothingIsLostOrLoadedTwiceAndLoadingGoesOnByItself(CapturedOutput output) throws Exception {
        eventually(() -> kafka.shares().equals(List.of(EmbeddedKafka.PARTITIONS, EmbeddedKafka.PARTITIONS)));
        Duration away;
        try (Connection holder = caravan.database().dataSource().getConnection();
                var statement = holder.createStatement()) {
            holder.setAutoCommit(false);
            statement.execute("lock table caravan.quarantine, org1234567.payload_claim in access exclusive mode");
            announceGarbage();
            eventually(() -> rows("pg_locks where not granted") == 1);
            announce(PAYLOADS_BEFORE);
            eventually(() -> rows("pg_locks where not granted") == CONSUMERS);
            away = withoutDatabase(() -> {
                announce(PAYLOADS - PAYLOADS_BEFORE);
                await().pollDelay(AWAY).atMost(AWAY.multipliedBy(2)).until(() -> true);
            });
        }
        eventually(() -> kafka.acknowledged() == replies.size() && unsent() == 0);

        assertThat(kafka.announced()).as("read to the end").isEqualTo(kafka.acknowledged());
        assertThat(rows("org1234567.payload_claim")).isEqualTo(PAYLOADS);
        assertThat(rows("org1234567.manifest where completed_at is not null")).isEqualTo(PAYLOADS);
        assertThat(caravan.jdbc().queryForList("select reason from caravan.quarantine", String.class))
                .containsExactly("not-a-tar-gz");
        assertThat(kafka.replyTexts()).contains(replies.toArray(String[]::new)).isSubsetOf(replies);
        // A reading downloads once. A consumer that gives a message back pauses, and joins the group again; that may
        // cost
        // the other one a second reading of what it has in its hands.
        long givenBack = CONSUMERS * (away.toMillis() / PAUSE.toMillis() + 2);
        assertThat((long) server.requests()).as("downloads").isLessThanOrEqualTo(replies.size() + 2 * givenBack);
        assertThat(output).doesNotContain("\tat ");
    }

    private Duration withoutDatabase(Runnable work) {
        long stopped = System.nanoTime();
        postgres.stopAtOnce();
        try {
            work.run();
        } finally {
            postgres.startAgain();
        }
        return Duration.ofNanos(System.nanoTime() - stopped);
    }

    /** Payloads of sources of their own, in the partitions of the shared topic and then in those of the other one. */
    private void announce(int payloads) {
        for (int i = 0; i < payloads; i++) {
            int number = replies.size();
            String request = "request-" + number;
            send(number, announcement(request, TestCaravan.ORGANISATION, server.file(made(number))));
            replies.add(reply(request, "success"));
        }
    }

    /** Garbage cannot be loaded later either, but neither can it be kept while the database is away. */
    private void announceGarbage() {
        byte[] garbage = "no archive".getBytes(StandardCharsets.UTF_8);
        send(0, announcement("garbage", TestCaravan.ORGANISATION, server.bytes("/garbage", garbage)));
        replies.add(reply("garbage", "failure"));
    }

    private void send(int number, String message) {
        kafka.send(
                number < EmbeddedKafka.PARTITIONS ? kafka.announce() : kafka.upload(),
                number % EmbeddedKafka.PARTITIONS,
                message,
                "service",
                "hccm");
    }

    private Path made(int number) {
        return PayloadWriter.of(clusters.get(number - 1), PayloadWriter.uuid(number))
                .date("2026-10-06T00:04:59Z")
                .covering(DAY)
                .reports(ClusterModel.small(number).reports(DAY.first(2)))
                .writeTo(folder.resolve("made-" + number + ".tar.gz"));
    }

    private int unsent() {
        return rows("org1234567.outbox where sent_at is null") + rows("caravan.outbox where sent_at is null");
    }

    private int rows(String table) {
        return caravan.jdbc().queryForObject("select count(*) from " + table, Integer.class);
    }

    private static void eventually(Callable<Boolean> condition) {
        await().atMost(Duration.ofSeconds(40))
                .pollInterval(Duration.ofMillis(100))
                .until(condition);
    }
}
