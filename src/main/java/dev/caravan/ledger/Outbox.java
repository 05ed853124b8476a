package dev.caravan.ledger;

import dev.caravan.CaravanSettings;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Replies, events and moves the database has decided on, to be carried out after its commit, at least once. */
@Component("outbox")
public final class Outbox {
    private static final Logger LOG = LoggerFactory.getLogger(Outbox.class);
    private static final String LOCK = "caravan outbox";
    private static final int LONGEST_ERROR = 1024;
    /** Where replies for payloads of no organisation are, and source events. */
    private static final Organisation NOBODY = new Organisation("", "caravan");

    private final JdbcTemplate database;
    private final BoundedTransaction transaction;
    private final ReplicaLock lock;
    private final Organisations organisations;
    private final CaravanSettings.Outbox settings;
    private final List<String> kinds;

    public Outbox(
            JdbcTemplate database,
            BoundedTransaction transaction,
            ReplicaLock lock,
            Organisations organisations,
            CaravanSettings settings) {
        this.database = database;
        this.transaction = transaction;
        this.lock = lock;
        this.organisations = organisations;
        this.settings = settings.outbox();
        this.kinds = kinds(settings);
    }

    /** What can be carried out with the servers there are. */
    private static List<String> kinds(CaravanSettings settings) {
        List<String> kinds = new ArrayList<>();
        if (!settings.kafka().brokers().isBlank()) {
            kinds.add("validation-reply");
            kinds.add("source-event");
        }
        if (!settings.s3().endpoint().isBlank()) {
            kinds.add("object-move");
        }
        if (settings.shipsOptimizationFiles()) {
            kinds.add("ros-event");
        }
        return kinds;
    }

    /**
     * Something to be carried out.
     *
     * @param owner whose outbox it is in
     * @param destination topic or bucket
     * @param key of a source event: its organisation; null for anything else
     * @param text JSON: a reply or an event as its reader expects it, or a move
     */
    public record Message(Organisation owner, long id, String kind, String destination, String key, String text) {
        /** Without the text: an identity may be in it. */
        @Override
        public String toString() {
            return kind + " " + id + " for " + destination;
        }
    }

    /** Messages to be carried out one after the other; once one of a kind cannot be, the others of its kind wait too. */
    public static final class Round implements Iterator<Message> {
        private final Queue<Message> rest;

        Round(List<Message> messages) {
            rest = new ArrayDeque<>(messages);
        }

        @Override
        public boolean hasNext() {
            return !rest.isEmpty();
        }

        @Override
        public Message next() {
            return rest.remove();
        }

        void withhold(String kind) {
            rest.removeIf(message -> message.kind().equals(kind));
        }
    }

    /**
     * Takes the messages that are due, of each outbox and kind in the order they were written. There are none while another
     * replica carries them out; this one may until the exchange ends.
     */
    public Round begin(Exchange exchange) throws SQLException {
        List<Message> due = new ArrayList<>();
        if (lock.take(LOCK, exchange)) {
            addDue(due, NOBODY);
            organisations.list().forEach(organisation -> addDue(due, organisation));
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
                            select m.outbox_id, m.kind, m.destination,
                                case when m.kind = 'source-event' then m.message ->> 'tenant' end, m.message::text
                            from unnest(?) as possible(kind)
                            cross join lateral (
                                select *
                                from outbox
                                where sent_at is null
                                    and next_attempt_at <= now()
                                    and kind = possible.kind
                                order by outbox_id
                                limit ?
                            ) m
                            """,
                            (row, number) -> new Message(
                                    owner,
                                    row.getLong(1),
                                    row.getString(2),
                                    row.getString(3),
                                    row.getString(4),
                                    row.getString(5)),
                            kinds.toArray(String[]::new),
                            room)));
        }
    }

    /** Marks a message that has been carried out. */
    public void sent(@ExchangeProperty("message") Message message) {
        transaction.call(
                message.owner(),
                () -> database.update(
                        "update outbox set sent_at = now(), last_error = null where outbox_id = ?", message.id()));
    }

    /** Puts a message off, and those of its kind with it: what kept this one back would keep them back too. */
    public void putOff(
            @ExchangeProperty("message") Message message,
            @ExchangeProperty("round") Round round,
            @ExchangeProperty(Exchange.EXCEPTION_CAUGHT) Exception failure) {
        round.withhold(message.kind());
        String error = Failures.messageOf(failure);
        LOG.warn("{} waits: {}", message, error);
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
}
