package dev.caravan.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.database.FunctionTestBase;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MergeDaysFunctionTest extends FunctionTestBase {
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{}; {}; {}",
                "{\"a\": [\"2025-11-02\"]}; {}; {\"a\": [\"2025-11-02\"]}",
                "{\"a\": [\"2025-11-02\"]}; {\"b\": [\"2025-11-01\"]}; {\"a\": [\"2025-11-02\"], \"b\": [\"2025-11-01\"]}",
                "{\"a\": [\"2025-11-02\", \"2025-11-03\"]}; {\"a\": [\"2025-11-01\", \"2025-11-02\"]};"
                        + " {\"a\": [\"2025-11-01\", \"2025-11-02\", \"2025-11-03\"]}"
            })
    void everyDayOfEitherSetStandsOnceInOrder(String one, String other, String merged) {
        assertThat(database.text("select caravan.merge_days(?::jsonb, ?::jsonb)", one, other))
                .isEqualTo(merged);
        assertThat(database.text("select caravan.merge_days(?::jsonb, ?::jsonb)", other, one))
                .isEqualTo(merged);
    }
}
