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
import dev.caravan.oracle.ClusterModel;
import dev.caravan.oracle.Hours;
import dev.caravan.oracle.PayloadWriter;
import dev.caravan.oracle.Report;
import dev.caravan.oracle.ReportKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;

/** What `ingest` says of each payload, and the exit code it ends with. */
class IngestTest {
    private static final Hours DAY = Hours.day("2025-06-03");

    @TempDir
    private Path folder;

    private TestDatabase database;
    private Shell shell;

    @BeforeEach
    void start() {
        database = TestDatabase.createMigrated();
        shell = Shell.on(database, folder);
    }

    @AfterEach
    void stop() {
        database.close();
    }

    @Test
    void eachPayloadIsALineAndTheTotalsAreATable() {
        shell.prepareSamples();
        Result result = shell.run("ingest", FIRST_SAMPLE);

        assertThat(result.code()).as(result.err()).isZero();
        assertThat(result.err()).isEmpty();
        assertThat(result.lines()).hasSize(5);
        assertThat(result.lines().get(0))
                .matches("00_\\S+\\.tar\\.gz: 576 rows loaded, 0 rejected, 1 days summarised, \\d+\\.\\d s");
        assertThat(result.lines().get(1)).startsWith("01_");
        assertThat(result.lines().get(2))
                .isEqualTo("outcome  payloads  rows loaded  rows rejected  days summarised  seconds");
        assertThat(result.lines().get(3)).matches("loaded +2 +1152 +0 +2 +\\d+\\.\\d");
        assertThat(result.lines().get(4)).matches("total +2 +1152 +0 +2 +\\d+\\.\\d");

        Result twice = shell.run("ingest", FIRST_SAMPLE);
        assertThat(twice.code()).isZero();
        assertThat(twice.out()).contains("duplicate: loaded before").doesNotContain("rows loaded, ");

        Result again = shell.run("ingest", "--again", FIRST_SAMPLE);
        assertThat(again.code()).isZero();
        assertThat(again.lines().get(3)).matches("loaded +2 +1152 +0 +2 +\\d+\\.\\d");
    }

    @Test
    void rightSizingReportsHoldNothingUpWhereThereIsToBeNoKafkaAndNoS3() {
        shell.run("source", "add", "--org", "1234567", "--cluster", FIRST_CLUSTER, "--alias", "cluster-S1");
        Path payload = PayloadWriter.of(FIRST_CLUSTER, PayloadWriter.uuid(1))
                .date("2025-06-04T00:04:59Z")
                .covering(DAY)
                .reports(ClusterModel.small(1).reports(DAY.first(1)))
                .optimizationFile("ros.csv", new byte[] {1})
                .writeTo(folder.resolve("payload.tar.gz"));
        Result result = shell.with("caravan.kafka.brokers", "none")
                .with("caravan.s3.endpoint", "none")
                .run("ingest", payload);
        assertThat(result.code()).as(result.out() + result.err()).isZero();
    }

    @Test
    void whatCannotBeLoadedIsQuarantinedAndTheRestIsLoadedAllTheSame() throws IOException {
        shell.run("source", "add", "--org", "1234567", "--cluster", FIRST_CLUSTER, "--alias", "cluster-S1");
        Path inbox = Files.createDirectories(folder.resolve("inbox"));
        Files.writeString(inbox.resolve("0-text.tar.gz"), "no archive");
        Path unknown = Shell.payloads(SECOND_SAMPLE).get(0);
        Files.copy(unknown, inbox.resolve("1-unknown.tar.gz"));
        Files.copy(Shell.payloads(FIRST_SAMPLE).get(0), inbox.resolve("2-good.tar.gz"));

        Result result = shell.run("ingest", inbox);

        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err()).isEmpty();
        assertThat(result.lines().get(0)).startsWith("0-text.tar.gz: QUARANTINED not-a-tar-gz: ");
        assertThat(result.lines().get(1))
                .startsWith("1-unknown.tar.gz: QUARANTINED unknown-source: cluster " + SECOND_CLUSTER
                        + " is not registered: run `source add");
        assertThat(result.lines().get(2)).startsWith("2-good.tar.gz: 576 rows loaded");

