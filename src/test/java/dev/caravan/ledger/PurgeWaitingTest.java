package dev.caravan.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.TestCaravan;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Making and dropping months holds nobody up for long. */
class PurgeWaitingTest {
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);
    private static final String SUMMARY = "reporting_ocpusagelineitem_daily_summary";
    private static final String HOURLY = "openshift_pod_usage_hours";

    private final AtomicBoolean stop = new AtomicBoolean();

    /** One statement, sent again and again, and the longest it ever took. */
    private final class Client implements AutoCloseable {
        private final Connection connection;
        private final AtomicLong longest = new AtomicLong();
        private final AtomicLong sent = new AtomicLong();
        private final Future<?> work;

        Client(TestCaravan caravan, ExecutorService threads, String sql) throws SQLException {
            connection = caravan.database().dataSource().getConnection();
            connection.setSchema("org1234567");
            work = threads.submit(() -> {
                try (var statement = connection.prepareStatement(sql)) {
                    while (!stop.get()) {
                        long start = System.nanoTime();
                        statement.execute();
                        longest.accumulateAndGet(System.nanoTime() - start, Math::max);
                        sent.incrementAndGet();
                    }
                    return null;
                }
            });
        }

        Duration longest() {
            return Duration.ofNanos(longest.get());
        }

        @Override
        public void close() throws Exception {
            work.get(30, TimeUnit.SECONDS);
            connection.close();
        }
    }

    @Test
    void aReaderAndALoaderGoOnWhileMonthsAreMadeAndDropped() throws Exception {
        LocalDate today = LocalDate.now(ZoneOffset.UTC);
        ExecutorService threads = Executors.newCachedThreadPool();
        try (var caravan =
                TestCaravan.start(List.of("operations/on-watch-failure.yaml"), Map.of("caravan.retention-months", 3))) {
            ensure(caravan, YearMonth.from(today));
            for (int month = 1; month <= 4; month++) {
                ensure(caravan, YearMonth.of(2020, month));
            }
            caravan.jdbc()
                    .update(
                            "insert into org1234567." + SUMMARY + " (usage_start, usage_end, source_uuid)"
                                    + " select '2020-02-01'::date, '2020-02-01', gen_random_uuid() from generate_series(1, 10000)");
            String source = UUID.randomUUID().toString();
            String insert = "insert into " + HOURLY + " (interval_start, usage_start, manifest_file) select now(), '"
                    + today + "', 1 from generate_series(1, 20)";
            List<String> inUse;
            try (var reader = new Client(
                            caravan,
                            threads,
                            "select sum(pod_usage_cpu_core_hours) from " + SUMMARY + " where usage_start = '" + today
                                    + "'");
                    var loader = new Client(caravan, threads, insert);
                    // In transactions of 300 ms, so that dropping has to come again.
                    var slowReader = new Client(
                            caravan,
                            threads,
                            "select count(*), pg_sleep(0.3) from " + SUMMARY + " where usage_start = '" + today
                                    + "'")) {
                var purging = caravan.bean(Purging.class);
                inUse = new ArrayList<>();
                for (int year = 2019; year >= 2018; year--) {
                    ensure(caravan, YearMonth.of(year, 7));
                    inUse.addAll(purging.purge(purging.plan(), line -> {}));
                }
                stop.set(true);
                reader.work.get(30, TimeUnit.SECONDS);
                loader.work.get(30, TimeUnit.SECONDS);
                slowReader.work.get(30, TimeUnit.SECONDS);
                System.out.printf(
                        "longest statement: reader %d ms of %d, loader %d ms of %d, slow reader %d ms of %d%n",
                        reader.longest().toMillis(),
                        reader.sent.get(),
                        loader.longest().toMillis(),
                        loader.sent.get(),
                        slowReader.longest().toMillis(),
                        slowReader.sent.get());
                assertThat(reader.longest()).isLessThan(LONGEST_WAIT);
                assertThat(loader.longest()).isLessThan(LONGEST_WAIT);
                assertThat(slowReader.longest()).isLessThan(LONGEST_WAIT.plusMillis(300));
                assertThat(reader.sent.get()).isGreaterThan(10);
                assertThat(loader.sent.get()).isGreaterThan(10);
            } finally {
                stop.set(true);
            }
            assertThat(inUse).isEmpty();
            assertThat(caravan.jdbc()
                            .queryForObject(
                                    "select count(*) from pg_class where relispartition and relkind = 'r' and relname ~ '_20(18|19|20)_\\d\\d$'",
                                    Integer.class))
                    .isZero();
        } finally {
            threads.shutdownNow();
        }
    }

    private static void ensure(TestCaravan caravan, YearMonth month) {
        caravan.jdbc().queryForList("select caravan.ensure_month('org1234567', ?)", month.atDay(1));
    }
}
