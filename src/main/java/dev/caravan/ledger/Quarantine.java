package dev.caravan.ledger;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.caravan.CaravanSettings;
import dev.caravan.payload.Delivery;
import dev.caravan.payload.Delivery.Outcome;
import dev.caravan.payload.DownloadRefusedException;
import dev.caravan.payload.PoisonPayloadException;
import dev.caravan.payload.SpooledFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeProperty;
import org.apache.commons.codec.digest.DigestUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Keeps payloads that could not be loaded: first their bytes, verified by digest, then their row and their reply. */
@Component("quarantine")
public final class Quarantine {
    private static final Logger LOG = LoggerFactory.getLogger(Quarantine.class);
    private static final int LONGEST_MESSAGE = 1024;
    private static final int LONGEST_STACK = 20_000;
    /** Raised by the stored functions of the ledger. */
    private static final Map<String, String> REASON_BY_STATE = Map.of(
            "CV001", "member-conflict",
            "CV002", "manifest-conflict",
            "CV003", "outside-hourly-retention",
            "CV004", "unknown-source");

    private static final String REPLAY_LOCK = "caravan replay ";
    private static final String ENTRY =
            """
            select quarantine_id, reason, message, origin, org_id, cluster_id, size_bytes, attempts, first_at, last_at,
                request_id, sha256, stored_as, replay_requested_at, resolved_at, headers ->> 'message' as announcement, stack
            from caravan.quarantine
            """;

    private final JdbcTemplate database;
    private final TransactionTemplate transaction;
    private final Failures failures;
    private final ReplicaLock locks;
    private final Path directory;
    private final String replyTopic;

    public Quarantine(
            JdbcTemplate database,
            TransactionTemplate transaction,
            Failures failures,
            ReplicaLock locks,
            CaravanSettings settings) {
        this.database = database;
        this.transaction = transaction;
        this.failures = failures;
        this.locks = locks;
        this.directory = settings.quarantine();
        this.replyTopic = settings.topics().validation();
    }

    /** A payload in quarantine. */
    public record Entry(
            long id,
            String reason,
            String message,
            String origin,
            String organisation,
            String clusterId,
            Long sizeBytes,
            int attempts,
            OffsetDateTime firstAt,
            OffsetDateTime lastAt) {}

    /**
     * All that is known of a payload that is or was in quarantine.
     *
     * @param storedAt path of its original bytes; null when none were received
     * @param stored whether they lie there
     * @param replayRequestedAt since when it waits for a replay; null when nobody asked for one
     * @param resolvedAt when a replay settled it; null while it is in quarantine
     * @param headers what came with it, the addresses with their secrets
     */
    public record Details(
            @JsonUnwrapped Entry entry,
            String requestId,
            String sha256,
            String storedAt,
            boolean stored,
            OffsetDateTime replayRequestedAt,
            OffsetDateTime resolvedAt,
            Map<String, String> headers,
            String stack) {
        public boolean open() {
            return resolvedAt == null;
        }

        /** The payload, to go through the normal route once more; only where its bytes are stored. */
        public Replay replay() {
            return new Replay(
                    entry.id(),
                    entry.reason(),
                    new Delivery(entry.origin(), entry.organisation(), requestId, false, headers.get("message")),
                    Path.of(storedAt));
        }
    }

    /**
     * Payloads in quarantine, newest first.
     *
     * @param reason of these only; null for any
     * @param organisation of these only; null for any
     */
    public List<Entry> list(String reason, String organisation) {
        return database.query(
                ENTRY
                        + """
                        where resolved_at is null
                            and (?::text is null or reason = ?)
                            and (?::text is null or org_id = ?)
                        order by last_at desc, quarantine_id desc
                        """,
                Quarantine::entry,
                reason,
                reason,
                organisation,
                organisation);
    }

    /** A payload that is or was in quarantine; empty when there is none of that number. */
    public Optional<Details> find(long id) {
        return database.query(ENTRY + "where quarantine_id = ?", this::details, id).stream()
                .findFirst();
    }

