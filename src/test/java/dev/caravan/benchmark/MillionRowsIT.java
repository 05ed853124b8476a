package dev.caravan.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.TestDatabase;
import dev.caravan.oracle.ClusterModel;
import dev.caravan.oracle.ClusterModel.Sizes;
import dev.caravan.oracle.Hours;
import dev.caravan.oracle.PayloadWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Memory does not grow with the size of a payload. */
@Tag("soak")
class MillionRowsIT {
    private static final String CLUSTER = "33333333-aaaa-4aaa-8aaa-000000000003";
    private static final Hours DAY = Hours.day("2026-10-05");
    /** Pods of which a day has a million hourly rows. */
    private static final int PODS = 41_667;

    @TempDir
    Path folder;

    @Test
    void millionPodRowsLoadInAHeapOf256Mebibytes() throws Exception {
        Path payload = PayloadWriter.of(CLUSTER, PayloadWriter.uuid(1))
                .date("2026-10-06T00:04:59Z")
                .covering(DAY)
                .reports(ClusterModel.of(1, Sizes.ofPods(PODS)).podUsage(DAY))
                .writeTo(folder.resolve("million.tar.gz"));
        try (var database = TestDatabase.create()) {
            run(database, "source", "add", "--org", "1234567", "--cluster", CLUSTER, "--alias", "million");
            run(database, "ingest", payload.toString());
            try (var connection = database.dataSource().getConnection();
                    var statement = connection.createStatement();
                    var result = statement.executeQuery(
                            "select sum(rows_loaded), sum(rows_rejected) from org1234567.manifest_file")) {
                result.next();
                assertThat(result.getLong(1)).isEqualTo(PODS * 24L);
                assertThat(result.getLong(2)).isZero();
            }
        }
    }

    private void run(TestDatabase database, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+ExitOnOutOfMemoryError",
                "-jar",
                System.getProperty("caravan.test.jar")));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command).inheritIO().directory(folder.toFile());
        builder.environment().put("CARAVAN_DATABASE_URL", database.url());
        builder.environment().put("CARAVAN_DATABASE_USERNAME", database.username());
        Process process = builder.start();
        assertThat(process.waitFor(10, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).isZero();
    }
}
