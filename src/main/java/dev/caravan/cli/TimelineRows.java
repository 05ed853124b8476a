package dev.caravan.cli;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Iterator;
import java.util.NoSuchElementException;

/** A site's timeline, read through a cursor in the order of time. */
final class TimelineRows implements Iterator<TimelineRows.Row>, AutoCloseable {
    private static final int FETCH_SIZE = 1000;
    private static final String ROWS =
            """
            select "timestamp", collector_type, metric, resource, value
            from caravan.list_usage(?, ?, ?, make_interval(secs => ?), ?)
            where resource = coalesce(?, resource)
            order by "timestamp", collector_type, metric, resource
            """;

    private final PreparedStatement statement;
    private final ResultSet rows;
    private boolean hasRow;
    private long count;

    /**
     * One count.
     *
     * @param timestamp beginning of the bucket, or moment of change
     * @param value nodes, cores, MiB or GiB, as the resource says; null when it is not known
     */
    record Row(Instant timestamp, String collectorType, String metric, String resource, Double value) {}

    /**
     * @param bucket length of a bucket; zero for every moment of change
     * @param resource the only one wanted; null for all
     */
    TimelineRows(
            Connection connection,
            String site,
            OffsetDateTime from,
            OffsetDateTime to,
            Duration bucket,
            String mode,
            String resource)
            throws SQLException {
        statement = connection.prepareStatement(ROWS);
        statement.setFetchSize(FETCH_SIZE);
        statement.setString(1, site);
        statement.setObject(2, from);
        statement.setObject(3, to);
        statement.setObject(4, bucket.isZero() ? null : (double) bucket.toSeconds(), Types.DOUBLE);
        statement.setString(5, mode);
        statement.setString(6, resource);
        rows = statement.executeQuery();
        hasRow = rows.next();
    }

    /** Rows given out so far. */
    long count() {
        return count;
    }

    @Override
    public boolean hasNext() {
        return hasRow;
    }

    @Override
    public Row next() {
        if (!hasRow) {
            throw new NoSuchElementException();
        }
        try {
            var row = new Row(
                    rows.getObject(1, OffsetDateTime.class).toInstant(),
                    rows.getString(2),
                    rows.getString(3),
                    rows.getString(4),
                    rows.getObject(5, Double.class));
            count++;
            hasRow = rows.next();
            return row;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() throws SQLException {
        statement.close();
    }
}
