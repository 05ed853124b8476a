package dev.caravan.openstack;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Rows of a table as they come from the server, a bounded number at a time. The query begins with the first row asked for, so
 * that the server keeps nothing for somebody who waits for something else.
 */
final class DatabaseRows implements TextRows {
    private final Connection connection;
    private final SiteTable table;
    private final List<String> columns;
    private final int fetchRows;
    private ResultSet rows;
    private boolean ended;

    DatabaseRows(Connection connection, SiteTable table, List<String> columns, int fetchRows) {
        this.connection = connection;
        this.table = table;
        this.columns = columns;
        this.fetchRows = fetchRows;
    }

    @Override
    public List<String> header() {
        return columns;
    }

    @Override
    public boolean next() {
        try {
            if (rows == null) {
                rows = query();
            }
            ended = !rows.next();
            return !ended;
        } catch (SQLException e) {
            throw new SiteDatabaseException(ExtractionFailure.of(e), e);
        }
    }

    @Override
    public int fieldCount() {
        return columns.size();
    }

    /** As the server writes it: so a zero date is a text like any other, and an int a driver takes for a flag stays one. */
    @Override
    public String field(int position) {
        try {
            return rows.getString(position + 1);
        } catch (SQLException e) {
            throw new SiteDatabaseException(ExtractionFailure.of(e), e);
        }
    }

    @Override
    public void close() {
        if (!ended) {
            SiteDatabase.abort(connection);
            return;
        }
        try {
            connection.close();
        } catch (SQLException e) {
            SiteDatabase.abort(connection);
        }
    }

    private ResultSet query() throws SQLException {
        var statement = connection.createStatement(ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_READ_ONLY);
        statement.setFetchSize(fetchRows);
        String names = columns.stream().map(column -> "`" + column + "`").collect(Collectors.joining(", "));
        return statement.executeQuery("select " + names + " from " + quoted(table));
    }

    /** Names of ours, see {@link SiteTable}; some of their words are reserved. */
    static String quoted(SiteTable table) {
        return "`" + table.schema() + "`.`" + table.table() + "`";
    }
}
