package dev.caravan.oracle;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.stream.Stream;

/** Whole UTC hours, from the first one's start up to, not including, {@code to}. */
public record Hours(Instant from, Instant to) {

    public static Hours day(LocalDate day) {
        return days(day, 1);
    }

    /** One day, written {@code 2026-11-03}. */
    public static Hours day(String day) {
        return day(LocalDate.parse(day));
    }

    public static Hours days(LocalDate first, int count) {
        return new Hours(midnight(first), midnight(first.plusDays(count)));
    }

    public static Hours days(String first, int count) {
        return days(LocalDate.parse(first), count);
    }

    /** The first {@code count} of these hours: what a cumulative file holds part of the way through its day. */
    public Hours first(int count) {
        return new Hours(from, from.plus(Duration.ofHours(count)));
    }

    /** These hours without their first {@code count}. */
    public Hours after(int count) {
        return new Hours(from.plus(Duration.ofHours(count)), to);
    }

    /** The start of the hour with this number, counted from 0. */
    public Instant hour(int number) {
        return from.plus(Duration.ofHours(number));
    }

    /** The {@code end} an operator writes into its manifest: one second before the next hour. */
    public Instant lastSecond() {
        return to.minusSeconds(1);
    }

    public Stream<Instant> each() {
        return Stream.iterate(from, hour -> hour.isBefore(to), hour -> hour.plus(Duration.ofHours(1)));
    }

    private static Instant midnight(LocalDate day) {
        return day.atStartOfDay(ZoneOffset.UTC).toInstant();
    }
}
