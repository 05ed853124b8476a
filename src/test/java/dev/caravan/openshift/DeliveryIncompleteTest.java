package dev.caravan.openshift;

import static dev.caravan.openshift.Scenario.orders;
import static dev.caravan.openshift.Scenario.scaled;
import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.openshift.Scenario.Cluster;
import dev.caravan.oracle.ClusterModel;
import dev.caravan.oracle.Hours;
import dev.caravan.oracle.NaiveDelivery;
import dev.caravan.oracle.PayloadWriter;
import dev.caravan.oracle.Report;
import dev.caravan.oracle.ReportKind;
import dev.caravan.payload.Delivery.Outcome;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Manifests whose last file never comes, or comes after they were declared incomplete. */
class DeliveryIncompleteTest extends ScenarioTestBase {
    private static final Hours DAY = Hours.day("2025-08-06");
    private static final Hours TWO_DAYS = Hours.days("2025-08-06", 2);
    private static final ClusterModel MODEL = ClusterModel.of(31, new ClusterModel.Sizes(2, 2, 3, 1, 1, 1, 2));
    private static final int[] PODS_AND_NODES = {0, 2};
    private static final int[] STORAGE_AND_NAMESPACES = {1, 3};
    private static final int[] ALL_OTHERS = {1, 3, 4, 5};
    private static final int[] VIRTUAL_MACHINES_AND_GPUS = {4, 5};

    @Test
    void declaredIncompleteFillsADayNobodyOwns() throws Exception {
        Cluster cluster = scenario.cluster();
        cluster.send(part(cluster, 1, DAY.first(4), PODS_AND_NODES), Outcome.WAITING);
        cluster.assertAgrees();
        assertThat(cluster.summaryRows()).isZero();

        cluster.declareIncomplete();

        cluster.assertAgrees();
        assertThat(cluster.owners()).hasSize(2);
        assertThat(cluster.summaryRows()).isPositive();
        assertThat(completeness(cluster)).containsExactly("2025-08-06 true");
        assertThat(reconciliation(cluster)).containsExactly("declared, 4 missing, 0 unaccounted");
        assertThat(cluster.strings("select distinct complete::text from org1234567.openshift_summary_provenance"
                        + " where source_uuid = ?"))
                .containsExactly("false");
    }

    @Test
    void declaringAgainChangesNothing() throws Exception {
        Cluster cluster = scenario.cluster();
        cluster.send(part(cluster, 1, DAY.first(4), PODS_AND_NODES), Outcome.WAITING);
        cluster.declareIncomplete();
        List<String> ids = summary(cluster);

        cluster.declareIncomplete();

        assertThat(summary(cluster)).isEqualTo(ids);
    }

    @Test
    void declaredIncompleteYieldsToACompleteOneOfFewerHoursAndKeepsItsRows() throws Exception {
        List<String> first = null;
        for (boolean rivalFirst : new boolean[] {true, false}) {
            Cluster cluster = scenario.cluster();
            if (rivalFirst) {
                cluster.send(rival(cluster, DAY.first(2)));
            }
            cluster.send(part(cluster, 1, DAY.first(4), PODS_AND_NODES), Outcome.WAITING);
            cluster.declareIncomplete();
            cluster.assertAgrees();
            if (!rivalFirst) {
                cluster.send(rival(cluster, DAY.first(2)));
                cluster.assertAgrees();
            }
            assertThat(cluster.owners()).allMatch(owner -> owner.contains(PayloadWriter.uuid(2)));
            assertThat(new HashSet<>(cluster.hourly(ReportKind.POD, "manifestid")))
                    .containsExactlyInAnyOrder(PayloadWriter.uuid(1), PayloadWriter.uuid(2));
            assertThat(completeness(cluster)).containsExactly("2025-08-06 false");
            first = first == null ? cluster.stored() : first;
            assertThat(cluster.stored()).isEqualTo(first);
        }
    }

    @Test
    void aDayOfFewerHoursCompletedByALateFileIsLostAndItsRowsGo() throws Exception {
        Cluster cluster = scenario.cluster();
        cluster.send(part(cluster, 1, DAY.first(2), PODS_AND_NODES));
        cluster.send(part(cluster, 1, DAY.first(2), STORAGE_AND_NAMESPACES));
        cluster.declareIncomplete();
        cluster.send(rival(cluster, DAY.first(4)));

        cluster.send(part(cluster, 1, DAY.first(2), VIRTUAL_MACHINES_AND_GPUS), Outcome.LOADED);

        cluster.assertAgrees();
        assertThat(new HashSet<>(cluster.hourly(ReportKind.POD, "manifestid"))).containsExactly(PayloadWriter.uuid(2));
    }

