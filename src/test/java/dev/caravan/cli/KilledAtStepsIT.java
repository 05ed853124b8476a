package dev.caravan.cli;

import static dev.caravan.TestKafka.announcement;
import static dev.caravan.TestKafka.reply;
import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.TestCaravan;
import dev.caravan.TestDatabase;
import dev.caravan.TestKafka;
import dev.caravan.TestS3;
import dev.caravan.payload.PayloadServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A process killed between two steps of a payload's way, and another one that goes on: everything is as after one clean pass.
 * The process that recovers one payload is the one that is killed with the next.
 *
 * <p>Always tried is one point of each kind, by each way in and by both ways to end: in the midst of the transaction, where
 * all must be undone; between the commit and Kafka's offset, where all must be known; and between the halves of a message of
 * the outbox, which must be finished. Every step of every way is tried by the profile soak.
 */
class KilledAtStepsIT {
    /** Long enough for every timer of the routes to have fired. */
    private static final Duration IDLE = Duration.ofSeconds(2);

    private static final Duration LIMIT = Duration.ofSeconds(60);
    /** The exit code. */
    private static final int OUT_OF_MEMORY = 3;

    /** How payloads come in. */
    enum WayIn {
        ANNOUNCEMENT,
        BUCKET,
        INBOX
    }

    @TempDir
    private Path folder;

    private CleanPass clean;
    private TestDatabase database;
    private TestKafka kafka;
    private TestS3 s3;
    private PayloadServer server;
    private CaravanProcess process;
    private final List<String> replies = new ArrayList<>();
    private int objects;
    private int dropped;

    @BeforeEach
    void start() throws IOException {
        clean = new CleanPass(Files.createDirectories(folder.resolve("payloads")));
        database = clean.prepared();
        kafka = new TestKafka();
        s3 = new TestS3();
        server = new PayloadServer();
        Files.createDirectories(inbox());
        process = CaravanProcess.runStepped(folder, settings());
        awaitRecovery();
    }

    @AfterEach
    void stop() {
        process.kill();
        server.close();
        s3.close();
        kafka.close();
        database.close();
    }

    @Test
    void killedBetweenStepsThatMatterMostNothingIsLostOrDoneTwice() throws Exception {
        runOutOfMemoryAt(WayIn.INBOX, "stage-report/row", 100);
        assertThat(process.log()).as("left in the spool").containsOnlyOnce("removed 1 files with ");
        killAt(WayIn.ANNOUNCEMENT, "ingest-payload/log-outcome", 1);
        assertThat(process.log()).as("read again").contains("DUPLICATE kafka " + kafka.announce() + "/0/0");
        killAt(WayIn.BUCKET, "move-object/to-delete-object", 1);
        killAt(WayIn.ANNOUNCEMENT, "deliver-outbox/to-topic", 1);
        assertAllIsAsAfterOneCleanPass();
    }

    @ParameterizedTest
    @EnumSource(WayIn.class)
    @Tag("soak")
    void killedAtEveryStepNothingIsLostOrDoneTwice(WayIn way) throws Exception {
        Map<String, Integer> steps = steps(way);
        assertThat(steps).hasSizeGreaterThan(30);
        List<String> passedBy = new ArrayList<>();
        for (Map.Entry<String, Integer> step : steps.entrySet()) {
            // In the midst, where a step is taken for each member or each row.
            int times = step.getKey().startsWith("stage-report/") ? step.getValue() / 2 + 1 : 1;
            if (!killedAt(way, step.getKey(), times)) {
                passedBy.add(step.getKey());
            }
        }
        assertThat(passedBy).as("steps that were taken once, by chance").hasSizeLessThan(4);
        assertAllIsAsAfterOneCleanPass();
    }

    @Test
    @Tag("soak")
    void anyThreadThatGetsNoMemoryEndsTheProcess() throws Exception {
        for (String thread : new String[] {"exhaust-thread", "exhaust-task"}) {
            process.tell(thread);
            awaitOutOfMemory();
            goOn();
        }
        runOutOfMemoryAt(WayIn.INBOX, "complete-manifest/to-complete-manifest-function", 1);
        runOutOfMemoryAt(WayIn.ANNOUNCEMENT, SteppedCaravan.MESSAGES, 1);
        assertAllIsAsAfterOneCleanPass();
    }

    /** The steps that an undisturbed payload takes, and how often, without those that are taken anyway. */
    private Map<String, Integer> steps(WayIn way) throws IOException {
        deliver(way);
        awaitRecovery();
        process.tell("record");
        Awaitility.await().pollDelay(IDLE).atMost(LIMIT).until(() -> true);
        Map<String, Integer> idle = told();
        process.tell("record");
        deliver(way);
        awaitRecovery();
        Awaitility.await().pollDelay(IDLE).atMost(LIMIT).until(() -> true);
        Map<String, Integer> steps = told();
        steps.keySet().removeAll(idle.keySet());
        return steps;
    }

    private Map<String, Integer> told() {
        long before = process.log().lines().filter(SteppedCaravan.TOLD::equals).count();
        process.tell("tell");
        eventually(
                () -> process.log().lines().filter(SteppedCaravan.TOLD::equals).count() > before);
        Map<String, Integer> steps = new TreeMap<>();
        int told = 0;
        for (String line : process.log().lines().toList()) {
            if (line.equals(SteppedCaravan.TOLD)) {
                told++;
            } else if (told == before && line.startsWith(SteppedCaravan.STEP)) {
                String[] words = line.split(" ");
                steps.put(words[1], Integer.valueOf(words[2]));
            }
        }
        return steps;
    }

