package dev.caravan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SpreadsheetTextTest {
    @Test
    void textsThatASpreadsheetWouldRunAreDisarmed() {
        assertThat(SpreadsheetText.of("=cmd|' /C calc'!A0")).isEqualTo("'=cmd|' /C calc'!A0");
        for (String start : List.of("+", "-", "@", "\t", "\r")) {
            assertThat(SpreadsheetText.of(start + "1")).isEqualTo("'" + start + "1");
        }
    }

    @Test
    void otherTextsStayAsTheyAre() {
        assertThat(SpreadsheetText.of("a=1")).isEqualTo("a=1");
        assertThat(SpreadsheetText.of("")).isEmpty();
        assertThat(SpreadsheetText.of(null)).isNull();
    }
}
