package dev.caravan.pgcopy;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Iterator;
import java.util.List;
import javax.sql.DataSource;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultProducer;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.springframework.jdbc.datasource.DataSourceUtils;

/** Streams the rows of the message body into the endpoint's table; holds no state between messages. */
final class PgCopyProducer extends DefaultProducer {

    PgCopyProducer(PgCopyEndpoint endpoint) {
        super(endpoint);
    }

    @Override
    public PgCopyEndpoint getEndpoint() {
        return (PgCopyEndpoint) super.getEndpoint();
    }

    @Override
    public void process(Exchange exchange) throws Exception {
        Object body = exchange.getMessage().getBody();
        if (!(body instanceof Iterator<?> rows)) {
            throw new IllegalArgumentException("pgcopy: the body must be a RowSource or an Iterator<Object[]>, not "
                    + (body == null ? "null" : body.getClass().getName()));
        }
        List<String> names = rows instanceof RowSource source
                ? source.columns()
                : getEndpoint().columnNames();
        DataSource dataSource = getEndpoint().getDataSource();
        Connection connection = DataSourceUtils.getConnection(dataSource);
        try {
            refuseToLoseRows(connection, dataSource);
            CopyTarget target = CopyTarget.find(connection, getEndpoint().getTable(), names);
            exchange.getMessage().setHeader(PgCopyConstants.ROW_COUNT, copy(connection, target, rows));
        } finally {
            DataSourceUtils.releaseConnection(connection, dataSource);
        }
    }

    /** A pool with auto-commit off rolls back on release what no transaction of the caller commits. */
    private static void refuseToLoseRows(Connection connection, DataSource dataSource) throws SQLException {
        if (!connection.getAutoCommit() && !DataSourceUtils.isConnectionTransactional(connection, dataSource)) {
            throw new IllegalStateException(
                    "pgcopy: auto-commit is off and no transaction is open, so the rows would be rolled back");
        }
    }

    private long copy(Connection connection, CopyTarget target, Iterator<?> rows) throws SQLException {
        CopyIn copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(target.command());
        try {
            var buffer = new CopyBuffer(getEndpoint().getBufferSize());
            var writer = new RowWriter(target, buffer);
            buffer.begin();
            while (rows.hasNext()) {
                writer.write(rows.next());
                if (buffer.full()) {
                    buffer.sendTo(copy);
                }
            }
            buffer.end();
            buffer.sendTo(copy);
            return copy.endCopy();
        } catch (Throwable failure) {
            cancel(copy, failure);
            throw failure;
        }
    }

    /** Without it the connection would wait for rows for ever, and could not even be rolled back. */
    private static void cancel(CopyIn copy, Throwable failure) {
        try {
            // The server has ended a COPY already that it refused itself.
            if (copy.isActive()) {
                copy.cancelCopy();
            }
        } catch (SQLException | RuntimeException e) {
            failure.addSuppressed(e);
        }
    }
}
