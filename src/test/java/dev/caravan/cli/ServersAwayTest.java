package dev.caravan.cli;

import static dev.caravan.TestKafka.announcement;
import static dev.caravan.TestKafka.reply;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caravan.RouteApplication;
import dev.caravan.TestCaravan;
import dev.caravan.TestDatabase;
import dev.caravan.TestKafka;
import dev.caravan.TestPostgres;
import dev.caravan.TestS3;
import dev.caravan.embedded.EmbeddedKafka;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server goes away while payloads from it are in work and others wait; the process goes on by itself once it is back. */
class ServersAwayTest {
    /** The shortest that a broker allows. */
    private static final Duration SESSION = Duration.ofSeconds(6);

    private static final String WAITING =
            "pg_locks where not granted and relation = 'org1234567.payload_claim'::regclass and database ="
                    + " (select oid from pg_database where datname = current_database())";

    private static final String HOLD = "lock table org1234567.payload_claim in access exclusive mode";

    @TempDir
    private Path folder;

    private CleanPass clean;
    /** One that can be stopped, where a test needs it. */
    private TestPostgres postgres;

    private TestDatabase database;
    private TestKafka kafka;
    private TestS3 s3;
    private TestCaravan caravan;
    private final List<String> replies = new ArrayList<>();
    private int objects;

    @BeforeEach
    void start() throws IOException {
        clean = new CleanPass(Files.createDirectories(folder.resolve("payloads")));
        database = clean.prepared();
        kafka = new TestKafka();
        s3 = new TestS3();
        Files.createDirectories(inbox());
    }

    @AfterEach
    void stop() {
        caravan.close();
        s3.close();
        kafka.close();
        if (postgres != null) {
            postgres.close();
        }
    }

    private void run(Map<String, Object> kafkaSettings) {
        Map<String, Object> settings = new HashMap<>(kafkaSettings);
        settings.putAll(s3.settings());
        settings.put("caravan.kafka.session-timeout", SESSION.toMillis());
        settings.put("caravan.outbox.acknowledge-timeout", 1000);
        settings.put("caravan.outbox.maximum-retry-delay", 1000);
        settings.put("caravan.s3.connect-timeout", 1000);
        settings.put("caravan.retry.delay", 100);
        settings.put("caravan.retry.attempts", 2);
        settings.put("caravan.inbox.directory", inbox());
        settings.put("caravan.inbox.poll-interval", 200);
        settings.put("caravan.inbox.settle-time", 100);
        settings.put("logging.level.dev.caravan", "info");
        caravan = TestCaravan.start(database, RouteApplication.ALL, settings);
    }

    @Test
    void storageAwayInTheMiddleOfABatch() throws Exception {
        run(kafka.settings());
        awayWhileInWork(2, () -> s3.stopServer(), () -> s3.startServerAgain(), Duration.ofSeconds(1));
        assertAllIsAsAfterOneCleanPass();
    }

    @Test
    @Tag("soak")
    void storageAwayAgainAndAgain() throws Exception {
        run(kafka.settings());
        for (int round = 0; round < 8; round++) {
            awayWhileInWork(4, () -> s3.stopServer(), () -> s3.startServerAgain(), Duration.ofSeconds(round));
        }
        assertAllIsAsAfterOneCleanPass();
    }

    @Test
    @Tag("soak")
    void kafkaAwayForLongerThanASession() throws Exception {
        run(kafka.proxiedSettings());
        eventually(() -> !kafka.shares().isEmpty());
        for (int round = 0; round < 3; round++) {
            awayWhileInWork(
                    4,
                    () -> kafka.proxy().cut(),
                    () -> kafka.proxy().restore(),
                    SESSION.multipliedBy(round + 1).plusSeconds(2));
        }
        assertAllIsAsAfterOneCleanPass();
    }

    @Test
    @Tag("soak")
    void databaseAwayAgainAndAgain() throws Exception {
        database.close();
        postgres = TestPostgres.start();
        database = clean.prepared(TestDatabase.create(postgres).migrate());
        run(kafka.settings());
        for (int round = 0; round < 5; round++) {
            awayWhileInWork(4, postgres::stopAtOnce, postgres::startAgain, Duration.ofSeconds(2 * round));
        }
        assertAllIsAsAfterOneCleanPass();
    }

    /** One payload is in the middle of its transaction when the server goes, others wait for it, or to be read. */
    private void awayWhileInWork(int each, Runnable away, Runnable back, Duration howLong) throws Exception {
        try (Connection holder = database.dataSource().getConnection();
                var statement = holder.createStatement()) {
            holder.setAutoCommit(false);
            statement.execute(HOLD);
            for (int i = 0; i < each; i++) {
                deliver();
            }
            eventually(() -> rows(WAITING) == 1);
            away.run();
        }
        try {
            await().pollDelay(howLong).atMost(howLong.plusSeconds(10)).until(() -> true);
        } finally {
            back.run();
        }
        eventually(() -> kafka.acknowledged() == kafka.announced()
                && rows("org1234567.payload_claim") == clean.payloads().size()
                && rows("org1234567.outbox where sent_at is null") == 0
                && moved() == objects
                && done() == objects);
    }

    private void deliver() {
        Path payload = clean.nextPayload();
        s3.put("org=1234567/" + payload.getFileName(), payload);
        objects++;
        drop(clean.nextPayload());
        payload = clean.nextPayload();
        String name = payload.getFileName().toString();
        // Where nobody looks for payloads to be loaded.
        s3.put("done/uploaded/" + name, payload);
        kafka.announce(
                objects % EmbeddedKafka.PARTITIONS,
                announcement(name, TestCaravan.ORGANISATION, s3.presigned("done/uploaded/" + name)),
                "service",
                "hccm");
        replies.add(reply(name, "success"));
    }

    private void drop(Path payload) {
        Path name = payload.getFileName();
        try {
            Path copy = Files.copy(payload, inbox().resolve(name + ".part"));
            Files.move(copy, inbox().resolve(name), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path inbox() {
        return folder.resolve("inbox");
    }

    private long done() throws IOException {
        Path done = inbox().resolve("done");
        if (!Files.exists(done)) {
            return 0;
        }
        try (var files = Files.walk(done)) {
            return files.filter(Files::isRegularFile).count();
        }
    }

    private void assertAllIsAsAfterOneCleanPass() throws Exception {
        clean.assertLoadedInto(database);
        assertThat(kafka.replyTexts()).containsAll(replies).allMatch(text -> text.contains("success"));
        assertThat(kafka.replyTexts().stream().distinct()).hasSameSizeAs(clean.payloads());
        assertThat(s3.keys()).hasSize(2 * objects);
        assertThat(caravan.spooled()).isEmpty();
    }

    private long moved() {
        return s3.keys().stream()
                .filter(key -> key.startsWith("done/") && !key.startsWith("done/uploaded/"))
                .count();
    }

    private int rows(String table) {
        return Shell.jdbc(database).queryForObject("select count(*) from " + table, Integer.class);
    }

    private static void eventually(Callable<Boolean> condition) {
        await().atMost(Duration.ofSeconds(90))
                .pollInterval(Duration.ofMillis(100))
                .until(condition);
    }
}