    private void killAt(WayIn way, String step, int times) throws IOException {
        assertThat(killedAt(way, step, times)).as(step).isTrue();
    }

    /** False where a payload has come through and the step was not reached. */
    private boolean killedAt(WayIn way, String step, int times) throws IOException {
        process.tell("stop " + step + " " + times);
        deliver(way);
        eventually(() -> stoppedAt(step) || isRecovered());
        if (!stoppedAt(step)) {
            Awaitility.await().pollDelay(IDLE).atMost(LIMIT).until(() -> true);
        }
        boolean stopped = stoppedAt(step);
        process.kill();
        goOn();
        return stopped;
    }

    private boolean stoppedAt(String step) {
        return process.log().lines().anyMatch((SteppedCaravan.STOPPED + step)::equals);
    }

    private void runOutOfMemoryAt(WayIn way, String step, int times) throws IOException {
        process.tell("exhaust " + step + " " + times);
        deliver(way);
        awaitOutOfMemory();
        goOn();
    }

    private void awaitOutOfMemory() {
        CaravanProcess.Result result = process.await();
        assertThat(result.code()).isEqualTo(OUT_OF_MEMORY);
        assertThat(result.err()).containsOnlyOnce("out of memory");
    }

    private void goOn() {
        kafka.expelConsumers();
        process = CaravanProcess.runStepped(folder, settings());
        awaitRecovery();
    }

    private void deliver(WayIn way) throws IOException {
        Path payload = clean.nextPayload();
        String name = payload.getFileName().toString();
        switch (way) {
            case ANNOUNCEMENT -> {
                kafka.announce(
                        0, announcement(name, TestCaravan.ORGANISATION, server.file(payload)), "service", "hccm");
                replies.add(reply(name, "success"));
            }
            case BUCKET -> {
                s3.put("org=1234567/" + name, payload);
                objects++;
            }
            case INBOX -> {
                Path copy = Files.copy(payload, inbox().resolve(name + ".part"));
                Files.move(copy, inbox().resolve(name), StandardCopyOption.ATOMIC_MOVE);
                dropped++;
            }
        }
    }

    private void awaitRecovery() {
        eventually(this::isRecovered);
    }

    /** Whether all that came in has been dealt with, by a process that Kafka counts among its consumers. */
    private boolean isRecovered() throws IOException {
        return !kafka.shares().isEmpty()
                && kafka.acknowledged() == kafka.announced()
                && rows("org1234567.payload_claim") == clean.payloads().size()
                && rows("org1234567.outbox where sent_at is null") == 0
                && s3.keys().stream().filter(key -> key.startsWith("done/")).count() == objects
                && files(inbox().resolve("done")) == dropped;
    }

    private void assertAllIsAsAfterOneCleanPass() throws Exception {
        clean.assertLoadedInto(database);
        // Payloads without an announcement are answered too, under an id that follows from where they were.
        assertThat(kafka.replyTexts()).containsAll(replies).allMatch(text -> text.contains("success"));
        assertThat(kafka.replyTexts().stream().distinct()).hasSameSizeAs(clean.payloads());
        assertThat(s3.keys()).hasSize(objects);
        eventually(() -> rows("caravan.settled_object") == 0);
        assertThat(files(inbox())).as("all of them in done").isEqualTo(dropped);
        eventually(() -> files(folder.resolve("spool"), ".tar.gz") == 0);
        assertThat(files(folder.resolve("spool"))).as("one lock file").isLessThanOrEqualTo(1);
    }

    private Map<String, Object> settings() {
        Map<String, Object> settings = new HashMap<>(TestCaravan.settings(database));
        settings.putAll(kafka.settings());
        settings.putAll(s3.settings());
        settings.put("caravan.download.hosts", server.host());
        settings.put("caravan.inbox.directory", inbox());
        settings.put("caravan.inbox.poll-interval", 100);
        settings.put("caravan.inbox.settle-time", 100);
        settings.put("caravan.inbox.lock-max-age", 2000);
        // What is done anyway shows within a second.
        settings.put("caravan.sources-interval", 500);
        settings.put("caravan.replay-interval", 500);
        settings.put("caravan.summaries.poll-interval", 500);
        settings.put("caravan.spool", folder.resolve("spool"));
        settings.put("caravan.quarantine.directory", folder.resolve("quarantine"));
        return settings;
    }

    private Path inbox() {
        return folder.resolve("inbox");
    }

    private static long files(Path folder) throws IOException {
        return files(folder, "");
    }

    private static long files(Path folder, String suffix) throws IOException {
        if (!Files.exists(folder)) {
            return 0;
        }
        try (var found = Files.walk(folder)) {
            return found.filter(
                            file -> Files.isRegularFile(file) && file.toString().endsWith(suffix))
                    .count();
        }
    }

    private int rows(String table) {
        return Shell.jdbc(database).queryForObject("select count(*) from " + table, Integer.class);
    }

    private static void eventually(Callable<Boolean> condition) {
        Awaitility.await().atMost(LIMIT).pollInterval(Duration.ofMillis(50)).until(condition);
    }
}
