package dev.caravan.openshift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReportTimeTest {
    private final ReportTime time = new ReportTime();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-11-03 05:00:00 +0000 UTC",
                "2026-11-03 05:00:00 UTC",
                "2026-11-03 05:00:00 +0000",
                "2026-11-03 05:00:00+0000",
                "2026-11-03 05:00:00+00:00",
                "2026-11-03 05:00:00Z",
                "2026-11-03 05:00:00",
                "2026-11-03T05:00:00",
                "2026-11-03T05:00:00Z",
                "2026-11-03T05:00:00+00:00",
                "2026-11-03T05:00",
                "  2026-11-03 05:00:00 +0000 UTC  "
            })
    void allWritingsMeanTheSameInstantInUtc(String text) {
        assertThat(time.parse(text)).isEqualTo(micros("2026-11-03T05:00:00Z"));
    }

    @ParameterizedTest
    @CsvSource({
        "2025-11-30 23:59:59 +0000 UTC, 2025-11-30T23:59:59Z",
        "2025-12-01 00:00:00 +0000 UTC, 2025-12-01T00:00:00Z",
        "2024-02-29 23:00:00 +0000 UTC, 2024-02-29T23:00:00Z",
        "2025-12-31 23:00:00 +0000 UTC, 2025-12-31T23:00:00Z",
        "2025-03-30 02:30:00 +0000 UTC, 2025-03-30T02:30:00Z",
        "1969-12-31 23:59:59.5 +0000 UTC, 1969-12-31T23:59:59.5Z",
        "0001-01-01 00:00:00 +0000 UTC, 0001-01-01T00:00:00Z",
        "9999-12-31 23:59:59 +0000 UTC, 9999-12-31T23:59:59Z"
    })
    void endsOfMonthsAndYearsAreExact(String text, String instant) {
        assertThat(time.parse(text)).isEqualTo(micros(instant));
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-03 05:00:00.1 +0000 UTC, 2026-11-03T05:00:00.1Z",
        "2026-11-03 05:00:00.123456 +0000 UTC, 2026-11-03T05:00:00.123456Z",
        "2026-11-03T05:00:00.123456789Z, 2026-11-03T05:00:00.123456Z"
    })
    void fractionsAreKeptToTheMicrosecond(String text, String instant) {
        assertThat(time.parse(text)).isEqualTo(micros(instant));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-11-03 05:00:00 +0100 CET",
                "2026-11-03 05:00:00 +0100",
                "2026-11-03T05:00:00+01:00",
                "2026-11-03T05:00:00-05:00",
                "2026-11-03 05:00:00 CET",
                "2026-11-03 05:00:00 +0000 GMT"
            })
    void otherZonesAreRefusedNotShifted(String text) {
        assertRefused(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                " ",
                "null",
                "x",
                "2026-11-03",
                "05:00:00",
                "2026-11-31 05:00:00",
                "2026-02-29 00:00:00",
                "2026-13-01 00:00:00",
                "2026-11-03 24:00:00",
                "2026-11-03 05:60:00",
                "2026-11-03 23:59:60",
                "2026-11-3 5:00:00",
                "03/11/2026 05:00",
                "1762146000",
                "2026-11-03  05:00:00",
                "2026-11-03 05:00:00 +0000 UTC +0000 UTC",
                "2026-11-03 05:00:00 m=+0.01",
                "２026-11-03 05:00:00",
                "999999999-01-01 00:00:00",
                "+999999999-01-01 00:00:00"
            })
    void anythingElseIsNoTime(String text) {
        assertRefused(text);
    }

    @Test
    void aHugeFieldIsNoTime() {
        assertRefused("2".repeat(1 << 20));
    }

    @Test
    void anEmptyFieldIsNoTimeAlsoAsTheFirstOfAFile() {
        assertRefused("");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-0001-01-01 00:00:00",
                "-9999-01-01 00:00:00",
                "0000-01-01 00:00:00",
                "+10000-01-01 00:00:00",
                "+294247-01-01 00:00:00"
            })
    void yearsThatPostgresOrAnIsoTextCannotHoldAreRefused(String text) {
        assertRefused(text);
    }

    @Test
    void aRefusedTextIsRefusedAgainAndLeavesTheNextAlone() {
        assertThat(time.parse("2026-11-03 05:00:00")).isEqualTo(micros("2026-11-03T05:00:00Z"));
        assertRefused("x");
        assertRefused("x");
        assertThat(time.parse("2026-11-03 05:00:00")).isEqualTo(micros("2026-11-03T05:00:00Z"));
        assertThat(time.parse("2026-11-03 06:00:00")).isEqualTo(micros("2026-11-03T06:00:00Z"));
        assertThat(time.parse("2026-11-03 05:00:00")).isEqualTo(micros("2026-11-03T05:00:00Z"));
    }

    @Test
    void moreDistinctTimesThanTheCacheHoldsAreStillRight() {
        Instant first = Instant.parse("2026-01-01T00:00:00Z");
        for (int second = 0; second < 45_000; second++) {
            Instant instant = first.plusSeconds(second);
            assertThat(time.parse(instant.toString())).isEqualTo(micros(instant));
        }
        assertThat(time.parse(first.toString())).isEqualTo(micros(first));
    }

    private void assertRefused(String text) {
        assertThatThrownBy(() -> time.parse(text))
                .isInstanceOfSatisfying(
                        RowRejectedException.class, e -> assertThat(e.reason()).isEqualTo("not-a-time"));
    }

    private static long micros(String instant) {
        return micros(Instant.parse(instant));
    }

    private static long micros(Instant instant) {
        return instant.getEpochSecond() * 1_000_000 + instant.getNano() / 1_000;
    }
}
