package dev.caravan.ledger;

import dev.caravan.CaravanSettings;
import java.time.Duration;
import java.util.function.Supplier;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/** Transactions of commands: no statement in them runs longer than {@code caravan.database.statement-timeout}. */
@Component
public final class BoundedTransaction {
    private final JdbcTemplate database;
    private final TransactionTemplate transaction;
    private final TransactionTemplate reading;
    private final Duration statementTimeout;

    public BoundedTransaction(JdbcTemplate database, TransactionTemplate transaction, CaravanSettings settings) {
        this.database = database;
        this.transaction = transaction;
        this.reading = new TransactionTemplate(transaction.getTransactionManager(), transaction);
        reading.setReadOnly(true);
        reading.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
        this.statementTimeout = settings.database().statementTimeout();
    }

    /** Runs statements on schema {@code caravan}. */
    public <T> T call(Supplier<T> work) {
        return call(transaction, work);
    }

    /** As {@link #call(Supplier)}, all of whose statements see the rows of one moment and change none. */
    public <T> T read(Supplier<T> work) {
        return call(reading, work);
    }

    private <T> T call(TransactionTemplate template, Supplier<T> work) {
        return template.execute(status -> {
            database.queryForList(
                    "select set_config('statement_timeout', ?, true)", Long.toString(statementTimeout.toMillis()));
            return work.get();
        });
    }

    /** Runs statements on the tables of an organisation, which they name unqualified. */
    public <T> T call(Organisation organisation, Supplier<T> work) {
        return call(() -> {
            database.queryForList("select set_config('search_path', ?, true)", organisation.searchPath());
            return work.get();
        });
    }
}
