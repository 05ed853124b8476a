package dev.caravan.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caravan.TestCaravan;
import dev.caravan.optimization.StoredWorkload;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** `run` purges by itself, one replica at a time. */
class PurgeExpiredTest {
    private static final List<String> ROUTES =
            List.of("operations/purge-expired.yaml", "operations/on-watch-failure.yaml");
    private static final Map<String, Object> SETTINGS =
            Map.of("caravan.purge.interval", 50, "caravan.retention-months", 3);

    private TestCaravan caravan;

    @BeforeEach
    void start() {
        caravan = TestCaravan.start(ROUTES, SETTINGS);
    }

    @AfterEach
    void stop() {
        caravan.close();
    }

    @Test
    void expiredMonthsAndSourcesBeingRemovedGo() {
        ensureOldMonth();
        caravan.addSource("leaving", "leaving");
        caravan.jdbc().update("update caravan.source set retired_at = now(), removing_since = now()");
        await().atMost(Duration.ofSeconds(30)).until(() -> oldPartitions() == 0);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> caravan.jdbc().queryForObject("select count(*) from caravan.source", Integer.class) == 0);
    }

    @Test
    void whileAReplicaPurgesTheOthersDoNot() throws Exception {
        try (Connection replica = caravan.database().dataSource().getConnection();
                var statement = replica.createStatement()) {
            statement.execute("select pg_advisory_lock(hashtextextended('caravan purge', 0))");
            ensureOldMonth();
            await().during(Duration.ofSeconds(1)).atMost(Duration.ofSeconds(10)).until(() -> oldPartitions() > 0);
        }
        await().atMost(Duration.ofSeconds(30)).until(() -> oldPartitions() == 0);
    }

    @Test
    void locksOnDroppedFilesThatNobodyHoldsGoAndOthersStay() {
        caravan.jdbc()
                .update("insert into caravan.dropped_file_lock (processorname, messageid, createdat)"
                        + " values ('receive-dropped-file', 'held', now() at time zone 'UTC'),"
                        + " ('receive-dropped-file', 'left', (now() at time zone 'UTC') - interval '2 days')");
        await().atMost(Duration.ofSeconds(30)).until(() -> caravan.jdbc()
                .queryForList("select messageid from caravan.dropped_file_lock", String.class)
                .equals(List.of("held")));
    }

    @Test
    void metricsOfRightSizingThatAreTooOldGo() {
        StoredWorkload.add(caravan.jdbc(), "1234567", null, "1", "cluster", "old", "2020-11-06T12:00:00Z");
        await().atMost(Duration.ofSeconds(30))
                .until(() ->
                        caravan.jdbc().queryForObject("select count(*) from ros.workload_metrics", Integer.class) == 0);
        assertThat(caravan.jdbc().queryForObject("select count(*) from ros.recommendation_sets", Integer.class))
                .isOne();
    }

    private void ensureOldMonth() {
        caravan.jdbc().queryForList("select caravan.ensure_month('org1234567', '2020-01-01')");
    }

    private int oldPartitions() {
        return caravan.jdbc()
                .queryForObject(
                        "select count(*) from pg_class where relispartition and relkind = 'r' and relname like '%2020_01'",
                        Integer.class);
    }
}
