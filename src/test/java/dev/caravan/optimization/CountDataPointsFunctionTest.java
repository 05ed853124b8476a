package dev.caravan.optimization;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.database.FunctionTestBase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CountDataPointsFunctionTest extends FunctionTestBase {
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{0}; {1,1,1}",
                // a gap
                "{0,900,3600}; {3,3,3}",
                // 30 s off its step counts, 31 s does not
                "{0,930}; {2,2,2}",
                "{0,931}; {1,1,1}",
                "{0,870}; {2,2,2}",
                // 20 s off its step: all later steps are longer, so that this rhythm counts and the usual one does not
                "{0,920,1840,2760}; {4,4,4}",
                "{0,920,1780}; {2,2,2}",
                // the latest of several within reach
                "{0,880,920,1760}; {3,3,3}",
                // a day, a week and 15 days ago the window is closed
                "{0,85500,86400}; {2,3,3}",
                "{0,603900,604800}; {1,2,3}",
                "{0,1295100,1296000}; {1,1,2}"
            })
    void endsNearAStepOf15MinutesCountAndMoveTheNext(String ages, String counts) {
        assertThat(database.text("select caravan.count_data_points(?::integer[])::text", ages))
                .isEqualTo(counts);
    }

    @ParameterizedTest
    @ValueSource(ints = {900, 905, 895, 930, 870})
    void ofASteadyRhythmNothingIsLost(int rhythm) {
        assertThat(database.text(
                        "select (caravan.count_data_points(array(select ? * i from generate_series(0, 600) i)))[3]",
                        rhythm))
                .isEqualTo("601");
    }

    @Test
    void fifteenDaysHave768OrMore() {
        assertThat(
                        database.text(
                                "select caravan.count_data_points(array(select 900 * i from generate_series(0, 1440) i))::text"))
                .isEqualTo("{96,672,768}");
    }

    /** Each end 30 s nearer than its step: the step shrinks to nothing, which must not go on for ever. */
    @Test
    void stepsThatShrinkToNothingEnd() {
        assertThat(
                        database.text(
                                "select (caravan.count_data_points(array(select 30 * i from generate_series(0, 2000) i)))[3] > 2"))
                .isEqualTo("t");
    }
}
