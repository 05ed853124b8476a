package dev.caravan.payload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caravan.TestCaravan;
import dev.caravan.oracle.ClusterModel;
import dev.caravan.oracle.Hours;
import dev.caravan.oracle.PayloadWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.AdviceWith;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The drop directory, with two replicas on one folder and one database. */
class DroppedFileTest {
    private static final List<String> ROUTES =
            List.of("intake/receive-dropped-file.yaml", "openshift/*.yaml", "operations/*.yaml");
    private static final Hours DAY = Hours.day("2026-10-05");

    @TempDir
    Path folder;

    private Path inbox;
    private TestCaravan first;
    private TestCaravan second;
    private String cluster;

    @BeforeEach
    void start() throws IOException {
        inbox = Files.createDirectories(folder.resolve("inbox"));
        Map<String, Object> settings = Map.of(
                "caravan.inbox.directory", inbox,
                "caravan.inbox.poll-interval", 50,
                "caravan.inbox.settle-time", 300);
        first = TestCaravan.start(ROUTES, settings);
        second = first.replica(ROUTES, settings);
        cluster = UUID.randomUUID().toString();
        first.addSource(cluster, "dropped");
    }

    @AfterEach
    void stop() {
        second.close();
        first.close();
    }

    @Test
    void everyDroppedFileIsLoadedOnceByOneOfTwoReplicasAndMovedToDone() throws IOException {
        for (int number = 1; number <= 6; number++) {
            drop(payload(number), "payload-" + number + ".tar.gz");
        }
        await().atMost(Duration.ofSeconds(30)).until(() -> files("done") == 6);
        assertThat(claims()).isEqualTo(6);
        assertThat(rows("caravan.quarantine")).isZero();
        assertThat(rows("org1234567.manifest")).isEqualTo(6);
        await().until(() -> rows("caravan.dropped_file_lock") == 0);
        assertThat(inbox.resolve("done").resolve(LocalDate.now(ZoneOffset.UTC).toString()))
                .isDirectory();
    }

    @Test
    void halfCopiedFileIsNotReadBeforeItIsWhole() throws IOException {
        byte[] bytes = Files.readAllBytes(payload(1));
        Path target = inbox.resolve("slow.tar.gz");
        try (OutputStream out = Files.newOutputStream(target)) {
            out.write(bytes, 0, bytes.length / 2);
            out.flush();
            for (int i = bytes.length / 2; i < bytes.length; i += bytes.length / 8 + 1) {
                await().pollDelay(Duration.ofMillis(200)).until(() -> true);
                assertThat(claims()).isZero();
                out.write(bytes, i, Math.min(bytes.length / 8 + 1, bytes.length - i));
                out.flush();
            }
        }
        await().atMost(Duration.ofSeconds(20)).until(() -> files("done") == 1);
        assertThat(claims()).isOne();
        assertThat(rows("caravan.quarantine")).isZero();
    }

    @Test
    void badFileIsMovedToFailedAndKeptInQuarantineAndOthersGoOn() throws IOException {
        Path garbage = Files.writeString(folder.resolve("garbage"), "this is no archive");
        drop(garbage, "a-garbage.tar.gz");
        drop(payload(1), "b-good.tar.gz");
        await().atMost(Duration.ofSeconds(20)).until(() -> files("done") == 1 && files("failed") == 1);
        assertThat(first.jdbc().queryForObject("select reason from caravan.quarantine", String.class))
                .isEqualTo("not-a-tar-gz");
        assertThat(claims()).isOne();
    }

    /** Longer than all tries of one reading. */
    @Test
    void fileStaysWhileTheDatabaseIsAwayAndIsLoadedAfterwards() throws Exception {
        second.close();
        var failures = new AtomicInteger();
        AdviceWith.adviceWith(first.bean(CamelContext.class), "complete-manifest", route -> route.weaveAddLast()
                .process(exchange -> {
                    if (failures.getAndIncrement() < 8) {
                        throw new SQLException("the server is shutting down", "57P01");
                    }
                }));
        drop(payload(1), "patient.tar.gz");
        await().atMost(Duration.ofSeconds(30)).until(() -> files("done") == 1);
        assertThat(failures).hasValue(9);
        assertThat(claims()).isOne();
        assertThat(rows("caravan.quarantine")).isZero();
        assertThat(files("failed")).isZero();
    }

    @Test
    void folderNamesTheOrganisation() throws IOException {
        Files.createDirectories(inbox.resolve("org=7654321"));
        drop(payload(1), "org=7654321/elsewhere.tar.gz");
        await().atMost(Duration.ofSeconds(20)).until(() -> files("failed") == 1);
        assertThat(first.jdbc().queryForMap("select reason, org_id from caravan.quarantine"))
                .containsEntry("reason", "unknown-source")
                .containsEntry("org_id", "7654321");
    }

    @Test
    void sameNameMayBeDroppedAgain() throws IOException {
        drop(payload(1), "today.tar.gz");
        await().atMost(Duration.ofSeconds(20)).until(() -> files("done") == 1);
        drop(payload(2), "today.tar.gz");
        await().atMost(Duration.ofSeconds(20)).until(() -> files("done") == 2);
        assertThat(claims()).isEqualTo(2);
    }

    private Path payload(int number) {
        return PayloadWriter.of(cluster, PayloadWriter.uuid(number))
                .date("2026-10-06T00:04:59Z")
                .covering(DAY)
                .reports(ClusterModel.small(number).reports(DAY.first(2)))
                .writeTo(folder.resolve("made-" + number + ".tar.gz"));
    }

    private void drop(Path file, String name) throws IOException {
        Files.copy(file, inbox.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }

    private long files(String kind) throws IOException {
        Path kept = inbox.resolve(kind);
        if (!Files.exists(kept)) {
            return 0;
        }
        try (var found = Files.walk(kept)) {
            return found.filter(Files::isRegularFile).count();
        }
    }

    private int claims() {
        return rows("org1234567.payload_claim");
    }

    private int rows(String table) {
        return first.jdbc().queryForObject("select count(*) from " + table, Integer.class);
    }
}
