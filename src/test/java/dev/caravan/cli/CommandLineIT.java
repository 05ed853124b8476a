package dev.caravan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.caravan.TestDatabase;
import dev.caravan.cli.CaravanProcess.Result;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packed jar as a process of its own, in a folder that holds nothing else, told everything by its environment. */
class CommandLineIT {
    private static final int TERMINATED = 128 + 15;

    @TempDir
    private static Path folder;

    private static TestDatabase database;

    @BeforeAll
    static void start() {
        database = TestDatabase.create();
    }

    @AfterAll
    static void stop() {
        database.close();
    }

    @Test
    void helpWorksWithoutAnything() throws Exception {
        Result result = run("", "--help");

        assertThat(result.code()).isZero();
        assertThat(result.out()).startsWith("Usage: caravan");
        assertThat(run("", "--version").out()).matches("caravan \\d\\S+, Java \\S+\\R");
    }

    @Test
    void wrongUseEndsWithTwoAndOneLine() throws Exception {
        assertRefused(run(database.url(), "sing"), "caravan: unknown command 'sing'");
        assertRefused(run(database.url(), "ingest", "no-such-file"), "caravan: no-such-file does not exist");
    }

    @Test
    void aServerThatDoesNotAnswerEndsWithTwoAndOneLine() throws Exception {
        int closed;
        try (var socket = new ServerSocket(0)) {
            closed = socket.getLocalPort();
        }
        assertRefused(
                run("jdbc:postgresql://127.0.0.1:" + closed + "/caravan", "status"),
                "caravan: cannot reach the database at jdbc:postgresql://127.0.0.1:" + closed);
    }

    /** From an empty database to figures, with nothing but the commands. */
    @Test
    void aFirstRunGoesThrough() throws Exception {
        String url = database.url();
        assertThat(run(url, "source", "add", "--org", "1234567", "--cluster", Shell.FIRST_CLUSTER, "--alias", "S1"))
                .matches(result -> result.code() == 0);
        assertThat(run(url, "tags", "enable", "--org", "1234567", "app", "environment", "team", "zone"))
                .matches(result -> result.code() == 0);

        Result ingest = run(url, "ingest", Shell.FIRST_SAMPLE.toAbsolutePath());
        assertThat(ingest.code()).as(ingest.out() + ingest.err()).isZero();
        assertThat(ingest.err()).isEmpty();
        assertThat(ingest.out()).contains("576 rows loaded, 0 rejected, 1 days summarised");

        Result status = run(url, "status", "--json");
        assertThat(status.code()).isZero();
        JsonNode source = JsonMapper.builder().build().readTree(status.out()).at("/organisations/0/sources/0");
        assertThat(source.at("/cluster_id").asText()).isEqualTo(Shell.FIRST_CLUSTER);
        assertThat(source.at("/ledger/payloads").asInt()).isEqualTo(2);
        assertThat(source.at("/ledger/latest_day").asText()).isEqualTo("2025-11-04");

        Result export = run(url, "export", "--org", "1234567", "--from", "2025-11-01", "--to", "2025-11-30");
        assertThat(export.code()).isZero();
        assertThat(export.out().lines()).hasSize(33);
    }

    @Test
    void runTakesDroppedFilesInAndStopsWhenAsked() throws Exception {
        try (var own = TestDatabase.create()) {
            Path inbox = folder.resolve("inbox");
            try (var process = CaravanProcess.run(folder, environment(own.url()))) {
                assertThat(process.log()).contains("caravan runs; inbox " + inbox);
                Files.createDirectories(inbox);
                Files.writeString(inbox.resolve("text.tar.gz"), "no archive");
                Awaitility.await().until(() -> Files.isDirectory(inbox.resolve("failed")));
                assertThat(process.stop().code()).isEqualTo(TERMINATED);
                assertThat(process.log())
                        .contains("not-a-tar-gz", "stopping; payloads in flight are finished first")
                        .doesNotContain("Exception");
            }
        }
    }

    private static void assertRefused(Result result, String start) {
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err().lines()).singleElement().asString().startsWith(start);
        assertThat(result.out()).isEmpty();
    }

    private static Result run(String url, Object... arguments) {
        return CaravanProcess.execute(folder, environment(url), arguments);
    }

    private static Map<String, String> environment(String url) {
        return Map.of(
                "CARAVAN_DATABASE_URL",
                url,
                "CARAVAN_DATABASE_USERNAME",
                database.username(),
                "CARAVAN_INBOX",
                folder.resolve("inbox").toString(),
                "CARAVAN_INBOX_SETTLETIME",
                "100");
    }
}
