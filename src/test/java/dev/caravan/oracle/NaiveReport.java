package dev.caravan.oracle;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * One CSV member, row by row: what is accepted of it.
 *
 * <p>A row is rejected whole when a measure is no number, negative or too large, when it has too many fields or too few
 * to reach a required column, when its interval cannot be read, does not end after it starts, or starts outside the
 * accepted time. An unknown column is skipped; a file of unknown kind has no rows.
 */
final class NaiveReport {
    private static final Pattern NUMBER = Pattern.compile("[+-]?(\\d+(\\.\\d*)?|\\.\\d+)([eE][+-]?\\d+)?");
    private static final double MOST_BYTES = 1e24;
    private static final double MOST_OTHERS = 1e12;

    private final String manifest;
    private final Instant earliest;
    private final Instant latest;
    private final Map<String, String> sameTexts = new HashMap<>();
    private final Map<String, Instant> sameTimes = new HashMap<>();
    private final List<NaiveRow> accepted = new ArrayList<>();
    private int rejected;

    /** Rows start at {@code earliest} or later and before {@code latest}. */
    NaiveReport(String manifest, Instant earliest, Instant latest) {
        this.manifest = manifest;
        this.earliest = earliest;
        this.latest = latest;
    }

    List<NaiveRow> accepted() {
        return accepted;
    }

    int rejected() {
        return rejected;
    }

    void read(InputStream csv) throws IOException {
        var reader = new InputStreamReader(csv, StandardCharsets.UTF_8);
        // Not closed: the stream is the archive's.
        CSVParser parser = CSVParser.parse(
                reader, CSVFormat.RFC4180.builder().setIgnoreEmptyLines(true).get());
        List<String> header = null;
        ReportKind kind = null;
        for (CSVRecord row : parser) {
            if (header == null) {
                header = row.toList();
                Optional<ReportKind> found = ReportKind.of(header);
                if (found.isEmpty()) {
                    return;
                }
                kind = found.get();
                continue;
            }
            try {
                accepted.add(accept(kind, header, row));
            } catch (RejectedRow e) {
                rejected++;
            }
        }
    }

    private NaiveRow accept(ReportKind kind, List<String> header, CSVRecord row) throws RejectedRow {
        if (row.size() > header.size()) {
            throw new RejectedRow();
        }
        for (int i = row.size(); i < header.size(); i++) {
            if (kind.required().contains(header.get(i))) {
                throw new RejectedRow();
            }
        }
        Instant start = time(cell("interval_start", header, row));
        Instant end = time(cell("interval_end", header, row));
        if (!end.isAfter(start) || start.isBefore(earliest) || !start.isBefore(latest)) {
            throw new RejectedRow();
        }
        String[] texts = new String[kind.texts().size()];
        for (int i = 0; i < texts.length; i++) {
            texts[i] = cell(kind.texts().get(i), header, row);
            if (texts[i] != null) {
                texts[i] = sameTexts.computeIfAbsent(texts[i], text -> text);
            }
        }
        double[] measures = new double[kind.measures().size()];
        for (int i = 0; i < measures.length; i++) {
            String column = kind.measures().get(i);
            measures[i] = measure(column, cell(column, header, row));
        }
        return new NaiveRow(kind, manifest, start, texts, measures);
    }

    /** Null where the file has no such column or this row ends before it. */
    private static String cell(String column, List<String> header, CSVRecord row) {
        int position = header.indexOf(column);
        return position < 0 || position >= row.size() ? null : row.get(position);
    }

    private static double measure(String column, String text) throws RejectedRow {
        if (text == null || text.isEmpty()) {
            return Double.NaN;
        }
        if (!NUMBER.matcher(text).matches()) {
            throw new RejectedRow();
        }
        double value = Double.parseDouble(text);
        boolean bytes = column.endsWith("_bytes") || column.endsWith("_byte_seconds");
        if (value < 0 || value > (bytes ? MOST_BYTES : MOST_OTHERS)) {
            throw new RejectedRow();
        }
        return value == 0 ? 0 : value;
    }

    private Instant time(String text) throws RejectedRow {
        Instant known = sameTimes.get(text);
        if (known == null) {
            known = parse(text);
            sameTimes.put(text, known);
        }
        return known;
    }

    /** {@code 2026-11-03 00:00:00 +0000 UTC}; also without the zone, and in the ISO form with T and Z. */
    private static Instant parse(String text) throws RejectedRow {
        String local = text.replace(" +0000 UTC", "").replaceFirst("Z$", "").replace(' ', 'T');
        try {
            return LocalDateTime.parse(local).toInstant(ZoneOffset.UTC);
        } catch (DateTimeException e) {
            throw new RejectedRow();
        }
    }

    private static final class RejectedRow extends Exception {}
}