        Result list = shell.run("quarantine", "list");
        assertThat(list.code()).isZero();
        assertThat(list.out())
                .contains("not-a-tar-gz", "unknown-source", SECOND_CLUSTER, "file " + inbox.resolve("0-text.tar.gz"));
        JsonNode entries = JsonMapper.builder()
                .build()
                .readTree(shell.run("quarantine", "list", "--json").out());
        assertThat(entries).hasSize(2);
        assertThat(entries.get(0).get("cluster_id").asText()).isEqualTo(SECOND_CLUSTER);
        assertThat(entries.get(0).get("size_bytes").asLong()).isEqualTo(Files.size(unknown));
        JsonNode quarantine = JsonMapper.builder()
                .build()
                .readTree(shell.run("status", "--json").out())
                .get("quarantine");
        assertThat(quarantine.toString())
                .isEqualTo("[{\"reason\":\"not-a-tar-gz\",\"payloads\":1,\"bytes\":10},"
                        + "{\"reason\":\"unknown-source\",\"payloads\":1,\"bytes\":" + Files.size(unknown) + "}]");

        assertThat(shell.run("source", "add", "--org", "1234567", "--cluster", SECOND_CLUSTER, "--alias", "cluster-S2")
                        .lines()
                        .get(1))
                .isEqualTo(
                        "payloads of this cluster in quarantine that wait for replay: 1; a running `run` takes them up,"
                                + " else the next `ingest` or `quarantine replay --all` does");

