package dev.caravan.optimization;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.database.FunctionTestBase;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TruncateThousandthsFunctionTest extends FunctionTestBase {
    @ParameterizedTest
    @CsvSource({
        "2.034, 2.034",
        "0.0019, 0.001",
        "-0.935869, -0.935",
        "-0.0004, -0",
        "100.123, 100.123",
        "1e-05, 0",
        "123456789.4567, 123456789.456",
        "1e+20, 1e+20",
        "0, 0"
    })
    void decimalsBeyondTheThirdAreCutTowardsZero(double value, String expected) {
        assertThat(database.text("select caravan.truncate_thousandths(?)::text", value))
                .isEqualTo(expected);
    }
}
