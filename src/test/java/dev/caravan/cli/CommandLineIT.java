package dev.caravan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.caravan.TestDatabase;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packed jar as a process of its own, in a folder that holds nothing else, told everything by its environment. */
class CommandLineIT {
    private static final Path JAR = Path.of(System.getProperty("caravan.test.jar"));
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

    private record Result(int code, String out, String err) {}

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
            Path output = folder.resolve("run.log");
            Path inbox = folder.resolve("inbox");
            Process process = command(own.url())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            try {
                await(() -> Files.readString(output).contains("caravan runs; inbox " + inbox));
                Files.createDirectories(inbox);
                Files.writeString(inbox.resolve("text.tar.gz"), "no archive");
                await(() -> Files.isDirectory(inbox.resolve("failed")));
            } finally {
                process.destroy();
            }
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(TERMINATED);
            assertThat(Files.readString(output))
                    .contains("not-a-tar-gz", "stopping; payloads in flight are finished first")
                    .doesNotContain("Exception");
        }
    }

    private static void assertRefused(Result result, String start) {
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err().lines()).singleElement().asString().startsWith(start);
        assertThat(result.out()).isEmpty();
    }

    private static Result run(String url, Object... arguments) throws IOException, InterruptedException {
        Path out = Files.createTempFile(folder, "out", ".txt");
        Path err = Files.createTempFile(folder, "err", ".txt");
        Process process = command(url, arguments)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Result(
                process.exitValue(),
                Files.readString(out, StandardCharsets.UTF_8),
                Files.readString(err, StandardCharsets.UTF_8));
    }

    private static ProcessBuilder command(String url, Object... arguments) {
        List<String> command = new ArrayList<>(
                List.of(ProcessHandle.current().info().command().orElse("java"), "-Xmx256m", "-jar", JAR.toString()));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        var builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("CARAVAN_"));
        builder.environment().put("CARAVAN_DATABASE_URL", url);
        builder.environment().put("CARAVAN_DATABASE_USERNAME", database.username());
        builder.environment().put("CARAVAN_INBOX", folder.resolve("inbox").toString());
        return builder;
    }

    private static void await(java.util.concurrent.Callable<Boolean> condition) {
        Awaitility.await().atMost(Duration.ofSeconds(40)).until(condition);
    }
}
