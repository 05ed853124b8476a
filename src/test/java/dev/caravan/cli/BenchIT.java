package dev.caravan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packed jar measures, and gives everything back when it is stopped. */
class BenchIT {
    @TempDir
    private Path folder;

    @Test
    @Tag("soak")
    void twoProcessesLoadWhatManySourcesAnnounce() throws IOException {
        Path bench = Files.createDirectory(folder.resolve("bench"));
        Path json = folder.resolve("report.json");
        List<String> command = CaravanProcess.command(BenchTest.bench(
                "--sources", 3, "--processes", 2, "--rows", 240, "--runs", 2, "--folder", bench, "--json", json));
        CaravanProcess.Result result;
        try (var process = CaravanProcess.start(folder, Map.of(), command)) {
            Awaitility.await().atMost(Duration.ofMinutes(5)).until(() -> !process.handle()
                    .isAlive());
            result = process.await();
        }

        assertThat(result.code()).as(result.err()).isZero();
        assertThat(result.out()).contains("sources at once", "p95");
        var sources = JsonMapper.builder().build().readTree(json.toFile()).path("sources");
        assertThat(sources.findValuesAsText("processes")).containsExactly("2");
        for (var source : sources) {
            assertThat(source.path("payload_seconds")).hasSize(2).allMatch(run -> run.size() == 3);
            assertThat(source.path("p50").asDouble())
                    .isPositive()
                    .isLessThanOrEqualTo(source.path("p95").asDouble());
        }
        assertThat(bench).isEmptyDirectory();
        assertThat(ProcessHandle.current().descendants()).isEmpty();
    }

    @Test
    void aStoppedBenchmarkLeavesNothing() throws IOException {
        Path bench = Files.createDirectory(folder.resolve("bench"));
        try (var process = CaravanProcess.start(
                folder, Map.of(), CaravanProcess.command(BenchTest.bench("--size", "month", "--folder", bench)))) {
            process.awaitLog("month: writing 1440000 pod rows");
            assertThat(bench).isNotEmptyDirectory();

            process.stop();

            assertThat(bench).isEmptyDirectory();
            assertThat(process.log()).doesNotContain("internal error");
        }
    }
}
