package dev.caravan.cli;

import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import picocli.CommandLine.Option;

/** The options of a span of UTC days, both ends included. */
final class DayRange {
    @Option(
            names = "--from",
            paramLabel = "DAY",
            required = true,
            converter = DayConverter.class,
            description = "First UTC day, for example 2025-11-01.")
    private LocalDate from;

    @Option(
            names = "--to",
            paramLabel = "DAY",
            required = true,
            converter = DayConverter.class,
            description = "Last UTC day, included.")
    private LocalDate to;

    LocalDate from() {
        return from;
    }

    LocalDate to() {
        return to;
    }

    /** @throws UsageException when the first day comes after the last */
    void check() {
        if (from.isAfter(to)) {
            throw new UsageException("--from " + from + " comes after --to " + to + ": exchange them");
        }
    }

    /** @throws UsageException when there are more days than {@code most}, too */
    void check(int most) {
        check();
        long days = ChronoUnit.DAYS.between(from, to) + 1;
        if (days > most) {
            throw new UsageException(from + " to " + to + " are " + days + " days, at most " + most
                    + " go at once: ask in several goes");
        }
    }
}
