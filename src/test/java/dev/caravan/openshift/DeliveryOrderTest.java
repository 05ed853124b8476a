package dev.caravan.openshift;

import static dev.caravan.openshift.Scenario.KEYS;
import static dev.caravan.openshift.Scenario.orders;
import static dev.caravan.openshift.Scenario.scaled;
import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.TestCaravan;
import dev.caravan.openshift.Scenario.Cluster;
import dev.caravan.oracle.ClusterModel;
import dev.caravan.oracle.Hours;
import dev.caravan.oracle.PayloadWriter;
import dev.caravan.oracle.Report;
import dev.caravan.oracle.ReportKind;
import dev.caravan.payload.Delivery.Outcome;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Which delivery a day's figures are read from: parts, rivals, additions and repetitions, in any order of arrival. */
class DeliveryOrderTest extends ScenarioTestBase {
    private static final Hours DAY = Hours.day("2025-04-02");
    private static final ClusterModel MODEL = ClusterModel.small(11);
    /** Enough to be a day of its own, little enough to be sent many times. */
    private static final ClusterModel TINY = ClusterModel.of(12, new ClusterModel.Sizes(3, 4, 8, 3, 1, 1, 3));

    /**
     * 28 of the 720 orders: the order of the list, its reverse and 26 shuffled ones. The number of the order also says
     * where a rival arrives, before, between or after the parts, and whether it covers more hours or fewer, so that each
     * of the 7 places is taken twice by either kind of rival.
     */
    static Stream<SplitOrder> ordersOfSixPartsAndARival() {
        return IntStream.range(0, 28).mapToObj(number -> {
            List<Integer> parts = new ArrayList<>(IntStream.range(0, 6).boxed().toList());
            if (number == 1) {
                Collections.reverse(parts);
            } else if (number > 1) {
                Collections.shuffle(parts, new Random(number));
            }
            return new SplitOrder(parts, number % 7, number / 7 % 2 == 1);
        });
    }

    /** All 720, the rival's place and hours changing with the number of the order. */
    static Stream<SplitOrder> everyOrderOfSixPartsAndARival() {
        List<List<Integer>> all = orders(IntStream.range(0, 6).boxed().toList());
        return IntStream.range(0, all.size())
                .mapToObj(number -> new SplitOrder(all.get(number), number % 7, number / 7 % 2 == 1));
    }

    @Tag("soak")
    @ParameterizedTest
    @MethodSource("everyOrderOfSixPartsAndARival")
    void aManifestInSixTarballsCountsInEveryOrder(SplitOrder order) throws Exception {
        aManifestInSixTarballsCountsOnceAllCameAndOnlyAgainstItsRivalsHours(order);
    }

    record SplitOrder(List<Integer> parts, int placeOfRival, boolean rivalHasMoreHours) {}

    @ParameterizedTest
    @MethodSource("ordersOfSixPartsAndARival")
    void aManifestInSixTarballsCountsOnceAllCameAndOnlyAgainstItsRivalsHours(SplitOrder order) throws Exception {
        Cluster cluster = scenario.cluster();
        Hours hours = DAY.first(6);
        Report pods = TINY.podUsage(hours);
        List<Path> parts = cluster.manifest(1, "2025-04-02T06:05:00Z", hours)
                .reports(
                        pods.where(row -> row.start().isBefore(DAY.hour(2))),
                        pods.where(row -> row.start().equals(DAY.hour(2))),
                        pods.where(row -> row.start().isAfter(DAY.hour(2))),
                        TINY.storageUsage(hours),
                        TINY.nodeLabels(hours),
                        TINY.namespaceLabels(hours))
                .writeEach(scenario.next().getParent(), cluster.id());
        Hours rivalHours = DAY.first(order.rivalHasMoreHours() ? 8 : 4);
        PayloadWriter rival =
                cluster.manifest(2, "2025-04-02T08:05:00Z", rivalHours).reports(scaled(TINY.reports(rivalHours), 1.5));

        for (int i = 0; i <= parts.size(); i++) {
            if (i == order.placeOfRival()) {
                cluster.send(rival);
                cluster.assertAgrees();
            }
            if (i < parts.size()) {
                boolean last = i == parts.size() - 1;
                cluster.send(parts.get(order.parts().get(i)), last ? Outcome.LOADED : Outcome.WAITING);
                cluster.assertAgrees();
            }
        }
        // The loser's rows are gone, in whatever order they came.
        assertThat(new HashSet<>(cluster.hourly(ReportKind.POD, "manifestid")))
                .containsExactly(PayloadWriter.uuid(order.rivalHasMoreHours() ? 2 : 1));
    }

