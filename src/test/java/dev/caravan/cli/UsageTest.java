package dev.caravan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.cli.Shell.Result;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Wrong use, and servers that are not there: one line on stderr with the next step, exit code 2, no stack trace. */
class UsageTest {
    private final Shell shell = Shell.withoutDatabase();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "run",
                "ingest",
                "status",
                "source",
                "source add",
                "source list",
                "tags",
                "tags enable",
                "tags disable",
                "tags map",
                "tags unmap",
                "tags list",
                "category",
                "category add",
                "category remove",
                "category list",
                "summarize",
                "export",
                "recommend",
                "quarantine",
                "quarantine list",
                "quarantine show",
                "quarantine replay",
                "quarantine drop",
                "migrate",
                "config",
                "config show",
                "bench"
            })
    void everyCommandHasHelp(String command) {
        List<Object> arguments =
                new ArrayList<>(command.isEmpty() ? List.of() : List.of((Object[]) command.split(" ")));
        arguments.add("--help");
        Result result = shell.run(arguments.toArray());

        assertThat(result.code()).isZero();
        assertThat(result.out()).startsWith("Usage: caravan" + (command.isEmpty() ? "" : " " + command));
        assertThat(result.out()).contains("--stacktrace", "--help", "--version");
        assertThat(result.err()).isEmpty();
    }

    @Test
    void helpOfTheWholeNamesEveryCommandAndShowsExamples() {
        assertThat(shell.run("--help").out())
                .contains(
                        "run",
                        "ingest",
                        "status",
                        "source",
                        "tags",
                        "category",
                        "summarize",
                        "export",
                        "recommend",
                        "quarantine",
                        "migrate",
                        "config",
                        "bench",
                        "Examples",
                        "Exit codes: 0 done; 1 something was quarantined or rejected; 2 wrong use");
    }

    @Test
    void versionIsOneLine() {
        Result result = shell.run("--version");

        assertThat(result.code()).isZero();
        assertThat(result.lines()).singleElement().asString().startsWith("caravan ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    statsu                                 | unknown command 'statsu'; did you mean status? see `caravan --help`
                    sing                                   | unknown command 'sing'
                    source ad                              | unknown command 'ad'; did you mean add? see `caravan source --help`
                    source                                 | name a command: add, list
                    status --jsno                          | unknown option '--jsno'; did you mean --json?
                    status now                             | unknown argument 'now'
                    ingest                                 | Missing required parameter: 'PATH'
                    source add --org 1234567               | Missing required options: '--cluster=ID', '--alias=NAME'
                    source add --org A! --cluster c --alias a | 'A!' is no organisation: use lower-case letters, digits
                    source add --org 1 --cluster c --alias a --alias b | option '--alias' (NAME) should be specified only once
                    tags enable --org 1234567              | Missing required parameter: 'KEY'
                    tags list                              | Missing required option: '--org=ID'
                    tags map --org 1 app                   | Missing required option: '--to=PARENT'
                    category add --org 1                   | Missing required parameter: 'PATTERN'
                    category add --org 1 a\\                  | names no namespace: use 1 to 253 characters
                    summarize --org 1 --cluster c --from 2024-01-02 --to 2024-01-01 | --from 2024-01-02 comes after --to 2024-01-01
                    export --org 1 --from 2025-11-1 --to 2025-11-30 | '2025-11-1' is no day: write it like 2025-11-01
                    export --org 1 --from 2025-11-02 --to 2025-11-01 | --from 2025-11-02 comes after --to 2025-11-01
                    export --org 1 --from 2025-11-01 --to 2025-11-01 --output no/such/folder/a.csv | folder
                    export --org 1 --from 2025-11-01 --to 2025-11-01 --output src | src is no file
                    summarize --org 1 --cluster c --from 2024-01-01 --to 2025-01-01 | are 367 days, at most 366 go at once
                    recommend --org 1                      | Missing required option: '--cluster=ID'
                    recommend --org 1 --cluster c --limit 0 | --limit 0 is too small: list one container or more
                    recommend --org 1 --cluster c --term year | Invalid value for option '--term': expected one of [SHORT, MEDIUM, LONG] (case-insensitive)
                    recommend --org 1 --cluster c --engine x | Invalid value for option '--engine': expected one of [COST, PERFORMANCE] (case-insensitive)
                    quarantine show                        | Missing required parameter: 'ID'
                    quarantine show seven                  | 'seven' is not a long
                    quarantine replay                      | name payloads by their ids, or all of them by --all: see `quarantine list`
                    quarantine replay 7 --all              | name payloads by their ids, or all of them by --all: see `quarantine list`
                    quarantine replay 7 --reason internal-error | --reason goes with --all
                    quarantine drop                        | Missing required parameter: 'ID'
                    ingest no-such-file.tar.gz             | no-such-file.tar.gz does not exist
                    ingest --org A! src                    | 'A!' is no organisation
                    bench --size huge                      | --size huge: no size: small, medium, large, month, or pod rows
                    bench --rows many                      | Invalid value for option '--rows' (N): 'many' is not a long
                    bench --rows 0                         | --rows must be 1 to
                    bench --rows 1000 --pods 10 --days 3   | --rows 1000: 1000 rows of 10 pods are 5 days, not 3
                    bench --pods ten                       | --pods ten is no number of pods: write it as 2000 or 10/node
                    bench --claims 2                       | --claims is a share, 0 to 1
                    bench --runs 0                         | --runs must be 1 to 1000
                    bench --experiments 0                  | --experiments must be 1 to 10000
                    bench --experiments 3 --intervals 1    | --intervals must be 2 to 1400
                    bench --experiments 3 --chart c.svg    | --chart draws what --size, --rows and --sources measure
                    bench --folder no/such                 | --folder no/such is no folder that can be written to
                    bench --postgres-bin src               | --postgres-bin: src holds no programs (initdb, pg_ctl, postgres)
                    bench --json no/such/file              | --json no/such/file is no file that can be written
                    bench --chart chart.pdf                | --chart chart.pdf ends neither in .svg nor in .png
                    """)
    void wrongUseIsOneLineAndExitCodeTwo(String command, String line) {
        assertRefused(shell.run((Object[]) command.strip().split(" +")), line);
    }

    @Test
    void aMissingPathIsFoundBeforeAnythingIsLoaded() {
        assertRefused(
                shell.run("ingest", Shell.FIRST_SAMPLE, "no-such-file"), "no-such-file does not exist: nothing was");
    }

    @ParameterizedTest
    @ValueSource(strings = {"status", "source list", "quarantine list", "migrate", "run", ""})
    void withoutADatabaseTheVariableIsNamed(String command) {
        assertRefused(
                command.isEmpty() ? shell.run() : shell.run((Object[]) command.split(" ")),
                "no database is configured: set CARAVAN_DATABASE_URL, for example to jdbc:postgresql://");
    }

    @Test
    void anAddressOfAnotherKindIsRefused() {
        assertRefused(
                shell.with("caravan.database.url", "postgres://localhost/caravan")
                        .run("status"),
                "CARAVAN_DATABASE_URL is not a PostgreSQL address: write it as jdbc:postgresql://host:port/database");
    }

    @Test
    void aServerThatDoesNotAnswerIsNamed(@TempDir Path folder) throws IOException {
        int closed;
        try (var socket = new ServerSocket(0)) {
            closed = socket.getLocalPort();
        }
        var unreachable = shell.with("caravan.database.url", "jdbc:postgresql://127.0.0.1:" + closed + "/caravan");
        String line = "cannot reach the database at jdbc:postgresql://127.0.0.1:" + closed + "/caravan";

        assertRefused(unreachable.run("status"), line);
        assertRefused(unreachable.run("ingest", Shell.FIRST_SAMPLE), line);
        assertRefused(unreachable.run("ingest", folder), line);
    }

    @Test
    void aPasswordFileThatIsNotThereIsNamed() {
        assertRefused(
                shell.with("caravan.database.url", "jdbc:postgresql://127.0.0.1:5432/caravan")
                        .with("caravan.database.password-file", "/no/such/file")
                        .run("status"),
                "cannot read the password file /no/such/file: check CARAVAN_DATABASE_PASSWORD_FILE");
    }

    @Test
    void aSettingThatCannotBeReadIsNamed() {
        assertRefused(
                shell.with("caravan.retention-months", "many").run("status"),
                "setting caravan.retention-months cannot be used (For input string: \"many\")");
    }

    @Test
    void aRetentionOutOfBoundsNamesItsVariable() {
        for (int months : new int[] {0, 2, 121}) {
            for (String command : new String[] {"status", "ingest"}) {
                Object[] arguments =
                        command.equals("ingest") ? new Object[] {"ingest", Shell.FIRST_SAMPLE} : new Object[] {command};
                assertRefused(
                        shell.with("caravan.retention-months", months).run(arguments),
                        "CARAVAN_RETENTION_MONTHS (caravan.retention-months) is " + months
                                + ": set it to 3 to 120 months, the current one included");
            }
        }
        assertRefused(
                shell.with("caravan.hourly-retention-days", 6).run("status"),
                "CARAVAN_HOURLY_RETENTION_DAYS (caravan.hourly-retention-days) is 6: set it to 7 days or more");
    }

    @Test
    void settingsThatContradictEachOtherAreBothNamed() {
        assertRefused(
                shell.with("caravan.spool-limit-bytes", 1000).run("status"),
                "CARAVAN_SPOOL_LIMIT_BYTES (caravan.spool-limit-bytes) is 1000, and a payload may have 1073741824 bytes"
                        + " (caravan.limits.payload-bytes)");
        assertRefused(
                shell.with("caravan.retry.total-time", 540_001).run("status"),
                "caravan.retry.total-time is 540001 ms, more than half of caravan.kafka.max-poll-interval, 1080000 ms");
    }

    @Test
    void theStackTraceComesOnlyWhenAskedFor() {
        Result result = shell.run("status", "--stacktrace");

        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err()).contains("no database is configured", "\tat dev.caravan.");
    }

    @Test
    void settingsAreShownWithoutSecrets() {
        Result result = shell.with("caravan.database.password", "hidden-1")
                .with("caravan.database.url", "jdbc:postgresql://db.example/caravan?ssl=true&password=hidden-2")
                .with("caravan.retention-months", 7)
                .run("config", "show");

        assertThat(result.code()).isZero();
        assertThat(result.lines())
                .contains(
                        "caravan.database.password: ********",
                        "caravan.database.url: jdbc:postgresql://db.example/caravan?ssl=true&password=********",
                        "caravan.retention-months: 7",
                        "caravan.limits.members: 10000");
        assertThat(result.out()).doesNotContain("hidden");
    }

    private static void assertRefused(Result result, String line) {
        assertThat(result.err().lines())
                .singleElement()
                .asString()
                .startsWith("caravan")
                .contains(line.strip());
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
    }
}
