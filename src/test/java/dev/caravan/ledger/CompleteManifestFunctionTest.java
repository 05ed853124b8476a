package dev.caravan.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.database.FunctionTestBase;
import dev.caravan.database.ManifestFixture;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompleteManifestFunctionTest extends FunctionTestBase {
    private static final String DAY = "2025-11-03";
    private static final String PODS = "{\"pod_usage\": [\"2025-11-03\"]}";
    private static final String NOTHING = "{}";

    @Test
    void whileAFileIsMissingNothingIsDecided() {
        var manifest =
                manifest(1).rows("pod_usage", DAY, 0, 3).listed("other.csv").load();
        assertThat(manifest.complete()).isNull();
        assertThat(database.count("day_delivery where source = ?", source)).isZero();
        assertThat(database.count("manifest where source = ? and completed_at is not null", source))
                .isZero();
        assertThat(counted("pod_usage")).isEmpty();
    }

    @Test
    void aManifestWithoutFilesIsCompleteAndChangesNothing() {
        assertThat(manifest(1).load().complete()).isEqualTo(NOTHING);
        assertThat(database.count("manifest where source = ? and completed_at is not null", source))
                .isOne();
    }

    @Test
    void theFirstManifestOwnsAllItDelivered() {
        var manifest = manifest(1)
                .rows("pod_usage", DAY, 0, 3)
                .rows("pod_usage", "2025-11-04", 0, 2)
                .rows("storage_usage", DAY, 0, 3)
                .load();
        assertThat(manifest.complete())
                .isEqualTo("{\"pod_usage\": [\"2025-11-03\", \"2025-11-04\"], \"storage_usage\": [\"2025-11-03\"]}");
        assertThat(owners())
                .containsExactly("pod_usage|2025-11-03|1", "pod_usage|2025-11-04|1", "storage_usage|2025-11-03|1");
        assertThat(counted("pod_usage")).containsExactly("1|5");
    }

    @Test
    void completingTwiceChangesNothing() {
        var manifest = manifest(1).rows("pod_usage", DAY, 0, 3).load();
        manifest.complete();
        assertThat(database.text("select caravan.complete_manifest(?, ?)::text", source, manifest.uuid()))
                .isEqualTo(NOTHING);
    }

    @ParameterizedTest
    @CsvSource({
        // more hours, however early and small; then the later date; then the greater uuid
        "1, 6, 2025-11-05T00:00:00Z, 2, 5, 2025-11-06T00:00:00Z",
        "1, 5, 2025-11-06T00:00:00Z, 2, 5, 2025-11-05T00:00:00Z",
        "2, 5, 2025-11-05T00:00:00Z, 1, 5, 2025-11-05T00:00:00Z"
    })
    void theBetterManifestOwnsTheDayInWhateverOrderTheyCome(
            int winner, int winnerHours, String winnerDate, int loser, int loserHours, String loserDate) {
        for (boolean winnerFirst : new boolean[] {true, false}) {
            source = database.addSource("cluster-" + winnerFirst);
            var better = manifest(winner).date(winnerDate).rows("pod_usage", DAY, 0, winnerHours);
            var worse = manifest(loser).date(loserDate).rows("pod_usage", DAY, 0, loserHours);
            if (winnerFirst) {
                assertThat(better.load().complete()).isEqualTo(PODS);
                assertThat(worse.load().complete()).isEqualTo(NOTHING);
            } else {
                assertThat(worse.load().complete()).isEqualTo(PODS);
                assertThat(better.load().complete()).isEqualTo(PODS);
            }
            assertThat(owners()).containsExactly("pod_usage|2025-11-03|" + winner);
            assertThat(counted("pod_usage")).containsExactly(winner + "|" + winnerHours);
            assertThat(stored("pod_usage")).as("losers' rows are deleted").containsExactly(winner + "|" + winnerHours);
            assertThat(database.rows(
                            "select owns, rows_kept from day_delivery where source = ? order by owns desc", source))
                    .containsExactly("t|t", "f|f");
        }
    }

    @Test
    void daysAndTypesAreDecidedOneByOne() {
        manifest(1)
                .rows("pod_usage", DAY, 0, 5)
                .rows("pod_usage", "2025-11-04", 0, 5)
                .rows("node_labels", DAY, 0, 5)
                .load()
                .complete();
        var second = manifest(2)
                .rows("pod_usage", DAY, 0, 4)
                .rows("pod_usage", "2025-11-04", 0, 6)
                .load();
        assertThat(second.complete()).isEqualTo("{\"pod_usage\": [\"2025-11-04\"]}");
        assertThat(owners())
                .containsExactly("node_labels|2025-11-03|1", "pod_usage|2025-11-03|1", "pod_usage|2025-11-04|2");
        assertThat(stored("pod_usage")).containsExactly("1|5", "2|6");
    }

    @Test
    void otherSourcesAreLeftAlone() {
        UUID mine = source;
        manifest(1).rows("pod_usage", DAY, 0, 3).load().complete();
        source = database.addSource("cluster-2");
        manifest(2).rows("pod_usage", DAY, 0, 5).load().complete();
        source = mine;
        assertThat(owners()).containsExactly("pod_usage|2025-11-03|1");
        assertThat(stored("pod_usage")).containsExactly("1|3");
    }

    @ParameterizedTest
    @CsvSource({
        "2025-11-03T00:00:00Z, 2025-11-03T23:59:59Z, 24",
        "2025-11-03T00:00:00Z, 2025-11-04T00:00:00Z, 24",
        "2025-11-02T12:00:00Z, 2025-11-03T05:59:59Z, 6",
        "2025-11-03T00:00:00Z, 2025-11-03T06:00:00.000001Z, 7",
        "2025-11-01T00:00:00Z, 2025-12-01T00:00:00Z, 24",
        // where the span does not reach the day, the hours of its rows count
        "2025-11-04T00:00:00Z, 2025-11-05T00:00:00Z, 2",
        "2025-11-02T00:00:00Z, 2025-11-03T00:00:00Z, 2",
        "2025-11-03T05:00:00Z, 2025-11-03T05:00:00Z, 2"
    })
    void hoursAreTheOverlapOfTheSpanWithTheDay(String start, String end, int hours) {
        manifest(1).period(start, end).rows("pod_usage", DAY, 3, 5).load().complete();
        assertThat(hours()).containsExactly("pod_usage|2025-11-03|" + hours);
    }

    @Test
    void withoutASpanTheHoursOfThePodRowsCountForAllTypes() {
        manifest(1)
                .rows("pod_usage", DAY, 3, 5)
                .rows("pod_usage", DAY, 4, 6)
                .rows("storage_usage", DAY, 0, 9)
                .rows("storage_usage", "2025-11-04", 0, 9)
                .load()
                .complete();
        assertThat(hours())
                .containsExactly("pod_usage|2025-11-03|3", "storage_usage|2025-11-03|3", "storage_usage|2025-11-04|9");
    }

    @ParameterizedTest
    @CsvSource({
        ", , 2",
        "2025-11-03T00:00:00Z, , 2",
        ", 2025-11-03T23:00:00Z, 2",
        "2025-11-04T00:00:00Z, 2025-11-05T00:00:00Z, 2"
    })
    void hourlyRowsShowTheHoursOfTheirManifest(String start, String end, int hours) {
        manifest(1).period(start, end).rows("pod_usage", DAY, 0, 2).load().complete();
        assertThat(database.rows(
                        "select distinct reportnumhours from openshift_pod_usage_line_items where source = ?",
                        source.toString()))
                .containsExactly(Integer.toString(hours));
    }

    @Test
    void additiveManifestsAddUpAndOwnNothing() {
        assertThat(manifest(1).additive().rows("pod_usage", DAY, 0, 3).load().complete())
                .isEqualTo(PODS);
        assertThat(manifest(2).additive().rows("pod_usage", DAY, 2, 6).load().complete())
                .isEqualTo(PODS);
        assertThat(owners()).isEmpty();
        assertThat(counted("pod_usage")).containsExactly("1|3", "2|4");
    }

    @Test
    void additiveRowsCountForHoursTheOwnerHasNoRowForInAnyOrder() {
        for (boolean ownerFirst : new boolean[] {true, false}) {
            source = database.addSource("cluster-" + ownerFirst);
            var owner = manifest(1).rows("pod_usage", DAY, 0, 3);
            var addition = manifest(2).additive().rows("pod_usage", DAY, 2, 8);
            if (ownerFirst) {
                owner.load().complete();
                assertThat(addition.load().complete()).isEqualTo(PODS);
            } else {
                addition.load().complete();
                assertThat(owner.load().complete()).isEqualTo(PODS);
            }
            assertThat(owners()).containsExactly("pod_usage|2025-11-03|1");
            assertThat(counted("pod_usage")).containsExactly("1|3", "2|5");
            assertThat(stored("pod_usage"))
                    .as("additive rows are never deleted")
                    .containsExactly("1|3", "2|6");
        }
    }

    @Test
    void aCompleteManifestTakesADayFromAnIncompleteOneOfMoreHoursAndItsRowsStay() {
        declareIncomplete(
                manifest(9).rows("pod_usage", DAY, 0, 9).listed("missing.csv").load());
        assertThat(counted("pod_usage")).containsExactly("9|9");
        assertThat(manifest(1).rows("pod_usage", DAY, 0, 2).load().complete()).isEqualTo(PODS);
        assertThat(owners()).containsExactly("pod_usage|2025-11-03|1");
        assertThat(counted("pod_usage")).containsExactly("1|2");
        assertThat(stored("pod_usage")).containsExactly("1|2", "9|9");
    }

    @Test
    void aRowlessDayIsNotCompetedFor() {
        manifest(1).rows("pod_usage", DAY, 0, 2).load().complete();
        assertThat(manifest(2)
                        .period("2025-11-01T00:00:00Z", "2025-11-05T00:00:00Z")
                        .rows("pod_usage", "2025-11-04", 0, 1)
                        .load()
                        .complete())
                .isEqualTo("{\"pod_usage\": [\"2025-11-04\"]}");
        assertThat(owners()).containsExactly("pod_usage|2025-11-03|1", "pod_usage|2025-11-04|2");
    }

    @Test
    void aManifestLoadedAgainChangesTheDaysItCountedForAndTheDaysItCountsFor() {
        var first = manifest(1).rows("pod_usage", DAY, 0, 2).load();
        first.complete();
        database.jdbc()
                .queryForList("select caravan.forget_members(?, ?, array['pod_usage.csv'])", source, first.uuid());
        database.jdbc().update("delete from payload_claim where source = ?", source);
        var corrected = manifest(1).rows("pod_usage", "2025-11-04", 0, 2).load();
        assertThat(corrected.complete()).isEqualTo("{\"pod_usage\": [\"2025-11-03\", \"2025-11-04\"]}");
        assertThat(owners()).containsExactly("pod_usage|2025-11-04|1");
    }

    @Test
    void aLoserLoadedAgainLosesAgainAndChangesNothing() {
        manifest(2).rows("pod_usage", DAY, 0, 5).load().complete();
        var loser = manifest(1).rows("pod_usage", DAY, 0, 2).load();
        loser.complete();
        database.jdbc()
                .queryForList("select caravan.forget_members(?, ?, array['pod_usage.csv'])", source, loser.uuid());
        database.jdbc()
                .update("delete from payload_claim where source = ? and manifest_uuid = ?", source, loser.uuid());
        assertThat(manifest(1).rows("pod_usage", DAY, 0, 2).load().complete()).isEqualTo(NOTHING);
        assertThat(stored("pod_usage")).containsExactly("2|5");
    }

    @Test
    void anOwnerWhoseHourlyRowsWereDroppedStillCompetes() {
        manifest(2).rows("pod_usage", DAY, 0, 5).load().complete();
        dropHours();
        assertThat(manifest(1).rows("pod_usage", DAY, 0, 2).load().complete()).isEqualTo(NOTHING);
        assertThat(owners()).containsExactly("pod_usage|2025-11-03|2");
        assertThat(stored("pod_usage")).as("the loser's rows go as ever").isEmpty();
        assertThat(manifest(3).rows("pod_usage", DAY, 0, 9).load().complete())
                .isEqualTo("{\"pod_usage\": [\"2025-11-03\"]}");
        assertThat(owners()).containsExactly("pod_usage|2025-11-03|3");
        assertThat(counted("pod_usage")).containsExactly("3|9");
    }

    @Test
    void nothingIsAddedToADayWhoseHourlyRowsWereDropped() throws Exception {
        manifest(1).rows("pod_usage", DAY, 0, 5).load().complete();
        dropHours();
        var more = manifest(2).additive().rows("pod_usage", DAY, 5, 8).load();
        assertThat(database.stateOf("select caravan.complete_manifest(?, ?)", source, more.uuid()))
                .isEqualTo("CV003");
        var fresh = manifest(3).additive().rows("pod_usage", "2025-11-20", 5, 8).load();
        assertThat(database.stateOf("select caravan.complete_manifest(?, ?)", source, fresh.uuid()))
                .as("a day nothing came for is no different: when its parts come must not matter")
                .isEqualTo("CV003");
        var later = manifest(4).additive().rows("pod_usage", "2025-12-01", 0, 1).load();
        assertThat(later.complete()).isEqualTo("{\"pod_usage\": [\"2025-12-01\"]}");
    }

    @Test
    void aNewOwnerMustNotLoseHoursOfAdditiveRowsThatWereDropped() throws Exception {
        manifest(1).additive().rows("pod_usage", DAY, 4, 6).load().complete();
        dropHours();
        var part = manifest(2).rows("pod_usage", DAY, 0, 5).load();
        assertThat(database.stateOf("select caravan.complete_manifest(?, ?)", source, part.uuid()))
                .isEqualTo("CV003");
        var whole = manifest(3).rows("pod_usage", DAY, 0, 6).load();
        assertThat(whole.complete()).isEqualTo("{\"pod_usage\": [\"2025-11-03\"]}");
    }

    private void dropHours() {
        database.jdbc().update("insert into dropped_hourly_month values ('2025-11-01', now())");
        database.jdbc().update("delete from openshift_pod_usage_hours");
        database.jdbc().queryForList("select caravan.mark_hours_dropped(?, '2025-11-01')", source);
    }

    private void declareIncomplete(ManifestFixture manifest) {
        database.jdbc().queryForList("select caravan.declare_incomplete(?, ?, 0)", source, manifest.uuid());
    }

    private ManifestFixture manifest(int number) {
        return new ManifestFixture(database, source, number);
    }

    private List<String> owners() {
        return database.rows(
                "select report_type, usage_start, left(manifest_uuid::text, 8)::integer from day_delivery where source = ? and owns order by 1, 2",
                source);
    }

    private List<String> hours() {
        return database.rows(
                "select report_type, usage_start, hours from day_delivery where source = ? order by 1, 2", source);
    }

    private List<String> counted(String type) {
        return database.rows(
                "select left(manifestid, 8)::integer, count(*) from openshift_" + type
                        + "_counted_line_items where source = ? group by 1 order by 1",
                source.toString());
    }

    private List<String> stored(String type) {
        return database.rows(
                "select left(manifestid, 8)::integer, count(*) from openshift_" + type
                        + "_line_items where source = ? group by 1 order by 1",
                source.toString());
    }
}