    @Test
    void aPartOfALargerManifestNeverShowsEvenWhenAKeyIsEnabledMeanwhile() throws Exception {
        Cluster cluster = scenario.cluster();
        cluster.send(cluster.manifest(1, "2025-04-02T12:05:00Z", DAY.first(12)).reports(MODEL.reports(DAY.first(12))));
        List<Path> parts = cluster.manifest(2, "2025-04-03T00:05:00Z", DAY)
                .reports(scaled(MODEL.reports(DAY), 3))
                .writeEach(scenario.next().getParent(), cluster.id());
        // The pod report, the one with most to show.
        cluster.send(parts.get(3), Outcome.WAITING);
        cluster.assertAgrees();

        Set<String> more = new HashSet<>(KEYS);
        more.add("version");
        scenario.enable(more);
        summariseDaysWithKey(cluster, "version");

        cluster.assertAgrees();
        assertThat(cluster.hourly(ReportKind.POD, "manifestid"))
                .as("both are stored, one is read")
                .contains(PayloadWriter.uuid(1), PayloadWriter.uuid(2));
        for (int part : new int[] {5, 0, 4, 1}) {
            cluster.send(parts.get(part), Outcome.WAITING);
        }
        cluster.assertAgrees();
        cluster.send(parts.get(2), Outcome.LOADED);
        cluster.assertAgrees();
    }

    @Test
    void aManifestThatStaysIncompleteOnANewDayShowsNothing() throws Exception {
        Cluster cluster = scenario.cluster();
        Path part = cluster.manifest(1, "2025-04-02T12:05:00Z", DAY.first(3))
                .reports(TINY.reports(DAY.first(3)))
                .neverSent("lost.csv")
                .writeTo(scenario.next());

        cluster.send(part, Outcome.WAITING);
        summariseDaysWithKey(cluster, "app");

        cluster.assertAgrees();
        assertThat(cluster.summaryRows()).isZero();
        assertThat(cluster.lines(ReportKind.POD)).isNotEmpty();
    }

    /** What the command {@code tags} does once a key is enabled. */
    private static void summariseDaysWithKey(Cluster cluster, String key) throws SQLException {
        try (Connection connection = scenario.jdbc().getDataSource().getConnection()) {
            connection.setAutoCommit(false);
            try (var path = connection.prepareStatement("select set_config('search_path', ?, true)");
                    var summarise = connection.prepareStatement(
                            """
                            select caravan.summarize_days(?, array(
                                select usage_start
                                from caravan.find_days_with_keys(array[?], null)
                                where source = ?
                            ))
                            """)) {
                path.setString(1, TestCaravan.SCHEMA + ", caravan, pg_temp");
                path.execute();
                summarise.setObject(1, cluster.source());
                summarise.setString(2, key);
                summarise.setObject(3, cluster.source());
                summarise.execute();
            }
            connection.commit();
        }
    }

    static Stream<List<Integer>> ordersOfFour() {
        return orders(List.of(0, 1, 2, 3)).stream();
    }

    @ParameterizedTest
    @MethodSource("ordersOfFour")
    void fourOverlappingPayloadsGiveTheSameTablesInEveryOrderAndHoweverOftenTheyCome(List<Integer> order)
            throws Exception {
        Cluster cluster = scenario.cluster();
        List<Path> payloads = fourOverlapping(cluster);

        for (int number : order) {
            cluster.send(payloads.get(number), Outcome.LOADED);
        }
        cluster.assertAgrees();
        List<String> once = cluster.stored();

        for (int times = 2; times <= 5; times++) {
            for (int number : order) {
                cluster.send(payloads.get(number), Outcome.DUPLICATE);
            }
        }
        assertThat(cluster.stored()).isEqualTo(once);
        if (everyOrder.isEmpty()) {
            everyOrder.addAll(once);
        }
        assertThat(once).isEqualTo(everyOrder);
    }

    /** What the first order has left behind. */
    private static final List<String> everyOrder = new ArrayList<>();

