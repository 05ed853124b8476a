package dev.caravan.oracle;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * One CSV report: a header and rows made anew each time they are asked for, so that any number of them can be written
 * without being held. Every method gives a changed copy.
 *
 * @param month the month an operator would put in its file name
 */
public record Report(ReportKind kind, YearMonth month, List<String> header, Supplier<Stream<String[]>> source) {

    private static final DateTimeFormatter OPERATOR_TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss '+0000 UTC'");

    public Report {
        header = List.copyOf(header);
    }

    /** No rows yet, the operator's columns. */
    public static Report empty(ReportKind kind, YearMonth month) {
        return new Report(kind, month, kind.header(), Stream::empty);
    }

    public Stream<String[]> rows() {
        return source.get();
    }

    /** Leaves columns out. */
    public Report without(String... columns) {
        Set<String> dropped = Set.of(columns);
        int[] kept = IntStream.range(0, header.size())
                .filter(i -> !dropped.contains(header.get(i)))
                .toArray();
        if (kept.length != header.size() - dropped.size()) {
            throw new IllegalArgumentException("not all of " + dropped + " in " + header);
        }
        return picking(kept);
    }

    /** The same columns in an order of the seed's choosing. */
    public Report shuffled(long seed) {
        List<Integer> order =
                new ArrayList<>(IntStream.range(0, header.size()).boxed().toList());
        Collections.shuffle(order, new Random(seed));
        return picking(order.stream().mapToInt(Integer::intValue).toArray());
    }

    private Report picking(int[] positions) {
        List<String> picked = IntStream.of(positions).mapToObj(header::get).toList();
        return new Report(kind, month, picked, () -> rows().map(row -> {
            String[] cells = new String[positions.length];
            for (int i = 0; i < positions.length; i++) {
                cells[i] = row[positions[i]];
            }
            return cells;
        }));
    }

    /** One more column, last, with the same text in every row. */
    public Report with(String column, String text) {
        List<String> wider = new ArrayList<>(header);
        wider.add(column);
        return new Report(kind, month, wider, () -> rows().map(row -> {
            String[] cells = Arrays.copyOf(row, row.length + 1);
            cells[row.length] = text;
            return cells;
        }));
    }

    /** Only the rows that fit. */
    public Report where(Predicate<Row> fits) {
        Map<String, Integer> positions = positions();
        return new Report(kind, month, header, () -> rows().filter(cells -> fits.test(new Row(positions, cells))));
    }

    /** Another text in one column of the rows that fit. */
    public Report set(String column, String text, Predicate<Row> fits) {
        Map<String, Integer> positions = positions();
        int position = header.indexOf(column);
        if (position < 0) {
            throw new IllegalArgumentException("no " + column + " in " + header);
        }
        return new Report(kind, month, header, () -> rows().map(cells -> {
            if (!fits.test(new Row(positions, cells))) {
                return cells;
            }
            String[] changed = cells.clone();
            changed[position] = text;
            return changed;
        }));
    }

    /** The node, namespace, pod, volume or machine of this name carries other labels from an hour on. */
    public Report labelled(String entity, Instant from, String labels) {
        return set(
                kind.labels(),
                labels,
                row -> row.get(kind.entity()).equals(entity) && !row.start().isBefore(from));
    }

    /** Every measure times a factor, so that two reports of the same hours can be told apart by their sums. */
    public Report scaled(double factor) {
        BigDecimal by = BigDecimal.valueOf(factor);
        int[] measures = IntStream.range(0, header.size())
                .filter(i -> kind.measures().contains(header.get(i)))
                .toArray();
        return new Report(kind, month, header, () -> rows().map(cells -> {
            String[] changed = cells.clone();
            for (int i : measures) {
                if (!changed[i].isEmpty()) {
                    changed[i] = new BigDecimal(changed[i])
                            .multiply(by)
                            .setScale(6, RoundingMode.HALF_UP)
                            .toPlainString();
                }
            }
            return changed;
        }));
    }

    /** These rows, then another report's; both have the same header. */
    public Report and(Report more) {
        if (!header.equals(more.header)) {
            throw new IllegalArgumentException(header + " is not " + more.header);
        }
        return new Report(kind, month, header, () -> Stream.concat(rows(), more.rows()));
    }

    /** One more row, written as it stands: any number of cells, so the last change to make. */
    public Report and(String... cells) {
        return new Report(kind, month, header, () -> Stream.concat(rows(), Stream.<String[]>of(cells)));
    }

    /** One more row for an hour: columns and their texts in turn, the others empty. */
    public Report hour(Instant hour, String... columnsAndTexts) {
        Map<String, Integer> positions = positions();
        String[] cells = new String[header.size()];
        Arrays.fill(cells, "");
        String[] dates = dates(hour);
        for (int i = 0; i < dates.length; i++) {
            cells[positions.get(ReportKind.DATES.get(i))] = dates[i];
        }
        for (int i = 0; i < columnsAndTexts.length; i += 2) {
            cells[positions.get(columnsAndTexts[i])] = columnsAndTexts[i + 1];
        }
        return and(cells);
    }

    /** The four date columns an operator writes for an hour. */
    static String[] dates(Instant hour) {
        ZonedDateTime start = hour.atZone(ZoneOffset.UTC);
        ZonedDateTime month = start.truncatedTo(ChronoUnit.DAYS).withDayOfMonth(1);
        return new String[] {
            OPERATOR_TIME.format(month),
            OPERATOR_TIME.format(month.plusMonths(1)),
            OPERATOR_TIME.format(start),
            OPERATOR_TIME.format(start.plusSeconds(3599))
        };
    }

    private Map<String, Integer> positions() {
        Map<String, Integer> positions = new HashMap<>();
        for (int i = 0; i < header.size(); i++) {
            positions.put(header.get(i), i);
        }
        return positions;
    }

    /** A row by its columns' names. */
    public record Row(Map<String, Integer> positions, String[] cells) {

        public String get(String column) {
            return cells[positions.get(column)];
        }

        /** The start of the row's hour. */
        public Instant start() {
            return Instant.parse(
                    get("interval_start").replace(" +0000 UTC", "Z").replace(' ', 'T'));
        }
    }
}
