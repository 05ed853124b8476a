package dev.caravan.openshift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LabelTextTest {
    private final LabelText labels = new LabelText(10_000);

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "label_environment:ruby|label_app:fall; {\"app\":\"fall\",\"environment\":\"ruby\"}",
                // leading zeros are text
                "label_id:0099999999999; {\"id\":\"0099999999999\"}",
                // an item without a colon or with two is dropped, the others stay
                "label_app; {}",
                "label_app|label_b:1; {\"b\":\"1\"}",
                "label_url:http://x|label_b:1; {\"b\":\"1\"}",
                "label_a::|label_b:1; {\"b\":\"1\"}",
                // every label_ in a key goes, in a value none
                "label_my_label_app:x; {\"my_app\":\"x\"}",
                "label_label_app:x; {\"app\":\"x\"}",
                "lalabel_bel_app:x; {\"label_app\":\"x\"}",
                "label_app:label_x; {\"app\":\"label_x\"}",
                "app:x; {\"app\":\"x\"}",
                // empty values and keys are kept
                "label_app:; {\"app\":\"\"}",
                "label_:x; {\"\":\"x\"}",
                ":; {\"\":\"\"}",
                // the last of equal keys wins, also when they become equal
                "label_a:1|label_a:2; {\"a\":\"2\"}",
                "label_a:2|a:1; {\"a\":\"1\"}",
                // stray bars
                "|label_a:1||label_b:2|; {\"a\":\"1\",\"b\":\"2\"}",
                "|; {}",
                // other separators
                "label_a=1,label_b=2; {}",
                "label_a:1,label_b:2; {}",
                // raw keys of a generator, white space as it is
                "label_app.kubernetes.io/name:x; {\"app.kubernetes.io/name\":\"x\"}",
                "label_a: b ; {\"a\":\" b\"}",
            })
    void textBecomesAnObject(String text, String json) {
        assertThat(labels.toJson(text)).isEqualTo(json);
    }

    @Test
    void noTextIsAnEmptyObject() {
        assertThat(labels.toJson("")).isEqualTo("{}");
    }

    @Test
    void equalSetsAreEqualTexts() {
        assertThat(labels.toJson("label_b:2|label_a:1|label_c:3"))
                .isEqualTo(labels.toJson("label_c:3|label_a:1|label_b:2"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"", "\\", "\n", "\t", "\u0001", "\u007f", "\u2028", "é", "日本", "😀", "</script>", "'"})
    void anyTextStaysValidJson(String hard) throws Exception {
        JsonNode read = JsonMapper.builder().build().readTree(labels.toJson("label_k" + hard + ":v" + hard));
        assertThat(read.size()).isOne();
        assertThat(read.get("k" + hard).textValue()).isEqualTo("v" + hard);
    }

    @Test
    void tenThousandLabelsAreKept() throws Exception {
        String text = IntStream.range(0, 10_000)
                .mapToObj(i -> "label_k" + i + ":" + i)
                .collect(Collectors.joining("|"));
        JsonNode read = JsonMapper.builder().build().readTree(labels.toJson(text));
        assertThat(read.size()).isEqualTo(10_000);
        assertThat(read.get("k9999").textValue()).isEqualTo("9999");
    }

    @Test
    void asManyLabelsAsTheLimitAndNoMore() {
        var narrow = new LabelText(2);
        assertThat(narrow.toJson("label_a:1|label_b:2|label_a:3|no label")).isEqualTo("{\"a\":\"3\",\"b\":\"2\"}");
        assertThatThrownBy(() -> narrow.toJson("label_a:1|label_b:2|label_c:3"))
                .isInstanceOfSatisfying(
                        RowRejectedException.class, e -> assertThat(e.reason()).isEqualTo("too-many-labels"));
    }

    @Test
    void aRepeatedTextIsConvertedOnce() {
        String first = labels.toJson("label_a:1");
        assertThat(labels.toJson("label_a:1")).isSameAs(first);
    }

    @Test
    void moreDistinctTextThanTheCacheHoldsIsStillRight() {
        String filler = "x".repeat(100_000);
        for (int i = 0; i < 200; i++) {
            assertThat(labels.toJson("label_k:" + i + filler)).startsWith("{\"k\":\"" + i + "x");
        }
        assertThat(labels.toJson("label_k:0" + filler)).isEqualTo("{\"k\":\"0" + filler + "\"}");
    }
}