    /** A growing day, the same day once more at the beginning of the next one, and one that stops in between. */
    private static List<Path> fourOverlapping(Cluster cluster) {
        return List.of(
                written(cluster, 1, "2025-04-02T06:05:00Z", DAY.first(6), 1.0),
                written(cluster, 2, "2025-04-02T12:05:00Z", DAY.first(12), 1.25),
                written(cluster, 3, "2025-04-03T03:05:00Z", DAY.after(10).first(17), 1.5),
                written(cluster, 4, "2025-04-03T03:05:00Z", DAY.after(20).first(9), 1.75));
    }

    private static Path written(Cluster cluster, int number, String date, Hours hours, double factor) {
        return cluster.manifest(number, date, hours)
                .reports(scaled(TINY.reports(hours), factor))
                .writeTo(scenario.next());
    }

    @Test
    void theRowsOfAnAdditiveOperatorCountByThemselves() throws Exception {
        Cluster cluster = scenario.cluster();

        cluster.send(cluster.manifest(1, "2025-04-02T06:05:00Z", DAY.first(6))
                .additive()
                .reports(MODEL.reports(DAY.first(6))));

        cluster.assertAgrees();
        assertThat(cluster.owners()).isEmpty();
        assertThat(cluster.summaryRows()).isPositive();
    }

    /** Also where both have the same hours: nobody says which of the two would be the right one. */
    @Test
    void additivePayloadsOfOneDayAddUpInEitherOrder() throws Exception {
        assertEveryOrderGivesTheSame(
                cluster -> additive(cluster, 1, DAY.first(6), 1),
                cluster -> additive(cluster, 2, DAY.first(9).after(4), 2));
    }

    @Test
    void additiveRowsFillOnlyTheHoursTheOwnerHasNoneFor() throws Exception {
        assertEveryOrderGivesTheSame(
                cluster -> owning(cluster, 1, DAY.first(6), 1),
                cluster -> additive(cluster, 2, DAY.first(9).after(4), 3),
                cluster -> additive(cluster, 3, DAY.first(11).after(8), 5));
    }

    @Test
    void aNewOwnerChangesWhichAdditiveRowsCount() throws Exception {
        assertEveryOrderGivesTheSame(
                cluster -> owning(cluster, 1, DAY.first(5), 1),
                cluster -> owning(cluster, 2, DAY.after(16), 7),
                cluster -> additive(cluster, 3, DAY.after(2).first(17), 3));
    }

    /** The additive rows of a type the owner's manifest has no rows of count in full. */
    @Test
    void anOwnerTakesNoHoursFromTypesItDoesNotBring() throws Exception {
        assertEveryOrderGivesTheSame(
                cluster -> cluster.manifest(1, "2025-04-02T06:05:00Z", DAY.first(6))
                        .reports(TINY.podUsage(DAY.first(6)), TINY.nodeLabels(DAY.first(6))),
                cluster -> additive(cluster, 2, DAY.first(4), 2));
    }

    @Test
    void anAdditiveManifestInPartsCountsWhenItIsWhole() throws Exception {
        Cluster cluster = scenario.cluster();
        cluster.send(owning(cluster, 1, DAY.first(3), 1));
        List<Path> parts = additive(cluster, 2, DAY.after(2).first(3), 2)
                .writeEach(scenario.next().getParent(), cluster.id());
        for (Path part : parts) {
            cluster.assertAgrees();
            cluster.send(part, part.equals(parts.get(5)) ? Outcome.LOADED : Outcome.WAITING);
        }
        cluster.assertAgrees();
    }

    private static PayloadWriter owning(Cluster cluster, int number, Hours hours, double factor) {
        return cluster.manifest(number, "2025-04-02T1%d:05:00Z".formatted(number), hours)
                .reports(scaled(TINY.reports(hours), factor));
    }

    private static PayloadWriter additive(Cluster cluster, int number, Hours hours, double factor) {
        return owning(cluster, number, hours, factor).additive();
    }

    /** Each order on a cluster of its own: all agree with the second implementation after every payload, and with another. */
    @SafeVarargs
    private static void assertEveryOrderGivesTheSame(Function<Cluster, PayloadWriter>... payloads) throws SQLException {
        List<String> first = null;
        for (List<Function<Cluster, PayloadWriter>> order : orders(List.of(payloads))) {
            Cluster cluster = scenario.cluster();
            for (Function<Cluster, PayloadWriter> payload : order) {
                cluster.send(payload.apply(cluster));
                cluster.assertAgrees();
            }
            first = first == null ? cluster.stored() : first;
            assertThat(cluster.stored()).isEqualTo(first);
        }
    }
}
