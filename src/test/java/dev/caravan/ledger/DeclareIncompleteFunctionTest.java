package dev.caravan.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.database.FunctionTestBase;
import dev.caravan.database.ManifestFixture;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeclareIncompleteFunctionTest extends FunctionTestBase {
    private static final String DAY = "2025-11-03";
    private static final String PODS = "{\"pod_usage\": [\"2025-11-03\"]}";
    private static final String NOTHING = "{}";

    @Test
    void whatCameFillsDaysNobodyOwnsAndTheMomentIsWrittenDown() {
        ManifestFixture part = pods(1, 4).load();
        assertThat(declare(part, 0)).isEqualTo(PODS);
        assertThat(owners()).containsExactly("pod_usage|1|f");
        assertThat(database.count(
                        "manifest where source = ? and declared_incomplete_at = now() and completed_at is null",
                        source))
                .isOne();
    }

    @Test
    void aCompleteOneOfFewerHoursKeepsItsDay() {
        manifest(2).rows("pod_usage", DAY, 0, 1).load().complete();
        assertThat(declare(pods(1, 4).load(), 0)).isEqualTo(NOTHING);
        assertThat(owners()).containsExactly("pod_usage|2|t");
    }

    @Test
    void whoseWaitIsNotOverOrAnsweredIsLeftAlone() {
        ManifestFixture part = pods(1, 4).load();
        assertThat(declare(part, 60)).as("still waiting").isNull();
        assertThat(declare(part, 0)).isNotNull();
        assertThat(declare(part, 0)).as("declared").isNull();
        ManifestFixture whole = manifest(2).rows("pod_usage", DAY, 0, 1).load();
        whole.complete();
        assertThat(declare(whole, 0)).as("complete").isNull();
        assertThat(declare(manifest(3), 0)).as("unknown").isNull();
    }

    @Test
    void theLateFileCompletesIt() {
        declare(pods(1, 4).load(), 0);
        assertThat(storage(1).load().complete()).isEqualTo("{\"storage_usage\": [\"2025-11-03\"]}");
        assertThat(owners()).containsExactly("pod_usage|1|t", "storage_usage|1|t");
    }

    @Test
    void anAdditiveOneCountsOnceItIsComplete() {
        assertThat(declare(pods(1, 4).additive().load(), 0)).isEqualTo(NOTHING);
        assertThat(counted()).isEmpty();
        assertThat(storage(1).additive().load().complete())
                .isEqualTo("{\"pod_usage\": [\"2025-11-03\"], \"storage_usage\": [\"2025-11-03\"]}");
        assertThat(counted()).containsExactly("1|4");
    }

    @Test
    void aDayKeepsItsFiguresWhenItsHourlyRowsWereDropped() {
        declare(pods(1, 4).load(), 0);
        dropHours();
        assertThat(declare(pods(3, 9).load(), 0))
                .as("another incomplete one of more hours")
                .isEqualTo(PODS);
        assertThat(owners()).containsExactly("pod_usage|3|f");
        dropHours();
        assertThat(storage(3).load().complete()).isEqualTo("{\"storage_usage\": [\"2025-11-03\"]}");
        assertThat(owners()).containsExactly("pod_usage|3|t", "storage_usage|3|t");
    }

    @Test
    void aCompleteOneTakesADayWhoseHourlyRowsWereDropped() {
        declare(pods(1, 4).load(), 0);
        dropHours();
        assertThat(manifest(2).rows("pod_usage", DAY, 0, 2).load().complete()).isEqualTo(PODS);
        assertThat(owners()).containsExactly("pod_usage|2|t");
    }

    @Test
    void aManifestWhoseHourlyRowsWereDroppedWhileItWaitedTakesNoDay() {
        ManifestFixture part = pods(1, 4).load();
        dropHours();
        assertThat(declare(part, 0)).isEqualTo(NOTHING);
        assertThat(owners()).isEmpty();
        manifest(2).rows("pod_usage", DAY, 0, 2).load().complete();
        assertThat(storage(1).load().complete()).isEqualTo("{\"storage_usage\": [\"2025-11-03\"]}");
        assertThat(owners()).containsExactly("pod_usage|2|t", "storage_usage|1|t");
    }

    /** Additive rows that count were dropped: a new owner would take hours from them that nobody has any more. */
    @Test
    void whereTheDayCannotBeBuiltItIsDeclaredAndTakesNoDay() {
        manifest(2).additive().rows("pod_usage", DAY, 4, 6).load().complete();
        dropHours();
        assertThat(declare(pods(1, 4).load(), 0)).isEqualTo(NOTHING);
        assertThat(owners()).isEmpty();
        assertThat(database.count("manifest where source = ? and declared_incomplete_at is not null", source))
                .isOne();
    }

    private String declare(ManifestFixture manifest, int waitSeconds) {
        return database.text("select caravan.declare_incomplete(?, ?, ?)::text", source, manifest.uuid(), waitSeconds);
    }

    private void dropHours() {
        database.jdbc()
                .update("insert into dropped_hourly_month values ('2025-11-01', now())"
                        + " on conflict (usage_start) do nothing");
        database.jdbc().update("delete from openshift_pod_usage_hours");
        database.jdbc().queryForList("select caravan.mark_hours_dropped(?, '2025-11-01')", source);
    }

    private ManifestFixture pods(int number, int hours) {
        return manifest(number).rows("pod_usage", DAY, 0, hours).listed("storage_usage.csv");
    }

    private ManifestFixture storage(int number) {
        return manifest(number).rows("storage_usage", DAY, 0, 4).listed("pod_usage.csv");
    }

    private ManifestFixture manifest(int number) {
        return new ManifestFixture(database, source, number);
    }

    private List<String> owners() {
        return database.rows(
                "select report_type, left(manifest_uuid::text, 8)::integer, complete from day_delivery"
                        + " where source = ? and owns order by 1",
                source);
    }

    private List<String> counted() {
        return database.rows(
                "select left(manifestid, 8)::integer, count(*) from openshift_pod_usage_counted_line_items"
                        + " where source = ? group by 1 order by 1",
                source.toString());
    }
}
