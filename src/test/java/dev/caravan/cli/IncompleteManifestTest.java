package dev.caravan.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.caravan.RouteApplication;
import dev.caravan.TestDatabase;
import dev.caravan.oracle.ClusterModel;
import dev.caravan.oracle.Hours;
import dev.caravan.oracle.PayloadWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A manifest whose last file does not come, as the commands see it. */
class IncompleteManifestTest {
    private static final String CLUSTER = "33333333-aaaa-4aaa-8aaa-000000000003";
    private static final Hours HOURS = Hours.day("2025-11-03").first(2);
    private static final String POD_ROWS = "select count(*)::text from org1234567.openshift_pod_usage_line_items";
    private static final String OWNERS =
            "select distinct report_type || ' ' || complete || ' ' || rows_kept from org1234567.day_delivery where owns"
                    + " order by 1";

    @TempDir
    private static Path folder;

    private static TestDatabase begun;

    private TestDatabase database;
    private Shell shell;

    @BeforeAll
    static void load() {
        begun = TestDatabase.createMigrated();
        Shell shell = Shell.on(begun, folder);
        run(shell, "source", "add", "--org", "1234567", "--cluster", CLUSTER, "--alias", "cluster-S3");
        run(shell, "ingest", part(0));
    }

    @AfterAll
    static void drop() {
        begun.close();
    }

    @BeforeEach
    void start() {
        database = begun.copy();
        shell = Shell.on(database, folder).with("caravan.manifests.incomplete-after", "0h");
    }

    @AfterEach
    void stop() {
        database.close();
    }

    @Test
    void itWaitsUntilRunDeclaresItAndStatusSaysSo() throws IOException {
        run("ingest", folder.resolve("0.tar.gz"));
        assertThat(rows(OWNERS)).as("a command declares nothing").isEmpty();
        assertThat(ledger().get("manifests_waiting").asInt()).isOne();

        declare();

        JsonNode source = source();
        assertThat(source.get("ledger").get("manifests_waiting").asInt()).isZero();
        assertThat(source.get("ledger").get("manifests_incomplete").asInt()).isOne();
        assertThat(source.get("ledger").get("files_missing").asInt()).isEqualTo(2);
        assertThat(source.get("incomplete_days").asInt()).isOne();
        assertThat(run("status").lines())
                .anyMatch(line -> line.matches(".*files missing.*"))
                .contains("cluster-S3 has 1 day filled by manifests declared incomplete: 2025-11-03");

        run("ingest", part(1), part(2));
        assertThat(ledger().get("manifests_complete").asInt()).isOne();
        assertThat(ledger().get("manifests_incomplete").asInt()).isZero();
        assertThat(run("status").out()).doesNotContain("declared incomplete");
        assertThat(rows(OWNERS))
                .containsExactly("node_labels true true", "pod_usage true true", "storage_usage true true");
    }

    @Test
    void itsDayOutlivesItsHourlyRowsAndALateFileOfAnotherTypeCompletesIt() {
        declare();
        List<String> summary = rows("select count(*)::text from"
                + " org1234567.reporting_ocpusagelineitem_daily_summary where data_source = 'Pod'");
        assertThat(shell.with("caravan.hourly-retention-days", 7).run("purge").code())
                .isZero();
        assertThat(rows(POD_ROWS)).containsExactly("0");
        assertThat(rows(OWNERS)).containsExactly("pod_usage false false");

        run("ingest", part(1), part(2));

        assertThat(rows(OWNERS))
                .containsExactly("node_labels true true", "pod_usage true false", "storage_usage true true");
        assertThat(rows("select count(*)::text from"
                        + " org1234567.reporting_ocpusagelineitem_daily_summary where data_source = 'Pod'"))
                .isEqualTo(summary);
    }

    @Test
    void retentionRemovesIt() {
        declare();
        assertThat(shell.with("caravan.retention-months", 3).run("purge").code())
                .isZero();
        assertThat(rows("select count(*)::text from org1234567.manifest")).containsExactly("0");
        assertThat(rows(OWNERS)).isEmpty();
    }

    @Test
    void itGoesWithItsSource() {
        declare();
        run("source", "remove", "--org", "1234567", "--cluster", CLUSTER, "--yes");
        assertThat(rows("select count(*)::text from org1234567.manifest")).containsExactly("0");
        assertThat(rows("select count(*)::text from org1234567.day_delivery")).containsExactly("0");
        assertThat(rows(POD_ROWS)).containsExactly("0");
    }

    /** Its missing files would be the other organisation's, so what came is all there will be. */
    @Test
    void whatWaitsWhenItsClusterMovesIsDeclaredWhereItIs() {
        run("source", "move", "--cluster", CLUSTER, "--from", "1234567", "--to", "7654321");

        declare();

        assertThat(rows(OWNERS)).containsExactly("pod_usage false true");
    }

    private void declare() {
        Map<String, Object> settings = new HashMap<>(shell.settings());
        settings.put("caravan.manifests.poll-interval", 50);
        settings.put("logging.level.dev.caravan", "error");
        try (var running = RouteApplication.start(
                List.of("intake/watch-manifests.yaml", "operations/on-watch-failure.yaml"), settings)) {
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> !rows("select manifest_uuid::text from org1234567.manifest"
                                    + " where declared_incomplete_at is not null")
                            .isEmpty());
        }
    }

    private static Path part(int member) {
        return PayloadWriter.of(CLUSTER, PayloadWriter.uuid(1))
                .date("2025-11-04T00:04:59Z")
                .covering(HOURS)
                .reports(
                        ClusterModel.small(1).podUsage(HOURS),
                        ClusterModel.small(1).nodeLabels(HOURS),
                        ClusterModel.small(1).storageUsage(HOURS))
                .writeTo(folder.resolve(member + ".tar.gz"), member);
    }

    private JsonNode ledger() throws IOException {
        return source().get("ledger");
    }

    private JsonNode source() throws IOException {
        return JsonMapper.builder()
                .build()
                .readTree(run("status", "--json").out())
                .get("organisations")
                .get(0)
                .get("sources")
                .get(0);
    }

    private Shell.Result run(Object... arguments) {
        return run(shell, arguments);
    }

    private static Shell.Result run(Shell shell, Object... arguments) {
        Shell.Result result = shell.run(arguments);
        assertThat(result.code()).as(result.err() + result.out()).isZero();
        return result;
    }

    private List<String> rows(String sql) {
        return Shell.jdbc(database).queryForList(sql, String.class);
    }
}