        Result next = shell.run("ingest", Files.createDirectory(folder.resolve("nothing")));
        assertThat(next.code()).isZero();
        assertThat(next.lines()).anyMatch(line -> line.startsWith("from quarantine: ") && line.contains("rows loaded"));
        assertThat(shell.run("quarantine", "list").out()).doesNotContain("unknown-source");
    }

    @Test
    void rejectedRowsAreCountedAndTellInTheExitCode() {
        register();
        Report pods = ClusterModel.small(3)
                .podUsage(DAY.first(2))
                .set("pod_usage_cpu_core_seconds", "much", row -> row.get("interval_start")
                        .startsWith("2025-06-03 01"));
        Path payload = payload(1).reports(pods).writeTo(folder.resolve("bad-rows.tar.gz"));

        Result result = shell.run("ingest", payload);

        assertThat(result.code()).isEqualTo(1);
        assertThat(result.lines().get(0))
                .matches("bad-rows.tar.gz: (\\d+) rows loaded, \\1 rejected, 1 days summarised.*");
        assertThat(shell.run("status").out()).containsPattern("small +c-1 +1 +1 +0 +0 +0 +[1-9]");
    }

    @Test
    void partsOfAManifestWaitForTheOthers() {
        register();
        PayloadWriter writer = payload(1).reports(ClusterModel.small(3).reports(DAY.first(2)));
        Path first = writer.writeTo(folder.resolve("part-1.tar.gz"), 0);

        Result result = shell.run("ingest", first);

        assertThat(result.code()).isZero();
        assertThat(result.lines().get(0))
                .matches("part-1.tar.gz: waiting for other parts of its manifest: \\d+ rows loaded, 0 rejected, .*");
        assertThat(shell.run("status").out()).containsPattern("small +c-1 +1 +0 +1 +0 +[1-9]");
    }

    @Test
    void emptyAndTooOldPayloadsAreDone() {
        register();
        Path empty = payload(1)
                .reports(Report.empty(ReportKind.POD, java.time.YearMonth.of(2025, 6)))
                .writeTo(folder.resolve("empty.tar.gz"));
        Path old = PayloadWriter.of("c-1", PayloadWriter.uuid(2))
                .date("2001-06-03T12:00:00Z")
                .covering(Hours.day("2001-06-03"))
                .reports(ClusterModel.small(3).podUsage(Hours.day("2001-06-03").first(1)))
                .writeTo(folder.resolve("old.tar.gz"));

        Result result = shell.run("ingest", empty, old);

        assertThat(result.code()).as(result.out() + result.err()).isZero();
        assertThat(result.lines().get(0)).startsWith("empty.tar.gz: empty: no rows in it, ");
        assertThat(result.lines().get(1)).startsWith("old.tar.gz: outside retention: older than what is kept, ");
    }

    @Test
    void filesInAFolderOfAnOrganisationAreLoadedForIt() throws IOException {
        shell.run("source", "add", "--org", "one", "--cluster", FIRST_CLUSTER, "--alias", "first");
        shell.run("source", "add", "--org", "two", "--cluster", FIRST_CLUSTER, "--alias", "first");
        Path inbox = folder.resolve("inbox");
        Files.createDirectories(inbox.resolve("org=two"));
        Path payload = Shell.payloads(FIRST_SAMPLE).get(0);
        Files.copy(payload, inbox.resolve("org=two/a.tar.gz"));
        Files.copy(payload, inbox.resolve("b.tar.gz"));

        Result result = shell.run("ingest", "--org", "one", inbox);

        assertThat(result.code()).as(result.out() + result.err()).isZero();
        assertThat(result.lines().get(0)).startsWith("b.tar.gz: 576 rows loaded");
        assertThat(result.lines().get(1)).startsWith("org=two/a.tar.gz: 576 rows loaded");
        for (String schema : List.of("orgone", "orgtwo")) {
            assertThat(jdbc().queryForObject("select count(*) from " + schema + ".payload_claim", Long.class))
                    .isEqualTo(1);
        }

        assertThat(shell.run("ingest", payload).lines().get(0)).contains("QUARANTINED ambiguous-source: ");
    }

    @Test
    void anEmptyDirectoryIsALineOnADatabaseBroughtUpToDate() throws IOException {
        Path empty = Files.createDirectories(folder.resolve("empty"));
        try (var fresh = TestDatabase.create()) {
            Result result = Shell.on(fresh, folder).run("ingest", empty);

            assertThat(result.code()).as(result.err()).isZero();
            assertThat(result.lines())
                    .containsExactly(empty + ": no payload in it (subfolders are not looked into, except org=<id>)");
            assertThat(Shell.jdbc(fresh).queryForObject("select count(*) from caravan.quarantine", Long.class))
                    .isZero();
        }
    }

    @Test
    void whatLastsBeyondTheRetriesStopsAndNamesWhatIsMissing() throws Exception {
        shell.prepareSamples();
        try (var other = database.dataSource().getConnection();
                var statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("select pg_advisory_xact_lock(hashtextextended(source_uuid::text, 0)) from caravan.source"
                    + " where cluster_id = '" + SECOND_CLUSTER + "'");

            List<Path> second = Shell.payloads(SECOND_SAMPLE);
            Result result = shell.with("caravan.database.lock-wait", "0s")
                    .run("ingest", FIRST_SAMPLE, second.get(0), second.get(1));

            assertThat(result.code()).isEqualTo(2);
            assertThat(result.lines().get(0)).contains("576 rows loaded");
            assertThat(result.out()).containsPattern("not loaded +2 +-");
            assertThat(result.out())
                    .contains("not loaded: " + second.get(0).getFileName() + ", "
                            + second.get(1).getFileName());
            assertThat(result.err().lines().toList()).hasSize(3);
            assertThat(result.err().lines().toList().get(0))
                    .startsWith("trying again (1): source ")
                    .contains("is being loaded or summarised by another process");
            assertThat(result.err().lines().toList().get(2))
                    .startsWith("caravan: stopped at " + second.get(0).getFileName() + ": ")
                    .endsWith("what was committed stays, and the same command again loads the rest");
        }
        assertThat(shell.run("status").out()).containsPattern("cluster-S1 +\\S+ +2 +2 ");
    }

    private void register() {
        shell.run("source", "add", "--org", "1234567", "--cluster", "c-1", "--alias", "small");
    }

    private static PayloadWriter payload(int number) {
        return PayloadWriter.of("c-1", PayloadWriter.uuid(number))
                .date("2025-06-03T12:00:00Z")
                .covering(DAY.first(2));
    }

    private JdbcTemplate jdbc() {
        return Shell.jdbc(database);
    }
}
