package dev.caravan.cli;

import java.time.LocalDate;
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
}
