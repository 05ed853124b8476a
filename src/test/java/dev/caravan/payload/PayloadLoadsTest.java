package dev.caravan.payload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.RouteApplication;
import dev.caravan.TestCaravan;
import dev.caravan.oracle.ClusterModel;
import dev.caravan.oracle.ClusterModel.Sizes;
import dev.caravan.oracle.Hours;
import dev.caravan.oracle.PayloadWriter;
import dev.caravan.payload.Delivery.Outcome;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PayloadLoadsTest {
    private final String cluster = UUID.randomUUID().toString();

    @TempDir
    Path folder;

    @Test
    void payloadsAreLoadedInTheOrderGivenHoweverLongEachTakesToReceive() throws Exception {
        Path large = payload(1, "2026-10-05", Sizes.ofPods(400));
        Path small = payload(2, "2026-10-06", Sizes.small());
        try (var caravan = TestCaravan.start();
                var loads = new PayloadLoads(caravan.bean(ProducerTemplate.class), 0)) {
            caravan.addSource(cluster, "cluster");
            List<Path> given = List.of(large, large, small, small, large);
            given.forEach(payload -> loads.add(payload.toFile(), delivery()));
            List<Outcome> outcomes = new ArrayList<>();
            for (int i = 0; i < given.size(); i++) {
                outcomes.add(deliveryOf(loads.next()).outcome());
            }
            assertThat(outcomes)
                    .containsExactly(
                            Outcome.LOADED, Outcome.DUPLICATE, Outcome.LOADED, Outcome.DUPLICATE, Outcome.DUPLICATE);
        }
    }

    @Test
    void afterOneThatFailedNothingMoreIsLoaded() throws Exception {
        Path held = payload(1, "2026-10-05", Sizes.small());
        String other = UUID.randomUUID().toString();
        Path free = payload(other, 2, "2026-10-06", Sizes.small());
        try (var caravan = TestCaravan.start(
                        RouteApplication.INGEST,
                        Map.of("caravan.database.lock-wait", "1s", "caravan.retry.attempts", 1));
                var elsewhere = caravan.database().dataSource().getConnection();
                var statement = elsewhere.createStatement();
                var loads = new PayloadLoads(caravan.bean(ProducerTemplate.class), 0)) {
            caravan.addSource(cluster, "held");
            caravan.addSource(other, "free");
            statement.execute("select pg_advisory_lock(hashtextextended(source_uuid::text, 0))"
                    + " from caravan.source where alias = 'held'");
            loads.add(held.toFile(), delivery());
            loads.add(free.toFile(), delivery());
            assertThat(loads.next().getException()).hasMessageContaining("is being loaded");
            Exchange behind = loads.next();
            assertThat(behind.getException()).isNull();
            assertThat(deliveryOf(behind).outcome()).isEqualTo(Outcome.FAILED);
            assertThat(caravan.jdbc().queryForObject("select count(*) from org1234567.payload_claim", Long.class))
                    .isZero();
        }
    }

    private static Delivery delivery() {
        return new Delivery("test", null, "request-1", false);
    }

    private static Delivery deliveryOf(Exchange done) {
        return done.getProperty(Delivery.PROPERTY, Delivery.class);
    }

    private Path payload(int number, String date, Sizes sizes) {
        return payload(cluster, number, date, sizes);
    }

    private Path payload(String of, int number, String date, Sizes sizes) {
        Hours day = Hours.day(date);
        return PayloadWriter.of(of, PayloadWriter.uuid(number))
                .date(day.lastSecond().plusSeconds(300))
                .covering(day)
                .reports(ClusterModel.of(number, sizes).reports(day))
                .writeTo(folder.resolve(number + ".tar.gz"));
    }
}
