package dev.caravan.openshift;

import de.siegmar.fastcsv.reader.CsvRecord;
import dev.caravan.CaravanSettings.Limits;
import dev.caravan.ledger.Retention;
import dev.caravan.openshift.ReportType.Column;
import dev.caravan.openshift.ReportType.Kind;
import dev.caravan.payload.CsvTable;
import dev.caravan.payload.Delivery;
import dev.caravan.payload.StagedReport;
import dev.caravan.pgcopy.RowSource;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The rows of one report file on their way from CSV to its staging table: each is parsed, checked, given its derived
 * columns and its place in the ledger, or refused with a reason. What a day brought is counted on the way, so that nobody
 * has to look at the rows again for it.
 *
 * <p>One pass; one row is held at a time.
 */
public final class ReportRows implements RowSource {
    private static final int LONGEST_VALUE = 200;
    private static final long MICROS_OF_DAY = 86_400_000_000L;
    private static final long MICROS_OF_SECOND = 1_000_000L;
    private static final List<String> LEDGER_COLUMNS = List.of("usage_start", "manifest_file");
    /** After so many attempts rows of a further month are refused instead. */
    private static final int MONTH_ATTEMPTS = 3;

    private final ReportType type;
    private final CsvTable table;
    private final Delivery delivery;
    private final long manifestFile;
    private final Retention retention;
    private final int rejectsKept;

    /** Position in the CSV of each column of the type, -1 when absent. */
    private final int[] fieldOfColumn;

    private final int intervalStart;
    private final int intervalEnd;
    private final RowRule rule;
    private final ReportTime[] times;
    private final LabelText labels;
    private final Object[] row;
    private final long earliest;
    private final long end;

    private final Map<Long, Day> days = new TreeMap<>();
    private Day day;
    private long rowsAccepted;
    private long rowsRejected;
    private final List<StagedReport.Reject> rejects = new ArrayList<>();
    private boolean rowReady;

    /** What one UTC day brought. */
    private static final class Day {
        private final LocalDate date;
        private final TreeSet<Long> intervalStarts = new TreeSet<>();
        private long lastInterval = Long.MIN_VALUE;
        private long rows;

        Day(long epochDay) {
            date = LocalDate.ofEpochDay(epochDay);
        }

        void count(long interval) {
            rows++;
            if (interval != lastInterval) {
                intervalStarts.add(interval);
                lastInterval = interval;
            }
        }
    }

    ReportRows(
            ReportType type, CsvTable table, Delivery delivery, long manifestFile, Retention retention, Limits limits) {
        this.type = type;
        this.table = table;
        this.delivery = delivery;
        this.manifestFile = manifestFile;
        this.retention = retention;
        this.rejectsKept = limits.rejectsKept();
        this.labels = new LabelText(limits.labels());
        this.fieldOfColumn = type.columns().stream()
                .mapToInt(column ->
                        column.kind() == Kind.DERIVED ? -1 : table.header().indexOf(column.name()))
                .toArray();
        this.intervalStart = position("interval_start");
        this.intervalEnd = position("interval_end");
        this.rule = switch (type.name()) {
            case "pod_usage" -> new EffectiveUsage(this::position);
            case "gpu_usage" -> new GpuSlices(this::position);
            default -> mapped -> {};
        };
        this.times = new ReportTime[type.columns().size()];
        Arrays.setAll(times, column -> new ReportTime());
        this.row = new Object[type.columns().size() + LEDGER_COLUMNS.size()];
        this.earliest = retention.firstDay().toEpochDay() * MICROS_OF_DAY;
        this.end = retention.endDay().toEpochDay() * MICROS_OF_DAY;
    }

    @Override
    public List<String> columns() {
        List<String> columns = new ArrayList<>();
        type.columns().forEach(column -> columns.add(column.name()));
        columns.addAll(LEDGER_COLUMNS);
        return columns;
    }

    @Override
    public boolean hasNext() {
        while (!rowReady && table.hasNext()) {
            rowReady = accept(table.next());
        }
        return rowReady;
    }

