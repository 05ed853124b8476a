package dev.caravan.cli;

import static dev.caravan.cli.Shell.FIRST_CLUSTER;
import static dev.caravan.cli.Shell.FIRST_SAMPLE;
import static dev.caravan.cli.Shell.SECOND_CLUSTER;
import static dev.caravan.cli.Shell.SECOND_SAMPLE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.TestDatabase;
import dev.caravan.cli.Shell.Result;
import dev.caravan.oracle.PayloadWriter;
import dev.caravan.oracle.SummaryComparison;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cluster changes its organisation, or goes with all it brought. */
class SourceMoveRemoveTest {
    private static TestDatabase prepared;

    @TempDir
    Path folder;

    private TestDatabase database;
    private Shell shell;

    @BeforeAll
    static void prepare(@TempDir Path folder) {
        prepared = TestDatabase.createMigrated();
        Shell.on(prepared, folder).prepareSamples();
    }

    @AfterAll
    static void drop() {
        prepared.close();
    }

    @BeforeEach
    void start() {
        database = prepared.copy();
        shell = Shell.on(database, folder);
    }

    @AfterEach
    void stop() {
        database.close();
    }

    @Test
    void aMovedClusterSendsToItsNewOrganisationAndWhatItSentStays() throws Exception {
        Path first = Shell.payloads(FIRST_SAMPLE).get(0);
        assertThat(shell.run("ingest", first).code()).isZero();
        List<String> before = rows("select namespace, node, pod_usage_cpu_core_hours from"
                + " org1234567.reporting_ocpusagelineitem_daily_summary order by 1, 2, 3");

        Result move = move("1234567", "7654321");
        assertThat(move.code()).as(move.err()).isZero();
        assertThat(move.lines())
                .containsExactly("cluster " + FIRST_CLUSTER
                        + " sends to organisation 7654321 from now on as cluster-S1, schema org7654321;"
                        + " what it sent so far stays in schema org1234567");
        shell.run("tags", "enable", "--org", "7654321", "app", "environment", "team", "zone");

        Result ingest = shell.run("ingest", FIRST_SAMPLE);
        assertThat(ingest.code()).as(ingest.out()).isZero();
        assertThat(ingest.out())
                .as("a retired source neither takes it nor knows it")
                .doesNotContain("duplicate");
        try (Connection connection = database.dataSource().getConnection()) {
            SummaryComparison.assertSame(
                    SummaryComparison.readExpected(Shell.SAMPLES.resolve("S1")),
                    connection,
                    "org7654321",
                    FIRST_CLUSTER);
        }
        assertThat(rows("select namespace, node, pod_usage_cpu_core_hours from"
                        + " org1234567.reporting_ocpusagelineitem_daily_summary order by 1, 2, 3"))
                .isEqualTo(before);

        Shell.jdbc(database).update("delete from org1234567.reporting_ocpusagelineitem_daily_summary");
        Result summarize = shell.run(
                "summarize",
                "--org",
                "1234567",
                "--cluster",
                FIRST_CLUSTER,
                "--from",
                "2025-11-01",
                "--to",
                "2025-11-30");
        assertThat(summarize.code()).as(summarize.err()).isZero();
        assertThat(rows("select namespace, node, pod_usage_cpu_core_hours from"
                        + " org1234567.reporting_ocpusagelineitem_daily_summary order by 1, 2, 3"))
                .isEqualTo(before);
        assertThat(shell.run("export", "--org", "1234567", "--from", "2025-11-01", "--to", "2025-11-30")
                        .lines())
                .hasSize(before.size() + 1);

        assertThat(shell.run("source", "list").lines())
                .anyMatch(line ->
                        line.matches("1234567 +" + FIRST_CLUSTER + " +cluster-S1 .* retired \\d{4}-\\d\\d-\\d\\d"))
                .anyMatch(line -> line.matches("7654321 +" + FIRST_CLUSTER + " +cluster-S1 .* active"));
        assertThat(rows("select details ->> 'from', details ->> 'to' from caravan.audit where action = 'source move'"))
                .containsExactly("1234567|7654321");
    }

