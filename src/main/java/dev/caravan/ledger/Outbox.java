package dev.caravan.ledger;

import dev.caravan.CaravanSettings;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import javax.sql.DataSource;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.support.SynchronizationAdapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Replies the database has decided on, to be sent after its commit, at least once. */
@Component("outbox")
public final class Outbox {
    private static final Logger LOG = LoggerFactory.getLogger(Outbox.class);
    private static final String LOCK = "caravan outbox";
    private static final int LONGEST_ERROR = 1024;
    /** Where replies for payloads of no organisation are. */
    private static final Organisation NOBODY = new Organisation("", "caravan");

    private final JdbcTemplate database;
    private final BoundedTransaction transaction;
    private final DataSource connections;
    private final Organisations organisations;
    private final CaravanSettings.Outbox settings;

    public Outbox(
            JdbcTemplate database,
            BoundedTransaction transaction,
            DataSource connections,
            Organisations organisations,
            CaravanSettings settings) {
        this.database = database;
        this.transaction = transaction;
        this.connections = connections;
        this.organisations = organisations;
        this.settings = settings.outbox();
    }

    /**
     * A message to be sent.
     *
     * @param owner whose outbox it is in
     * @param topic where it goes
     * @param text its JSON
     */
    public record Message(Organisation owner, long id, String topic, String text) {}

    /** Messages to be sent one after the other, until one of them cannot be. */
    public static final class Round implements Iterator<Message> {
        private Iterator<Message> rest;

        Round(List<Message> messages) {
            rest = messages.iterator();
        }

        @Override
        public boolean hasNext() {
            return rest.hasNext();
        }

        @Override
        public Message next() {
            return rest.next();
        }

        void end() {
            rest = Collections.emptyIterator();
        }
    }

    /**
     * Takes the messages that are due, of each outbox in the order they were written. There are none while another replica
     * is sending; this one may send until the exchange ends.
     */
    public Round begin(Exchange exchange) throws SQLException {
        List<Message> due = new ArrayList<>();
        if (lock(exchange)) {
            addDue(due, NOBODY);
            for (Organisation organisation : organisations.list()) {
                addDue(due, organisation);
            }
        }
        return new Round(due);
    }

    private void addDue(List<Message> due, Organisation owner) {
        int room = settings.messagesPerRound() - due.size();
        if (room > 0) {
            due.addAll(transaction.call(
                    owner,
                    () -> database.query(
                            """
                            select outbox_id, destination, message::text
                            from outbox
                            where sent_at is null
                                and next_attempt_at <= now()
                                and kind = 'validation-reply'
                            order by outbox_id
                            limit ?
                            """,
                            (row, number) -> new Message(owner, row.getLong(1), row.getString(2), row.getString(3)),
                            room)));
        }
    }

    /** Marks a message that the broker has acknowledged. */
    public void sent(@ExchangeProperty("message") Message message) {
        transaction.call(
                message.owner(),
                () -> database.update(
                        "update outbox set sent_at = now(), last_error = null where outbox_id = ?", message.id()));
    }

    /** Puts a message off and ends the round: what kept this one back would keep the others back too. */
    public void putOff(
            @ExchangeProperty("message") Message message,
            @ExchangeProperty("round") Round round,
            @ExchangeProperty(Exchange.EXCEPTION_CAUGHT) Exception failure) {
        round.end();
        String error = Failures.messageOf(failure);
        LOG.warn("message {} for {} cannot be sent now: {}", message.id(), message.topic(), error);
        transaction.call(
                message.owner(),
                () -> database.update(
                        """
                        update outbox
                        set attempts = attempts + 1,
                            last_error = ?,
                            next_attempt_at = now()
                                + least(?::double precision * 2 ^ least(attempts, 30), ?) * interval '1 millisecond'
                        where outbox_id = ?
                        """,
                        error.substring(0, Math.min(error.length(), LONGEST_ERROR)),
                        settings.retryDelay(),
                        settings.maximumRetryDelay(),
                        message.id()));
    }

    /** Held by a connection of its own, so that no transaction stays open while a broker is waited for. */
    private boolean lock(Exchange exchange) throws SQLException {
        Connection holder = connections.getConnection();
        try {
            if (!ask(holder, "select pg_try_advisory_lock(hashtextextended(?, 0))")) {
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
                    ask(holder, "select pg_advisory_unlock(hashtextextended(?, 0))");
                } catch (SQLException e) {
                    LOG.warn("the lock of the outbox went with its connection: {}", e.getMessage());
                }
            }
        });
        return true;
    }

    private static boolean ask(Connection connection, String question) throws SQLException {
        try (var statement = connection.prepareStatement(question)) {
            statement.setString(1, LOCK);
            try (var answer = statement.executeQuery()) {
                answer.next();
                return answer.getBoolean(1);
            }
        }
    }
}
