package dev.caravan.pgcopy;

/** Names of the message headers that {@code pgcopy:} sets. */
public final class PgCopyConstants {

    /** Number of rows the server took ({@code Long}). */
    public static final String ROW_COUNT = "CamelPgCopyRowCount";

    private PgCopyConstants() {}
}
