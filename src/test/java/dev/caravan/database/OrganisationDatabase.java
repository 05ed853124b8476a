package dev.caravan.database;

import dev.caravan.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * A migrated database with one organisation, for tests that call stored functions.
 *
 * <p>All of them work in one session and one transaction under the organisation's search_path, which {@link #rollBack} ends
 * after each test, so that one database serves many.
 */
public final class OrganisationDatabase implements AutoCloseable {
    public static final String ORGANISATION = "1234567";
    public static final String SCHEMA = "org1234567";
    public static final String SEARCH_PATH = SCHEMA + ", caravan, pg_temp";

    private static OrganisationDatabase shared;

    private final TestDatabase database;
    private final Connection connection;
    private final JdbcTemplate jdbc;

    private OrganisationDatabase(TestDatabase database, Connection connection) {
        this.database = database;
        this.connection = connection;
        this.jdbc = new JdbcTemplate(new SingleConnectionDataSource(connection, true));
    }

    /** The one that serves all classes that leave nothing behind; it goes with the server. Has November and December 2025. */
    public static synchronized OrganisationDatabase shared() {
        if (shared == null) {
            shared = create();
            shared.jdbc.queryForList("select caravan.ensure_month('" + SCHEMA
                    + "', m::date) from unnest(array['2025-11-01', '2025-12-01']) m");
            shared.commit();
        }
        return shared;
    }

    /** A database of its own, without any partition. */
    public static OrganisationDatabase create() {
        TestDatabase database = TestDatabase.createMigrated();
        try {
            return new OrganisationDatabase(database, open(database));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    public TestDatabase database() {
        return database;
    }

    public JdbcTemplate jdbc() {
        return jdbc;
    }

    /** Another session, in a transaction and with the search_path set. */
    public Connection anotherSession() throws SQLException {
        return open(database);
    }

    public UUID addSource(String cluster) {
        return jdbc.queryForObject(
                "insert into caravan.source (org_id, cluster_id, alias) values (?, ?, 'alias of ' || ?) returning source_uuid",
                UUID.class,
                ORGANISATION,
                cluster,
                cluster);
    }

    /** Inserts a row given as names and values in turn; a value {@code Sql} is taken as it is. */
    public void insert(String table, Map<String, ?> row) {
        String names = String.join(", ", row.keySet());
        List<String> places = new ArrayList<>();
        List<Object> values = new ArrayList<>();
        row.values().forEach(value -> {
            // PostgreSQL reads a text as whatever the column is
            boolean number = value instanceof Number;
            places.add(number || value == null ? "?" : "(" + literal(value.toString()) + ")");
            if (number || value == null) {
                values.add(value);
            }
        });
        jdbc.update(
                "insert into " + table + " (" + names + ") values (" + String.join(", ", places) + ")",
                values.toArray());
    }

    private static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    public String text(String sql, Object... arguments) {
        return jdbc.queryForObject(sql, String.class, arguments);
    }

    public long count(String sql, Object... arguments) {
        return jdbc.queryForObject("select count(*) from " + sql, Long.class, arguments);
    }

    /** Each row as its columns joined by a bar, a missing value being empty. */
    public List<String> rows(String sql, Object... arguments) {
        return jdbc.query(
                sql,
                (row, number) -> {
                    List<String> columns = new ArrayList<>();
                    for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                        String value = row.getString(i);
                        // A statement sent often comes back in binary, and numbers are then written as Java does.
                        columns.add(value == null ? "" : number(row, i) ? value.replaceFirst("\\.0$", "") : value);
                    }
                    return String.join("|", columns);
                },
                arguments);
    }

    private static boolean number(ResultSet row, int column) throws SQLException {
        return row.getMetaData().getColumnType(column) == Types.DOUBLE;
    }

    /** SQLSTATE of a statement that is to fail; the transaction goes on as if it had not been sent. */
    public String stateOf(String sql, Object... arguments) throws SQLException {
        Savepoint savepoint = connection.setSavepoint();
        try {
            jdbc.queryForList(sql, arguments);
            return "no error";
        } catch (org.springframework.dao.DataAccessException e) {
            connection.rollback(savepoint);
            return e.getRootCause() instanceof SQLException sqlException ? sqlException.getSQLState() : e.toString();
        }
    }

    public void commit() {
        try {
            connection.commit();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    public void rollBack() {
        try {
            connection.rollback();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        database.close();
    }

    private static Connection open(TestDatabase database) throws SQLException {
        Connection connection = database.dataSource().getConnection();
        try (var statement = connection.createStatement()) {
            statement.execute("set search_path to " + SEARCH_PATH);
        }
        connection.setAutoCommit(false);
        return connection;
    }
}
