package dev.caravan.cli;

import static dev.caravan.cli.Shell.FIRST_CLUSTER;
import static dev.caravan.cli.Shell.FIRST_SAMPLE;
import static dev.caravan.cli.Shell.SECOND_SAMPLE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.TestDatabase;
import dev.caravan.cli.Shell.Result;
import dev.caravan.optimization.StoredWorkload;
import dev.caravan.oracle.ClusterModel;
import dev.caravan.oracle.Hours;
import dev.caravan.oracle.PayloadWriter;
import dev.caravan.oracle.SummaryComparison;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is older than the retention goes, all of it and nothing else. The samples are of October and November 2025. */
class PurgeTest {
    private static final String SUMMARY = "org1234567.reporting_ocpusagelineitem_daily_summary";
    private static final String HOURLY = "org1234567.openshift_pod_usage_hours";
    private static final String DAILY = "org1234567.openshift_pod_usage_line_items_daily";

    private static TestDatabase loaded;

    @TempDir
    Path folder;

    private TestDatabase database;
    private Shell shell;
    private Shell shortHours;
    private Shell threeMonths;

    @BeforeAll
    static void load(@TempDir Path folder) {
        loaded = TestDatabase.createMigrated();
        Shell shell = Shell.on(loaded, folder);
        shell.prepareSamples();
        assertThat(shell.run("ingest", FIRST_SAMPLE, SECOND_SAMPLE).code()).isZero();
    }

    @AfterAll
    static void drop() {
        loaded.close();
    }

    @BeforeEach
    void start() {
        database = loaded.copy();
        shell = Shell.on(database, folder);
        shortHours = shell.with("caravan.hourly-retention-days", 7);
        threeMonths = shell.with("caravan.retention-months", 3);
    }

    @AfterEach
    void stop() {
        database.close();
    }

    @Test
    void whatIsKeptIsKept() {
        assertThat(shell.run("purge").lines()).containsExactly("nothing is older than the retention");
        assertThat(shell.run("purge", "--dry-run").code()).isZero();
    }

    @Test
    void aDryRunShowsWhatWouldGoAndChangesNothing() {
        List<String> before = state();
        Result hourly = shortHours.run("purge", "--dry-run");
        assertThat(hourly.code()).as(hourly.err()).isZero();
        assertThat(hourly.lines().get(0)).matches("organisation +month +what +tables +bytes +ledger rows");
        assertThat(hourly.lines())
                .anyMatch(line -> line.matches("1234567 +2025-10 +hourly only +6 +[1-9]\\d+ +0"))
                .anyMatch(line -> line.matches("1234567 +2025-11 +hourly only +6 +[1-9]\\d+ +0"))
                .anyMatch(line -> line.matches("total +12 +\\d+ +0"))
                .endsWith("nothing was changed: a dry run");

        Result everything = threeMonths.run("purge", "--dry-run");
        assertThat(everything.lines())
                .anyMatch(line -> line.matches("1234567 +2025-10 +everything +\\d\\d +[1-9]\\d+ +[1-9]\\d*"))
                .anyMatch(line -> line.matches("1234567 +2025-11 +everything +\\d\\d +[1-9]\\d+ +[1-9]\\d*"));
        assertThat(state()).isEqualTo(before);
    }

