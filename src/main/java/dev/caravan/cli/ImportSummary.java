package dev.caravan.cli;

import dev.caravan.PrintableText;
import dev.caravan.openstack.ExtractionFailure;
import dev.caravan.openstack.ExtractionFailure.Kind;
import dev.caravan.openstack.TableOutcome;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/** What became of the tables of one command: a line each, and a table of totals. */
final class ImportSummary {
    private static final String REPLACED = "replaced";
    private static final String REFUSED = "refused";

    private final Map<String, Totals> totals = new TreeMap<>();
    private ExtractionFailure last;

    /** Sums over tables; time in milliseconds. */
    private record Totals(int tables, long rowsStored, long rowsRejected, long milliseconds) {
        static final Totals NONE = new Totals(0, 0, 0, 0);

        Totals plus(Totals other) {
            return new Totals(
                    tables + other.tables,
                    rowsStored + other.rowsStored,
                    rowsRejected + other.rowsRejected,
                    milliseconds + other.milliseconds);
        }
    }

    /** Counts a table that was replaced, or not handed out, and says so in one line. */
    String add(TableOutcome outcome) {
        long milliseconds = outcome.elapsed().toMillis();
        String title = outcome.table().title();
        ExtractionFailure failure = outcome.failure();
        if (failure != null) {
            count(failure.kind().name(), new Totals(1, 0, 0, milliseconds));
            boolean again = failure.equals(last);
            last = failure;
            return title + ": " + (again ? failure.kind() + ", as before" : failure);
        }
        count(REPLACED, new Totals(1, outcome.rowsStored(), outcome.rowsRejected(), milliseconds));
        return title + ": " + outcome.rowsStored() + " rows stored, " + outcome.rowsRejected() + " rejected, "
                + IngestSummary.seconds(milliseconds) + " s";
    }

    /** Counts a file that could not be taken, and says so in one line. */
    String refuse(String file, String reason, Duration elapsed) {
        count(REFUSED, new Totals(1, 0, 0, elapsed.toMillis()));
        return PrintableText.of(file + ": REFUSED " + reason + "; what was there before stays");
    }

    /** Whether every table there is was replaced, and no row rejected. */
    boolean clean() {
        return totals.entrySet().stream()
                .allMatch(total -> total.getKey().equals(Kind.MISSING.name())
                        || total.getKey().equals(REPLACED) && total.getValue().rowsRejected == 0);
    }

    /** Whether any table was replaced. */
    boolean any() {
        return totals.containsKey(REPLACED);
    }

    void print(PrintStream out) {
        var table = new TextTable()
                .text("outcome")
                .number("tables")
                .number("rows stored")
                .number("rows rejected")
                .number("seconds");
        totals.forEach((outcome, total) -> row(table, outcome, total));
        row(table, "total", totals.values().stream().reduce(Totals.NONE, Totals::plus));
        table.print(out);
    }

    private void count(String outcome, Totals table) {
        totals.merge(outcome, table, Totals::plus);
    }

    private static void row(TextTable table, String outcome, Totals total) {
        table.row(
                outcome, total.tables, total.rowsStored, total.rowsRejected, IngestSummary.seconds(total.milliseconds));
    }
}