    @Test
    void whatCannotBeMovedIsSaidInOneLine() {
        assertRefused(move("1234567", "1234567"), "--from and --to name the same organisation");
        assertRefused(
                move("7654321", "1234567"),
                "organisation 7654321 has no active cluster " + FIRST_CLUSTER + ": see `source list`");
        Shell.jdbc(database).update("update caravan.source set from_file = true where cluster_id = ?", FIRST_CLUSTER);
        assertRefused(
                move("1234567", "7654321"),
                "cluster " + FIRST_CLUSTER
                        + " of organisation 1234567 is listed in config/sources.yaml: move it there, by its organisation");
        assertRefused(remove("--yes"), "is listed in config/sources.yaml: take it out there first");
        assertThat(rows("select org_id from caravan.organisation")).containsExactly("1234567");
    }

    @Test
    void aRemovedClusterLeavesNothingAndCanComeBack() throws Exception {
        assertThat(shell.run("ingest", FIRST_SAMPLE, SECOND_SAMPLE).code()).isZero();
        quarantine();
        assertThat(stored()).hasSize(2);
        String number = rows("select source_id from caravan.source where cluster_id = '" + FIRST_CLUSTER + "'")
                .get(0);
        String removed = rows("select source_uuid from caravan.source where cluster_id = '" + FIRST_CLUSTER + "'")
                .get(0);

        assertRefused(remove(), "Nobody can be asked here: add --yes");
        assertThat(left(removed)).isNotEmpty();

        Result result = remove("--yes");
        assertThat(result.code()).as(result.err()).isZero();
        assertThat(result.lines())
                .startsWith("cluster " + FIRST_CLUSTER + " of organisation 1234567 is retired")
                .contains("quarantine: 1 payloads deleted")
                .anyMatch(line -> line.matches("openshift_pod_usage_hours: [1-9]\\d* rows deleted"))
                .anyMatch(line -> line.matches("reporting_ocp_clusters: 1 rows deleted"))
                .endsWith("removed cluster " + FIRST_CLUSTER + " of organisation 1234567");
        assertThat(left(removed)).isEmpty();
        assertThat(rows("select cluster_id from caravan.quarantine")).containsExactly(SECOND_CLUSTER);
        assertThat(stored()).hasSize(1);
        assertThat(rows("select cluster_id from caravan.source")).containsExactly(SECOND_CLUSTER);
        assertAgrees("S2", SECOND_CLUSTER);
        assertRefused(remove("--yes"), "organisation 1234567 has no cluster " + FIRST_CLUSTER + ": see `source list`");
        assertThat(
                        rows(
                                "select destination, message ->> 'id', message ->> 'source_id', message -> 'application_type_id',"
                                        + " message ->> 'tenant', sent_at is null from caravan.outbox where kind = 'source-event'"))
                .containsExactly("platform.sources.event-stream|" + number + "|" + number + "|2|1234567|t");

        assertThat(shell.run("ingest", FIRST_SAMPLE).out()).contains("QUARANTINED unknown-source");
        shell.run("source", "add", "--org", "1234567", "--cluster", FIRST_CLUSTER, "--alias", "cluster-S1");
        assertThat(shell.run("ingest", FIRST_SAMPLE).code()).isZero();
        assertAgrees("S1", FIRST_CLUSTER);
        assertAgrees("S2", SECOND_CLUSTER);
    }

    @Test
    void aRemovalStoppedInBetweenIsFinishedByTheSameCommandOrByThePurge() {
        for (Object[] command :
                new Object[][] {{"source", "remove", "--org", "1234567", "--cluster", FIRST_CLUSTER, "--yes"}, {"purge"}
                }) {
            shell.run("source", "add", "--org", "1234567", "--cluster", FIRST_CLUSTER, "--alias", "cluster-S1");
            assertThat(shell.run("ingest", FIRST_SAMPLE).code()).isZero();
            String source = rows("select source_uuid from caravan.source where cluster_id = '" + FIRST_CLUSTER + "'")
                    .get(0);
            Shell.jdbc(database)
                    .update(
                            "update caravan.source set retired_at = now(), removing_since = now() where source_uuid = ?::uuid",
                            source);
            assertThat(shell.run("source", "list").out()).contains("being removed since ");
            Result result = shell.run(command);
            assertThat(result.code()).as(result.err()).isZero();
            assertThat(left(source)).isEmpty();
        }
        assertThat(rows("select kind from caravan.outbox where kind = 'source-event'"))
                .as("said by those who were stopped")
                .isEmpty();
    }

