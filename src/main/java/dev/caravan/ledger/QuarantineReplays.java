package dev.caravan.ledger;

import dev.caravan.ledger.QuarantineBytes.State;
import dev.caravan.ledger.QuarantineLedger.Details;
import dev.caravan.ledger.QuarantineLedger.Replay;
import dev.caravan.payload.Delivery.Outcome;
import dev.caravan.payload.PayloadSpool;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Brings payloads of the quarantine back: by their bytes, or by what announced them where none were received. */
@Component("quarantineReplays")
public final class QuarantineReplays {
    static final String LOCK = "caravan replay ";

    private static final String WAY = "way";

    private static final Logger LOG = LoggerFactory.getLogger(QuarantineReplays.class);
    /** Reasons of a replay that did not begin. */
    private static final Map<State, String> LOST =
            Map.of(State.MISSING, "stored-bytes-missing", State.ALTERED, "stored-bytes-altered");

    private final JdbcTemplate database;
    private final QuarantineLedger ledger;
    private final QuarantineBytes bytes;
    private final QuarantineRemoval removal;
    private final ReplicaLock locks;
    private final Audit audit;
    private final PayloadSpool spool;

    public QuarantineReplays(
            JdbcTemplate database,
            QuarantineLedger ledger,
            QuarantineBytes bytes,
            QuarantineRemoval removal,
            ReplicaLock locks,
            Audit audit,
            PayloadSpool spool) {
        this.database = database;
        this.ledger = ledger;
        this.bytes = bytes;
        this.removal = removal;
        this.locks = locks;
        this.audit = audit;
        this.spool = spool;
    }

    /** Payloads whose replay was asked for, oldest first. */
    public List<Replay> requested() {
        return ledger.requested().stream().map(Details::replay).toList();
    }

    /**
     * Asks for a replay, in the caller's transaction; a running {@code run} carries it out.
     *
     * @throws IllegalArgumentException when there is nothing to replay
     */
    public void request(long id) {
        Details details = ledger.find(id)
                .filter(Details::open)
                .orElseThrow(() -> new IllegalArgumentException("no payload in quarantine has id " + id));
        if (!details.replayable()) {
            throw new IllegalArgumentException("payload " + id + " cannot be replayed: " + nothingKept(details));
        }
        database.update("update caravan.quarantine set replay_requested_at = now() where quarantine_id = ?", id);
        audit.write("quarantine replay", Map.of("ids", List.of(id)));
    }

    /** Why there is neither a byte nor an announcement of a payload, and what to do. */
    public static String nothingKept(Details details) {
        String kind = String.valueOf(details.arrival().kind());
        String again =
                switch (kind) {
                    case "bucket" -> "it lies in failed/ of its bucket: put it into the bucket again";
                    case "file" -> "the file is where it was, or in failed/ of the inbox: hand it in again";
                    default -> "have it sent again";
                };
        return "none of its bytes were kept; " + again + ", then `quarantine drop "
                + details.entry().id() + "`";
    }

    /** Whether the entry is still to be replayed; until the exchange ends nobody else replays or drops it then. */
    public boolean take(@ExchangeProperty("replay") Replay replay, Exchange exchange) throws SQLException {
        return locks.take(LOCK + replay.id(), exchange)
                && Boolean.TRUE.equals(database.queryForObject(
                        "select exists (select from caravan.quarantine where quarantine_id = ? and resolved_at is null)",
                        Boolean.class,
                        replay.id()));
    }

    /**
     * Puts into the body what the payload is replayed by, and into the property {@code way} which that is: bytes, in a file
     * of this process; or announcement; or usage-event; or nothing, where what was stored is not there or is something else.
     *
     * <p>The bytes are copied first, so that nothing but the original goes on, also where a step is tried again.
     */
    public void prepare(@ExchangeProperty("replay") Replay replay, Exchange exchange) throws IOException {
        Details details = replay.details();
        if (details.bytes() == null) {
            exchange.getMessage().setBody(replay.delivery().message().getBytes(StandardCharsets.UTF_8));
            exchange.setProperty(WAY, details.arrival().isUsageEvent() ? "usage-event" : "announcement");
            return;
        }
        Path copy = spool.lend(exchange);
        State state;
        try (var out = Files.newOutputStream(copy)) {
            state = bytes.fetch(details.bytes(), details.sha256(), out);
        }
        if (state != State.INTACT) {
            String lost = lost(details, state);
            replay.delivery().quarantined(LOST.get(state), lost);
            LOG.warn("quarantined payload {} is not replayed: {}", replay.id(), lost);
            exchange.setProperty(WAY, "nothing");
            return;
        }
        exchange.getMessage().setBody(copy.toFile());
        exchange.setProperty(WAY, "bytes");
    }

    private String lost(Details details, State state) {
        String address = bytes.address(details.bytes());
        return state == State.MISSING
                ? "its bytes are missing from " + address + ", SHA-256 " + details.sha256()
                        + ": put them back, or set CARAVAN_QUARANTINE_BUCKET or CARAVAN_QUARANTINE_DIR to where they are"
                : "its bytes were altered: " + address + " has no longer SHA-256 " + details.sha256()
                        + ": put the original back";
    }

    /**
     * Closes the entry unless the payload failed for the same reason as before or was not to be had; it is not tried again
     * by itself. The bytes of a closed one go. Where nothing became of the payload, since a server was lost, the entry stays
     * as it is.
     */
    public void settle(@ExchangeProperty("replay") Replay replay) {
        var delivery = replay.delivery();
        if (delivery.outcome() == Outcome.FAILED) {
            return;
        }
        boolean stays = delivery.outcome() == Outcome.QUARANTINED
                && (delivery.reason().equals(replay.reason()) || LOST.containsValue(delivery.reason()));
        database.update(
                """
                update caravan.quarantine
                set replay_requested_at = null,
                    resolved_at = case when ? then resolved_at else now() end
                where quarantine_id = ?
                """,
                stays,
                replay.id());
        if (!stays && replay.details().bytes() != null) {
            release(replay);
        }
    }

    /** The payload is in: that its bytes could not be removed now is none of its business, and a purge does it. */
    private void release(Replay replay) {
        try {
            removal.release(replay.details().bytes());
        } catch (RuntimeException e) {
            LOG.warn(
                    "the bytes of payload {} stay in quarantine until the next purge: {}",
                    replay.id(),
                    Failures.messageOf(e));
        }
    }
}
