package dev.caravan.pgcopy;

import java.util.Arrays;
import java.util.List;

/** Writes a {@code List} or {@code Object[]} as a one-dimensional array; its elements may be null. */
record ArrayWriter(int elementOid, ValueWriter element) implements ValueWriter {

    @Override
    public void write(CopyBuffer out, Object value) {
        List<?> elements = elements(value);
        int start = out.openField();
        out.int32(elements.isEmpty() ? 0 : 1); // dimensions
        out.int32(0); // no word about nulls: the server looks for itself
        out.int32(elementOid);
        if (!elements.isEmpty()) {
            out.int32(elements.size());
            out.int32(1); // subscript of the first element
        }
        for (Object each : elements) {
            if (each == null) {
                out.int32(-1);
            } else {
                element.write(out, each);
            }
        }
        out.closeField(start);
    }

    private static List<?> elements(Object value) {
        if (value instanceof List<?> list) {
            return list;
        }
        if (value instanceof Object[] array) {
            return Arrays.asList(array);
        }
        throw PgType.unfit("java.util.List or java.lang.Object[]", value);
    }
}
