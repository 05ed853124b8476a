package dev.caravan.cli;

import dev.caravan.TestDatabase;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.JdbcTemplate;

/** Runs commands in this process as a person would, on a database and a folder of its own. */
final class Shell {
    static final String FIRST_CLUSTER = "11111111-aaaa-4aaa-8aaa-000000000001";
    static final String SECOND_CLUSTER = "22222222-aaaa-4aaa-8aaa-000000000002";
    static final Path SAMPLES = Path.of("src/test/resources/samples/openshift");
    static final Path FIRST_SAMPLE = SAMPLES.resolve("S1/payloads");
    static final Path SECOND_SAMPLE = SAMPLES.resolve("S2/payloads");

    private final Map<String, Object> settings;

    private Shell(Map<String, Object> settings) {
        this.settings = settings;
    }

    /** Commands on a database, spool and quarantine below a folder. */
    static Shell on(TestDatabase database, Path folder) {
        return new Shell(Map.of(
                "caravan.database.url", database.url(),
                "caravan.database.username", database.username(),
                "caravan.spool", folder.resolve("spool"),
                "caravan.quarantine.directory", folder.resolve("quarantine"),
                "caravan.retry.delay", 10,
                "caravan.retry.attempts", 2,
                "camel.main.jmx-enabled", false));
    }

    /** Commands that are told no database, where none may be started for them. */
    static Shell withoutDatabase() {
        return new Shell(Map.of("caravan.database.url", "", "caravan.profile", "production"));
    }

    Shell with(String setting, Object value) {
        Map<String, Object> changed = new HashMap<>(settings);
        changed.put(setting, value);
        return new Shell(changed);
    }

    Map<String, Object> settings() {
        return settings;
    }

    /** What a command printed and how it ended. */
    record Result(int code, String out, String err) {
        List<String> lines() {
            return out.lines().toList();
        }
    }

    Result run(Object... arguments) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var terminal = new Terminal(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false);
        int code = CaravanCommand.execute(
                terminal,
                settings,
                Arrays.stream(arguments).map(Object::toString).toArray(String[]::new));
        return new Result(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** The enabled keys and the clusters of both samples. */
    void prepareSamples() {
        run("source", "add", "--org", "1234567", "--cluster", FIRST_CLUSTER, "--alias", "cluster-S1");
        run("source", "add", "--org", "1234567", "--cluster", SECOND_CLUSTER, "--alias", "cluster-S2");
        run("tags", "enable", "--org", "1234567", "app", "environment", "team", "zone");
    }

    static List<Path> payloads(Path directory) {
        try (var files = Files.list(directory)) {
            return new ArrayList<>(files.sorted().toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static JdbcTemplate jdbc(TestDatabase database) {
        return new JdbcTemplate(database.dataSource());
    }
}
