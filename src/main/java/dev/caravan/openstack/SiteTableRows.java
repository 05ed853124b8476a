package dev.caravan.openstack;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.caravan.CaravanSettings.Limits;
import dev.caravan.openshift.Measure;
import dev.caravan.openshift.RowRejectedException;
import dev.caravan.openstack.SiteTable.Column;
import dev.caravan.openstack.SiteTable.Kind;
import dev.caravan.payload.PoisonPayloadException;
import dev.caravan.pgcopy.RowSource;
import java.io.IOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;

/**
 * The rows of one table of a site on their way to their raw table, from a file or from the site's database alike: each is
 * read, checked, or refused with a reason. Rows read = rows stored + rows refused.
 *
 * <p>One pass; one row is held at a time.
 */
final class SiteTableRows implements RowSource {
    private static final JsonFactory JSON = new JsonFactory();
    private static final int LONGEST_TEXT = 1024;
    /** Whole numbers up to it are exact in double precision, too. */
    private static final long GREATEST_INTEGER = 1L << 53;

    private static final int MOST_DIGITS = 15;
    private static final double GREATEST_NUMBER = 1e12;

    private final String site;
    private final SiteTable table;
    private final TextRows source;
    private final int longestField;
    private final int rejectsKept;
    private final int fieldCount;
    /** Position in the source of each column of the table, -1 where it is not there. */
    private final int[] positions;

    private final Object[] row;
    private boolean rowReady;
    private String dayText;
    private LocalDate day;
    private long stored;
    private long rejected;
    private final List<Reject> rejects = new ArrayList<>();

    /**
     * A row that cannot be stored.
     *
     * @param rowNumber place among the rows, from 1
     * @param columnName null when it is the row as a whole
     */
    record Reject(long rowNumber, String reason, String columnName) {}

    /** @throws PoisonPayloadException {@code missing-column} when the table says nothing without a column that is not there */
    SiteTableRows(String site, SiteTable table, TextRows source, Limits limits) {
        List<String> header = source.header();
        List<String> lacking = table.lackingIn(header);
        if (!lacking.isEmpty()) {
            throw new PoisonPayloadException(
                    "missing-column",
                    header.isEmpty()
                            ? "there is no header: the first line must name the columns of " + table.title()
                            : table.title() + " must have the column" + (lacking.size() > 1 ? "s " : " ")
                                    + String.join(", ", lacking)
                                    + ": take the table as it is, with all of its columns");
        }
        this.site = site;
        this.table = table;
        this.source = source;
        this.longestField = limits.fieldCharacters();
        this.rejectsKept = limits.rejectsKept();
        this.fieldCount = header.size();
        this.positions = table.columns().stream()
                .mapToInt(column -> header.indexOf(column.name()))
                .toArray();
        this.row = new Object[columns().size()];
    }

    @Override
    public List<String> columns() {
        List<String> columns = new ArrayList<>(List.of("site"));
        table.columns().forEach(column -> columns.addAll(column.stored()));
        return columns;
    }

