package dev.caravan.optimization;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.TestCaravan;
import dev.caravan.ledger.SourceRegistry;
import dev.caravan.oracle.ClusterModel;
import dev.caravan.oracle.Hours;
import dev.caravan.oracle.PayloadWriter;
import dev.caravan.payload.Delivery.Outcome;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** A site that has neither Kafka nor S3 gets recommendations all the same. */
@ExtendWith(OutputCaptureExtension.class)
class ReadFilesTest {
    private static final Instant END = Instant.parse("2026-10-06T00:00:00Z");
    private static TestCaravan caravan;

    @TempDir
    Path folder;

    private final String cluster = UUID.randomUUID().toString();
    private long source;

    @BeforeAll
    static void start() {
        caravan = TestCaravan.start();
    }

    @AfterAll
    static void stop() {
        caravan.close();
    }

    @BeforeEach
    void register() {
        source = caravan.bean(SourceRegistry.class)
                .add(TestCaravan.ORGANISATION, cluster, "edge-1")
                .source()
                .id();
    }

    private Path payload(String file, byte[] report) {
        return PayloadWriter.of(cluster, UUID.randomUUID().toString())
                .version("cdd836a")
                .date("2026-10-06T00:04:59Z")
                .covering(Hours.day("2026-10-05"))
                .reports(ClusterModel.small(1).reports(Hours.day("2026-10-05").first(1)))
                .optimizationFile(file, report)
                .writeTo(folder.resolve(UUID.randomUUID() + ".tar.gz"));
    }

    private static byte[] report() {
        return UsageCsv.containers()
                .at(END.minusSeconds(900), "cpu_usage_container_max", "0.5")
                .at(END, "cpu_usage_container_max", "0.25")
                .bytes();
    }

    private List<String> recommended() {
        return caravan.jdbc()
                .queryForList(
                        """
                        select concat_ws('|', w.experiment_name, s.container_name, s.cpu_variation_short_cost_pct)
                        from ros.recommendation_sets s
                        join ros.workloads w on w.id = s.workload_id
                        join ros.clusters c on c.id = w.cluster_id
                        where c.cluster_uuid = ?
                        """,
                        String.class,
                        cluster);
    }

    @Test
    void aPayloadsReportsGiveRecommendationsWithoutAnyOtherServer() {
        Path payload = payload("ros.csv", report());
        assertThat(caravan.ingest(payload).outcome()).isEqualTo(Outcome.LOADED);
        String expected = "1234567|" + source + "|" + cluster + "|shop|deployment|cart|web|-50.0000";
        assertThat(recommended()).containsExactly(expected);
        assertThat(caravan.ingest(payload).outcome()).isEqualTo(Outcome.DUPLICATE);
        assertThat(recommended()).containsExactly(expected);
    }

    /** Stopped between the costs and this, the next delivery does the rest. */
    @Test
    void whatWasLeftUndoneIsDoneWhenThePayloadComesAgain() {
        Path payload = payload("ros.csv", report());
        caravan.ingest(payload);
        caravan.jdbc().update("delete from ros.clusters where cluster_uuid = ?", cluster);
        caravan.ingest(payload);
        assertThat(recommended()).hasSize(1);
    }

    @Test
    void aFileThatIsNoReportIsSaidAndTheCostsAreIn(CapturedOutput output) {
        LoggingSystem.get(ReadFilesTest.class.getClassLoader()).setLogLevel(UsageEvents.class.getName(), LogLevel.WARN);
        var delivery = caravan.ingest(payload("ros-other.csv", "a,b\n1,2\n".getBytes(StandardCharsets.UTF_8)));
        assertThat(delivery.outcome()).isEqualTo(Outcome.LOADED);
        assertThat(delivery.rowsLoaded()).isPositive();
        assertThat(output.getAll())
                .contains("no right-sizing for a file of " + delivery.origin()
                        + ": unknown-report: ros-other.csv: the CSV does not have all the required columns");
        assertThat(recommended()).isEmpty();
    }
}