    /**
     * Payloads in quarantine with everything known of them, oldest first.
     *
     * @param reason of these only; null for any
     */
    public List<Details> open(String reason) {
        return database.query(
                ENTRY
                        + """
                        where resolved_at is null
                            and (?::text is null or reason = ?)
                        order by first_at, quarantine_id
                        """,
                this::details,
                reason,
                reason);
    }

    /** Payloads whose replay was asked for, oldest first, and whose bytes are stored. */
    public List<Replay> requested() {
        return database
                .query(
                        ENTRY
                                + """
                                where replay_requested_at is not null
                                    and resolved_at is null
                                    and stored_as is not null
                                order by replay_requested_at, quarantine_id
                                """,
                        this::details)
                .stream()
                .map(Details::replay)
                .toList();
    }

    private static Entry entry(ResultSet row, int number) throws SQLException {
        return new Entry(
                row.getLong("quarantine_id"),
                row.getString("reason"),
                row.getString("message"),
                row.getString("origin"),
                row.getString("org_id"),
                row.getString("cluster_id"),
                row.getObject("size_bytes", Long.class),
                row.getInt("attempts"),
                row.getObject("first_at", OffsetDateTime.class),
                row.getObject("last_at", OffsetDateTime.class));
    }

    private Details details(ResultSet row, int number) throws SQLException {
        String name = row.getString("stored_as");
        Path bytes = name == null ? null : directory.resolve(name).toAbsolutePath();
        String announcement = row.getString("announcement");
        return new Details(
                entry(row, number),
                row.getString("request_id"),
                row.getString("sha256"),
                bytes == null ? null : bytes.toString(),
                bytes != null && Files.exists(bytes),
                row.getObject("replay_requested_at", OffsetDateTime.class),
                row.getObject("resolved_at", OffsetDateTime.class),
                announcement == null ? Map.of() : Map.of("message", announcement),
                row.getString("stack"));
    }

    /**
     * A payload about to go through the normal route once more.
     *
     * @param reason why it was kept
     * @param file its original bytes
     */
    public record Replay(long id, String reason, Delivery delivery, Path file) {}

    /** Whether the entry is still to be replayed; until the exchange ends nobody else replays or drops it then. */
    public boolean take(@ExchangeProperty("replay") Replay replay, Exchange exchange) throws SQLException {
        return locks.take(REPLAY_LOCK + replay.id(), exchange)
                && Boolean.TRUE.equals(database.queryForObject(
                        "select exists (select from caravan.quarantine where quarantine_id = ? and resolved_at is null)",
                        Boolean.class,
                        replay.id()));
    }

    /**
     * Closes the entry unless the payload failed for the same reason as before; it is not tried again by itself. Where
     * nothing became of the payload, since a server was lost, the entry stays as it is.
     */
    public void settle(@ExchangeProperty("replay") Replay replay) {
        Outcome outcome = replay.delivery().outcome();
        if (outcome == Outcome.FAILED) {
            return;
        }
        boolean sameAgain =
                outcome == Outcome.QUARANTINED && replay.delivery().reason().equals(replay.reason());
        database.update(
                """
                update caravan.quarantine
                set replay_requested_at = null,
                    resolved_at = case when ? then resolved_at else now() end
                where quarantine_id = ?
                """,
                sameAgain,
                replay.id());
    }

    /**
     * Keeps the payload of a failed exchange. The row is written only after the bytes are stored and read back; it and the
     * reply commit together. Where that fails, the exchange fails, and whoever gave the payload gives it again.
     */
    public void keep(
            @ExchangeProperty(Delivery.PROPERTY) Delivery delivery,
            @ExchangeProperty(Exchange.EXCEPTION_CAUGHT) Exception failure)
            throws IOException {
        try {
            tryToKeep(delivery, failure);
        } catch (IOException | RuntimeException e) {
            if (failures.isTransient(e)) {
                LOG.warn("{} cannot be put into quarantine now: {}", delivery.origin(), Failures.messageOf(e));
            } else {
                LOG.error("{} cannot be put into quarantine", delivery.origin(), e);
            }
            throw e;
        }
    }

