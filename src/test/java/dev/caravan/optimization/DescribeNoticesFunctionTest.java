package dev.caravan.optimization;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.database.FunctionTestBase;
import org.junit.jupiter.api.Test;

class DescribeNoticesFunctionTest extends FunctionTestBase {
    @Test
    void eachCodeStandsOnceWithItsTypeAndMessage() {
        assertThat(database.text("select caravan.describe_notices(array[120001, null, 120001])::text"))
                .isEqualTo("{\"120001\": {\"code\": 120001, \"type\": \"info\", \"message\":"
                        + " \"There is not enough data available to generate a recommendation.\"}}");
        assertThat(database.text(
                        "select jsonb_path_query_array(caravan.describe_notices(array[221001, 324003, 423001, 524001]),"
                                + " '$.*.type')::text"))
                .isEqualTo("[\"error\", \"notice\", \"warning\", \"critical\"]");
        assertThat(database.text("select caravan.describe_notices('{null}')::text"))
                .isEqualTo("{}");
    }

    @Test
    void anUnknownCodeIsAnError() throws Exception {
        assertThat(database.stateOf("select caravan.describe_notices(array[999999])"))
                .isEqualTo("P0001");
    }
}
