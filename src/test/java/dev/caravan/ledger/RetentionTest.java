package dev.caravan.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.TestSettings;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetentionTest {
    @ParameterizedTest
    @CsvSource({
        "2026-11-01T00:00:00Z, 3, 2026-09-01",
        "2026-10-31T23:59:59Z, 3, 2026-08-01",
        "2026-01-15T00:00:00Z, 4, 2025-10-01",
        "2026-01-15T00:00:00Z, 120, 2016-02-01"
    })
    void theCurrentMonthAndThoseBeforeItAreKept(Instant now, int months, LocalDate firstDay) {
        assertThat(retention(now, months, null).firstDay()).isEqualTo(firstDay);
    }

    @ParameterizedTest
    @CsvSource({
        // The last day of October is the seventh day back on 6 November, the eighth on the 7th.
        "2026-11-06T12:00:00Z, 7, 2026-10",
        "2026-11-07T00:00:00Z, 7, 2026-11",
        "2026-11-30T00:00:00Z, 30, 2026-11",
        "2026-12-01T00:00:00Z, 31, 2026-11",
        "2026-11-06T12:00:00Z, 4000, 2026-08"
    })
    void hourlyRowsOfAMonthAreKeptAsLongAsThoseOfItsLastDay(Instant now, int days, YearMonth first) {
        assertThat(retention(now, 4, days).firstHourlyMonth()).isEqualTo(first);
    }

    @Test
    void hourlyRowsAreKeptAsLongAsTheSummariesUnlessSet() {
        var retention = retention(Instant.parse("2026-11-06T12:00:00Z"), 4, null);
        assertThat(retention.firstHourlyMonth()).isEqualTo(YearMonth.of(2026, 8));
    }

    @Test
    void metricsAreKeptForDaysOnTheSecond() {
        assertThat(retention(Instant.parse("2026-11-06T12:00:00Z"), 4, null).firstMetrics())
                .isEqualTo("2026-10-21T12:00:00Z");
    }

    @Test
    void productionKeepsFourMonthsAndOthersTenYearsUnlessSet() {
        assertThat(TestSettings.with(Map.of("caravan.profile", "production")).monthsKept())
                .isEqualTo(4);
        assertThat(TestSettings.with(Map.of("caravan.profile", "")).monthsKept())
                .isEqualTo(120);
        assertThat(TestSettings.with(Map.of("caravan.profile", "production", "caravan.retention-months", 12))
                        .monthsKept())
                .isEqualTo(12);
    }

    private static Retention retention(Instant now, int months, Integer hourlyDays) {
        Map<String, Object> settings = new HashMap<>(Map.of("caravan.retention-months", months));
        if (hourlyDays != null) {
            settings.put("caravan.hourly-retention-days", hourlyDays);
        }
        return new Retention(Clock.fixed(now, ZoneOffset.UTC), TestSettings.with(settings));
    }
}
