package dev.caravan.ledger;

import dev.caravan.CaravanSettings;
import dev.caravan.payload.Delivery;
import dev.caravan.payload.Manifest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import org.apache.camel.ExchangeProperty;
import org.springframework.stereotype.Component;

/**
 * Which UTC days are taken and kept: whole months back to the oldest kept one, and up to the day after tomorrow's start.
 * Hourly rows may go earlier, a month at a time.
 */
@Component("retention")
public final class Retention {
    private final Clock clock;
    private final int months;
    private final Integer hourlyDays;
    private final Duration metrics;

    public Retention(Clock clock, CaravanSettings settings) {
        this.clock = clock;
        this.months = settings.monthsKept();
        this.hourlyDays = settings.hourlyRetentionDays();
        this.metrics = settings.optimization().retention();
    }

    /** First day kept. */
    public LocalDate firstDay() {
        return YearMonth.from(today()).minusMonths(months - 1L).atDay(1);
    }

    /** First month whose hourly rows are kept: those of a month are, as long as those of its last day are. */
    public YearMonth firstHourlyMonth() {
        YearMonth first = YearMonth.from(firstDay());
        if (hourlyDays == null) {
            return first;
        }
        YearMonth hourly = YearMonth.from(today().minusDays(hourlyDays - 1L));
        return hourly.isAfter(first) ? hourly : first;
    }

    /** First instant of which right-sizing keeps metrics and history. */
    public Instant firstMetrics() {
        return clock.instant().minus(metrics);
    }

    /** First day no longer taken: clocks may be ahead by a day at most. */
    public LocalDate endDay() {
        return today().plusDays(2);
    }

    public boolean holds(YearMonth month) {
        return !month.isBefore(YearMonth.from(firstDay())) && !month.isAfter(YearMonth.from(endDay().minusDays(1)));
    }

    /** Whether all of a payload is older than what is kept, judged by its end, else by its date. */
    public boolean excludes(@ExchangeProperty(Delivery.PROPERTY) Delivery delivery) {
        Manifest manifest = delivery.manifest();
        var newest = manifest.end() == null ? manifest.date() : manifest.end();
        return newest.isBefore(firstDay().atStartOfDay(ZoneOffset.UTC).toInstant());
    }

    private LocalDate today() {
        return LocalDate.now(clock.withZone(ZoneOffset.UTC));
    }
}
