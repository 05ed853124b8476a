package dev.caravan.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A small OpenStack site measured for real, with a PostgreSQL that the command starts by itself. */
class BenchSitesTest {
    private static final int DAYS_OF_TEN_YEARS = 3653;

    @TempDir
    private Path folder;

    @Tag("soak")
    @Test
    void allTablesAreImportedAndTenYearsOfDailyTimelinesBuilt() throws IOException {
        Path bench = Files.createDirectory(folder.resolve("bench"));
        Path json = folder.resolve("report.json");
        var result = Shell.withoutDatabase()
                .run(BenchTest.bench("--site-instances", 300, "--runs", 1, "--folder", bench, "--json", json));

        assertThat(result.code()).as(result.err()).isZero();
        assertThat(result.err()).contains("an OpenStack site of 300 instances; 1 runs");
        assertThat(result.out())
                .contains("OpenStack instances", "timelines", "daily counts", "peak RSS, MiB", "load average")
                .containsPattern("(?m)^ +300 +5530 +\\d+\\.\\d+ \\(\\d")
                .doesNotContain("pod rows");
        JsonNode report = JsonMapper.builder().build().readTree(json.toFile());
        assertThat(report.path("sizes")).isEmpty();
        JsonNode measured = report.at("/openstack_sites/0");
        assertThat(measured.path("rows").asLong()).isEqualTo(5530);
        assertThat(measured.at("/table_rows/nova.instances").asLong()).isEqualTo(300);
        JsonNode run = measured.at("/runs/0");
        assertThat(run.path("import_seconds").asDouble()
                        + run.path("build_seconds").asDouble())
                .isCloseTo(run.path("seconds").asDouble(), offset(1e-6));
        assertThat(run.path("table_seconds")).hasSize(12);
        assertThat(run.path("spans").asLong()).isGreaterThan(600);
        // Nine kinds of five resources, and six kinds of nodes of the former reports.
        assertThat(run.path("daily_counts").asLong()).isGreaterThanOrEqualTo((9 * 5 + 6) * DAYS_OF_TEN_YEARS);
        assertThat(run.path("functions").findValuesAsText("name")).contains("build_timelines");
        assertThat(bench).isEmptyDirectory();
    }
}
