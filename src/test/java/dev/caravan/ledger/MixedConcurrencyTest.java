package dev.caravan.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import dev.caravan.RouteApplication;
import dev.caravan.TestCaravan;
import dev.caravan.oracle.ClusterModel;
import dev.caravan.oracle.Hours;
import dev.caravan.oracle.NaiveDelivery;
import dev.caravan.oracle.NaiveSummary;
import dev.caravan.oracle.PayloadWriter;
import dev.caravan.oracle.SummaryComparison;
import dev.caravan.payload.Delivery;
import dev.caravan.payload.Delivery.Outcome;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;

/** Loading, purging, removing sources and summarising again get on with one another, in whatever order they meet. */
class MixedConcurrencyTest {
    private static final List<String> CLUSTERS = List.of("cluster-1", "cluster-2", "cluster-3");
    private static final Organisation ORGANISATION = new Organisation(TestCaravan.ORGANISATION, TestCaravan.SCHEMA);

    @TempDir
    Path folder;

    @Test
    @Timeout(120)
    void fiveSecondsOfEverythingAtOnce() throws Exception {
        run(() -> {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
            return () -> System.nanoTime() < end;
        });
    }

    @Test
    @Tag("soak")
    @Timeout(1800)
    void aThousandStepsOfEverythingAtOnce() throws Exception {
        var steps = new AtomicInteger();
        run(() -> () -> steps.incrementAndGet() <= 1000);
    }

    /** @param ready asked for once all is ready; says whether there is time for one step more */
    private void run(Supplier<BooleanSupplier> ready) throws Exception {
        long seed = Long.getLong("caravan.test.seed", System.nanoTime());
        System.out.println("seed " + seed + " (-Dcaravan.test.seed=" + seed + " for the same choices)");
        // Dropping an hourly month again and again makes loads of it start anew more often than a bucket of days would.
        Map<String, Object> settings = Map.of(
                "caravan.retention-months", 3,
                "caravan.hourly-retention-days", 7,
                "caravan.retry.attempts", 1000,
                "caravan.retry.delay", 5,
                "caravan.purge.lock-pause", 20,
                "caravan.purge.lock-wait", 1000);
        ExecutorService threads = Executors.newCachedThreadPool();
        try (var caravan = TestCaravan.start(RouteApplication.INGEST, settings)) {
            CLUSTERS.forEach(cluster -> caravan.addSource(cluster, cluster));
            List<Path> payloads = payloads();
            BooleanSupplier more = ready.get();
            Map<Outcome, AtomicInteger> outcomes = new EnumMap<>(Outcome.class);
            for (Outcome outcome : Outcome.values()) {
                outcomes.put(outcome, new AtomicInteger());
            }
            var purged = new AtomicInteger();
            var removed = new AtomicInteger();
            var summarised = new AtomicInteger();
            var changed = new AtomicInteger();
            List<Future<?>> work = new ArrayList<>();
            for (int loader = 0; loader < 2; loader++) {
                var random = new Random(seed + loader);
                work.add(threads.submit(() -> {
                    while (more.getAsBoolean()) {
                        Path payload = payloads.get(random.nextInt(payloads.size()));
                        Delivery delivery = caravan.ingest(
                                new Delivery("test " + payload, null, "request", random.nextInt(4) == 0), payload);
                        outcomes.get(delivery.outcome()).incrementAndGet();
                        if (delivery.outcome() == Outcome.QUARANTINED) {
                            assertThat(delivery.reason())
                                    .as(delivery.explanation())
                                    .isEqualTo("unknown-source");
                        }
                    }
                }));
            }
            work.add(threads.submit(() -> {
                var purging = caravan.bean(Purging.class);
                while (more.getAsBoolean()) {
                    purging.purge(purging.plan(), line -> {});
                    purged.incrementAndGet();
                }
            }));
            for (int operator = 0; operator < 2; operator++) {
                var random = new Random(seed + 100 + operator);
                work.add(threads.submit(() -> {
                    while (more.getAsBoolean()) {
                        String cluster = CLUSTERS.get(random.nextInt(CLUSTERS.size()));
                        int which = random.nextInt(6);
                        if (which == 0) {
                            removeAndAdd(caravan, cluster);
                            removed.incrementAndGet();
                        } else if (which == 1) {
                            enable(caravan, changed.incrementAndGet() % 2 == 1);
                        } else {
                            summarize(caravan, cluster);
                            summarised.incrementAndGet();
                        }
                    }
                }));
            }
            for (Future<?> done : work) {
                done.get(20, TimeUnit.MINUTES);
            }
            System.out.println("payloads " + outcomes + ", purges " + purged + ", removals " + removed + ", summarised "
                    + summarised + ", tag changes " + changed);
            assertThat(outcomes.get(Outcome.LOADED).get()).isPositive();
            assertThat(List.of(purged.get(), removed.get(), summarised.get(), changed.get()))
                    .allMatch(times -> times > 0);
            enable(caravan, false);
            assertNothingOfRemovedSources(caravan);
            assertFiguresAreRight(caravan, payloads);
            assertThat(deadlocks(caravan)).as("deadlocks").isZero();
        } finally {
            threads.shutdownNow();
        }
    }

