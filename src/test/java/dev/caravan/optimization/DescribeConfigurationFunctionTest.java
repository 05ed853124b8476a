package dev.caravan.optimization;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.database.FunctionTestBase;
import org.junit.jupiter.api.Test;

class DescribeConfigurationFunctionTest extends FunctionTestBase {
    @Test
    void everyItemHasItsPlaceAndItsUnit() {
        assertThat(database.text("select caravan.describe_configuration(1, 2, 3, null)::text"))
                .isEqualTo("{\"limits\": {\"cpu\": {\"amount\": 2, \"format\": \"cores\"}, \"memory\": {}},"
                        + " \"requests\": {\"cpu\": {\"amount\": 1, \"format\": \"cores\"},"
                        + " \"memory\": {\"amount\": 3, \"format\": \"bytes\"}}}");
    }
}