    @Test
    void thePersonAtTheTerminalIsAsked() {
        assertThat(answered("no").code()).isEqualTo(2);
        assertThat(rows("select count(*) from caravan.source where removing_since is null"))
                .containsExactly("2");
        assertThat(answered("yes").code()).isZero();
        assertThat(rows("select cluster_id from caravan.source")).containsExactly(SECOND_CLUSTER);
    }

    private Result answered(String answer) {
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream((answer + "\n").getBytes(StandardCharsets.UTF_8)));
        try {
            var out = new ByteArrayOutputStream();
            var err = new ByteArrayOutputStream();
            int code = CaravanCommand.execute(
                    new Terminal(new PrintStream(out, true), new PrintStream(err, true), true),
                    shell.settings(),
                    "source",
                    "remove",
                    "--org",
                    "1234567",
                    "--cluster",
                    FIRST_CLUSTER);
            return new Result(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
        } finally {
            System.setIn(before);
        }
    }

    /** A payload of each cluster whose member came with other bytes before. */
    private void quarantine() {
        for (String cluster : List.of(FIRST_CLUSTER, SECOND_CLUSTER)) {
            Path payload = PayloadWriter.of(cluster, PayloadWriter.uuid(1))
                    .date("2025-11-05T00:00:00Z")
                    .file("one.csv", cluster.getBytes(StandardCharsets.UTF_8))
                    .writeTo(folder.resolve(cluster + "-1.tar.gz"));
            Path other = PayloadWriter.of(cluster, PayloadWriter.uuid(1))
                    .date("2025-11-05T00:00:00Z")
                    .file("one.csv", "other".getBytes(StandardCharsets.UTF_8))
                    .writeTo(folder.resolve(cluster + "-2.tar.gz"));
            assertThat(shell.run("ingest", payload, other).out()).contains("QUARANTINED member-conflict");
        }
    }

    private List<Path> stored() throws IOException {
        try (var files = Files.list(folder.resolve("quarantine"))) {
            return files.toList();
        }
    }

    /** Every table that still has a row of the source, whatever the column is called. */
    private List<String> left(String source) {
        List<String> left = new ArrayList<>();
        for (String column :
                rows("select c.relname || '.' || a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid"
                        + " where c.relnamespace = 'org1234567'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition"
                        + " and a.attname in ('source', 'source_uuid', 'provider_id')")) {
            String[] names = column.split("\\.");
            if (!rows("select 1 from org1234567." + names[0] + " where " + names[1] + "::text = '" + source
                            + "' limit 1")
                    .isEmpty()) {
                left.add(names[0]);
            }
        }
        if (!rows("select 1 from caravan.source where source_uuid = '" + source + "'")
                .isEmpty()) {
            left.add("source");
        }
        return left;
    }

    private void assertAgrees(String sample, String cluster) throws Exception {
        try (Connection connection = database.dataSource().getConnection()) {
            SummaryComparison.assertSame(
                    SummaryComparison.readExpected(Shell.SAMPLES.resolve(sample)), connection, "org1234567", cluster);
        }
    }

    private Result move(String from, String to) {
        return shell.run("source", "move", "--cluster", FIRST_CLUSTER, "--from", from, "--to", to);
    }

    private Result remove(String... more) {
        List<String> arguments =
                new ArrayList<>(List.of("source", "remove", "--org", "1234567", "--cluster", FIRST_CLUSTER));
        arguments.addAll(List.of(more));
        return shell.run(arguments.toArray());
    }

    private static void assertRefused(Result result, String line) {
        assertThat(result.err()).contains(line).hasLineCount(1);
        assertThat(result.code()).isEqualTo(2);
    }

    private List<String> rows(String sql) {
        return Shell.jdbc(database).query(sql, (row, number) -> {
            List<String> columns = new ArrayList<>();
            for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                columns.add(row.getString(i));
            }
            return String.join("|", columns);
        });
    }
}