    /** Without a span the hours of all types change with the pods'. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void lateFilesCountAtOnceAndTheLastOneMakesItEqualToOneThatCameWhole(boolean withSpan) throws Exception {
        Cluster whole = scenario.cluster();
        whole.send(manifest(whole, withSpan));
        Cluster cluster = scenario.cluster();
        cluster.send(manifest(cluster, withSpan).writeTo(scenario.next(), STORAGE_AND_NAMESPACES), Outcome.WAITING);
        cluster.declareIncomplete();
        cluster.assertAgrees();
        assertThat(cluster.owners()).hasSize(2);

        cluster.send(manifest(cluster, withSpan).writeTo(scenario.next(), VIRTUAL_MACHINES_AND_GPUS), Outcome.LOADED);
        cluster.assertAgrees();
        assertThat(cluster.owners()).hasSize(4);
        cluster.send(manifest(cluster, withSpan).writeTo(scenario.next(), PODS_AND_NODES), Outcome.LOADED);

        cluster.assertAgrees();
        assertThat(cluster.stored()).isEqualTo(whole.stored());
        for (ReportKind kind : ReportKind.values()) {
            assertThat(cluster.daily(kind, "reportnumhours")).isEqualTo(whole.daily(kind, "reportnumhours"));
        }
        assertThat(completeness(cluster)).containsExactly("2025-08-06 false");
        assertThat(reconciliation(cluster)).containsExactly("declared, 0 missing, 0 unaccounted");
    }

    @Test
    void everyOrderOfPartsDeclarationAndRivalGivesTheSame() throws Exception {
        assertEveryOrderGivesTheSame(1, true);
    }

    @Tag("soak")
    @Test
    void everyOrderOfPartsDeclarationAndRivalOfMoreHoursGivesTheSame() throws Exception {
        assertEveryOrderGivesTheSame(3, true);
    }

    @Tag("soak")
    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void everyOrderGivesTheSameWhenAFileNeverComes(int hoursOfRival) throws Exception {
        assertEveryOrderGivesTheSame(hoursOfRival, false);
    }

    /** The rival has pods only, so that the other types stay for the manifest in parts, which has two hours. */
    private static void assertEveryOrderGivesTheSame(int hoursOfRival, boolean comesWhole) throws SQLException {
        Hours hours = DAY.first(2);
        List<String> first = null;
        for (List<String> order : orders(List.of("pods", "declared", "others", "rival"))) {
            Cluster cluster = scenario.cluster();
            PayloadWriter manifest = cluster.manifest(1, "2025-08-06T10:05:00Z", hours)
                    .reports(MODEL.podUsage(hours), MODEL.nodeLabels(hours), MODEL.storageUsage(hours));
            for (String step : order) {
                switch (step) {
                    case "pods" -> cluster.send(manifest.writeTo(scenario.next(), 0));
                    case "others" ->
                        cluster.send(manifest.writeTo(scenario.next(), comesWhole ? new int[] {1, 2} : new int[] {1}));
                    case "rival" ->
                        cluster.send(cluster.manifest(2, "2025-08-06T09:05:00Z", DAY.first(hoursOfRival))
                                .reports(MODEL.podUsage(DAY.first(hoursOfRival)).scaled(2)));
                    default -> cluster.declareIncomplete();
                }
            }
            // Whatever waits at the end is declared at last.
            cluster.declareIncomplete();
            cluster.assertAgrees();
            first = first == null ? cluster.stored() : first;
            assertThat(cluster.stored()).as("%s", order).isEqualTo(first);
        }
    }

    @Test
    void ofTwoDeclaredIncompleteTheOneOfMoreHoursOwnsTheDayAndBothKeepTheirRows() throws Exception {
        Cluster cluster = scenario.cluster();
        cluster.send(part(cluster, 1, DAY.first(4), PODS_AND_NODES));
        cluster.send(part(cluster, 3, DAY.first(6), PODS_AND_NODES));
        cluster.declareIncomplete();
        cluster.assertAgrees();
        assertThat(cluster.owners()).allMatch(owner -> owner.contains(PayloadWriter.uuid(3)));

        cluster.send(part(cluster, 1, DAY.first(4), ALL_OTHERS));

        cluster.assertAgrees();
        assertThat(cluster.owners()).allMatch(owner -> owner.contains(PayloadWriter.uuid(1)));
        assertThat(new HashSet<>(cluster.hourly(ReportKind.POD, "manifestid"))).hasSize(2);
    }

    @Test
    void anAdditiveManifestDeclaredIncompleteGoesOnToWait() throws Exception {
        Cluster cluster = scenario.cluster();
        cluster.send(rival(cluster, DAY.first(2)));
        PayloadWriter additive = manifest(cluster, true).additive();
        cluster.send(additive.writeTo(scenario.next(), PODS_AND_NODES), Outcome.WAITING);

        cluster.declareIncomplete();
        cluster.assertAgrees();
        cluster.send(additive.writeTo(scenario.next(), STORAGE_AND_NAMESPACES));
        cluster.assertAgrees();
        cluster.send(additive.writeTo(scenario.next(), VIRTUAL_MACHINES_AND_GPUS));

        cluster.assertAgrees();
        assertThat(cluster.owners()).allMatch(owner -> owner.contains(PayloadWriter.uuid(2)));
    }

