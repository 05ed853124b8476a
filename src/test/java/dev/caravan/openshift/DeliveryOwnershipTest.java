package dev.caravan.openshift;

import static dev.caravan.openshift.Scenario.orders;
import static dev.caravan.openshift.Scenario.scaled;
import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.openshift.Scenario.Cluster;
import dev.caravan.oracle.ClusterModel;
import dev.caravan.oracle.Hours;
import dev.caravan.oracle.PayloadWriter;
import dev.caravan.oracle.ReportKind;
import dev.caravan.payload.Delivery;
import dev.caravan.payload.Delivery.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Who owns a day, by hours, date and uuid, and that whatever comes a second time counts once. */
class DeliveryOwnershipTest extends ScenarioTestBase {
    private static final Hours TWO_DAYS = Hours.days("2025-05-06", 2);
    private static final Hours DAY = Hours.day("2025-05-06");
    private static final Hours NEXT_DAY = Hours.day("2025-05-07");
    private static final ClusterModel MODEL = ClusterModel.of(21, new ClusterModel.Sizes(3, 4, 8, 3, 1, 1, 3));

    @Test
    void lateDayWithFewerHoursChangesNothing() throws Exception {
        Cluster cluster = scenario.cluster();
        cluster.send(payload(cluster, 1, "2025-05-07T00:05:00Z", DAY, 1));
        List<String> before = summary(cluster);

        Delivery late = cluster.send(payload(cluster, 2, "2025-05-09T00:05:00Z", DAY.first(6), 4));

        cluster.assertAgrees();
        assertThat(late.daysSummarized()).isZero();
        assertThat(summary(cluster)).as("the very same rows").isEqualTo(before);
        assertThat(new HashSet<>(cluster.hourly(ReportKind.POD, "manifestid"))).containsExactly(PayloadWriter.uuid(1));
    }

    @Test
    void growingFilesOfADayReplaceOneAnother() throws Exception {
        Cluster cluster = scenario.cluster();
        for (int hours : List.of(3, 6, 12, 24)) {
            cluster.send(payload(cluster, hours, "2025-05-07T00:05:00Z", DAY.first(hours), hours));
            cluster.assertAgrees();
            assertThat(new HashSet<>(cluster.hourly(ReportKind.STORAGE, "manifestid")))
                    .containsExactly(PayloadWriter.uuid(hours));
        }
    }

    @Test
    void aPayloadThatRepeatsALoadedDayBringsItsNewDay() throws Exception {
        Cluster cluster = scenario.cluster();
        cluster.send(payload(cluster, 1, "2025-05-07T00:05:00Z", DAY, 1));
        String firstDay = "select md5(string_agg(s::text, '' order by s::text)) from"
                + " org1234567.reporting_ocpusagelineitem_daily_summary s"
                + " where source_uuid = ? and usage_start = '2025-05-06'";
        List<String> before = cluster.strings(firstDay);

        // The stale day stands first in each file, and its date does not let it win.
        Delivery both = cluster.send(payload(cluster, 2, "2025-05-05T00:05:00Z", TWO_DAYS.first(30), 2));

        cluster.assertAgrees();
        assertThat(both.daysSummarized()).isEqualTo(1);
        assertThat(cluster.strings(firstDay)).isEqualTo(before);
        assertThat(cluster.owners()).hasSize(12);
    }

    @Test
    void ofEqualHoursTheLaterManifestWinsInEitherOrder() throws Exception {
        for (boolean laterFirst : new boolean[] {true, false}) {
            Cluster cluster = scenario.cluster();
            PayloadWriter later = payload(cluster, 1, "2025-05-06T10:00:01Z", DAY.first(6), 2);
            PayloadWriter earlier = payload(cluster, 2, "2025-05-06T10:00:00Z", DAY.first(6), 5);

            cluster.send(laterFirst ? later : earlier);
            cluster.assertAgrees();
            cluster.send(laterFirst ? earlier : later);

            cluster.assertAgrees();
            assertThat(cluster.owners()).allMatch(owner -> owner.contains(PayloadWriter.uuid(1)));
        }
    }

    @Test
    void ofEqualHoursAndDatesTheGreaterUuidWinsInEitherOrder() throws Exception {
        // 32768 sets the first bit of the uuid: it is compared without a sign.
        for (int greater : new int[] {2, 32_768}) {
            for (boolean greaterFirst : new boolean[] {true, false}) {
                Cluster cluster = scenario.cluster();
                PayloadWriter one = payload(cluster, 1, "2025-05-06T10:00:00Z", DAY.first(6), 2);
                PayloadWriter other = payload(cluster, greater, "2025-05-06T10:00:00Z", DAY.first(6), 5);

                cluster.send(greaterFirst ? other : one);
                cluster.send(greaterFirst ? one : other);

                cluster.assertAgrees();
                assertThat(cluster.owners()).allMatch(owner -> owner.contains(PayloadWriter.uuid(greater)));
            }
        }
    }

