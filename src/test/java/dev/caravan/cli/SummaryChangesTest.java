package dev.caravan.cli;

import static dev.caravan.cli.Shell.FIRST_CLUSTER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import dev.caravan.RouteApplication;
import dev.caravan.TestCaravan;
import dev.caravan.TestDatabase;
import dev.caravan.cli.Shell.Result;
import dev.caravan.oracle.SummaryComparison;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;

/** Changes of keys, their names and categories reach the stored days, once and whatever comes between. */
class SummaryChangesTest {
    private static final String SUMMARY = "org1234567.reporting_ocpusagelineitem_daily_summary";
    private static final String MARKS = "org1234567.summary_mark";
    private static final List<Map<String, Object>> SAMPLE = SummaryComparison.readExpected(Shell.SAMPLES.resolve("S1"));

    private static TestDatabase loaded;

    @TempDir
    Path folder;

    private TestDatabase database;
    private Shell shell;
    private JdbcTemplate jdbc;

    @BeforeAll
    static void load(@TempDir Path folder) {
        loaded = TestDatabase.createMigrated();
        Shell shell = Shell.on(loaded, folder);
        shell.prepareSamples();
        assertThat(shell.run("ingest", Shell.FIRST_SAMPLE).code()).isZero();
    }

    @AfterAll
    static void dropLoaded() {
        loaded.close();
    }

    @BeforeEach
    void start() throws SQLException {
        database = loaded.copy();
        jdbc = Shell.jdbc(database);
        shell = Shell.on(database, folder);
        assertSummary(SAMPLE);
    }

    @AfterEach
    void drop() {
        database.close();
    }

    @Test
    void aMappedKeyHasItsValuesUnderTheOtherNameUntilItIsUnmapped() throws SQLException {
        run("tags", "enable", "--org", "1234567", "region");
        assertThat(run("tags", "map", "--org", "1234567", "--to", "region", "zone")
                        .lines())
                .startsWith("shown as region: zone", "stored days to summarise again: 2")
                .hasSize(3);
        assertSummary(relabelled(labels -> {
            Object zone = labels.remove("zone");
            if (zone != null) {
                labels.put("region", zone);
            }
        }));

        assertThat(run("tags", "unmap", "--org", "1234567", "zone").lines())
                .startsWith("shown under their own names: zone", "stored days to summarise again: 2");
        assertSummary(SAMPLE);
    }

    @Test
    void whereTheParentIsThereItsOwnValueStaysAndRowsBecomeOne() throws SQLException {
        run("tags", "map", "--org", "1234567", "--to", "team", "app");
        List<Map<String, Object>> wanted = relabelled(labels -> {
            Object app = labels.remove("app");
            if (app != null) {
                labels.putIfAbsent("team", app);
            }
        });
        List<Map<String, Object>> found = summary();
        assertThat(labelSets(found)).isEqualTo(labelSets(wanted));
        assertThat(found).as("carts and webs of a team are one row now").hasSizeLessThan(wanted.size());
        assertThat(total(found, "pod_usage_cpu_core_hours"))
                .isCloseTo(total(wanted, "pod_usage_cpu_core_hours"), within(1e-9));

        run("tags", "unmap", "--org", "1234567", "app");
        assertSummary(SAMPLE);
    }

    @Test
    void withoutTheParentItsChildrenStandForThemselves() throws SQLException {
        run("tags", "enable", "--org", "1234567", "region");
        run("tags", "map", "--org", "1234567", "--to", "region", "zone");

        assertThat(run("tags", "disable", "--org", "1234567", "region").lines())
                .contains("stored days to summarise again: 2");
        assertSummary(SAMPLE);
    }

