package dev.caravan.openshift;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.TestCaravan;
import dev.caravan.ledger.BoundedTransaction;
import dev.caravan.ledger.CostCategories;
import dev.caravan.ledger.Organisation;
import dev.caravan.ledger.Resummarizing;
import dev.caravan.ledger.SummaryQueue;
import dev.caravan.ledger.TagKeys;
import dev.caravan.oracle.ClusterModel;
import dev.caravan.oracle.Hours;
import dev.caravan.oracle.PayloadWriter;
import dev.caravan.payload.Delivery.Outcome;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Days summarised again and again, by several sessions at once, are what they were after one run. */
class SummariesAtOnceTest {
    private static final List<String> DAYS = List.of("2026-10-05", "2026-10-06", "2026-10-07");
    private static final List<String> CLUSTERS = List.of("one", "two");
    private static final Pattern FIGURE = Pattern.compile("-?\\d+\\.\\d{9,}");
    private static final BigDecimal HAIR = new BigDecimal("0.00000000123");
    private static final int SESSIONS = 4;
    private static final int RUNS = 5;
    private static final int CHANGES = 12;
    private static final int RE_SUMMARIES = 200;

    @TempDir
    Path folder;

    @Test
    void summariesRunAtOnceEqualOneRun() {
        long seed = seed();
        try (var caravan = startWithKeys()) {
            payloads(seed).forEach(payload -> load(caravan, payload));
            CLUSTERS.forEach(cluster -> summarize(caravan, cluster, DAYS));
            Map<String, List<String>> once = tables(caravan);
            assertThat(once).hasSizeGreaterThan(15);
            assertThat(once.get("reporting_ocpusagelineitem_daily_summary")).isNotEmpty();

            IntStream.range(0, SESSIONS)
                    .mapToObj(session -> atOnce(() -> summarizeSeveralTimes(caravan, new Random(seed + session))))
                    .toList()
                    .forEach(CompletableFuture::join);

            assertSame(once, tables(caravan), seed);
        }
    }

    @Test
    void payloadsAndChangesAtOnceLeaveTheSummaryOfTheLastRules() {
        long seed = seed();
        try (var caravan = startWithKeys()) {
            List<Path> payloads = payloads(seed);
            Collections.shuffle(payloads, new Random(seed));
            var queue = caravan.bean(SummaryQueue.class);
            List<CompletableFuture<Void>> busy = List.of(
                    atOnce(() -> payloads.subList(0, 3).forEach(payload -> load(caravan, payload))),
                    atOnce(() -> payloads.subList(3, payloads.size()).forEach(payload -> load(caravan, payload))),
                    atOnce(() -> changeRules(caravan, new Random(seed + 1))),
                    atOnce(() -> changeRules(caravan, new Random(seed + 2))));
            while (!busy.stream().allMatch(CompletableFuture::isDone)
                    || !queue.waiting().isEmpty()) {
                queue.waiting().forEach(queue::workOff);
            }
            busy.forEach(CompletableFuture::join);

            Map<String, List<String>> found = tables(caravan);
            assertThat(found.get("reporting_ocpusagelineitem_daily_summary")).isNotEmpty();
            CLUSTERS.forEach(cluster -> summarize(caravan, cluster, DAYS));
            assertSame(tables(caravan), found, seed);
            assertThat(caravan.jdbc()
                            .queryForObject(
                                    "select deadlocks from pg_stat_database where datname = current_database()",
                                    Long.class))
                    .as("deadlocks, seed %d", seed)
                    .isZero();
        }
    }

    /** A reader that comes again and again sees each day whole, in every table at once. */
    @Test
    void readerNeverSeesADayMissingOrDoubled() {
        try (var caravan = startWithKeys()) {
            payloads(1).forEach(payload -> load(caravan, payload));
            String question =
                    """
                    select
                        (select count(*) || ' ' || round(sum(pod_usage_cpu_core_hours), 6)
                            from org1234567.reporting_ocpusagelineitem_daily_summary where usage_start = '2026-10-06'),
                        (select count(*) || ' ' || round(sum(pod_usage_cpu_core_hours), 6)
                            from org1234567.reporting_ocp_pod_summary_by_node_p where usage_start = '2026-10-06'),
                        (select count(*) from org1234567.reporting_ocpusagepodlabel_summary)
                    """;
            Map<String, Object> whole = caravan.jdbc().queryForMap(question);
            List<CompletableFuture<Void>> writers = CLUSTERS.stream()
                    .map(cluster -> atOnce(() -> {
                        for (int run = 0; run < RE_SUMMARIES / CLUSTERS.size(); run++) {
                            summarize(caravan, cluster, DAYS.subList(1, 2));
                        }
                    }))
                    .toList();
            int looks = 0;
            while (!writers.stream().allMatch(CompletableFuture::isDone)) {
                assertThat(caravan.jdbc().queryForMap(question)).isEqualTo(whole);
                looks++;
            }
            writers.forEach(CompletableFuture::join);
            assertThat(looks).isGreaterThan(RE_SUMMARIES / 10);
        }
    }

    private static long seed() {
        long seed = Long.getLong("caravan.test.seed", System.nanoTime());
        System.out.println("SummariesAtOnceTest: -Dcaravan.test.seed=" + seed);
        return seed;
    }

    private static TestCaravan startWithKeys() {
        var caravan = TestCaravan.start();
        caravan.jdbc()
                .update("insert into org1234567.reporting_enabledtagkeys (key)"
                        + " select unnest(array['app', 'environment', 'team', 'zone'])");
        CLUSTERS.forEach(cluster -> caravan.addSource(cluster, "alias of " + cluster));
        return caravan;
    }

