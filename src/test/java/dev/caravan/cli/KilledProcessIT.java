package dev.caravan.cli;

import static dev.caravan.TestKafka.announcement;
import static dev.caravan.TestKafka.reply;
import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.TestCaravan;
import dev.caravan.TestDatabase;
import dev.caravan.TestKafka;
import dev.caravan.TestS3;
import dev.caravan.payload.PayloadServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process killed at the worst moment, and another one that goes on: everything is as if nothing had happened. */
class KilledProcessIT {
    private static final String LOCK_OUTBOX = "select pg_advisory_lock(hashtextextended('caravan outbox', 0))";
    private static final String LOCK_CLAIMS = "lock table org1234567.payload_claim in access exclusive mode";
    /** The shortest that a broker allows: so long nobody else gets the messages of a killed process. */
    private static final int SESSION_MILLIS = 6000;

    @TempDir
    private static Path folder;

    private static LoadedSamples undisturbed;

    private TestDatabase database;
    private TestKafka kafka;
    private PayloadServer server;
    private List<String> replies;

    @BeforeAll
    static void loadUndisturbed() {
        undisturbed = new LoadedSamples(folder, "S1");
    }

    @AfterAll
    static void dropUndisturbed() {
        undisturbed.close();
    }

    @BeforeEach
    void start() {
        database = undisturbed.prepared();
        kafka = new TestKafka();
        server = new PayloadServer();
        replies = new ArrayList<>();
    }

    @AfterEach
    void stop() {
        kafka.proxy().restore();
        server.close();
        kafka.close();
        database.close();
    }

    @Test
    void messageOfAProcessKilledBetweenCommitAndOffsetIsReadAgainAndLoadedOnce() throws Exception {
        List<Path> payloads = undisturbed.payloads();
        announce(payloads.get(0));
        try (var first = CaravanProcess.run(folder, settings())) {
            eventually(() -> kafka.acknowledged() == 1 && rows("org1234567.payload_claim") == 1);
            try (Connection holder = database.dataSource().getConnection();
                    var statement = holder.createStatement()) {
                holder.setAutoCommit(false);
                statement.execute(LOCK_CLAIMS);
                announce(payloads.get(1));
                eventually(() -> rows("pg_locks where not granted") == 1);
                assertThat(kafka.acknowledged()).isOne();
                // What follows can be committed, but the broker never hears of it.
                kafka.proxy().cut();
            }
            eventually(() -> rows("org1234567.payload_claim") == 2);
            assertThat(kafka.acknowledged()).isOne();
            first.kill();
        }
        assertThat(kafka.acknowledged()).isOne();
        kafka.proxy().restore();
        try (var second = CaravanProcess.run(folder, settings())) {
            eventually(() -> kafka.acknowledged() == 2 && unsent() == 0);
            assertThat(second.log()).contains("DUPLICATE kafka " + kafka.announce() + "/0/1");
            second.kill();
        }
        assertThat(server.requests()).as("downloads").isEqualTo(3);
        assertThat(kafka.replyTexts()).contains(replies.toArray(String[]::new)).isSubsetOf(replies);
        undisturbed.assertLoadedInto(database);
    }

    @Test
    void repliesAndMovesOfAProcessKilledBeforeItCarriedThemOutAreCarriedOutOnceByTheNext() throws Exception {
        try (var s3 = new TestS3()) {
            Map<String, Object> settings = settings();
            settings.putAll(s3.settings());
            try (Connection holder = database.dataSource().getConnection();
                    var statement = holder.createStatement()) {
                statement.execute(LOCK_OUTBOX);
                try (var first = CaravanProcess.run(folder, settings)) {
                    announce(undisturbed.payloads().get(0));
                    s3.put("org=1234567/second.tar.gz", undisturbed.payloads().get(1));
                    eventually(() -> kafka.acknowledged() == 1 && rows("caravan.settled_object") == 1);
                    first.kill();
                }
                assertThat(unsent()).as("two replies and a move").isEqualTo(3);
                assertThat(kafka.replyTexts()).isEmpty();
                assertThat(s3.keys()).containsExactly("org=1234567/second.tar.gz");
            }
            try (var second = CaravanProcess.run(folder, settings)) {
                eventually(() -> unsent() == 0);
                second.kill();
            }
            assertThat(kafka.replyTexts()).hasSize(2).containsAll(replies).allMatch(text -> text.contains("success"));
            assertThat(s3.keys()).singleElement().asString().matches("done/[0-9a-f]{32}/org=1234567/second.tar.gz");
        }
        assertThat(rows("caravan.settled_object")).isZero();
        assertThat(server.requests()).as("downloads").isOne();
        undisturbed.assertLoadedInto(database);
    }

    private void announce(Path payload) {
        announce(payload.getFileName().toString(), server.file(payload));
    }

    private void announce(String request, String url) {
        kafka.announce(0, announcement(request, TestCaravan.ORGANISATION, url), "service", "hccm");
        replies.add(reply(request, "success"));
    }

    private Map<String, Object> settings() {
        Map<String, Object> settings = new HashMap<>(TestCaravan.settings(database));
        settings.putAll(kafka.proxiedSettings());
        settings.put("caravan.kafka.session-timeout", SESSION_MILLIS);
        settings.put("caravan.download.hosts", server.host());
        settings.put("caravan.s3.endpoint", "none");
        return settings;
    }

    private int unsent() {
        return rows("org1234567.outbox where sent_at is null");
    }

    private int rows(String table) {
        return Shell.jdbc(database).queryForObject("select count(*) from " + table, Integer.class);
    }

    private static void eventually(Callable<Boolean> condition) {
        Awaitility.await().atMost(Duration.ofSeconds(40)).until(condition);
    }
}