    private static void removeAndAdd(TestCaravan caravan, String cluster) {
        var removal = caravan.bean(SourceRemoval.class);
        caravan.bean(SourceRegistry.class)
                .find(TestCaravan.ORGANISATION, cluster)
                .ifPresent(source -> {
                    removal.begin(List.of(source), () -> {});
                    removal.finish(source, line -> {});
                });
        caravan.addSource(cluster, cluster);
    }

    /** Enables or disables a label key as the commands do it. */
    private static void enable(TestCaravan caravan, boolean enabled) {
        List<String> some = List.of("environment", "zone");
        var keys = caravan.bean(TagKeys.class);
        var resummarizing = caravan.bean(Resummarizing.class);
        var marked = caravan.bean(BoundedTransaction.class).call(ORGANISATION, () -> {
            if (enabled) {
                keys.enable(some);
            } else {
                keys.disable(some);
            }
            return resummarizing.markKeys(some, null);
        });
        resummarizing.months(ORGANISATION, marked).forEach(month -> resummarizing.summarize(ORGANISATION, month));
    }

    private static void summarize(TestCaravan caravan, String cluster) {
        var resummarizing = caravan.bean(Resummarizing.class);
        caravan.bean(SourceRegistry.class)
                .find(TestCaravan.ORGANISATION, cluster)
                .ifPresent(source -> {
                    SummaryPlan plan = resummarizing.plan(ORGANISATION, source, today().minusDays(60), today());
                    var marked = caravan.bean(BoundedTransaction.class)
                            .call(ORGANISATION, () -> resummarizing.mark(source.uuid(), plan.dates()));
                    resummarizing
                            .months(ORGANISATION, marked)
                            .forEach(month -> resummarizing.summarize(ORGANISATION, month));
                });
    }

    /** A session reports what it met when it ends. */
    private static int deadlocks(TestCaravan caravan) {
        ((HikariDataSource) caravan.bean(DataSource.class))
                .getHikariPoolMXBean()
                .softEvictConnections();
        var observer = new JdbcTemplate(caravan.database().dataSource());
        await().atMost(Duration.ofSeconds(30))
                .until(() -> observer.queryForObject(
                                "select count(*) from pg_stat_activity"
                                        + " where datname = current_database() and application_name = 'caravan'",
                                Integer.class)
                        == 0);
        return observer.queryForObject(
                "select deadlocks from pg_stat_database where datname = current_database()", Integer.class);
    }

    /** Yesterday, a day whose hourly rows are dropped all the time, and one that is outside the retention. */
    private List<Path> payloads() {
        List<Path> payloads = new ArrayList<>();
        for (String cluster : CLUSTERS) {
            for (int back : new int[] {1, 45, 200}) {
                Hours hours = Hours.day(today().minusDays(back)).first(6);
                int number = payloads.size() + 1;
                payloads.add(PayloadWriter.of(cluster, PayloadWriter.uuid(number))
                        .date(hours.hour(6))
                        .covering(hours)
                        .reports(ClusterModel.small(number).reports(hours))
                        .writeTo(folder.resolve(number + ".tar.gz")));
            }
        }
        return payloads;
    }

    private static void assertNothingOfRemovedSources(TestCaravan caravan) {
        List<String> known = caravan.jdbc().queryForList("select source_uuid::text from caravan.source", String.class);
        for (String column : caravan.jdbc()
                .queryForList(
                        "select c.relname || '.' || a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid"
                                + " where c.relnamespace = 'org1234567'::regnamespace and c.relkind in ('r', 'p')"
                                + " and not c.relispartition and a.attname in ('source', 'source_uuid', 'provider_id')",
                        String.class)) {
            String[] names = column.split("\\.");
            assertThat(caravan.jdbc()
                            .queryForList(
                                    "select distinct " + names[1] + "::text from org1234567." + names[0], String.class))
                    .as(column)
                    .isSubsetOf(known);
        }
    }

    /** Once everything has come, the summaries say what the second implementation makes of it. */
    private static void assertFiguresAreRight(TestCaravan caravan, List<Path> payloads) throws SQLException {
        payloads.forEach(caravan::ingest);
        try (Connection connection = caravan.database().dataSource().getConnection()) {
            for (int cluster = 0; cluster < CLUSTERS.size(); cluster++) {
                var expected = NaiveDelivery.of(payloads.subList(3 * cluster, 3 * cluster + 2));
                SummaryComparison.assertSame(
                        NaiveSummary.of(expected, CLUSTERS.get(cluster), Set.of()),
                        connection,
                        TestCaravan.SCHEMA,
                        CLUSTERS.get(cluster));
            }
        }
    }

    private static LocalDate today() {
        return LocalDate.now(ZoneOffset.UTC);
    }
}
