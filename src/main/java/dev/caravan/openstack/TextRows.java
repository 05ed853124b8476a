package dev.caravan.openstack;

import java.util.List;

/** Rows of a table as text, one after the other; they are read once. */
interface TextRows extends AutoCloseable {
    /** Names of the columns. */
    List<String> header();

    /** Goes on to the next row; false behind the last. */
    boolean next();

    /** How many fields this row has, whatever the header says. */
    int fieldCount();

    /** A field of this row, by its position from 0; null for none. */
    String field(int position);

    @Override
    void close();
}
