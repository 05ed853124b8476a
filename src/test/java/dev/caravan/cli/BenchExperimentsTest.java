package dev.caravan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A tiny cluster's right-sizing measured for real, with a PostgreSQL and a Kafka that the command starts by itself. */
class BenchExperimentsTest {
    @TempDir
    private Path folder;

    @Test
    @Tag("soak")
    void recommendationsOfAllExperimentsAreWaitedForAndNothingElseIsMeasured() throws IOException {
        Path bench = Files.createDirectory(folder.resolve("bench"));
        Path json = folder.resolve("report.json");
        var result = Shell.withoutDatabase()
                .run(BenchTest.bench(
                        "--experiments", 3, "--intervals", 4, "--runs", 1, "--folder", bench, "--json", json));

        assertThat(result.code()).as(result.err()).isZero();
        assertThat(result.err()).contains("3 experiments of 4 intervals; 1 runs");
        assertThat(result.out())
                .contains("experiments/min", "times Kruize's 31/min", "recommendations", "load average")
                .containsPattern("(?m)^ +3 +4 +16 +\\d+\\.\\d+ \\(\\d")
                .doesNotContain("pod rows");
        JsonNode report = JsonMapper.builder().build().readTree(json.toFile());
        assertThat(report.path("sizes")).isEmpty();
        assertThat(report.path("sources")).isEmpty();
        assertThat(report.path("optimization")).hasSize(1);
        JsonNode measured = report.at("/optimization/0");
        double seconds = measured.at("/seconds/median").asDouble();
        assertThat(measured.path("rows").asLong()).isEqualTo(16);
        assertThat(measured.path("experiments_per_minute").asDouble()).isEqualTo(60 * 3 / seconds);
        assertThat(measured.path("times_kruize").asDouble()).isEqualTo(60 * 3 / seconds / 31);
        assertThat(measured.at("/runs/0/functions").findValuesAsText("name"))
                .contains("store_usage", "store_recommendations");
        measured.path("phases").forEach(phase -> assertThat(phase.asDouble()).isPositive());
        assertThat(bench).isEmptyDirectory();
    }
}
