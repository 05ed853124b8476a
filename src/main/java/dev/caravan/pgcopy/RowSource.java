package dev.caravan.pgcopy;

import java.util.Iterator;
import java.util.List;

/**
 * Rows for one table that know which columns they fill.
 *
 * <p>Rows are pulled one at a time while the COPY runs, so a source may read them from a file of any length. The array
 * returned by {@link #next()} holds one value a column, in the order of {@link #columns()}; it is written out before
 * the next one is asked for, so the source may hand out the same array every time. An exception thrown by the source
 * ends the COPY and reaches the caller of the route as it is.
 */
public interface RowSource extends Iterator<Object[]> {

    /** Names of the columns each row fills, spelled as in the catalogue; columns left out take their defaults. */
    List<String> columns();
}
