package dev.caravan.openshift;

import java.time.YearMonth;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One of the operator's report types.
 *
 * @param name for example {@code pod_usage}
 * @param columns in the order of caravan.report_column
 */
public record ReportType(String name, List<Column> columns) {

    /** What a column holds; the words of caravan.report_column. */
    public enum Kind {
        TIMESTAMP,
        TEXT,
        LABELS,
        NUMBER,
        BYTES,
        INTEGER,
        DERIVED
    }

    /**
     * @param required whether a header must have it to be of this type
     * @param maxLength greatest length in characters of a text, 0 for any
     */
    public record Column(String name, Kind kind, boolean required, int maxLength) {}

    /** The staging table of its hourly rows. */
    public String table() {
        return "openshift_" + name + "_hours";
    }

    /** The partition of a month, as the stored function ensure_month names it. */
    String partition(YearMonth month) {
        return "%s_%04d_%02d".formatted(table(), month.getYear(), month.getMonthValue());
    }

    public boolean matches(Set<String> header) {
        return header.containsAll(
                columns.stream().filter(Column::required).map(Column::name).collect(Collectors.toSet()));
    }
}
