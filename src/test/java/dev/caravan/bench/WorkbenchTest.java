package dev.caravan.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a killed benchmark leaves is found and removed by the next one; nothing else is touched. */
class WorkbenchTest {
    @TempDir
    private Path parent;

    @Test
    void serversOfKilledBenchmarksAreStopped() throws IOException {
        String installed = System.getProperty("caravan.test.postgres.bin", "");
        Path folder = left();
        BenchPostgresql.start(folder, Workbench.programs(installed.isEmpty() ? BenchPostgresql.EMBEDDED : installed));
        assertThat(servers()).isNotEmpty();

        assertThat(Workbench.sweep(parent)).isEqualTo(1);

        assertThat(parent).isEmptyDirectory();
        assertThat(servers()).isEmpty();
    }

    @Test
    void aServerElsewhereIsNot() throws IOException {
        Path data = Files.createDirectories(left().resolve("postgres/data"));
        Files.write(
                data.resolve("postmaster.pid"),
                List.of(Long.toString(ProcessHandle.current().pid()), "/elsewhere"));
        Path other = Files.createDirectory(parent.resolve("caravan-bench-notes"));

        assertThat(Workbench.sweep(parent)).isEqualTo(1);

        assertThat(data).doesNotExist();
        assertThat(other).isDirectory();
    }

    @Test
    void benchmarksThatRunAreLeftAlone() throws IOException {
        try (var running = BenchFolder.create(parent)) {
            assertThat(Workbench.sweep(parent)).isZero();
            assertThat(running.path()).isDirectory();
        }
        assertThat(parent).isEmptyDirectory();
    }

    private Path left() throws IOException {
        return Files.createDirectory(parent.resolve("caravan-bench-" + UUID.randomUUID()));
    }

    private List<String> servers() {
        return ProcessHandle.allProcesses()
                .map(process -> process.info().commandLine().orElse(""))
                .filter(command -> command.contains(parent.toString()))
                .toList();
    }
}
