package dev.caravan.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caravan.TestCaravan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** config/sources.yaml owns what it lists, while the process runs. */
class SourcesFileTest {
    @TempDir
    Path folder;

    private Path file;
    private TestCaravan caravan;

    @BeforeEach
    void start() {
        file = folder.resolve("sources.yaml");
        caravan = TestCaravan.start(
                List.of("intake/watch-sources.yaml", "operations/on-watch-failure.yaml"),
                Map.of("caravan.sources-file", file, "caravan.sources-interval", 50));
    }

    @AfterEach
    void stop() {
        caravan.close();
    }

    @Test
    void sourcesComeChangeAndGoWithTheFile() throws IOException {
        write("1234567", "cluster-a", "first", "7654321", "cluster-b", "other");
        awaitSources("1234567 cluster-a first", "7654321 cluster-b other");
        assertThat(caravan.jdbc()
                        .queryForObject("select count(*) from org7654321.reporting_ocp_cost_category", Integer.class))
                .as("a new organisation has its schema")
                .isOne();

        write("1234567", "cluster-a", "renamed");
        awaitSources("1234567 cluster-a renamed");

        Files.writeString(file, "sources: []");
        awaitSources();
        assertThat(caravan.jdbc()
                        .queryForObject(
                                "select count(*) from caravan.source where retired_at is not null", Integer.class))
                .as("retired, not deleted")
                .isEqualTo(2);
    }

    @Test
    void whatTheCommandAddedIsLeftAloneUntilTheFileListsIt() throws IOException {
        caravan.addSource("cluster-c", "by command");
        write("1234567", "cluster-a", "by file");
        awaitSources("1234567 cluster-a by file", "1234567 cluster-c by command");

        write("1234567", "cluster-c", "by file now");
        awaitSources("1234567 cluster-c by file now");
        Files.writeString(file, "sources: []");
        awaitSources();
    }

    @Test
    void fileThatCannotBeUsedChangesNothing() throws IOException {
        write("1234567", "cluster-a", "good");
        awaitSources("1234567 cluster-a good");
        for (String bad : List.of(
                "",
                "sources:\n",
                "# nothing but a remark\n",
                "sources: [",
                "sources:\n  - organisation: \"1; drop\"\n    cluster: x\n    alias: y\n",
                "sources:\n  - cluster: x\n    alias: y\n",
                "sources:\n  - organisation: \"1\"\n    cluster: x\n    alias: y\n    colour: red\n",
                "sources:\n  - organisation: \"1\"\n    cluster: x\n    alias: y\n"
                        + "  - organisation: \"1\"\n    cluster: x\n    alias: z\n",
                "!!javax.script.ScriptEngineManager []")) {
            Files.writeString(file, bad);
            caravan.bean(SourcesFile.class).apply();
            caravan.bean(SourcesFile.class).apply();
            assertThat(sources()).as(bad).containsExactly("1234567 cluster-a good");
        }
        Files.delete(file);
        caravan.bean(SourcesFile.class).apply();
        assertThat(sources()).as("no file").containsExactly("1234567 cluster-a good");
        write("1234567", "cluster-a", "good again");
        awaitSources("1234567 cluster-a good again");
    }

    private void write(String... organisationClusterAlias) throws IOException {
        var text = new StringBuilder("sources:\n");
        for (int i = 0; i < organisationClusterAlias.length; i += 3) {
            text.append("  - organisation: \"%s\"%n    cluster: %s%n    alias: %s%n"
                    .formatted(
                            organisationClusterAlias[i],
                            organisationClusterAlias[i + 1],
                            organisationClusterAlias[i + 2]));
        }
        Files.writeString(file, text);
    }

    private void awaitSources(String... expected) {
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(sources()).containsExactlyInAnyOrder(expected));
    }

    private List<String> sources() {
        return caravan.bean(SourceRegistry.class).list().stream()
                .map(source -> source.organisation() + " " + source.clusterId() + " " + source.alias())
                .toList();
    }
}