    @Override
    public boolean hasNext() {
        while (!rowReady && source.next()) {
            rowReady = accept();
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

    /** Rows that could be stored. */
    long stored() {
        return stored;
    }

    /** Rows that could not. */
    long rejected() {
        return rejected;
    }

    /** The first of those that could not. */
    List<Reject> rejects() {
        return rejects;
    }

    private boolean accept() {
        Column column = null;
        try {
            if (source.fieldCount() != fieldCount) {
                throw new RowRejectedException("other-number-of-fields");
            }
            row[0] = site;
            int target = 1;
            for (int i = 0; i < positions.length; i++) {
                column = table.columns().get(i);
                String text = positions[i] < 0 ? null : source.field(positions[i]);
                if (column.kind() == Kind.REQUEST_SPEC) {
                    RequestSpec spec = spec(text);
                    row[target++] = spec.hintedReservation();
                    row[target++] = spec.flavorName();
                } else if (column.kind() == Kind.RECORD) {
                    Map<String, String> members = members(text);
                    for (Column member : column.members()) {
                        row[target++] = read(member, members.get(member.name()));
                    }
                } else {
                    row[target++] = read(column, text);
                }
            }
        } catch (RowRejectedException e) {
            rejected++;
            if (rejects.size() < rejectsKept) {
                rejects.add(new Reject(stored + rejected, e.reason(), column == null ? null : column.name()));
            }
            return false;
        }
        stored++;
        return true;
    }

    private Object read(Column column, String text) {
        Object value = isNone(text)
                ? null
                : switch (column.kind()) {
                    case TEXT -> text(text);
                    case TIMESTAMP ->
                        text.equals("NULL") || SiteTime.isZero(text) ? null : (Object) SiteTime.micros(text);
                    case DATE -> text.equals("NULL") || SiteTime.isZero(text) ? null : day(text);
                    case INTEGER -> text.equals("NULL") ? null : (Object) integer(text);
                    case NUMBER -> text.equals("NULL") ? null : Measure.parse(text, GREATEST_NUMBER);
                    case FLAG -> text.equals("NULL") ? null : (Object) flag(text);
                    case REQUEST_SPEC, RECORD -> throw new IllegalStateException("several values");
                };
        if (value == null && column.key()) {
            throw new RowRejectedException("missing-value");
        }
        return value;
    }

    /** A CSV cannot tell an empty text from none. */
    private static boolean isNone(String text) {
        return text == null || text.isEmpty() || text.equals("\\N");
    }

    private static String text(String text) {
        if (text.length() > LONGEST_TEXT) {
            throw new RowRejectedException("text-too-long");
        }
        if (text.indexOf('\0') >= 0) {
            throw new RowRejectedException("nul-character");
        }
        return text;
    }

    private RequestSpec spec(String text) {
        if (isNone(text) || text.equals("NULL")) {
            return new RequestSpec(null, null);
        }
        if (text.length() > longestField) {
            throw new RowRejectedException("text-too-long");
        }
        RequestSpec spec = RequestSpec.parse(text);
        return new RequestSpec(unescaped(spec.hintedReservation()), unescaped(spec.flavorName()));
    }

    /** The members of a JSON object that have a value of their own, as text. */
    private Map<String, String> members(String text) {
        if (isNone(text)) {
            return Map.of();
        }
        if (text.length() > longestField) {
            throw new RowRejectedException("text-too-long");
        }
        Map<String, String> members = new HashMap<>();
        try (JsonParser json = JSON.createParser(text)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new RowRejectedException("not-json");
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                JsonToken value = json.nextToken();
                if (value.isScalarValue() && value != JsonToken.VALUE_NULL) {
                    members.put(name, unescaped(json.getText()));
                }
                json.skipChildren();
            }
        } catch (IOException e) {
            throw new RowRejectedException("not-json");
        }
        return members;
    }

    /** An escape of JSON may stand for half a character. */
    private static String unescaped(String text) {
        if (text == null || text.isEmpty()) {
            return null;
        }
        if (text.codePoints().anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)) {
            throw new RowRejectedException("not-a-text");
        }
        return text(text);
    }

    /** Rows of one day mostly follow one another. */
    private LocalDate day(String text) {
        if (!text.equals(dayText)) {
            SiteTime.micros(text);
            day = SiteTime.date(text);
            dayText = text;
        }
        return day;
    }

    private static long integer(String text) {
        int length = text.length();
        long number = 0;
        for (int i = 0; i < length; i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9 || i >= MOST_DIGITS) {
                // As pandas writes whole numbers of a column in which some are missing: 48.0
                double value = Measure.parse(text, GREATEST_INTEGER);
                if (value != Math.rint(value)) {
                    throw new RowRejectedException("not-a-whole-number");
                }
                return (long) value;
            }
            number = number * 10 + digit;
        }
        return number;
    }

    private static boolean flag(String text) {
        return switch (text) {
            case "1", "1.0", "true", "True", "TRUE" -> true;
            case "0", "0.0", "false", "False", "FALSE" -> false;
            default -> throw new RowRejectedException("not-a-flag");
        };
    }
}
