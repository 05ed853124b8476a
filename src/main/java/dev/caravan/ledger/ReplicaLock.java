package dev.caravan.ledger;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.apache.camel.Exchange;
import org.apache.camel.support.SynchronizationAdapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Lets one replica at a time do something. The database holds the lock for a connection of its own, so that no transaction
 * stays open meanwhile, and that the lock ends with the process, however that ends.
 */
@Component
public final class ReplicaLock {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicaLock.class);

    private final DataSource connections;

    public ReplicaLock(DataSource connections) {
        this.connections = connections;
    }

    /** Takes the lock of that name until the exchange ends; false when another replica has it. */
    public boolean take(String name, Exchange exchange) throws SQLException {
        Connection holder = connections.getConnection();
        try {
            if (!ask(holder, "select pg_try_advisory_lock(hashtextextended(?, 0))", name)) {
                holder.close();
                return false;
            }
        } catch (SQLException e) {
            holder.close();
            throw e;
        }
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onDone(Exchange done) {
                try (holder) {
                    ask(holder, "select pg_advisory_unlock(hashtextextended(?, 0))", name);
                } catch (SQLException e) {
                    LOG.warn("the lock {} went with its connection: {}", name, e.getMessage());
                }
            }
        });
        return true;
    }

    private static boolean ask(Connection connection, String question, String name) throws SQLException {
        try (var statement = connection.prepareStatement(question)) {
            statement.setString(1, name);
            try (var answer = statement.executeQuery()) {
                answer.next();
                return answer.getBoolean(1);
            }
        }
    }
}
