package dev.caravan.openshift;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.openshift.Scenario.Cluster;
import dev.caravan.oracle.ClusterModel;
import dev.caravan.oracle.Hours;
import dev.caravan.oracle.NaiveDelivery;
import dev.caravan.oracle.PayloadWriter;
import dev.caravan.oracle.Report;
import dev.caravan.payload.Delivery.Outcome;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Histories made up from a seed: manifests of any span over the same three days, whole or in parts, additive or not, with
 * and without start and end, of equal or different dates, some never complete; their tarballs in any order, some of them
 * twice, some loaded again.
 */
class DeliveryHistoryTest extends ScenarioTestBase {
    private static final Hours SPAN = Hours.days("2025-09-29", 3);
    private static final int HOURS = 72;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void aHistoryGivesTheFiguresOfTheSecondImplementation(long seed) throws Exception {
        sendHistory(seed);
    }

    @ParameterizedTest
    @MethodSource("moreSeeds")
    @Tag("soak")
    void moreHistoriesGiveTheFiguresOfTheSecondImplementation(long seed) throws Exception {
        sendHistory(seed);
    }

    static LongStream moreSeeds() {
        return LongStream.rangeClosed(7, 40);
    }

    /** Sends it to one cluster, and in another order to a second one: both hold the same in the end. */
    private static void sendHistory(long seed) throws Exception {
        Cluster one = scenario.cluster();
        Cluster other = scenario.cluster();

        send(one, seed, new Random(-seed));
        send(other, seed, new Random(seed + 1000));

        assertThat(other.stored()).isEqualTo(one.stored());
    }

    private static void send(Cluster cluster, long seed, Random order) throws Exception {
        List<Path> tarballs = tarballs(cluster, new Random(seed));
        Collections.shuffle(tarballs, order);
        List<Path> sent = new ArrayList<>();
        for (Path tarball : tarballs) {
            cluster.send(tarball);
            sent.add(tarball);
            if (order.nextInt(5) == 0) {
                cluster.send(tarball, Outcome.DUPLICATE);
            }
            if (order.nextInt(6) == 0) {
                Path earlier = sent.get(order.nextInt(sent.size()));
                // Some parts have a header only.
                assertThat(cluster.sendAgain(earlier).outcome()).isIn(Outcome.LOADED, Outcome.WAITING, Outcome.EMPTY);
            }
            if (order.nextInt(4) == 0) {
                cluster.assertAgrees();
            }
        }
        cluster.assertAgrees();
        assertThat(NaiveDelivery.of(sent).outcomes()).containsOnly(loaded(sent));
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static Map.Entry<Path, NaiveDelivery.Outcome>[] loaded(List<Path> sent) {
        return sent.stream()
                .map(path -> Map.entry(path, NaiveDelivery.Outcome.LOADED))
                .toArray(Map.Entry[]::new);
    }

    private static List<Path> tarballs(Cluster cluster, Random random) {
        ClusterModel model = ClusterModel.of(random.nextLong(), new ClusterModel.Sizes(3, 4, 10, 4, 1, 2, 3));
        int manifests = 3 + random.nextInt(4);
        List<Path> tarballs = new ArrayList<>();
        for (int number = 1; number <= manifests; number++) {
            int first = random.nextInt(HOURS - 1);
            int count = 1 + random.nextInt(Math.min(30, HOURS - first));
            Hours hours = SPAN.after(first).first(count);
            PayloadWriter writer = cluster.manifest(number, date(random), hours);
            if (random.nextInt(4) == 0) {
                writer.between(null, null);
            } else if (random.nextInt(4) == 0) {
                // A span that says more or less than the rows do.
                writer.between(
                        hours.from().plus(Duration.ofMinutes(random.nextInt(90))),
                        hours.lastSecond().plus(Duration.ofHours(random.nextInt(8))));
            }
            if (random.nextInt(4) == 0) {
                writer.additive();
            }
            writer.reports(reports(model, hours, number, random));
            List<Path> written = random.nextInt(3) == 0
                    ? new ArrayList<>(writer.writeEach(scenario.next().getParent(), cluster.id() + "-" + number))
                    : new ArrayList<>(List.of(writer.writeTo(scenario.next())));
            if (written.size() > 1 && random.nextInt(4) == 0) {
                written.remove(random.nextInt(written.size()));
            }
            tarballs.addAll(written);
        }
        return tarballs;
    }

    /** Few dates, so that some are equal. */
    private static String date(Random random) {
        return Instant.parse("2025-10-02T00:00:00Z")
                .plus(Duration.ofHours(random.nextInt(3)))
                .toString();
    }

    /** Most of the six reports; the pods of some in two files. */
    private static List<Report> reports(ClusterModel model, Hours hours, int number, Random random) {
        List<Report> reports = new ArrayList<>();
        for (Report report : model.reports(hours)) {
            Report scaled = report.scaled(number);
            Instant cut = hours.hour(random.nextInt(3));
            if (random.nextInt(5) == 0) {
                reports.add(scaled.where(row -> row.start().isBefore(cut)));
                reports.add(scaled.where(row -> !row.start().isBefore(cut)));
            } else if (reports.isEmpty() || random.nextInt(6) > 0) {
                reports.add(scaled);
            }
        }
        return reports;
    }
}
