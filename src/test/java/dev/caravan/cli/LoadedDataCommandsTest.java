package dev.caravan.cli;

import static dev.caravan.cli.Shell.FIRST_CLUSTER;
import static dev.caravan.cli.Shell.FIRST_SAMPLE;
import static dev.caravan.cli.Shell.SECOND_CLUSTER;
import static dev.caravan.cli.Shell.SECOND_SAMPLE;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.caravan.TestDatabase;
import dev.caravan.cli.Shell.Result;
import dev.caravan.oracle.SummaryComparison;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;

/** What the commands say and do on a database both samples were loaded into. */
class LoadedDataCommandsTest {
    private static final String SUMMARY = "org1234567.reporting_ocpusagelineitem_daily_summary";

    @TempDir
    private static Path folder;

    private static TestDatabase database;
    private static Shell shell;

    @BeforeAll
    static void load() {
        database = TestDatabase.createMigrated();
        shell = Shell.on(database, folder);
        shell.prepareSamples();
        Result result = shell.run("ingest", FIRST_SAMPLE, SECOND_SAMPLE);
        assertThat(result.code()).as(result.err()).isZero();
    }

    @AfterAll
    static void stop() {
        database.close();
    }

    @Test
    void statusTellsWhatCameFromEachSource() throws IOException {
        Result table = shell.run("status");
        assertThat(table.code()).isZero();
        assertThat(table.out())
                .contains("Organisation 1234567", "cluster-S1", FIRST_CLUSTER, "2025-11-04", "quarantine is empty");

        Result result = shell.run("status", "--json");
        assertThat(result.code()).isZero();
        JsonNode status = JsonMapper.builder().build().readTree(result.out());
        JsonNode organisation = status.get("organisations").get(0);
        assertThat(organisation.get("organisation").asText()).isEqualTo("1234567");
        assertThat(organisation.get("outbox_unsent").asInt()).isEqualTo(8);
        JsonNode second = organisation.get("sources").get(1);
        assertThat(second.get("alias").asText()).isEqualTo("cluster-S2");
        assertThat(second.get("cluster_id").asText()).isEqualTo(SECOND_CLUSTER);
        JsonNode ledger = second.get("ledger");
        assertThat(ledger.get("payloads").asInt()).isEqualTo(6);
        assertThat(ledger.get("manifests_complete").asInt()).isEqualTo(6);
        assertThat(ledger.get("manifests_waiting").asInt()).isZero();
        assertThat(ledger.get("files_missing").asInt()).isZero();
        assertThat(ledger.get("rows_rejected").asInt()).isZero();
        assertThat(ledger.get("latest_day").asText()).isEqualTo("2025-11-02");
        assertThat(ledger.get("last_load").asText()).matches("\\d{4}-\\d\\d-\\d\\dT.*Z");
        assertThat(status.get("quarantine")).isEmpty();
    }

    @Test
    void changedKeysAreCarriedIntoEveryStoredDayTheyOccurIn() throws Exception {
        Result disabled = shell.run("tags", "disable", "--org", "1234567", "app");
        assertThat(disabled.code()).as(disabled.err()).isZero();
        assertThat(disabled.lines())
                .contains("disabled: app", "stored days to summarise again: 6")
                .anyMatch(line -> line.matches("cluster-S1 2025-11: 2 days summarised, \\d+\\.\\d s \\(2 of 6\\)"))
                .anyMatch(line -> line.matches("cluster-S2 2025-10: 2 days summarised, \\d+\\.\\d s \\(4 of 6\\)"))
                .anyMatch(line -> line.matches("cluster-S2 2025-11: 2 days summarised, \\d+\\.\\d s \\(6 of 6\\)"));
        assertThat(rowsWithApp("true")).isZero();

        Result enabled = shell.run("tags", "enable", "--org", "1234567", "--from", "2025-11-01", "app");
        assertThat(enabled.lines()).contains("stored days to summarise again: 4");
        assertThat(rowsWithApp("usage_start < '2025-11-01'")).isZero();
        assertThat(rowsWithApp("usage_start >= '2025-11-01'")).isPositive();

        // Enabled already, but the earlier days still lack it.
        assertThat(shell.run("tags", "enable", "--org", "1234567", "app").lines())
                .contains("enabled already: app", "stored days to summarise again: 6");
        assertSamplesAgree();
    }

    @Test
    void summarizeRebuildsTheStoredDaysOfASpan() throws Exception {
        String[] november = {
            "summarize", "--org", "1234567", "--cluster", SECOND_CLUSTER, "--from", "2025-10-31", "--to", "2025-11-30"
        };
        jdbc().update(
                        "delete from " + SUMMARY + " where cluster_id = ? and usage_start >= '2025-10-31'",
                        SECOND_CLUSTER);

        Result shown = shell.run(with(november, "--dry-run"));
        assertThat(shown.code()).isZero();
        assertThat(shown.out())
                .contains("2025-10-31", "2025-11-01", "2025-11-02", "hourly rows", "daily rows")
                .contains("stored days that would be summarised again: 3")
                .doesNotContain("2025-10-30");
        assertThat(jdbc().queryForObject(
                                "select count(*) from " + SUMMARY + " where usage_start = '2025-11-01'", Long.class))
                .as("a dry run changes nothing")
                .isZero();

        Result done = shell.run((Object[]) november);
        assertThat(done.code()).isZero();
        assertThat(done.lines()).hasSize(3);
        assertThat(done.lines().get(0)).matches("stored days to summarise again: 3; daily rows to be read: [1-9]\\d*");
        assertSamplesAgree();
        assertThat(jdbc().queryForObject(
                                "select count(*) from caravan.audit where action = 'summarize' and details ->> 'days' = '3'",
                                Long.class))
                .isEqualTo(1);
    }

