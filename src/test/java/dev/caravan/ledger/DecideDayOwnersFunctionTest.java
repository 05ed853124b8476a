package dev.caravan.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.database.FunctionTestBase;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class DecideDayOwnersFunctionTest extends FunctionTestBase {
    private static final String DAY = "2025-11-03";

    @Test
    void theOnlyDeliveryOwnsItsDay() {
        deliver(1, 6, "2025-11-04", true, false);
        assertThat(decide()).isEqualTo("{\"pod_usage\": [\"2025-11-03\"]}");
        assertThat(owner()).isEqualTo(1);
        assertThat(decide()).as("decided again").isEqualTo("{}");
    }

    @Test
    void moreHoursThenTheLaterDateThenTheGreaterUuidOwns() {
        deliver(1, 12, "2025-11-04", true, false);
        deliver(2, 6, "2025-11-09", true, false);
        decide();
        assertThat(owner()).isEqualTo(1);
        deliver(3, 12, "2025-11-05", true, false);
        decide();
        assertThat(owner()).isEqualTo(3);
        deliver(4, 12, "2025-11-05", true, false);
        decide();
        assertThat(owner()).isEqualTo(4);
    }

    @Test
    void completeOwnsBeforeIncompleteWithMoreHours() {
        deliver(1, 24, "2025-11-09", false, false);
        decide();
        assertThat(owner()).isEqualTo(1);
        deliver(2, 1, "2025-11-04", true, false);
        decide();
        assertThat(owner()).isEqualTo(2);
    }

    @Test
    void additiveOwnsNothingAndLeavesTheOwnersHoursOut() {
        deliver(1, 24, "2025-11-04", true, true);
        assertThat(decide()).isEqualTo("{}");
        assertThat(excluded()).isNull();
        deliver(2, 1, "2025-11-04", true, false);
        decide();
        assertThat(owner()).isEqualTo(2);
        assertThat(excluded()).isEqualTo("{\"2025-11-03 02:00:00+00\"}");
    }

    @Test
    void anOwnerCompetesWithoutItsRowsAndALoserDoesNot() {
        deliver(1, 10, "2025-11-04", true, false);
        decide();
        deliver(2, 5, "2025-11-05", true, false);
        database.jdbc().update("update day_delivery set rows_kept = false where hours = 10");
        decide();
        assertThat(owner()).isEqualTo(1);
        deliver(3, 12, "2025-11-06", true, false);
        decide();
        assertThat(owner()).isEqualTo(3);
        database.jdbc().update("delete from day_delivery where hours = 12");
        decide();
        assertThat(owner()).as("the first one's rows are gone").isEqualTo(2);
    }

    @Test
    void otherDaysAreLeftAlone() {
        deliver(1, 24, "2025-11-04", true, false);
        assertThat(database.text("select caravan.decide_day_owners(?, '{\"pod_usage\": [\"2025-11-04\"]}')", source))
                .isEqualTo("{}");
        assertThat(database.count("day_delivery where owns")).isZero();
    }

    /** Its rows of that day start at the hour of its number. */
    private void deliver(int manifest, int hours, String date, boolean complete, boolean additive) {
        database.jdbc()
                .update(
                        """
                        insert into day_delivery (
                            source, report_type, usage_start, manifest_uuid, hours, manifest_date, complete, additive,
                            rows_loaded, interval_starts
                        )
                        values (?, 'pod_usage', ?::date, ?, ?, ?::timestamptz, ?, ?, 1,
                            array[?::timestamptz + make_interval(hours => ?)])
                        """,
                        source,
                        DAY,
                        uuid(manifest),
                        hours,
                        date,
                        complete,
                        additive,
                        DAY,
                        manifest);
    }

    private String decide() {
        return database.text("select caravan.decide_day_owners(?, '{\"pod_usage\": [\"2025-11-03\"]}')", source);
    }

    private int owner() {
        return Integer.parseInt(database.text("select left(manifestid, 8) from day_delivery where owns"));
    }

    private String excluded() {
        return database.text("select excluded_intervals::text from day_delivery where additive");
    }

    private static UUID uuid(int number) {
        return UUID.fromString("%08d-0000-4000-8000-000000000000".formatted(number));
    }
}
