package dev.caravan.optimization;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.database.FunctionTestBase;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChangeInPercentFunctionTest extends FunctionTestBase {
    @ParameterizedTest
    @CsvSource({
        "-0.935, 1, -93.5",
        "-530, 1024, -51.757",
        "1, 3, 33.333",
        "0, 1, 0",
        "1, 0, 0",
        // 100 cores instead of a millicore
        "99.999, 0.001, 999999.9999",
        "-99999, 0.001, -999999.9999"
    })
    void percentAreCutToThreeDecimalsAndBounded(double change, double current, String expected) {
        assertThat(database.text("select caravan.change_in_percent(?, ?)::text", change, current))
                .isEqualTo(expected);
    }
}
