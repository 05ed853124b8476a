/**
 * The Camel component {@code pgcopy:}: rows in, one binary COPY into one PostgreSQL table out.
 *
 * <p>It writes the format itself: the library for it on the Maven repository (pgbulkinsert 8.1.5) maps types by hand
 * instead of from the catalogue, commits what it has when the iterator fails, and wraps numbers that do not fit.
 *
 * <pre>
 * - to:
 *     id: to-pod-lines
 *     uri: pgcopy:openshift_pod_usage_line_items
 *     parameters:
 *       columns: pod,namespace,interval_start
 * </pre>
 *
 * <p><b>URI</b>: {@code pgcopy:table} or {@code pgcopy:schema.table}, spelled as in the catalogue: no folding to lower
 * case, no quotes; the first dot ends the schema. A name without schema is looked up through the connection's
 * search_path when the message arrives. A partitioned table or one of its partitions will do; a view will not.
 *
 * <p><b>Body</b>: a {@link dev.caravan.pgcopy.RowSource}, which names its columns, or an {@code Iterator<Object[]>}. It
 * is read to its end, row by row, and left in place. The header {@link dev.caravan.pgcopy.PgCopyConstants#ROW_COUNT}
 * tells the number of rows the server took.
 *
 * <table>
 * <caption>Options</caption>
 * <tr><td>{@code dataSource}</td><td>{@code #name} of a bean; default: that of the component, else the only one in the
 * registry</td></tr>
 * <tr><td>{@code columns}</td><td>comma-separated, for a plain iterator (a RowSource names its own); default: all
 * columns in the order of the catalogue but generated ones</td></tr>
 * <tr><td>{@code bufferSize}</td><td>bytes gathered before they are sent, 65536; grows to the largest row</td></tr>
 * </table>
 *
 * <p><b>Transaction</b>: the COPY runs on the connection of the caller's Spring transaction for that data source and
 * commits or rolls back with it. Without one it is a transaction of its own.
 *
 * <table>
 * <caption>Column types and the values they take; null is always taken</caption>
 * <tr><td>boolean</td><td>Boolean</td></tr>
 * <tr><td>smallint, integer, bigint</td><td>any Number that is whole and in range, never rounded</td></tr>
 * <tr><td>real, double precision</td><td>any Number; too large a one is refused, infinity and NaN are taken</td></tr>
 * <tr><td>numeric</td><td>BigDecimal, BigInteger, Long, Integer, Short, Byte; Double by its shortest decimal form, NaN
 * and infinity refused</td></tr>
 * <tr><td>text, varchar, char</td><td>CharSequence without NUL characters and halves of surrogate pairs</td></tr>
 * <tr><td>json, jsonb</td><td>CharSequence holding JSON, which the server parses</td></tr>
 * <tr><td>bytea</td><td>byte[]</td></tr>
 * <tr><td>date, time, timestamp</td><td>LocalDate, LocalTime, LocalDateTime; cut to microseconds</td></tr>
 * <tr><td>timestamptz</td><td>Instant, OffsetDateTime, cut to microseconds; Long: microseconds since
 * 1970-01-01T00:00Z, the fastest</td></tr>
 * <tr><td>uuid</td><td>UUID</td></tr>
 * <tr><td>arrays of text, integer, bigint, double precision, uuid, date, timestamptz</td><td>List or Object[] of such
 * values, one dimension</td></tr>
 * </table>
 *
 * <p><b>Errors</b>: an {@code SQLException} in state 42P01 names the table that is not there, an {@code
 * IllegalArgumentException} the column or type that is not there or not supported, before the COPY starts; or the row (from 1), column and reason of a value that does not fit. An exception
 * of the iterator is thrown on as it is, the server's {@code SQLException} with its SQLState. After each of them no row
 * is left of this COPY, and the connection can be rolled back and used again. The server's answer is read at the end of
 * the COPY, so its errors, even in the first row, show after the last.
 *
 * <p>Nothing is cached between messages: one small query reads the catalogue for each COPY.
 */
package dev.caravan.pgcopy;