    /** The same array each time: it is written out before the next row is asked for. */
    @Override
    public Object[] next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        rowReady = false;
        return row;
    }

    /** Where the rows go: straight to the partition, where there is only one, since looking for it row by row takes time. */
    public String stagingTable() {
        Set<YearMonth> months = delivery.months();
        return months.size() == 1 ? type.partition(months.iterator().next()) : type.table();
    }

    /** What became of the file, once all rows were taken. */
    StagedReport summary() {
        String status = rowsAccepted > 0 ? "loaded" : rowsRejected > 0 ? "rejected-all" : "empty";
        List<StagedReport.Day> brought = days.values().stream()
                .map(counted -> new StagedReport.Day(
                        counted.date.toString(),
                        counted.rows,
                        counted.intervalStarts.stream()
                                .map(micros -> instantOf(micros).toString())
                                .toList()))
                .toList();
        return new StagedReport(
                manifestFile, type.name(), status, table.recordsRead(), rowsAccepted, rowsRejected, brought, rejects);
    }

    private boolean accept(CsvRecord fields) {
        int column = -1;
        try {
            if (fields.getFieldCount() > table.header().size()) {
                throw new RowRejectedException("too-many-fields");
            }
            for (column = 0; column < fieldOfColumn.length; column++) {
                row[column] = read(column, fieldOfColumn[column], fields);
            }
            column = intervalStart;
            placeInTime();
        } catch (RowRejectedException e) {
            reject(fields, column, e.reason());
            return false;
        }
        rule.apply(row);
        rowsAccepted++;
        return true;
    }

    private Object read(int position, int field, CsvRecord fields) {
        Column column = type.columns().get(position);
        if (field < 0) {
            return null;
        }
        if (field >= fields.getFieldCount()) {
            if (column.required()) {
                throw new RowRejectedException("too-few-fields");
            }
            return null;
        }
        String text = fields.getField(field);
        return switch (column.kind()) {
            case TEXT -> checked(text, column.maxLength());
            case LABELS -> labels.toJson(checked(text, 0));
            case NUMBER -> Measure.parse(text, Measure.GREATEST_NUMBER);
            case BYTES -> Measure.parse(text, Measure.GREATEST_BYTES);
            case INTEGER -> integer(text);
            case TIMESTAMP -> timestamp(position, text);
            case DERIVED -> null;
        };
    }

    /** Only the interval decides about a row; the report period is for the reader's information. */
    private Long timestamp(int position, String text) {
        if (position == intervalStart || position == intervalEnd) {
            return times[position].parse(text);
        }
        try {
            return times[position].parse(text);
        } catch (RowRejectedException e) {
            return null;
        }
    }

    private static String checked(String text, int maxLength) {
        if (maxLength > 0 && text.length() > maxLength) {
            throw new RowRejectedException("text-too-long");
        }
        if (text.indexOf('\0') >= 0) {
            throw new RowRejectedException("nul-character");
        }
        return text;
    }

    private static Integer integer(String text) {
        Double value = Measure.parse(text, Integer.MAX_VALUE);
        if (value == null) {
            return null;
        }
        if (value != Math.rint(value)) {
            throw new RowRejectedException("not-a-whole-number");
        }
        return value.intValue();
    }

    /** Gives the row its UTC day and its place in the ledger. */
    private void placeInTime() {
        long start = (Long) row[intervalStart];
        if ((Long) row[intervalEnd] <= start) {
            throw new RowRejectedException("ends-before-it-starts");
        }
        if (start < earliest) {
            throw new RowRejectedException("outside-retention");
        }
        if (start >= end) {
            throw new RowRejectedException("in-the-future");
        }
        long epochDay = Math.floorDiv(start, MICROS_OF_DAY);
        if (day == null || day.date.toEpochDay() != epochDay) {
            day = dayOf(epochDay);
        }
        day.count(start);
        int ledger = type.columns().size();
        row[ledger++] = day.date;
        row[ledger] = manifestFile;
    }

    private Day dayOf(long epochDay) {
        Day known = days.get(epochDay);
        if (known != null) {
            return known;
        }
        YearMonth month = YearMonth.from(LocalDate.ofEpochDay(epochDay));
        if (!delivery.months().contains(month)) {
            if (delivery.monthAttempts() >= MONTH_ATTEMPTS || !retention.holds(month)) {
                throw new RowRejectedException("month-not-in-manifest");
            }
            delivery.missed(month);
            throw new MonthMissingException(month);
        }
        Day fresh = new Day(epochDay);
        days.put(epochDay, fresh);
        return fresh;
    }

    private void reject(CsvRecord fields, int column, String reason) {
        rowsRejected++;
        if (rejects.size() >= rejectsKept) {
            return;
        }
        String name = null;
        String value = null;
        if (column >= 0 && column < fieldOfColumn.length) {
            name = type.columns().get(column).name();
            int field = fieldOfColumn[column];
            if (field >= 0 && field < fields.getFieldCount()) {
                String text = fields.getField(field).replace("\0", "");
                value = text.substring(0, Math.min(text.length(), LONGEST_VALUE));
            }
        }
        rejects.add(new StagedReport.Reject(fields.getStartingLineNumber(), name, reason, value));
    }

    private int position(String column) {
        for (int i = 0; i < type.columns().size(); i++) {
            if (type.columns().get(i).name().equals(column)) {
                return i;
            }
        }
        throw new IllegalStateException("report type " + type.name() + " has no column " + column);
    }

    private static Instant instantOf(long micros) {
        return Instant.ofEpochSecond(
                Math.floorDiv(micros, MICROS_OF_SECOND), Math.floorMod(micros, MICROS_OF_SECOND) * 1_000);
    }
}