    private void tryToKeep(Delivery delivery, Exception failure) throws IOException {
        String reason = reasonOf(failure);
        String message = shortened(Failures.messageOf(failure), LONGEST_MESSAGE);
        String storedAs = delivery.file() == null ? null : store(delivery.file());
        boolean bug = reason.equals("internal-error");
        transaction.executeWithoutResult(status -> {
            keepStored(delivery.file(), storedAs);
            insert(delivery, reason, message, storedAs, bug ? stackOf(failure) : null);
            database.queryForList("select set_config('search_path', 'caravan, pg_temp', true)");
            database.queryForList(
                    "select caravan.queue_reply(?, ?, ?, ?)",
                    delivery.file() == null ? null : delivery.file().sha256(),
                    delivery.requestId(),
                    replyTopic,
                    reason.equals("unknown-source") ? "success" : "failure");
            if (delivery.object() != null) {
                database.queryForList(
                        "select caravan.queue_move(?, ?, ?, ?, 'failed')",
                        delivery.file() == null ? null : delivery.file().sha256(),
                        delivery.object().bucket(),
                        delivery.object().key(),
                        delivery.object().etag());
            }
        });
        delivery.quarantined(reason, message);
        if (bug) {
            LOG.error("{} went to quarantine: {}", delivery.origin(), reason, failure);
        } else {
            LOG.warn("{} went to quarantine: {}: {}", delivery.origin(), reason, message);
        }
    }