    @Test
    void hourlyRowsGoAndWhatWasMadeOfThemOutlivesThem() throws Exception {
        List<String> daily = database("select count(*) from " + DAILY);
        List<String> nodes = database("select count(*) from org1234567.openshift_node_day");
        Result result = shortHours.run("purge");
        assertThat(result.code()).as(result.err()).isZero();
        assertThat(result.lines())
                .contains("organisation 1234567, 2025-10: 6 partitions dropped, hourly line items only");

        assertThat(database("select count(*) from " + HOURLY)).containsExactly("0");
        assertThat(database("select count(*) from " + DAILY)).isEqualTo(daily);
        assertThat(database("select count(*) from org1234567.openshift_node_day"))
                .isEqualTo(nodes);
        assertThat(database("select distinct rows_kept from org1234567.day_delivery"))
                .containsExactly("false");
        assertThat(database("select count(*) > 0 from org1234567.day_delivery where owns"))
                .containsExactly("true");
        assertSamplesAgree();
        assertThat(shortHours.run("purge").lines()).containsExactly("nothing is older than the retention");

        assertThat(shell.run("tags", "disable", "--org", "1234567", "app").code())
                .isZero();
        assertThat(shell.run("tags", "enable", "--org", "1234567", "app").code())
                .isZero();
        assertThat(shell.run(
                                "summarize",
                                "--org",
                                "1234567",
                                "--cluster",
                                FIRST_CLUSTER,
                                "--from",
                                "2025-11-01",
                                "--to",
                                "2025-11-30")
                        .code())
                .isZero();
        assertSamplesAgree();
    }

    @Test
    void lateManifestsCompeteWithDaysWhoseHourlyRowsAreGone() throws Exception {
        shortHours.run("purge");
        assertThat(shell.run("ingest", FIRST_SAMPLE, SECOND_SAMPLE).out())
                .as("loaded before, still")
                .doesNotContain("rows loaded, 0 rejected");
        Path loser = payload(1, "2025-11-03", 0, 3, false);
        assertThat(shortHours.run("ingest", loser).code()).isZero();
        assertSamplesAgree();

        Path winner = payload(2, "2025-11-03", 0, 24, false);
        assertThat(shortHours.run("ingest", winner).code()).isZero();
        assertThat(database(
                        "select distinct manifest_uuid from org1234567.day_delivery where usage_start = '2025-11-03'"
                                + " and owns and report_type = 'pod_usage' and rows_kept"))
                .containsExactly(PayloadWriter.uuid(2));
        assertThat(shortHours.run("purge").code()).isZero();
        assertThat(database("select count(*) from " + HOURLY)).containsExactly("0");
    }

