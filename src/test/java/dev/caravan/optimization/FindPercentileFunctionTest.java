package dev.caravan.optimization;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.database.FunctionTestBase;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FindPercentileFunctionTest extends FunctionTestBase {
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            nullValues = "none",
            value = {
                "{7}; 60; 7",
                "{1,2}; 50; 2",
                "{1,2}; 49; 1",
                "{1,2,3,4,5}; 60; 3",
                "{1,2,3,4,5}; 98; 5",
                "{1,2,3,4,5}; 25; 2",
                "{1,2,3,4,5}; 0; 1",
                "{1,2,3,4,5}; 100; 5",
                "{}; 60; none"
            })
    void theIndexIsRoundedHalfUpAndNothingIsInterpolated(String sorted, int percent, String expected) {
        assertThat(database.text("select caravan.find_percentile(?::double precision[], ?)::text", sorted, percent))
                .isEqualTo(expected);
    }
}
