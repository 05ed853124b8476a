package dev.caravan.openshift;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.database.FunctionTestBase;
import org.junit.jupiter.api.Test;

class MarkDaysFunctionTest extends FunctionTestBase {
    @Test
    void aDayIsMarkedOnceHoweverOftenItIsAskedFor() {
        assertThat(mark("2025-11-03", "2025-11-04", "2025-11-03")).isEqualTo(2);
        String first = requested("2025-11-03");
        assertThat(mark("2025-11-03")).isOne();
        assertThat(database.rows("select source, usage_start from summary_mark order by 2"))
                .containsExactly(source + "|2025-11-03", source + "|2025-11-04");
        assertThat(requested("2025-11-03")).as("asked for again later").isGreaterThan(first);
    }

    @Test
    void noDaysAreNoMarks() {
        assertThat(mark()).isZero();
        assertThat(database.count("summary_mark")).isZero();
    }

    @Test
    void rulesStayAsTheyAre() {
        String version = database.text("select version from summary_rules");
        mark("2025-11-03");
        assertThat(database.text("select version from summary_rules")).isEqualTo(version);
    }

    private String requested(String day) {
        return database.text(
                "select to_char(requested_at, 'YYYYMMDDHH24MISSUS') from summary_mark where usage_start = ?::date",
                day);
    }

    private int mark(String... days) {
        return database.jdbc()
                .queryForObject(
                        "select caravan.mark_days(?, ?::date[])",
                        Integer.class,
                        source,
                        "{" + String.join(",", days) + "}");
    }
}
