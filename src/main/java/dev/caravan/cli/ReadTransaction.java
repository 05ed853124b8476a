package dev.caravan.cli;

import dev.caravan.CaravanSettings;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.springframework.context.ApplicationContext;

/** A transaction that sees one moment and changes nothing; whoever pages through what it reads may take a while between two rows. */
final class ReadTransaction implements AutoCloseable {
    private final Connection connection;

    private ReadTransaction(Connection connection) {
        this.connection = connection;
    }

    static ReadTransaction begin(ApplicationContext beans, String searchPath) throws SQLException {
        var transaction = new ReadTransaction(beans.getBean(DataSource.class).getConnection());
        try {
            transaction.prepare(searchPath, beans.getBean(CaravanSettings.class).database());
            return transaction;
        } catch (SQLException | RuntimeException e) {
            transaction.connection.close();
            throw e;
        }
    }

    Connection connection() {
        return connection;
    }

    @Override
    public void close() throws SQLException {
        try (connection) {
            connection.rollback();
        }
    }

    private void prepare(String searchPath, CaravanSettings.Database settings) throws SQLException {
        connection.setAutoCommit(false);
        connection.setReadOnly(true);
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        try (var statement = connection.prepareStatement("select set_config('search_path', ?, true),"
                + " set_config('statement_timeout', ?, true),"
                + " set_config('idle_in_transaction_session_timeout', '1h', true)")) {
            statement.setString(1, searchPath);
            statement.setString(2, Long.toString(settings.statementTimeout().toMillis()));
            statement.execute();
        }
    }
}