    /** One for each cluster and day. */
    private List<Path> payloads(long seed) {
        List<Path> payloads = new ArrayList<>();
        for (String cluster : CLUSTERS) {
            for (int day = 0; day < DAYS.size(); day++) {
                Hours hours = Hours.day(DAYS.get(day));
                payloads.add(PayloadWriter.of(cluster, PayloadWriter.uuid(day + 1))
                        .date("2026-10-08T00:04:59Z")
                        .covering(hours)
                        .reports(ClusterModel.small(seed).reports(hours))
                        .writeTo(folder.resolve(cluster + day + ".tar.gz")));
            }
        }
        return payloads;
    }

    private static void load(TestCaravan caravan, Path payload) {
        assertThat(caravan.ingest(payload).outcome()).isEqualTo(Outcome.LOADED);
    }

    private static CompletableFuture<Void> atOnce(Runnable work) {
        return CompletableFuture.runAsync(work, thread -> new Thread(thread).start());
    }

    /** As the commands do it: the change and its marks in one transaction. */
    private static void changeRules(TestCaravan caravan, Random random) {
        var organisation = new Organisation(TestCaravan.ORGANISATION, TestCaravan.SCHEMA);
        var keys = caravan.bean(TagKeys.class);
        var categories = caravan.bean(CostCategories.class);
        var resummarizing = caravan.bean(Resummarizing.class);
        for (int change = 0; change < CHANGES; change++) {
            int which = random.nextInt(6);
            caravan.bean(BoundedTransaction.class).call(organisation, () -> switch (which) {
                case 0, 1 -> {
                    List<String> some = List.of("app", "team").subList(which, 2);
                    keys.enable(some);
                    yield resummarizing.markKeys(some, null);
                }
                case 2 -> {
                    keys.disable(List.of("app"));
                    yield resummarizing.markKeys(List.of("app"), null);
                }
                case 3, 4 -> {
                    keys.map(which == 3 ? "environment" : null, List.of("zone"));
                    yield resummarizing.markKeys(List.of("zone"), null);
                }
                default -> {
                    List<String> pattern = List.of(random.nextBoolean() ? "%" : "s%");
                    if (random.nextBoolean()) {
                        categories.add("Shared", pattern);
                    } else {
                        categories.remove(pattern);
                    }
                    yield resummarizing.markNamespaces(pattern);
                }
            });
        }
    }

    private static void assertSame(Map<String, List<String>> expected, Map<String, List<String>> found, long seed) {
        assertThat(found.keySet()).isEqualTo(expected.keySet());
        expected.forEach((table, rows) -> {
            List<String> missing = new ArrayList<>(rows);
            found.get(table).forEach(missing::remove);
            List<String> unexpected = new ArrayList<>(found.get(table));
            rows.forEach(unexpected::remove);
            assertThat(missing.size() + unexpected.size())
                    .as(
                            "differences in %s, seed %d: missing %s, unexpected %s",
                            table,
                            seed,
                            missing.stream().findFirst(),
                            unexpected.stream().findFirst())
                    .isZero();
        });
    }

    private static void summarizeSeveralTimes(TestCaravan caravan, Random random) {
        for (int run = 0; run < RUNS; run++) {
            String cluster = CLUSTERS.get(random.nextInt(CLUSTERS.size()));
            List<String> days = DAYS.subList(0, 1 + random.nextInt(DAYS.size()));
            summarize(caravan, cluster, days);
        }
    }

    private static void summarize(TestCaravan caravan, String cluster, List<String> days) {
        try (Connection session = caravan.database().dataSource().getConnection();
                var statement = session.createStatement()) {
            session.setAutoCommit(false);
            statement.execute("set local search_path to org1234567, caravan, pg_temp");
            statement.execute("select caravan.lock_source(source_uuid, 60) from caravan.source where cluster_id = '"
                    + cluster + "'");
            statement.execute("select caravan.summarize_days('" + source(caravan, cluster) + "', '{"
                    + String.join(",", days) + "}')");
            session.commit();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String source(TestCaravan caravan, String cluster) {
        return caravan.jdbc()
                .queryForObject(
                        "select source_uuid::text from caravan.source where cluster_id = ?", String.class, cluster);
    }

    /** The rows of every table a summary writes, but for what each run chooses anew. */
    private static Map<String, List<String>> tables(TestCaravan caravan) {
        Map<String, List<String>> tables = new TreeMap<>();
        caravan.jdbc()
                .queryForList(
                        "select c.relname from pg_class c where c.relnamespace = 'org1234567'::regnamespace"
                                + " and c.relkind in ('r', 'p') and not c.relispartition"
                                + " and (c.relname like 'reporting%' or c.relname in ('openshift_label_value', 'openshift_node_day'))",
                        String.class)
                .forEach(table -> tables.put(
                        table,
                        caravan
                                .jdbc()
                                .queryForList(
                                        "select (to_jsonb(t) - array['uuid', 'id', 'summary_data_updated_datetime'])::text"
                                                + " from org1234567." + table + " t",
                                        String.class)
                                .stream()
                                .map(row -> FIGURE.matcher(row).replaceAll(figure -> rounded(figure.group())))
                                .sorted()
                                .toList()));
        return tables;
    }

    /** Sums depend in their last digits on the order of their summands; cut where no round figure lies. */
    private static String rounded(String figure) {
        return new BigDecimal(figure).add(HAIR).setScale(8, RoundingMode.FLOOR).toPlainString();
    }
}
