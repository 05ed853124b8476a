package dev.caravan.openshift;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class MarkDaysWithNamespacesFunctionTest extends UiSummaryFunctionTestBase {
    @Test
    void daysThatHaveAMatchingNamespaceAreMarked() {
        pod(DAY, "team-a", "n", "i-n", 1, 24);
        pod(NEXT, "other", "n", "i-n", 1, 24);

        assertThat(mark(null, "team-%")).containsExactly(source + "|" + DAY);
        assertThat(database.rows("select source, usage_start from summary_mark"))
                .containsExactly(source + "|" + DAY);
        assertThat(mark(NEXT, "team-%", "other")).containsExactly(source + "|" + NEXT);
    }

    @Test
    void everyChangeOfTheRulesHasAVersion() {
        long before = Long.parseLong(database.text("select version from summary_rules"));
        mark(null, "never-there");
        assertThat(Long.parseLong(database.text("select version from summary_rules")))
                .isEqualTo(before + 1);
    }

    private List<String> mark(String from, String... patterns) {
        return database.rows("select * from caravan.mark_days_with_namespaces(?, ?::date)", patterns, from);
    }
}
