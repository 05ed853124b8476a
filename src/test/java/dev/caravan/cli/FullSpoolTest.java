package dev.caravan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.Caravan;
import dev.caravan.TestCaravan;
import dev.caravan.TestDatabase;
import dev.caravan.oracle.ClusterModel;
import dev.caravan.oracle.Hours;
import dev.caravan.oracle.PayloadWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The operating system takes no further bytes of a payload; a limit on the size of files is as good as a full disk. */
class FullSpoolTest {
    private static final Hours DAY = Hours.day("2026-10-05");
    private static final int KIBIBYTES = 100;

    @TempDir
    private Path folder;

    @Test
    void payloadThatTheDiskDoesNotTakeIsNoPoisonAndIsLoadedOnceThereIsRoom() throws Exception {
        try (TestDatabase database = TestDatabase.createMigrated()) {
            Shell.on(database, folder)
                    .run("source", "add", "--org", "1234567", "--cluster", Shell.FIRST_CLUSTER, "--alias", "large");
            Map<String, Object> settings = new HashMap<>(TestCaravan.settings(database));
            settings.put("caravan.spool", folder.resolve("spool"));
            settings.put("caravan.retry.attempts", 1);
            settings.put("caravan.retry.delay", 10);
            List<String> command =
                    new ArrayList<>(List.of("bash", "-c", "ulimit -f " + KIBIBYTES + " && exec \"$@\"", "caravan"));
            command.addAll(CaravanProcess.unpacked(Caravan.class, "ingest", payload()));

            CaravanProcess.Result full = CaravanProcess.execute(folder, settings, command);
            assertThat(full.code()).as(full.err()).isEqualTo(2);
            assertThat(full.err()).contains("cannot write to the spool", "File too large", "CARAVAN_SPOOL");
            assertThat(Shell.jdbc(database).queryForObject("select count(*) from caravan.quarantine", Integer.class))
                    .isZero();
            try (var left = Files.list(folder.resolve("spool"))) {
                assertThat(left).isEmpty();
            }

            Shell.Result roomy = Shell.on(database, folder).run("ingest", payload());
            assertThat(roomy.code()).as(roomy.err()).isZero();
        }
    }

    /** Larger than the limit: with a file that is no report and cannot be compressed. */
    private Path payload() {
        byte[] noise = new byte[2 * KIBIBYTES * 1024];
        new Random(1).nextBytes(noise);
        return PayloadWriter.of(Shell.FIRST_CLUSTER, PayloadWriter.uuid(1))
                .date("2026-10-06T00:04:59Z")
                .covering(DAY)
                .reports(ClusterModel.small(1).reports(DAY.first(1)))
                .unlisted("noise", noise)
                .writeTo(folder.resolve("payload.tar.gz"));
    }
}
