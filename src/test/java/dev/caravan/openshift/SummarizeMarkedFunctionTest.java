package dev.caravan.openshift;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.database.FunctionTestBase;
import org.junit.jupiter.api.Test;

class SummarizeMarkedFunctionTest extends FunctionTestBase {
    @Test
    void markedDaysAreSummarisedOnce() {
        for (String day : new String[] {"2025-11-03", "2025-11-04", "2025-11-05"}) {
            database.jdbc().queryForList("select caravan.mark_days(?, array[?::date])", source, day);
        }
        assertThat(summarize("2025-11-02", "2025-11-03", "2025-11-04")).isEqualTo(2);
        assertThat(database.rows("select usage_start from summary_mark")).containsExactly("2025-11-05");
        assertThat(summarize("2025-11-02", "2025-11-03", "2025-11-04")).isZero();
    }

    @Test
    void marksOfOtherSourcesStay() {
        var other = database.addSource("cluster-2");
        database.jdbc().queryForList("select caravan.mark_days(?, array['2025-11-03']::date[])", other);
        assertThat(summarize("2025-11-03")).isZero();
        assertThat(database.count("summary_mark")).isOne();
    }

    private int summarize(String... days) {
        return database.jdbc()
                .queryForObject(
                        "select caravan.summarize_marked(?, ?::date[])",
                        Integer.class,
                        source,
                        "{" + String.join(",", days) + "}");
    }
}
