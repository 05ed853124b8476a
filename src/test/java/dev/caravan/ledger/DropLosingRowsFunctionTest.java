package dev.caravan.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.database.FunctionTestBase;
import dev.caravan.database.ManifestFixture;
import org.junit.jupiter.api.Test;

class DropLosingRowsFunctionTest extends FunctionTestBase {
    @Test
    void rowsOfTheDayLostGoAndThoseOfTheDayOwnedStay() {
        var manifest = new ManifestFixture(database, source, 1)
                .rows("pod_usage", "2025-11-03", 0, 4)
                .rows("pod_usage", "2025-11-04", 0, 3)
                .load();
        manifest.complete();
        assertThat(rows()).isEqualTo(7);
        drop();
        assertThat(rows()).as("an owner loses nothing").isEqualTo(7);

        database.jdbc().update("update day_delivery set owns = false where usage_start = '2025-11-03'");
        drop();
        assertThat(rows()).isEqualTo(3);
        assertThat(database.rows("select usage_start, owns, rows_kept from day_delivery order by usage_start"))
                .containsExactly("2025-11-03|f|f", "2025-11-04|t|t");
    }

    @Test
    void rowsOfAdditiveAndOfIncompleteManifestsStay() {
        var manifest = new ManifestFixture(database, source, 1)
                .rows("pod_usage", "2025-11-03", 0, 4)
                .load();
        manifest.complete();
        database.jdbc().update("update day_delivery set owns = false, additive = true");
        drop();
        database.jdbc().update("update day_delivery set additive = false, complete = false");
        drop();
        assertThat(rows()).isEqualTo(4);
    }

    private void drop() {
        database.jdbc().queryForList("select caravan.drop_losing_rows(?, 'pod_usage')", source);
    }

    private long rows() {
        return database.count("openshift_pod_usage_hours");
    }
}
