package dev.caravan.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.database.FunctionTestBase;
import dev.caravan.database.ManifestFixture;
import org.junit.jupiter.api.Test;

class MarkHoursDroppedFunctionTest extends FunctionTestBase {
    @Test
    void deliveriesOfTheMonthAreMarkedAndOwnersStayOwners() {
        new ManifestFixture(database, source, 1)
                .rows("pod_usage", "2025-11-01", 0, 1)
                .rows("pod_usage", "2025-11-30", 0, 1)
                .rows("pod_usage", "2025-12-01", 0, 1)
                .load()
                .complete();
        assertThat(mark()).isEqualTo("2");
        assertThat(database.rows("select usage_start, owns, rows_kept from day_delivery order by 1"))
                .containsExactly("2025-11-01|t|f", "2025-11-30|t|f", "2025-12-01|t|t");
        assertThat(mark()).as("safe to call again").isEqualTo("0");
    }

    @Test
    void otherSourcesAreLeftAlone() {
        var other = database.addSource("cluster-2");
        new ManifestFixture(database, other, 2)
                .rows("pod_usage", "2025-11-01", 0, 1)
                .load()
                .complete();
        assertThat(mark()).isEqualTo("0");
    }

    private String mark() {
        return database.text("select caravan.mark_hours_dropped(?, '2025-11-01')", source);
    }
}
