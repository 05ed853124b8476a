package dev.caravan.optimization;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packed jar, tried as somebody tries it by hand. */
class OptimizationFlowIT {
    private static final Path SAMPLES = Path.of("src/test/resources/samples");

    @TempDir
    private Path folder;

    @Test
    void theScriptComesFromAnUploadToRecommendations() throws IOException, InterruptedException {
        Path output = folder.resolve("output");
        var command = new ProcessBuilder(
                        "bash",
                        "src/test/scripts/optimization-flow.sh",
                        System.getProperty("caravan.test.jar"),
                        payload().toString(),
                        SAMPLES.resolve("resource-optimization/usage.csv").toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        command.environment().put("JAVA_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC");
        Process script = command.start();
        try {
            assertThat(script.waitFor(3, TimeUnit.MINUTES))
                    .as(Files.readString(output))
                    .isTrue();
        } finally {
            script.destroy();
            script.waitFor(1, TimeUnit.MINUTES);
        }
        assertThat(script.exitValue()).as(Files.readString(output)).isZero();
        assertThat(Files.readString(output).lines())
                .contains(
                        "1. start",
                        "2. health",
                        "3. upload",
                        "4. a report in the bucket",
                        "5. an event",
                        "6. what became of it",
                        "\"workload\":\"backends\"",
                        "\"workload\":\"orders-api\"",
                        "\"workload\":\"orders-web\"",
                        "\"count\":1")
                .endsWith("done");
    }

    private static Path payload() throws IOException {
        try (var payloads = Files.list(SAMPLES.resolve("openshift/S1/payloads"))) {
            return payloads.sorted().findFirst().orElseThrow();
        }
    }
}
