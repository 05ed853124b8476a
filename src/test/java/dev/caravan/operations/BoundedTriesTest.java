package dev.caravan.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caravan.RouteApplication;
import dev.caravan.TestCaravan;
import dev.caravan.oracle.ClusterModel;
import dev.caravan.oracle.Hours;
import dev.caravan.oracle.PayloadWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All tries of a payload stay within the time that whoever gave it allows for, whatever they wait for. */
class BoundedTriesTest {
    private static final Hours DAY = Hours.day("2026-10-05");
    private static final Duration TOTAL_TIME = Duration.ofSeconds(2);

    @TempDir
    Path folder;

    /** The wait for another payload of the same source is much longer by itself. */
    @Test
    void payloadOfASourceThatIsBusyIsGivenBackInTime() throws Exception {
        try (var caravan = TestCaravan.start(
                        RouteApplication.INGEST,
                        Map.of("caravan.retry.total-time", TOTAL_TIME.toMillis(), "caravan.retry.attempts", 1000));
                var holder = caravan.database().dataSource().getConnection();
                var statement = holder.createStatement()) {
            String cluster = UUID.randomUUID().toString();
            caravan.addSource(cluster, "busy");
            Path payload = PayloadWriter.of(cluster, PayloadWriter.uuid(1))
                    .date("2026-10-06T00:04:59Z")
                    .covering(DAY)
                    .reports(ClusterModel.small(1).reports(DAY.first(1)))
                    .writeTo(folder.resolve("payload.tar.gz"));
            holder.setAutoCommit(false);
            statement.execute("select caravan.lock_source(source_uuid, 0) from caravan.source");
            long begun = System.nanoTime();
            assertThatThrownBy(() -> caravan.ingest(payload)).hasStackTraceContaining("by another process");
            assertThat(Duration.ofNanos(System.nanoTime() - begun))
                    .isBetween(TOTAL_TIME.dividedBy(2), TOTAL_TIME.multipliedBy(2));
            holder.rollback();
            assertThat(caravan.ingest(payload).rowsLoaded()).isPositive();
        }
    }
}