    @Test
    void summarizeWithoutStoredDaysIsDone() {
        Result result = shell.run(
                "summarize",
                "--org",
                "1234567",
                "--cluster",
                FIRST_CLUSTER,
                "--from",
                "2024-01-01",
                "--to",
                "2024-12-31");

        assertThat(result.code()).isZero();
        assertThat(result.lines()).containsExactly("stored days to summarise again: 0; daily rows to be read: 0");
    }

    @Test
    void aDayIsExportedWithItsHeader() {
        Result result = shell.run(
                "export", "--org", "1234567", "--cluster", FIRST_CLUSTER, "--from", "2025-11-01", "--to", "2025-11-30");

        assertThat(result.code()).as(result.err()).isZero();
        assertThat(result.lines()).hasSize(33);
        assertThat(result.lines().get(0))
                .startsWith("report_period_id,cost_category_id,cluster_id,cluster_alias,data_source,namespace,node,")
                .endsWith(",source_uuid,raw_currency");
        assertThat(result.err()).isEqualToIgnoringNewLines("rows written: 32");
    }

    @Test
    void theExportHasTheFiguresOfTheSample() throws IOException {
        Path file = folder.resolve("s1.csv");
        Result result = shell.run(
                "export",
                "--org",
                "1234567",
                "--cluster",
                FIRST_CLUSTER,
                "--from",
                "2025-11-03",
                "--to",
                "2025-11-04",
                "--output",
                file);

        assertThat(result.code()).as(result.err()).isZero();
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).isEqualToIgnoringNewLines("rows written: 32, to " + file);
        List<String> lines = Files.readAllLines(file);
        assertThat(lines).hasSize(33);
        assertThat(lines)
                .filteredOn(line ->
                        line.contains(",Worker unallocated,ip-10-0-1-12,i-0abc22222222,2025-11-03,2025-11-03,,"))
                .singleElement()
                .asString()
                .as("numbers keep their sign, no value is an empty cell")
                .contains(",-11.8881337694");
        assertThat(lines).filteredOn(line -> line.contains("\"{\"\"app\"\": ")).isNotEmpty();
        try (var files = Files.list(folder)) {
            assertThat(files.map(Path::toString)).noneMatch(name -> name.endsWith(".part"));
        }
    }

    @Test
    void everyClusterIsExportedUnlessOneIsNamed() {
        Result result = shell.run("export", "--org", "1234567", "--from", "2025-11-02", "--to", "2025-11-03");

        assertThat(result.code()).isZero();
        assertThat(result.out()).contains(FIRST_CLUSTER, SECOND_CLUSTER).doesNotContain("2025-11-01", "2025-11-04");
    }

    @Test
    void aSpanWithoutDataIsExportedAsAHeader() {
        Result result = shell.run("export", "--org", "1234567", "--from", "0001-01-01", "--to", "2024-12-31");

        assertThat(result.code()).isZero();
        assertThat(result.lines()).hasSize(1);
    }

    @Test
    void textsThatASpreadsheetWouldRunAreDisarmed() {
        jdbc().update("update " + SUMMARY + " set namespace = '=1+1' where namespace = 'Worker unallocated'"
                + " and usage_start = '2025-11-03'");
        try {
            assertThat(shell.run("export", "--org", "1234567", "--from", "2025-11-03", "--to", "2025-11-03")
                            .out())
                    .contains(",Pod,'=1+1,ip-10-0-1-12,");
        } finally {
            jdbc().update("update " + SUMMARY + " set namespace = 'Worker unallocated' where namespace = '=1+1'");
        }
    }

    private static void assertSamplesAgree() throws IOException, SQLException {
        try (Connection connection = database.dataSource().getConnection()) {
            for (String sample : List.of("S1", "S2")) {
                SummaryComparison.assertSame(
                        SummaryComparison.readExpected(Shell.SAMPLES.resolve(sample)),
                        connection,
                        "org1234567",
                        sample.equals("S1") ? FIRST_CLUSTER : SECOND_CLUSTER);
            }
        }
    }

    private static long rowsWithApp(String where) {
        return jdbc().queryForObject(
                        "select count(*) from " + SUMMARY + " where jsonb_exists(all_labels, 'app') and " + where,
                        Long.class);
    }

    private static Object[] with(String[] arguments, String more) {
        Object[] all = java.util.Arrays.copyOf(arguments, arguments.length + 1, Object[].class);
        all[arguments.length] = more;
        return all;
    }

    private static JdbcTemplate jdbc() {
        return Shell.jdbc(database);
    }
}