    @Test
    void additiveRowsOfADayWhoseHourlyRowsAreGoneAreKeptInQuarantine() throws Exception {
        shortHours.run("purge");
        Result result = shortHours.run("ingest", payload(1, "2025-11-04", 20, 24, true));
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.out()).contains("QUARANTINED outside-hourly-retention: the hourly rows of 2025-11-04");
        assertThat(database("select reason from caravan.quarantine")).containsExactly("outside-hourly-retention");
        assertSamplesAgree();
    }

    @Test
    void everythingOfExpiredMonthsGoesButTheQuarantine() throws Exception {
        Path broken = folder.resolve("broken.tar.gz");
        Files.writeString(broken, "no tar.gz");
        shell.run("ingest", broken);
        Result result = threeMonths.run("purge");
        assertThat(result.code()).as(result.err()).isZero();
        assertThat(result.lines())
                .anyMatch(line -> line.matches("organisation 1234567, 2025-11: \\d+ partitions dropped, everything"))
                .anyMatch(line -> line.matches("organisation 1234567: [1-9]\\d* ledger rows deleted"));
        for (String table : List.of(
                SUMMARY,
                HOURLY,
                DAILY,
                "org1234567.manifest",
                "org1234567.manifest_file",
                "org1234567.manifest_file_day",
                "org1234567.payload_claim",
                "org1234567.day_delivery",
                "org1234567.openshift_node_day",
                "org1234567.reporting_ocpusagereportperiod")) {
            assertThat(database("select count(*) from " + table)).as(table).containsExactly("0");
        }
        assertThat(database("select count(*) from pg_class where relispartition and relname like '%2025%'"))
                .containsExactly("0");
        assertThat(database("select reason from caravan.quarantine")).containsExactly("not-a-tar-gz");
        assertThat(database("select count(*) from caravan.audit where action = 'purge'"))
                .containsExactly("1");
        assertThat(threeMonths.run("purge").lines()).containsExactly("nothing is older than the retention");
        assertThat(threeMonths.run("ingest", FIRST_SAMPLE).out()).contains("outside retention");
        assertThat(database("select count(*) from pg_class where relispartition and relname like '%2025%'"))
                .as("nothing is made for what is refused")
                .containsExactly("0");
    }

    @Test
    void metricsOfRightSizingGoInStepsAndTheLatestRecommendationsStay() {
        Shell steps = shell.with("caravan.purge.rows-per-step", 2);
        for (int number = 0; number < 3; number++) {
            StoredWorkload.add(
                    Shell.jdbc(database), "1234567", null, "1", FIRST_CLUSTER, "old " + number, "2025-11-06T12:00:00Z");
        }
        StoredWorkload.add(
                Shell.jdbc(database),
                "1234567",
                null,
                "1",
                FIRST_CLUSTER,
                "new",
                Instant.now().minus(Duration.ofDays(15)).toString());

        assertThat(steps.run("purge", "--dry-run").lines())
                .containsExactly("right-sizing: 9 rows of metrics and history", "nothing was changed: a dry run");
        assertThat(steps.run("purge").lines()).containsExactly("right-sizing: 9 rows of metrics and history deleted");
        assertThat(steps.run("purge").lines()).containsExactly("nothing is older than the retention");

        assertThat(database("select count(*) from ros.workload_metrics")).containsExactly("1");
        assertThat(database("select count(*) from ros.historical_recommendation_sets"))
                .containsExactly("1");
        assertThat(database("select count(*) from ros.recommendation_sets")).containsExactly("4");
        assertThat(database("select count(*) from ros.workloads")).containsExactly("4");
    }

    @Test
    void partitionsInUseAllTheTimeAreNamedAndLeftForTheNextPurge() throws Exception {
        try (Connection reader = database.dataSource().getConnection();
                var statement = reader.createStatement()) {
            reader.setAutoCommit(false);
            statement.executeQuery("select count(*) from " + SUMMARY).close();
            Result result = threeMonths.with("caravan.purge.lock-wait", 300).run("purge");
            assertThat(result.code()).isEqualTo(1);
            assertThat(result.err())
                    .contains(
                            "in use all the time, left for the next purge: " + SUMMARY + " 2025-10",
                            SUMMARY + " 2025-11");
            reader.rollback();
        }
        assertThat(threeMonths.run("purge").code()).isZero();
        assertThat(database("select count(*) from " + SUMMARY)).containsExactly("0");
    }

    private Path payload(int number, String day, int from, int to, boolean additive) {
        Hours whole = Hours.day(day);
        Hours hours = new Hours(whole.hour(from), whole.hour(to));
        var writer = PayloadWriter.of(FIRST_CLUSTER, PayloadWriter.uuid(number))
                .date("2025-11-06T00:04:59Z")
                .covering(hours)
                .reports(ClusterModel.small(number).reports(hours));
        return (additive ? writer.additive() : writer).writeTo(folder.resolve(number + ".tar.gz"));
    }

    private void assertSamplesAgree() throws Exception {
        try (Connection connection = database.dataSource().getConnection()) {
            for (String sample : List.of("S1", "S2")) {
                SummaryComparison.assertSame(
                        SummaryComparison.readExpected(Shell.SAMPLES.resolve(sample)),
                        connection,
                        "org1234567",
                        sample.equals("S1") ? FIRST_CLUSTER : Shell.SECOND_CLUSTER);
            }
        }
    }

    private List<String> state() {
        return database("select relname from pg_class where relispartition union all"
                + " select 'rows ' || count(*) from " + HOURLY
                + " union all select 'deliveries ' || count(*) from org1234567.day_delivery where rows_kept"
                + " union all select 'audit ' || count(*) from caravan.audit order by 1");
    }

    private List<String> database(String sql) {
        return Shell.jdbc(database).query(sql, (row, number) -> row.getObject(1).toString());
    }
}