    @Test
    void everyTypeAndDayIsOwnedByItself() throws Exception {
        List<String> first = null;
        for (List<Integer> order : orders(List.of(1, 2, 3))) {
            Cluster cluster = scenario.cluster();
            for (int number : order) {
                cluster.send(
                        switch (number) {
                            case 1 ->
                                cluster.manifest(1, "2025-05-07T12:00:00Z", TWO_DAYS.first(36))
                                        .reports(
                                                MODEL.podUsage(TWO_DAYS.first(36)),
                                                MODEL.nodeLabels(TWO_DAYS.first(36)));
                            case 2 ->
                                cluster.manifest(2, "2025-05-06T20:00:00Z", DAY.first(20))
                                        .reports(scaled(MODEL.reports(DAY.first(20)), 2));
                            default ->
                                cluster.manifest(3, "2025-05-08T00:00:00Z", NEXT_DAY)
                                        .reports(
                                                MODEL.podUsage(NEXT_DAY).scaled(3),
                                                MODEL.storageUsage(NEXT_DAY).scaled(3));
                        });
                cluster.assertAgrees();
            }
            first = first == null ? cluster.stored() : first;
            assertThat(cluster.stored()).isEqualTo(first);
        }
    }

    @Test
    void theSameBytesASecondTimeLoadNothing() throws Exception {
        Cluster cluster = scenario.cluster();
        Path payload =
                payload(cluster, 1, "2025-05-07T00:05:00Z", DAY.first(5), 1).writeTo(scenario.next());
        cluster.send(payload, Outcome.LOADED);
        List<String> stored = cluster.stored();
        List<String> summary = summary(cluster);

        Path copy = Files.copy(payload, scenario.next(), StandardCopyOption.COPY_ATTRIBUTES);
        Delivery second = cluster.send(copy, Outcome.DUPLICATE);

        assertThat(second.rowsLoaded()).isZero();
        assertThat(cluster.stored()).isEqualTo(stored);
        assertThat(summary(cluster)).as("nothing was summarised again").isEqualTo(summary);
        cluster.assertAgrees();
    }

    @Test
    void membersThatCameBeforeInOtherTarballsAreNotLoadedTwice() throws Exception {
        Cluster cluster = scenario.cluster();
        PayloadWriter payload = payload(cluster, 1, "2025-05-07T00:05:00Z", DAY.first(5), 1);
        cluster.send(payload.writeTo(scenario.next(), 3, 4), Outcome.WAITING);
        cluster.send(payload.writeTo(scenario.next(), 0, 3, 4), Outcome.WAITING);

        Delivery whole = cluster.send(payload.writeTo(scenario.next()), Outcome.LOADED);

        cluster.assertAgrees();
        assertThat(whole.reports()).hasSize(3);
        List<String> stored = cluster.stored();
        cluster.send(payload.writeTo(scenario.next(), 1, 2, 3));
        assertThat(cluster.stored()).isEqualTo(stored);
        cluster.assertAgrees();
    }

    @Test
    void loadingAgainReplacesAndDoublesNothing() throws Exception {
        Cluster cluster = scenario.cluster();
        Path payload =
                payload(cluster, 1, "2025-05-07T00:05:00Z", DAY.first(5), 1).writeTo(scenario.next());
        cluster.send(payload, Outcome.LOADED);
        List<String> stored = cluster.stored();
        int summaryRows = cluster.summaryRows();

        Delivery again = cluster.sendAgain(payload);

        assertThat(again.outcome()).isEqualTo(Outcome.LOADED);
        assertThat(again.daysSummarized()).isEqualTo(1);
        assertThat(cluster.stored()).isEqualTo(stored);
        assertThat(cluster.summaryRows()).isEqualTo(summaryRows);
        assertThat(cluster.members("name")).hasSize(6);
        cluster.assertAgrees();
    }

