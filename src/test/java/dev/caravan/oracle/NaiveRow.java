package dev.caravan.oracle;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;

/**
 * An accepted row of a report.
 *
 * @param manifest the uuid of the manifest it came with
 * @param texts in the order of the kind's texts; null where the file has no such column
 * @param measures in the order of the kind's measures; NaN where the file has no such figure
 */
record NaiveRow(ReportKind kind, String manifest, Instant start, String[] texts, double[] measures) {

    /** A row belongs to the UTC day its interval starts on. */
    LocalDate day() {
        return start.atOffset(ZoneOffset.UTC).toLocalDate();
    }

    String text(String column) {
        return texts[position(kind.texts().indexOf(column), column)];
    }

    /** A figure that is not there counts as 0. */
    double measure(String column) {
        double value = measures[position(kind.measures().indexOf(column), column)];
        return Double.isNaN(value) ? 0 : value;
    }

    private int position(int position, String column) {
        if (position < 0) {
            throw new IllegalArgumentException("no " + column + " in " + kind);
        }
        return position;
    }
}
