package dev.caravan.optimization;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.database.FunctionTestBase;
import org.junit.jupiter.api.Test;

class DescribeBoxFunctionTest extends FunctionTestBase {
    @Test
    void theBoxIsMadeOfElementsAndLeavesZerosOut() {
        assertThat(database.text("select caravan.describe_box('{1,2,3,4,5}', 0.5, 'cores')::text"))
                .isEqualTo("{\"q1\": 2, \"q3\": 4, \"max\": 5, \"min\": 0.5, \"format\": \"cores\", \"median\": 3}");
        assertThat(database.text("select caravan.describe_box('{0,0,3}', 0, 'bytes')::text"))
                .isEqualTo("{\"q3\": 3, \"max\": 3, \"format\": \"bytes\"}");
    }
}