    /** Of two manifests in parts, one part of the owner, one of the loser and an additive payload once more. */
    @Test
    void loadingPartsAgainChangesNothingWhoeverOwnsTheDay() throws Exception {
        Cluster cluster = scenario.cluster();
        Path parts = scenario.next().getParent();
        List<Path> owner =
                payload(cluster, 1, "2025-05-06T10:05:00Z", DAY.first(8), 1).writeEach(parts, cluster.id() + "-owner");
        List<Path> loser =
                payload(cluster, 2, "2025-05-06T10:05:00Z", DAY.first(4), 3).writeEach(parts, cluster.id() + "-loser");
        Path additive = payload(cluster, 3, "2025-05-06T10:05:00Z", DAY.first(10), 5)
                .additive()
                .writeTo(scenario.next());
        owner.forEach(cluster::send);
        loser.forEach(cluster::send);
        cluster.send(additive);
        cluster.assertAgrees();
        List<String> stored = cluster.stored();

        for (Path again : List.of(owner.get(3), owner.get(1), loser.get(3), additive, owner.get(3))) {
            assertThat(cluster.sendAgain(again).outcome()).isEqualTo(Outcome.LOADED);
            cluster.assertAgrees();
            assertThat(cluster.stored()).isEqualTo(stored);
        }
    }

    @Test
    void loadingAPartOfAnIncompleteManifestAgainDoublesNothing() throws Exception {
        Cluster cluster = scenario.cluster();
        List<Path> parts = payload(cluster, 1, "2025-05-06T10:05:00Z", DAY.first(4), 1)
                .writeEach(scenario.next().getParent(), cluster.id());
        cluster.send(parts.get(3), Outcome.WAITING);

        assertThat(cluster.sendAgain(parts.get(3)).outcome()).isEqualTo(Outcome.WAITING);

        for (int i : new int[] {0, 1, 2, 4, 5}) {
            cluster.send(parts.get(i));
        }
        cluster.assertAgrees();
    }

    @Test
    void loadingAgainTakesOtherBytesForAMember() throws Exception {
        Cluster cluster = scenario.cluster();
        Path wrong =
                payload(cluster, 1, "2025-05-06T10:05:00Z", DAY.first(4), 9).writeTo(scenario.next());
        Path right =
                payload(cluster, 1, "2025-05-06T10:05:00Z", DAY.first(4), 1).writeTo(scenario.next());
        cluster.send(wrong, Outcome.LOADED);

        assertThat(cluster.sendAgain(right).outcome()).isEqualTo(Outcome.LOADED);

        cluster.assertAgrees(List.of(right));
    }

    /** The first version said something about two days, the second about one; an older operator adds to both. */
    @Test
    void aDayThatIsGoneAfterLoadingAgainLeavesTheAdditiveRowsWhole() throws Exception {
        Cluster cluster = scenario.cluster();
        Path wrong = payload(cluster, 1, "2025-05-08T00:05:00Z", TWO_DAYS.first(30), 9)
                .writeTo(scenario.next());
        Path right = cluster.manifest(1, "2025-05-08T00:05:00Z", TWO_DAYS.first(30))
                .reports(MODEL.reports(TWO_DAYS.first(30)).stream()
                        .map(report -> report.where(row -> row.start().isBefore(NEXT_DAY.from())))
                        .toList())
                .writeTo(scenario.next());
        Path additive = payload(
                        cluster, 2, "2025-05-08T00:05:00Z", TWO_DAYS.first(34).after(20), 2)
                .additive()
                .writeTo(scenario.next());
        cluster.send(wrong, Outcome.LOADED);
        cluster.send(additive, Outcome.LOADED);
        cluster.assertAgrees();

        assertThat(cluster.sendAgain(right).outcome()).isEqualTo(Outcome.LOADED);

        cluster.assertAgrees(List.of(right, additive));
    }

    @Test
    void withoutStartAndEndTheHoursAreTheDifferentIntervalStartsOfThePods() throws Exception {
        Cluster cluster = scenario.cluster();
        // Fewer pod hours than the rival, more storage hours: the pods' hours decide for all types.
        cluster.send(cluster.manifest(1, "2025-05-07T00:05:00Z", DAY)
                .between(null, null)
                .reports(MODEL.podUsage(DAY.first(5)), MODEL.storageUsage(DAY.first(20))));
        cluster.assertAgrees();
        assertHours(cluster, ReportKind.POD, "5");
        assertHours(cluster, ReportKind.STORAGE, "5");

        cluster.send(payload(cluster, 2, "2025-05-06T00:05:00Z", DAY.first(6), 3));

        cluster.assertAgrees();
        assertHours(cluster, ReportKind.POD, "6");
        assertHours(cluster, ReportKind.STORAGE, "6");
    }

    @Test
    void withoutPodsAndSpanTheHoursAreTheTypesOwn() throws Exception {
        Cluster cluster = scenario.cluster();

        cluster.send(cluster.manifest(1, "2025-05-07T00:05:00Z", DAY)
                .atZeroTime()
                .reports(MODEL.storageUsage(DAY.first(4)), MODEL.nodeLabels(DAY.first(7))));

        cluster.assertAgrees();
        assertHours(cluster, ReportKind.STORAGE, "4");
        assertHours(cluster, ReportKind.NODE_LABELS, "7");
    }