    @Test
    void namespacesOfACategoryAreCategorisedOnEveryStoredDay() throws SQLException {
        assertThat(run("category", "add", "--org", "1234567", "--name", "Shared", "da%")
                        .lines())
                .startsWith("in category Shared now: da%", "stored days to summarise again: 2");
        List<Map<String, Object>> wanted = copies();
        wanted.stream()
                .filter(row -> "data".equals(row.get("namespace")))
                .forEach(row -> row.put("cost_category_id", "categorised"));
        assertSummary(wanted);
        assertThat(jdbc.queryForList(
                        "select distinct c.name from " + SUMMARY + " s"
                                + " join org1234567.reporting_ocp_cost_category c on c.id = s.cost_category_id"
                                + " where s.namespace = 'data'",
                        String.class))
                .containsExactly("Shared");

        assertThat(run("category", "remove", "--org", "1234567", "da%").lines())
                .startsWith("in no category now: da%", "stored days to summarise again: 2");
        assertSummary(SAMPLE);
        assertThat(jdbc.queryForList(
                        "select action || ' ' || (details -> 'namespaces')::text from caravan.audit"
                                + " where action like 'category%' order by audit_id",
                        String.class))
                .containsExactly("category add [\"da%\"]", "category remove [\"da%\"]");
    }

    @Test
    void dailyLineItemsSufficeOnceTheHourlyOnesAreGone() throws SQLException {
        run("tags", "disable", "--org", "1234567", "app", "environment");
        List<String> partitions = jdbc.queryForList(
                "select c.oid::regclass::text from pg_class c where c.relnamespace = 'org1234567'::regnamespace"
                        + " and c.relispartition and c.relkind = 'r' and c.relname like '%\\_hours\\_2025\\_11'",
                String.class);
        assertThat(partitions).hasSizeGreaterThanOrEqualTo(4);
        partitions.forEach(partition -> jdbc.execute("drop table " + partition));

        run("tags", "enable", "--org", "1234567", "app", "environment");

        assertSummary(SAMPLE);
    }

    @Test
    void changesThatComeTogetherAreSummarisedOnce() throws Exception {
        jdbc.execute(
                """
                create table public.summarised (transaction xid8, day date);
                create function public.note_summary() returns trigger language plpgsql as $$
                begin
                    insert into public.summarised values (pg_current_xact_id(), new.usage_start);
                    return null;
                end
                $$;
                create trigger note_summary after insert on org1234567.reporting_ocpusagelineitem_daily_summary
                    for each row execute function public.note_summary()
                """);
        List<CompletableFuture<Result>> changes = new ArrayList<>();
        try (Connection busy = database.dataSource().getConnection();
                var statement = busy.createStatement()) {
            busy.setAutoCommit(false);
            statement.execute("select caravan.lock_source(source_uuid, 0) from caravan.source where cluster_id = '"
                    + FIRST_CLUSTER + "'");
            changes.add(later("tags", "disable", "--org", "1234567", "team"));
            changes.add(later("tags", "map", "--org", "1234567", "--to", "environment", "zone"));
            changes.add(later("category", "add", "--org", "1234567", "data"));
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> jdbc.queryForObject(
                                    "select count(*) from caravan.audit where action in"
                                            + " ('tags disable', 'tags map', 'category add')",
                                    Integer.class)
                            == 3);
            assertThat(marks()).isEqualTo(2);
        }
        for (var change : changes) {
            assertThat(change.join().code()).as(change.join().err()).isZero();
        }

