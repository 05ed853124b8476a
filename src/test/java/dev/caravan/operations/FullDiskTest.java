package dev.caravan.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caravan.TestCaravan;
import dev.caravan.oracle.ClusterModel;
import dev.caravan.oracle.Hours;
import dev.caravan.oracle.PayloadWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** The quarantine and the folder of what is done cannot be written for a while; a file in their place makes it so. */
@ExtendWith(OutputCaptureExtension.class)
class FullDiskTest {
    private static final Hours DAY = Hours.day("2026-10-05");

    @TempDir
    Path folder;

    @Test
    void droppedFilesStayUntilTheyCanBeKeptOrMoved(CapturedOutput output) throws Exception {
        Path inbox = Files.createDirectories(folder.resolve("inbox"));
        Path quarantine = Files.createFile(folder.resolve("quarantine"));
        Path done = Files.createFile(inbox.resolve("done"));
        try (var caravan = TestCaravan.start(
                List.of("intake/receive-dropped-file.yaml", "openshift/*.yaml", "operations/on-*.yaml"),
                Map.of(
                        "caravan.inbox.directory",
                        inbox,
                        "caravan.inbox.poll-interval",
                        200,
                        "caravan.inbox.settle-time",
                        100,
                        "caravan.quarantine.directory",
                        quarantine,
                        "logging.level.dev.caravan",
                        "info"))) {
            String cluster = UUID.randomUUID().toString();
            caravan.addSource(cluster, "patient");
            Files.writeString(inbox.resolve("garbage.tar.gz"), "no archive");
            PayloadWriter.of(cluster, PayloadWriter.uuid(1))
                    .date("2026-10-06T00:04:59Z")
                    .covering(DAY)
                    .reports(ClusterModel.small(1).reports(DAY.first(1)))
                    .writeTo(inbox.resolve("good.tar.gz"));
            eventually(() -> output.toString().contains("cannot be put into quarantine now")
                    && output.toString().contains("DUPLICATE"));
            assertThat(output).contains(quarantine.toString()).contains("set CARAVAN_QUARANTINE_DIR");
            assertThat(inbox.resolve("garbage.tar.gz")).exists();
            assertThat(inbox.resolve("good.tar.gz")).exists();
            assertThat(rows(caravan, "caravan.quarantine")).isZero();

            Files.delete(quarantine);
            Files.delete(done);
            eventually(() -> files(inbox.resolve("failed")) == 1 && files(inbox.resolve("done")) == 1);
            assertThat(files(quarantine)).isOne();
            assertThat(rows(caravan, "caravan.quarantine")).isOne();
            assertThat(rows(caravan, "org1234567.payload_claim")).isOne();
            assertThat(files(inbox)).isEqualTo(2);
        }
    }

    private static int rows(TestCaravan caravan, String table) {
        return caravan.jdbc().queryForObject("select count(*) from " + table, Integer.class);
    }

    private static long files(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return 0;
        }
        try (var found = Files.walk(folder)) {
            return found.filter(Files::isRegularFile).count();
        }
    }

    private static void eventually(Callable<Boolean> condition) {
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(100))
                .until(condition);
    }
}