    @Test
    void withoutStartAndEndTheHoursOfAllPartsCount() throws Exception {
        Cluster cluster = scenario.cluster();
        List<Path> parts = cluster.manifest(1, "2025-05-07T00:05:00Z", DAY)
                .between(null, null)
                .reports(
                        MODEL.podUsage(DAY.first(5)),
                        MODEL.podUsage(DAY.first(9).after(4)),
                        MODEL.nodeLabels(DAY))
                .writeEach(scenario.next().getParent(), cluster.id());
        cluster.send(parts.get(2), Outcome.WAITING);
        cluster.send(parts.get(0), Outcome.WAITING);
        cluster.send(parts.get(1), Outcome.LOADED);

        cluster.assertAgrees();
        assertHours(cluster, ReportKind.POD, "9");
        assertHours(cluster, ReportKind.NODE_LABELS, "9");
    }

    @Test
    void anHourBegunCountsWholeAndEveryRowSaysTheHoursOfItsDay() throws Exception {
        Cluster cluster = scenario.cluster();

        cluster.send(cluster.manifest(1, "2025-05-07T05:05:00Z", TWO_DAYS)
                .between(DAY.hour(20), NEXT_DAY.hour(4).plusSeconds(1))
                .reports(MODEL.reports(TWO_DAYS.first(29).after(20))));

        cluster.assertAgrees();
        for (ReportKind kind : ReportKind.values()) {
            String dayAndHours = "usage_start || ' ' || coalesce(reportnumhours::text, 'nothing')";
            assertThat(new HashSet<>(cluster.hourly(kind, dayAndHours)))
                    .as(kind.typeName())
                    .isEqualTo(Set.of("2025-05-06 4", "2025-05-07 5"));
            assertThat(new HashSet<>(cluster.daily(kind, dayAndHours)))
                    .as(kind.typeName())
                    .isEqualTo(Set.of("2025-05-06 4", "2025-05-07 5"));
        }
    }

    /** A day outside the manifest's own span has the hours its rows have. */
    @Test
    void rowsOutsideTheSpanSayTheHoursOfTheirDayToo() throws Exception {
        Cluster cluster = scenario.cluster();

        cluster.send(cluster.manifest(1, "2025-05-07T05:05:00Z", DAY).reports(MODEL.reports(TWO_DAYS.first(27))));

        cluster.assertAgrees();
        assertThat(cluster.owners()).contains("2025-05-07 pod_usage: " + PayloadWriter.uuid(1) + " 3");
        for (ReportKind kind : ReportKind.values()) {
            String dayAndHours = "usage_start || ' ' || coalesce(reportnumhours::text, 'nothing')";
            assertThat(new HashSet<>(cluster.daily(kind, dayAndHours)))
                    .as("daily " + kind.typeName())
                    .isEqualTo(Set.of("2025-05-06 24", "2025-05-07 3"));
            assertThat(new HashSet<>(cluster.hourly(kind, dayAndHours)))
                    .as("hourly " + kind.typeName())
                    .isEqualTo(Set.of("2025-05-06 24", "2025-05-07 3"));
        }
    }

    /** The operator's hours reach to HH:59:59; an end on the hour is the same. */
    @Test
    void anEndOnTheHourAddsNone() throws Exception {
        Cluster cluster = scenario.cluster();
        Instant midnight = NEXT_DAY.from();

        cluster.send(cluster.manifest(1, "2025-05-07T05:05:00Z", DAY)
                .between(DAY.from(), midnight)
                .reports(MODEL.reports(DAY)));

        cluster.assertAgrees();
        assertHours(cluster, ReportKind.POD, "24");
    }

    private static void assertHours(Cluster cluster, ReportKind kind, String hours) {
        assertThat(new HashSet<>(cluster.hourly(kind, "coalesce(reportnumhours::text, 'nothing')")))
                .as("hourly " + kind.typeName())
                .containsExactly(hours);
        assertThat(new HashSet<>(cluster.daily(kind, "coalesce(reportnumhours::text, 'nothing')")))
                .as("daily " + kind.typeName())
                .containsExactly(hours);
    }

    private static PayloadWriter payload(Cluster cluster, int number, String date, Hours hours, double factor) {
        return cluster.manifest(number, date, hours).reports(scaled(MODEL.reports(hours), factor));
    }

    /** The summary rows with their uuids: new ones where a day was summarised again. */
    private static List<String> summary(Cluster cluster) {
        return cluster.strings(
                "select s::text from org1234567.reporting_ocpusagelineitem_daily_summary s where source_uuid = ?");
    }
}
