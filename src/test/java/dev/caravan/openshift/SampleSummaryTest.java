package dev.caravan.openshift;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.TestCaravan;
import dev.caravan.oracle.SummaryComparison;
import dev.caravan.payload.Delivery;
import dev.caravan.payload.Delivery.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The samples' payloads give the summaries the field's own system computed from them, whatever their order. */
class SampleSummaryTest {
    private static final Path SAMPLES = Path.of("src/test/resources/samples/openshift");

    private TestCaravan caravan;

    @BeforeEach
    void start() {
        caravan = TestCaravan.start();
    }

    @AfterEach
    void stop() {
        caravan.close();
    }

    @Test
    void firstSampleAgrees() throws Exception {
        load("S1", payloads("S1"));
        assertAgrees("S1");
    }

    @Test
    void secondSampleAgreesAndAgainWhenEverythingComesTwice() throws Exception {
        load("S2", payloads("S2"));
        assertAgrees("S2");
        for (Path payload : payloads("S2")) {
            assertThat(caravan.ingest(payload).outcome()).isEqualTo(Outcome.DUPLICATE);
        }
        assertAgrees("S2");
    }

    @Test
    void secondSampleAgreesInReverse() throws Exception {
        List<Path> payloads = payloads("S2");
        Collections.reverse(payloads);
        load("S2", payloads);
        assertAgrees("S2");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void secondSampleAgreesShuffled(long seed) throws Exception {
        List<Path> payloads = payloads("S2");
        Collections.shuffle(payloads, new Random(seed));
        load("S2", payloads);
        assertAgrees("S2");
    }

    /** Payloads of one source wait for one another, those of two sources share the organisation's label keys. */
    @Test
    void bothSamplesAgreeWhenTheirPayloadsComeAtOnce() throws Exception {
        prepare("S1");
        prepare("S2");
        List<Path> payloads = payloads("S1");
        payloads.addAll(payloads("S2"));
        var threads = Executors.newFixedThreadPool(6);
        try {
            List<Future<Delivery>> deliveries = new ArrayList<>();
            for (Path payload : payloads) {
                deliveries.add(threads.submit(() -> caravan.ingest(payload)));
            }
            for (Future<Delivery> delivery : deliveries) {
                assertThat(delivery.get().outcome()).isEqualTo(Outcome.LOADED);
            }
        } finally {
            threads.shutdown();
        }
        assertAgrees("S1");
        assertAgrees("S2");
    }

    private void prepare(String sample) throws IOException {
        caravan.addSource(cluster(sample), "cluster-" + sample);
        caravan.jdbc()
                .update("insert into org1234567.reporting_enabledtagkeys (key)"
                        + " select unnest(array['app', 'environment', 'team', 'zone']) on conflict do nothing");
    }

    private void load(String sample, List<Path> payloads) throws IOException {
        prepare(sample);
        for (Path payload : payloads) {
            var delivery = caravan.ingest(payload);
            assertThat(delivery.outcome())
                    .as(delivery.reason() + " " + delivery.explanation())
                    .isEqualTo(Outcome.LOADED);
        }
    }

    private void assertAgrees(String sample) throws IOException, SQLException {
        try (Connection connection = caravan.database().dataSource().getConnection()) {
            SummaryComparison.assertSame(
                    SummaryComparison.readExpected(SAMPLES.resolve(sample)),
                    connection,
                    TestCaravan.SCHEMA,
                    cluster(sample));
        }
    }

    private static List<Path> payloads(String sample) throws IOException {
        try (var files = Files.list(SAMPLES.resolve(sample).resolve("payloads"))) {
            return new ArrayList<>(files.sorted().toList());
        }
    }

    private static String cluster(String sample) throws IOException {
        return Files.readString(SAMPLES.resolve(sample).resolve("cluster_id.txt"))
                .strip();
    }
}
