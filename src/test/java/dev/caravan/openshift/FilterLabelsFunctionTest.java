package dev.caravan.openshift;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.database.FunctionTestBase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FilterLabelsFunctionTest extends FunctionTestBase {
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "{\"a\":\"1\",\"b\":\"2\",\"c\":\"3\"}; {a,c}; {\"a\": \"1\", \"c\": \"3\"}",
                "{\"a\":\"\"}; {a}; {\"a\": \"\"}",
                "{\"a\":\"0099\"}; {a,b}; {\"a\": \"0099\"}",
                "{\"a\":\"1\"}; {b}; {}",
                "{\"a\":\"1\"}; {}; {}",
                "{}; {a}; {}",
                "{\"A\":\"1\"}; {a}; {}",
            })
    void onlyEnabledKeysAreLeft(String labels, String keys, String kept) {
        assertThat(filter(labels, keys)).isEqualTo(kept);
    }

    @Test
    void noLabelsAreAnEmptyObjectAndNeverNull() {
        assertThat(filter(null, "{a}")).isEqualTo("{}");
        assertThat(filter("", "{a}")).isEqualTo("{}");
        assertThat(filter("{\"a\":\"1\"}", null)).isEqualTo("{}");
    }

    private String filter(String labels, String keys) {
        return database.text("select caravan.filter_labels(?, ?::text[])::text", labels, keys);
    }
}
