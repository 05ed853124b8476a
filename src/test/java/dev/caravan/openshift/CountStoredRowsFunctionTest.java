package dev.caravan.openshift;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.database.FunctionTestBase;
import dev.caravan.database.ManifestFixture;
import java.util.List;
import org.junit.jupiter.api.Test;

class CountStoredRowsFunctionTest extends FunctionTestBase {
    private static final String DAY = "2025-11-03";
    private static final String NEXT = "2025-11-04";

    @Test
    void countedHoursAndDailyRowsOfEveryTypeAreCountedByDay() {
        var manifest = new ManifestFixture(database, source, 1)
                .rows("pod_usage", DAY, 0, 3, "node", "n", "namespace", "a", "pod", "p")
                .rows("node_labels", DAY, 0, 2, "node", "n", "node_labels", "{}")
                .rows("namespace_labels", NEXT, 0, 1, "namespace", "a", "namespace_labels", "{}")
                .load();
        assertThat(count(DAY, NEXT)).as("nothing counts yet").isEmpty();

        database.jdbc().queryForList("select caravan.summarize_changes(?, ?::jsonb)", source, manifest.complete());
        assertThat(count(DAY, NEXT)).containsExactly(DAY + "|5|2", NEXT + "|1|1");
        assertThat(count(NEXT, NEXT)).containsExactly(NEXT + "|1|1");
        assertThat(count("2025-11-05", "2025-11-30")).isEmpty();
    }

    private List<String> count(String from, String to) {
        return database.rows("select * from caravan.count_stored_rows(?, ?::date, ?::date)", source, from, to);
    }
}
