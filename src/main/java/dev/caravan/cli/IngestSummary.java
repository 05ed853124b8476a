package dev.caravan.cli;

import dev.caravan.PrintableText;
import dev.caravan.payload.Delivery;
import dev.caravan.payload.Delivery.Outcome;
import java.io.PrintStream;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What became of the payloads of one command: a line each, and a table of totals. */
final class IngestSummary {
    private final Map<Outcome, Totals> totals = new EnumMap<>(Outcome.class);

    /** Sums over payloads; time in milliseconds. */
    private record Totals(int payloads, long rowsLoaded, long rowsRejected, long days, long milliseconds) {
        static final Totals NONE = new Totals(0, 0, 0, 0, 0);

        Totals plus(Totals other) {
            return new Totals(
                    payloads + other.payloads,
                    rowsLoaded + other.rowsLoaded,
                    rowsRejected + other.rowsRejected,
                    days + other.days,
                    milliseconds + other.milliseconds);
        }
    }

    /** Counts a payload that went through and says what became of it, in one line. */
    String add(String name, Delivery delivery) {
        long milliseconds = delivery.elapsed().toMillis();
        totals.merge(
                delivery.outcome(),
                new Totals(1, delivery.rowsLoaded(), delivery.rowsRejected(), delivery.daysSummarized(), milliseconds),
                Totals::plus);
        return line(name, delivery);
    }

    /** Says what became of a payload, in one line. */
    static String line(String name, Delivery delivery) {
        String counts = delivery.rowsLoaded() + " rows loaded, " + delivery.rowsRejected() + " rejected";
        String what =
                switch (delivery.outcome()) {
                    case LOADED -> counts + ", " + delivery.daysSummarized() + " days summarised";
                    case WAITING -> "waiting for other parts of its manifest: " + counts;
                    case DUPLICATE -> "duplicate: loaded before";
                    case EMPTY -> "empty: no rows in it";
                    case OUTSIDE_RETENTION -> "outside retention: older than what is kept";
                    case QUARANTINED -> "QUARANTINED " + delivery.reason() + ": " + delivery.explanation();
                    case REFUSED, FAILED -> delivery.outcome().name();
                };
        return PrintableText.of(name + ": " + what) + ", "
                + seconds(delivery.elapsed().toMillis()) + " s";
    }

    /** Whether everything went in: nothing quarantined, no row rejected. */
    boolean clean() {
        return !totals.containsKey(Outcome.QUARANTINED)
                && totals.values().stream().allMatch(total -> total.rowsRejected == 0);
    }

    /** @param given names of all payloads of the command; those not counted here were not loaded, and are named */
    void print(PrintStream out, List<String> given) {
        var table = new TextTable()
                .text("outcome")
                .number("payloads")
                .number("rows loaded")
                .number("rows rejected")
                .number("days summarised")
                .number("seconds");
        totals.forEach((outcome, total) ->
                row(table, outcome.name().toLowerCase(Locale.ROOT).replace('_', ' '), total));
        Totals all = totals.values().stream().reduce(Totals.NONE, Totals::plus);
        // Payloads go one after the other: those missing are the last ones.
        List<String> notLoaded = given.subList(all.payloads, given.size());
        if (!notLoaded.isEmpty()) {
            table.row("not loaded", notLoaded.size(), null, null, null, null);
        }
        row(table, "total", all);
        table.print(out);
        if (!notLoaded.isEmpty()) {
            out.println(PrintableText.of("not loaded: " + String.join(", ", notLoaded)));
        }
    }

    private static void row(TextTable table, String name, Totals total) {
        table.row(name, total.payloads, total.rowsLoaded, total.rowsRejected, total.days, seconds(total.milliseconds));
    }

    static String seconds(long milliseconds) {
        return String.format(Locale.ROOT, "%.1f", milliseconds / 1000.0);
    }
}
