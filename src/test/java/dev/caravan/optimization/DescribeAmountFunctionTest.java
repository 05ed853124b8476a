package dev.caravan.optimization;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.database.FunctionTestBase;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DescribeAmountFunctionTest extends FunctionTestBase {
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            nullValues = "none",
            value = {
                "0.25; cores; {\"amount\": 0.25, \"format\": \"cores\"}",
                "-536870912; bytes; {\"amount\": -536870912, \"format\": \"bytes\"}",
                "0; cores; {\"format\": \"cores\"}",
                "none; cores; {}"
            })
    void aZeroHasNoAmountAndNothingHasNoFormat(String amount, String format, String expected) {
        assertThat(database.text("select caravan.describe_amount(?::double precision, ?)::text", amount, format))
                .isEqualTo(expected);
    }
}
