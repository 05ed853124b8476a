package dev.caravan.optimization;

import de.siegmar.fastcsv.reader.CsvRecord;
import dev.caravan.openshift.Measure;
import dev.caravan.openshift.ReportTime;
import dev.caravan.openshift.RowRejectedException;
import dev.caravan.optimization.UsageReportType.MeasureColumn;
import dev.caravan.payload.CsvTable;
import dev.caravan.pgcopy.RowSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The rows of one right-sizing report on their way from CSV to {@code ros.usage_row}. Those that nothing can be recommended
 * from are left out and counted; which, is the rule of the resource-optimization processor: usage must be there, a container
 * must belong to a workload of a known type. Rows that Kruize would refuse are left out as well.
 *
 * <p>One pass; one row is held at a time. Values are cores and bytes.
 */
final class UsageRows implements RowSource {
    /** Cores; sums of any number of such rows can be reckoned with. */
    private static final double GREATEST_CORES = 1e9;
    /** Bytes, likewise. */
    private static final double GREATEST_BYTES = 1e16;
    /** What is less is none; averages of it stay far from the end of double precision. */
    private static final double LEAST = 1e-18;

    private static final long MICROS = 1_000_000L;
    private static final long SHORTEST_SECONDS = 870;
    private static final long LONGEST_SECONDS = 930;
    private static final int LONGEST_NAME = 1024;
    private static final String NONE = "<none>";
    private static final String NAMESPACE = "namespace";
    private static final Set<String> WORKLOAD_TYPES =
            Set.of("daemonset", "deployment", "deploymentconfig", "replicaset", "replicationcontroller", "statefulset");
    /** Owners that stand for a workload which has no name of its own. */
    private static final Set<String> OWNER_TYPES = Set.of("replicaset", "replicationcontroller");
    /** Beside UTC, a zone is told and not reckoned with: the clock time counts. */
    private static final Pattern ZONE = Pattern.compile("(.{19}) [+-]\\d{4}( [A-Za-z]{1,5})?");

    private static final List<String> KEYS = List.of(
            "batch",
            "namespace",
            "object_type",
            "object_name",
            "workload",
            "container_name",
            "image_name",
            "interval_start",
            "interval_end");

    private final UsageReportType type;
    private final CsvTable table;
    private final long batch;
    /** First instant that lies too far ahead, seconds since 1970. */
    private final long end;

    private final Map<String, Integer> positions = new HashMap<>();
    private final int[] measurePositions;
    private final ReportTime starts = new ReportTime();
    private final ReportTime ends = new ReportTime();
    private final Object[] row;
    private boolean rowReady;
    private long accepted;
    private final Map<String, Long> rejected = new TreeMap<>();

    UsageRows(UsageReportType type, CsvTable table, long batch, long end) {
        this.type = type;
        this.table = table;
        this.batch = batch;
        this.end = end;
        for (int position = 0; position < table.header().size(); position++) {
            positions.put(table.header().get(position), position);
        }
        measurePositions = type.measures().stream()
                .mapToInt(measure -> positions.get(measure.name()))
                .toArray();
        row = new Object[KEYS.size() + measurePositions.length];
    }

    @Override
    public List<String> columns() {
        List<String> columns = new ArrayList<>(KEYS);
        type.measures().forEach(measure -> columns.add(measure.stored()));
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

    long accepted() {
        return accepted;
    }

    /** Rows that were left out, by reason. */
    Map<String, Long> rejected() {
        return rejected;
    }

    private boolean accept(CsvRecord fields) {
        try {
            if (fields.getFieldCount() != table.header().size()) {
                throw new RowRejectedException("other-number-of-fields");
            }
            row[0] = batch;
            if (type == UsageReportType.CONTAINER) {
                placeContainer(fields);
            } else {
                placeNamespace(fields);
            }
            placeInTime(fields);
            for (int measure = 0; measure < measurePositions.length; measure++) {
                row[KEYS.size() + measure] =
                        read(type.measures().get(measure), fields.getField(measurePositions[measure]));
            }
        } catch (RowRejectedException e) {
            rejected.merge(e.reason(), 1L, Long::sum);
            return false;
        }
        accepted++;
        return true;
    }

    private void placeContainer(CsvRecord fields) {
        String ownerKind = text(fields, "owner_kind");
        String ownerName = text(fields, "owner_name");
        String workload = text(fields, "workload");
        String workloadType = text(fields, "workload_type").toLowerCase(Locale.ROOT);
        if (isNone(ownerKind) || isNone(ownerName)) {
            throw new RowRejectedException("no-owner");
        }
        if (!WORKLOAD_TYPES.contains(workloadType)) {
            throw new RowRejectedException("no-workload-type");
        }
        String ownerType = ownerKind.toLowerCase(Locale.ROOT);
        boolean byOwner = OWNER_TYPES.contains(ownerType) && isNone(workload);
        row[1] = text(fields, NAMESPACE);
        row[2] = byOwner ? ownerType : workloadType;
        row[3] = byOwner ? ownerName : workload;
        row[4] = workload;
        row[5] = text(fields, "container_name");
        row[6] = text(fields, "image_name");
        if (isNone((String) row[5])) {
            throw new RowRejectedException("no-container");
        }
    }

    private void placeNamespace(CsvRecord fields) {
        String namespace = text(fields, NAMESPACE);
        if (isNone(namespace)) {
            throw new RowRejectedException("no-namespace");
        }
        row[1] = namespace;
        row[2] = NAMESPACE;
        row[3] = namespace;
        row[4] = "";
        row[5] = "";
        row[6] = "";
    }

    private void placeInTime(CsvRecord fields) {
        long start = time(starts, fields, "interval_start");
        long until = time(ends, fields, "interval_end");
        if (until - start < SHORTEST_SECONDS || until - start > LONGEST_SECONDS) {
            throw new RowRejectedException("not-15-minutes");
        }
        if (until >= end) {
            throw new RowRejectedException("in-the-future");
        }
        row[7] = start * MICROS;
        row[8] = until * MICROS;
    }

    /** Whole seconds since 1970. */
    private long time(ReportTime column, CsvRecord fields, String name) {
        String text = fields.getField(positions.get(name));
        var zoned = ZONE.matcher(text);
        return Math.floorDiv(column.parse(zoned.matches() ? zoned.group(1) : text), MICROS);
    }

    private static Double read(MeasureColumn measure, String text) {
        Double value;
        try {
            value = Measure.parse(text, measure.bytes() ? GREATEST_BYTES : GREATEST_CORES);
        } catch (RowRejectedException e) {
            if (measure.required() || !e.reason().equals("not-a-number")) {
                throw e;
            }
            // As good as missing.
            value = null;
        }
        if (value == null && measure.required()) {
            throw new RowRejectedException("no-usage");
        }
        return value != null && value < LEAST ? Double.valueOf(0) : value;
    }

    private String text(CsvRecord fields, String column) {
        String text = fields.getField(positions.get(column));
        if (text.length() > LONGEST_NAME) {
            throw new RowRejectedException("text-too-long");
        }
        // The one separates the parts of an experiment's name, the other no database takes.
        if (text.indexOf('|') >= 0 || text.indexOf('\0') >= 0) {
            throw new RowRejectedException("not-a-name");
        }
        return text;
    }

    private static boolean isNone(String text) {
        return text.isEmpty() || text.equals(NONE);
    }
}