    /** Until this transaction ends nobody takes the stored bytes away; they are stored once more where somebody just did. */
    private void keepStored(SpooledFile file, String storedAs) {
        if (storedAs == null) {
            return;
        }
        lockStored(storedAs);
        if (!Files.exists(directory.resolve(storedAs))) {
            try {
                store(file);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void lockStored(String storedAs) {
        database.queryForList(
                "select pg_advisory_xact_lock(hashtextextended('caravan quarantine ' || ?, 0))", storedAs);
    }

    /**
     * Deletes the payloads of a source that is removed, with their bytes, one in each transaction; not those that came
     * later. A payload that named no organisation is the source's unless others have registered its cluster.
     *
     * @return how many
     */
    int forget(Source source, OffsetDateTime until) {
        List<Long> ids = database.queryForList(
                """
                select quarantine_id
                from caravan.quarantine q
                where cluster_id = ?
                    and last_at <= ?
                    and (
                        org_id = ?
                        or (
                            org_id is null
                            and not exists (
                                select
                                from caravan.source s
                                where s.cluster_id = q.cluster_id
                                    and s.org_id <> ?
                            )
                        )
                    )
                order by quarantine_id
                """,
                Long.class,
                source.clusterId(),
                until,
                source.organisation(),
                source.organisation());
        ids.forEach(id -> transaction.executeWithoutResult(status -> forget(id)));
        return ids.size();
    }

    /** What became of a payload that was to be dropped. */
    public enum Dropping {
        DROPPED,
        /** Its bytes stay: another payload in quarantine has the same. */
        BYTES_NEEDED,
        /** Just now it is replayed; it stays. */
        REPLAYED,
        GONE
    }

    /**
     * Deletes a payload, with its bytes unless another one in quarantine has the same.
     *
     * @param audit is given what it was, in the transaction
     */
    public Dropping drop(long id, Consumer<Details> audit) {
        return transaction.execute(status -> {
            boolean free = Boolean.TRUE.equals(database.queryForObject(
                    "select pg_try_advisory_xact_lock(hashtextextended(?, 0))", Boolean.class, REPLAY_LOCK + id));
            if (!free) {
                return Dropping.REPLAYED;
            }
            return find(id).map(details -> {
                        audit.accept(details);
                        return forget(id) ? Dropping.DROPPED : Dropping.BYTES_NEEDED;
                    })
                    .orElse(Dropping.GONE);
        });
    }

    /**
     * The bytes go before the row is committed: stopped in between, the row is found again.
     *
     * @return false when the bytes stay, since another payload in quarantine has the same
     */
    private boolean forget(long id) {
        List<String> names = database.queryForList(
                "select stored_as from caravan.quarantine where quarantine_id = ? and stored_as is not null",
                String.class,
                id);
        names.forEach(this::lockStored);
        database.update("delete from caravan.quarantine where quarantine_id = ?", id);
        boolean all = true;
        for (String name : names) {
            boolean wanted = Boolean.TRUE.equals(database.queryForObject(
                    "select exists (select from caravan.quarantine where stored_as = ? and resolved_at is null)",
                    Boolean.class,
                    name));
            if (wanted) {
                all = false;
                continue;
            }
            database.update("update caravan.quarantine set stored_as = null where stored_as = ?", name);
            try {
                Files.deleteIfExists(directory.resolve(name));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return all;
    }

    private void insert(Delivery delivery, String reason, String message, String storedAs, String stack) {
        SpooledFile file = delivery.file();
        database.update(
                """
                insert into caravan.quarantine (
                    reason, message, origin, headers, request_id, org_id, cluster_id, sha256, size_bytes, stored_as, stack
                )
                values (?, ?, ?, jsonb_strip_nulls(jsonb_build_object('message', ?::text)), ?, ?, ?, ?, ?, ?, ?)
                on conflict (coalesce(sha256, origin), reason, coalesce(org_id, '')) where resolved_at is null do update
                set attempts = quarantine.attempts + 1,
                    last_at = now(),
                    replay_requested_at = null,
                    message = excluded.message,
                    origin = excluded.origin,
                    headers = excluded.headers,
                    stack = excluded.stack
                """,
                reason,
                message,
                delivery.origin(),
                delivery.message(),
                delivery.requestId(),
                delivery.organisation(),
                delivery.manifest() == null ? null : delivery.manifest().clusterId(),
                file == null ? null : file.sha256(),
                file == null ? null : file.sizeBytes(),
                storedAs,
                stack);
    }

    /** Copies the bytes under their digest and reads them back; a copy that is there already is read back as well. */
    private String store(SpooledFile file) throws IOException {
        Files.createDirectories(directory);
        String name = file.sha256() + ".tar.gz";
        Path kept = directory.resolve(name);
        if (!Files.exists(kept) || !digestOf(kept).equals(file.sha256())) {
            Path part = directory.resolve(UUID.randomUUID() + ".part");
            Files.copy(file.path(), part);
            Files.move(part, kept, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            if (!digestOf(kept).equals(file.sha256())) {
                throw new IOException(
                        "the copy in quarantine differs from the payload: check the disk of " + directory);
            }
        }
        return name;
    }

    private static String digestOf(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            return DigestUtils.sha256Hex(in);
        }
    }

    private static String reasonOf(Exception failure) {
        if (failure instanceof PoisonPayloadException poison) {
            return poison.reason();
        }
        if (failure instanceof UnknownSourceException) {
            return "unknown-source";
        }
        if (failure instanceof DownloadRefusedException) {
            return "download-refused";
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && sql.getSQLState() != null) {
                return REASON_BY_STATE.getOrDefault(sql.getSQLState(), "internal-error");
            }
        }
        return "internal-error";
    }

    private static String stackOf(Exception failure) {
        var text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        return shortened(text.toString(), LONGEST_STACK);
    }

    /** PostgreSQL's text cannot hold a NUL. */
    private static String shortened(String text, int longest) {
        String clean = text.replace("\u0000", "");
        return clean.length() <= longest ? clean : clean.substring(0, longest);
    }
}
