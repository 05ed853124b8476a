package dev.caravan.pgcopy;

import java.time.DateTimeException;

/** Writes rows of one COPY and says, for a value it cannot write, where it stood. */
final class RowWriter {
    private final CopyTarget target;
    private final CopyBuffer buffer;
    private final ValueWriter[] writers;
    private long number;

    RowWriter(CopyTarget target, CopyBuffer buffer) {
        this.target = target;
        this.buffer = buffer;
        this.writers = target.columns().stream().map(CopyTarget.Column::writer).toArray(ValueWriter[]::new);
    }

    void write(Object candidate) {
        number++;
        if (!(candidate instanceof Object[] row) || row.length != writers.length) {
            throw new IllegalArgumentException("pgcopy: row %d for %s must be an Object[] of %d values, not %s"
                    .formatted(number, target.table(), writers.length, describe(candidate)));
        }
        buffer.int16(row.length);
        int i = 0;
        try {
            for (; i < row.length; i++) {
                Object value = row[i];
                if (value == null) {
                    buffer.int32(-1);
                } else {
                    writers[i].write(buffer, value);
                }
            }
        } catch (IllegalArgumentException | ArithmeticException | DateTimeException e) {
            CopyTarget.Column column = target.columns().get(i);
            throw new IllegalArgumentException(
                    "pgcopy: row %d, column %s (%s) of %s: %s"
                            .formatted(number, column.name(), column.type(), target.table(), e.getMessage()),
                    e);
        }
    }

    private static String describe(Object candidate) {
        if (candidate instanceof Object[] row) {
            return "of " + row.length;
        }
        return candidate == null ? "null" : "a " + candidate.getClass().getName();
    }
}
