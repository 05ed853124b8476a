package dev.caravan.payload;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.CsvRecordHandler;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import dev.caravan.CaravanSettings.Limits;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;

/**
 * A UTF-8 CSV being read: its header at once, its records once, as they come.
 *
 * <p>All its methods throw {@link PoisonPayloadException} under {@code malformed-csv} or {@code over-limit}.
 */
public final class CsvTable implements Iterator<CsvRecord> {
    private static final int SLACK = 1 << 16;
    /** A record may have so many fields of the greatest length. */
    private static final int LONGEST_FIELDS = 16;

    private final Iterator<CsvRecord> records;
    private final List<String> header;
    private long read;

    CsvTable(InputStream stream, Limits limits) {
        records = CsvReader.builder()
                .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
                .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
                .skipEmptyLines(true)
                // What is missing behind it cannot be told from what is there.
                .allowUnclosedQuote(false)
                // A field as it is written: each of its quotes twice, and one at either end.
                .maxBufferSize(2 * limits.fieldCharacters() + SLACK)
                .build(
                        CsvRecordHandler.of(handler -> handler.maxFieldSize(limits.fieldCharacters())
                                .maxRecordSize(LONGEST_FIELDS * limits.fieldCharacters())),
                        new InputStreamReader(stream, StandardCharsets.UTF_8))
                .iterator();
        header = hasNext() ? names(next(), limits) : List.of();
    }

    /** Column names without white space around them and without a byte order mark; empty for an empty file. */
    public List<String> header() {
        return header;
    }

    /** Records read so far, without the header. */
    public long recordsRead() {
        return header.isEmpty() ? 0 : read - 1;
    }

    @Override
    public boolean hasNext() {
        try {
            return records.hasNext();
        } catch (CsvParseException | UncheckedIOException e) {
            throw malformed(e);
        }
    }

    @Override
    public CsvRecord next() {
        try {
            CsvRecord record = records.next();
            read++;
            return record;
        } catch (CsvParseException | UncheckedIOException e) {
            throw malformed(e);
        }
    }

    private static List<String> names(CsvRecord first, Limits limits) {
        if (first.getFieldCount() > limits.columns()) {
            throw new PoisonPayloadException("over-limit", "a CSV has more than " + limits.columns() + " columns");
        }
        List<String> names = first.getFields().stream()
                .map(name -> name.replace("\uFEFF", "").strip())
                .toList();
        if (new HashSet<>(names).size() < names.size()) {
            throw new PoisonPayloadException("malformed-csv", "a CSV has two columns of one name");
        }
        return names;
    }

    private static PoisonPayloadException malformed(RuntimeException cause) {
        if (cause.getCause() instanceof PoisonPayloadException refused) {
            // The bytes are at fault, and whoever reads them has said it.
            return refused;
        }
        return new PoisonPayloadException("malformed-csv", "a CSV cannot be read: " + cause.getMessage(), cause);
    }
}