    @Test
    void aPartOfADeclaredOneLoadedAgainWithoutADayGivesTheDayUp() throws Exception {
        Cluster cluster = scenario.cluster();
        Path wrong = twoDays(cluster, false);
        cluster.send(wrong, Outcome.WAITING);
        cluster.declareIncomplete();
        cluster.assertAgrees();
        assertThat(cluster.owners()).hasSize(2);
        Path right = twoDays(cluster, true);

        cluster.sendAgain(right);

        cluster.assertAgrees(List.of(right, NaiveDelivery.DECLARATION));
        assertThat(cluster.owners()).hasSize(1);
        assertThat(cluster.hourly(ReportKind.POD, "usage_start")).doesNotContain("2025-08-07");
    }

    @Test
    void aDayThatItsOwnerNoLongerBringsFallsToTheDeclaredOne() throws Exception {
        Cluster cluster = scenario.cluster();
        Path wrong = cluster.manifest(2, "2025-08-08T00:05:00Z", TWO_DAYS.first(30))
                .reports(MODEL.podUsage(TWO_DAYS.first(30)).scaled(2))
                .writeTo(scenario.next());
        Path right = cluster.manifest(2, "2025-08-08T00:05:00Z", TWO_DAYS.first(30))
                .reports(MODEL.podUsage(DAY).scaled(2))
                .writeTo(scenario.next());
        Path incomplete = twoDays(cluster, false);
        cluster.send(wrong, Outcome.LOADED);
        cluster.send(incomplete, Outcome.WAITING);
        cluster.declareIncomplete();
        cluster.assertAgrees();
        assertThat(cluster.owners()).allMatch(owner -> owner.contains(PayloadWriter.uuid(2)));

        cluster.sendAgain(right);

        cluster.assertAgrees(List.of(right, incomplete, NaiveDelivery.DECLARATION));
        assertThat(cluster.owners())
                .containsExactly(
                        "2025-08-06 pod_usage: " + PayloadWriter.uuid(2) + " 24",
                        "2025-08-07 pod_usage: " + PayloadWriter.uuid(1) + " 3");
    }

    private static Path twoDays(Cluster cluster, boolean firstOnly) {
        return cluster.manifest(1, "2025-08-08T00:05:00Z", TWO_DAYS.first(27))
                .file("pods.csv", MODEL.podUsage(firstOnly ? DAY : TWO_DAYS.first(27)))
                .neverSent("lost.csv")
                .writeTo(scenario.next());
    }

    private static Path part(Cluster cluster, int number, Hours hours, int[] members) {
        return cluster.manifest(number, "2025-08-06T10:05:00Z", hours)
                .reports(scaled(reports(hours, hours, hours), number))
                .writeTo(scenario.next(), members);
    }

    private static PayloadWriter manifest(Cluster cluster, boolean withSpan) {
        PayloadWriter manifest = cluster.manifest(1, "2025-08-06T10:05:00Z", DAY.first(5));
        return (withSpan ? manifest : manifest.between(null, null))
                .reports(reports(DAY.first(3), DAY.first(5), DAY.first(4)));
    }

    /** In the order of the members above. */
    private static List<Report> reports(Hours pods, Hours storage, Hours others) {
        return List.of(
                MODEL.podUsage(pods),
                MODEL.storageUsage(storage),
                MODEL.nodeLabels(others),
                MODEL.namespaceLabels(others),
                MODEL.machines(others),
                MODEL.gpus(others));
    }

    private static PayloadWriter rival(Cluster cluster, Hours hours) {
        return cluster.manifest(2, "2025-08-06T09:05:00Z", hours).reports(scaled(MODEL.reports(hours), 2));
    }

    private static List<String> completeness(Cluster cluster) {
        return cluster.strings("select usage_start || ' ' || is_incomplete from org1234567.openshift_day_completeness"
                + " where source = ?");
    }

    private static List<String> reconciliation(Cluster cluster) {
        return cluster.strings(
                """
                select format('%s, %s missing, %s unaccounted',
                    case when declared_incomplete_at is null then 'not declared' else 'declared' end,
                    files_missing, rows_unaccounted)
                from org1234567.openshift_manifest_reconciliation
                where source = ?
                """);
    }

    /** The summary rows with their uuids: new ones where a day was summarised again. */
    private static List<String> summary(Cluster cluster) {
        return cluster.strings(
                "select s::text from org1234567.reporting_ocpusagelineitem_daily_summary s where source_uuid = ?");
    }
}
