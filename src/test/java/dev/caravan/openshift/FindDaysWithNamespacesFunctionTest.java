package dev.caravan.openshift;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class FindDaysWithNamespacesFunctionTest extends UiSummaryFunctionTestBase {
    @Test
    void daysThatHaveAMatchingNamespaceAreFoundOnce() {
        pod(DAY, "team-a", "n", "i-n", 1, 24);
        pod(DAY, "team-b", "n", "i-n", 1, 24);
        pod(NEXT, "other", "n", "i-n", 1, 24);
        summary("2025-11-05", "Storage", "namespace", "tools");
        assertThat(days(null, "team-%")).containsExactly(source + "|" + DAY);
        assertThat(days(null, "team-%", "tools")).containsExactly(source + "|" + DAY, source + "|2025-11-05");
        assertThat(days(NEXT, "team-%", "tools")).containsExactly(source + "|2025-11-05");
        assertThat(days(null, "team")).isEmpty();
    }

    private List<String> days(String from, String... patterns) {
        return database.rows("select * from caravan.find_days_with_namespaces(?, ?::date)", patterns, from);
    }
}
