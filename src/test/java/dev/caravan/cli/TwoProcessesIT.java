package dev.caravan.cli;

import static dev.caravan.TestKafka.announcement;
import static dev.caravan.TestKafka.reply;
import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.TestCaravan;
import dev.caravan.TestDatabase;
import dev.caravan.TestKafka;
import dev.caravan.TestS3;
import dev.caravan.embedded.EmbeddedKafka;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two processes that share the work give what one gives alone. */
class TwoProcessesIT {

    @TempDir
    private Path folder;

    private LoadedSamples alone;
    private TestDatabase database;
    private TestKafka kafka;
    private TestS3 s3;

    @BeforeEach
    void start() {
        alone = new LoadedSamples(folder, "S1", "S2");
        database = alone.prepared();
        kafka = new TestKafka();
        s3 = new TestS3();
    }

    @AfterEach
    void stop() {
        s3.close();
        kafka.close();
        database.close();
        alone.close();
    }

    @Test
    void payloadsAnnouncedInEveryPartitionAreLoadedAsByIngest() throws Exception {
        Map<String, Object> settings = settings();
        settings.remove("caravan.s3.intake-bucket");
        try (var first = CaravanProcess.start(workingFolder("first"), settings, CaravanProcess.command("run"));
                var second = CaravanProcess.run(workingFolder("second"), settings)) {
            // Both have joined, and each has half of the partitions of the two topics.
            eventually(() -> kafka.shares().equals(List.of(3, 3, 3, 3)));
            List<String> replies = announceAll();
            eventually(() -> kafka.acknowledged() == replies.size() && unsent() == 0);
            assertThat(kafka.answers()).containsExactlyInAnyOrderElementsOf(replies);
            assertThat(first.log()).contains("LOADED kafka ");
            assertThat(second.log()).contains("LOADED kafka ");
            first.kill();
            second.kill();
        }
        alone.assertLoadedInto(database);
    }

    /** Who gets how much is left to chance: a process takes what it sees first. */
    @Test
    @Tag("soak")
    void payloadsPutIntoTheBucketAreLoadedAsByIngest() throws Exception {
        try (var first = CaravanProcess.start(workingFolder("first"), settings(), CaravanProcess.command("run"));
                var second = CaravanProcess.run(workingFolder("second"), settings())) {
            first.awaitLog("caravan runs");
            List<Path> payloads = alone.payloads();
            payloads.forEach(payload -> s3.put("org=1234567/" + payload.getFileName(), payload));
            eventually(() -> s3.keys().size() == payloads.size()
                    && s3.keys().stream().allMatch(key -> key.startsWith("done/"))
                    && unsent() == 0);
            first.kill();
            second.kill();
        }
        alone.assertLoadedInto(database);
    }

    /** Each in a partition of its own, so that they are more than either process has. */
    private List<String> announceAll() {
        List<String> replies = new ArrayList<>();
        for (Path payload : alone.payloads()) {
            String name = payload.getFileName().toString();
            s3.put(name, payload);
            int number = replies.size();
            kafka.send(
                    number < EmbeddedKafka.PARTITIONS ? kafka.announce() : kafka.upload(),
                    number % EmbeddedKafka.PARTITIONS,
                    announcement(name, TestCaravan.ORGANISATION, s3.presigned(name)),
                    "service",
                    "hccm");
            replies.add(reply(name, "success"));
        }
        assertThat(replies).hasSizeGreaterThan(EmbeddedKafka.PARTITIONS);
        return replies;
    }

    private Map<String, Object> settings() {
        Map<String, Object> settings = new HashMap<>(TestCaravan.settings(database));
        settings.putAll(kafka.settings());
        settings.putAll(s3.settings());
        return settings;
    }

    private Path workingFolder(String name) throws IOException {
        return Files.createDirectories(folder.resolve(name));
    }

    private int unsent() {
        return Shell.jdbc(database)
                .queryForObject("select count(*) from org1234567.outbox where sent_at is null", Integer.class);
    }

    private static void eventually(Callable<Boolean> condition) {
        Awaitility.await().atMost(Duration.ofSeconds(40)).until(condition);
    }
}