        assertThat(jdbc.queryForList(
                        "select day || ' ' || count(distinct transaction) from public.summarised group by day order by 1",
                        String.class))
                .containsExactly("2025-11-03 1", "2025-11-04 1");
        assertThat(changes)
                .filteredOn(change -> change.join().out().contains("(2 of them by another process)"))
                .hasSize(2);
        assertThat(marks()).isZero();
        List<Map<String, Object>> together = summary();
        run("summarize", "--org", "1234567", "--cluster", FIRST_CLUSTER, "--from", "2025-11-01", "--to", "2025-11-30");
        assertSummary(together);
    }

    @Test
    void whatAStoppedCommandLeavesRunWorksOff() throws Exception {
        run("tags", "disable", "--org", "1234567", "app");
        try (Connection busy = database.dataSource().getConnection();
                var statement = busy.createStatement()) {
            busy.setAutoCommit(false);
            statement.execute("select caravan.lock_source(source_uuid, 0) from caravan.source where cluster_id = '"
                    + FIRST_CLUSTER + "'");
            Result stopped =
                    shell.with("caravan.database.lock-wait", "0s").run("tags", "enable", "--org", "1234567", "app");
            assertThat(stopped.code()).isEqualTo(2);
            assertThat(stopped.err())
                    .contains("is being loaded or summarised by another process")
                    .hasLineCount(1);
        }
        assertThat(marks()).isEqualTo(2);
        assertThat(run("status").out()).contains("stored days waiting to be summarised again: 2");

        try (var running = RouteApplication.start(
                List.of("intake/watch-summaries.yaml", "operations/on-watch-failure.yaml"), routeSettings())) {
            await().atMost(Duration.ofSeconds(20)).until(() -> marks() == 0);
        }
        assertSummary(SAMPLE);
    }

    @Test
    void aPayloadOfAMarkedDayTakesTheMarkWithIt() {
        jdbc.update("insert into " + MARKS + " select source_uuid, date '2025-11-03' + day, now() from caravan.source"
                + " cross join generate_series(0, 1) day where cluster_id = '" + FIRST_CLUSTER + "'");
        assertThat(marks()).isEqualTo(2);

        assertThat(run("ingest", "--again", Shell.FIRST_SAMPLE).code()).isZero();
        assertThat(marks()).isZero();
    }

    private Map<String, Object> routeSettings() {
        Map<String, Object> settings = new HashMap<>(TestCaravan.settings(database));
        settings.put("caravan.summaries.poll-interval", 100);
        settings.put("caravan.spool", folder.resolve("spool"));
        settings.put("caravan.quarantine.directory", folder.resolve("quarantine"));
        settings.put("logging.level.dev.caravan", "error");
        return settings;
    }

    private Result run(Object... arguments) {
        Result result = shell.run(arguments);
        assertThat(result.code()).as(result.err()).isZero();
        return result;
    }

    private CompletableFuture<Result> later(Object... arguments) {
        return CompletableFuture.supplyAsync(() -> shell.run(arguments), command -> new Thread(command).start());
    }

    private int marks() {
        return jdbc.queryForObject("select count(*) from " + MARKS, Integer.class);
    }

    private List<Map<String, Object>> summary() throws SQLException {
        try (Connection connection = database.dataSource().getConnection()) {
            return SummaryComparison.read(connection, "org1234567", FIRST_CLUSTER);
        }
    }

    private void assertSummary(List<Map<String, Object>> expected) throws SQLException {
        SummaryComparison.assertSame(expected, summary());
    }

    private static List<Map<String, Object>> copies() {
        return relabelled(labels -> {});
    }

    /** The sample's summary with other labels. */
    private static List<Map<String, Object>> relabelled(Consumer<Map<String, Object>> change) {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (Map<String, Object> row : SAMPLE) {
            Map<String, Object> copy = new LinkedHashMap<>(row);
            for (String column : SummaryComparison.LABELS) {
                copy.computeIfPresent(column, (name, labels) -> {
                    Map<String, Object> changed = new TreeMap<>();
                    ((Map<?, ?>) labels).forEach((key, value) -> changed.put((String) key, value));
                    change.accept(changed);
                    return changed;
                });
            }
            rows.add(copy);
        }
        return rows;
    }

    private static Set<List<Object>> labelSets(List<Map<String, Object>> rows) {
        Set<List<Object>> sets = new HashSet<>();
        rows.forEach(row -> {
            List<Object> set = new ArrayList<>();
            for (String column :
                    List.of("usage_start", "data_source", "namespace", "node", "pod_labels", "volume_labels")) {
                set.add(row.get(column));
            }
            sets.add(set);
        });
        return sets;
    }

    private static double total(List<Map<String, Object>> rows, String column) {
        return rows.stream()
                .map(row -> (Double) row.get(column))
                .filter(Objects::nonNull)
                .mapToDouble(Double::doubleValue)
                .sum();
    }
}
