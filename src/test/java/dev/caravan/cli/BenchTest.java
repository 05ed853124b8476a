package dev.caravan.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;

/** Two tiny sizes measured for real, with a PostgreSQL that the command starts by itself. */
class BenchTest {
    @TempDir
    private static Path folder;

    private static Path benchFolder;
    private static Path chart;
    private static Shell.Result result;
    private static JsonNode report;

    @BeforeAll
    static void measure() throws IOException {
        benchFolder = Files.createDirectory(folder.resolve("bench"));
        chart = folder.resolve("chart.svg");
        Path json = folder.resolve("report.json");
        result = Shell.withoutDatabase()
                // Nobody listens there.
                .with("caravan.database.url", "jdbc:postgresql://127.0.0.1:1/none")
                .run(bench(
                        "--rows",
                        "47,480",
                        "--pods",
                        2,
                        "--runs",
                        2,
                        "--folder",
                        benchFolder,
                        "--json",
                        json,
                        "--chart",
                        chart));
        assertThat(result.err()).contains("480: 480 pod rows, 1 nodes, 2 pods, 10 days; 2 runs");
        assertThat(result.code()).as(result.err()).isZero();
        report = JsonMapper.builder().build().readTree(json.toFile());
    }

    @Test
    void everyRunIsInTheJson() {
        assertThat(report.at("/machine/processors").asInt()).isPositive();
        assertThat(report.at("/postgresql/settings/fsync").asText()).isEqualTo("on");
        assertThat(report.at("/postgresql/settings/synchronous_commit").asText())
                .isEqualTo("on");
        assertThat(report.path("sizes")).hasSize(2);
        for (JsonNode size : report.path("sizes")) {
            assertThat(size.path("runs")).hasSize(2);
            for (JsonNode run : size.path("runs")) {
                assertThat(run.path("copy_seconds").asDouble()).isPositive();
                assertThat(run.path("day_seconds"))
                        .hasSize(size.at("/size/days").asInt());
                assertThat(run.at("/memory/peak_heap").asLong()).isPositive();
                assertThat(run.path("functions").findValuesAsText("name")).isNotEmpty();
                JsonNode phases = run.path("phases");
                double sum = List.of("scan", "load", "daily", "summary", "ledger").stream()
                        .mapToDouble(phase -> phases.path(phase).asDouble())
                        .sum();
                assertThat(sum).isCloseTo(run.path("seconds").asDouble(), offset(1e-6));
                phases.forEach(phase -> assertThat(phase.asDouble()).isPositive());
            }
        }
    }

    @Test
    void rowsAreThoseAskedFor() {
        assertThat(report.at("/sizes/0/size/pod_rows").asLong()).isEqualTo(47);
        assertThat(report.at("/sizes/1/size/pod_rows").asLong()).isEqualTo(480);
        // Of two pods, a node, six namespaces and a volume.
        assertThat(report.at("/sizes/1/rows").asLong()).isEqualTo(480 + 240 * (1 + 6 + 1));
    }

    @Test
    void theTableSaysWhatAPersonWantsToKnow() {
        assertThat(result.out())
                .contains("size", "pod rows/s", "ratio", "peak RSS, MiB", "ledger, commit", "load average")
                .containsPattern("(?m)^480 +480 +2400 +\\d+\\.\\d+ \\(\\d")
                .contains("480, seconds of every day:", "first ");
    }

    @Test
    void theChartIsSvgWithItsUnits() throws Exception {
        Document document =
                DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(chart.toFile());
        assertThat(document.getDocumentElement().getTagName()).isEqualTo("svg");
        assertThat(document.getDocumentElement().getTextContent())
                .contains("seconds per million pod rows", "thousands of pod rows", "plain copy", "47", "480");
    }

    @Test
    void nothingIsLeft() throws IOException {
        assertThat(benchFolder).isEmptyDirectory();
        assertThat(ProcessHandle.allProcesses()
                        .map(process -> process.info().commandLine().orElse(""))
                        .filter(command -> command.contains(benchFolder.toString())))
                .isEmpty();
    }

    static Object[] bench(Object... arguments) {
        String installed = System.getProperty("caravan.test.postgres.bin", "");
        Object[] all = new Object[arguments.length + 3];
        all[0] = "bench";
        all[1] = "--postgres-bin";
        all[2] = installed.isEmpty() ? "embedded" : installed;
        System.arraycopy(arguments, 0, all, 3, arguments.length);
        return all;
    }
}
