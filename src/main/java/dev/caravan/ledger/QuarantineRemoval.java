package dev.caravan.ledger;

import dev.caravan.CaravanSettings;
import dev.caravan.ledger.QuarantineBytes.Stored;
import dev.caravan.ledger.QuarantineLedger.Details;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Takes payloads out of quarantine for good, and bytes nobody needs any more. The bytes go before the row is committed:
 * stopped in between, the row is found again.
 */
@Component
public final class QuarantineRemoval {
    private final JdbcTemplate database;
    private final TransactionTemplate transaction;
    private final QuarantineLedger ledger;
    private final QuarantineBytes bytes;
    private final Audit audit;
    private final Duration lockWait;
    private final Duration orphanAge;

    public QuarantineRemoval(
            JdbcTemplate database,
            TransactionTemplate transaction,
            QuarantineLedger ledger,
            QuarantineBytes bytes,
            Audit audit,
            CaravanSettings settings) {
        this.database = database;
        this.transaction = transaction;
        this.ledger = ledger;
        this.bytes = bytes;
        this.audit = audit;
        this.lockWait = settings.database().lockWait();
        this.orphanAge = settings.quarantine().orphanAge();
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

    /** Deletes a payload, with its bytes unless another one in quarantine has the same, and writes down what it was. */
    public Dropping drop(long id) {
        return transaction.execute(status -> {
            boolean free = Boolean.TRUE.equals(database.queryForObject(
                    "select pg_try_advisory_xact_lock(hashtextextended(?, 0))",
                    Boolean.class,
                    QuarantineReplays.LOCK + id));
            if (!free) {
                return Dropping.REPLAYED;
            }
            return ledger.find(id)
                    .map(details -> {
                        audit.write("quarantine drop", description(details));
                        return delete(details) ? Dropping.DROPPED : Dropping.BYTES_NEEDED;
                    })
                    .orElse(Dropping.GONE);
        });
    }

    /** Without the announcing message, whose address gives access to the payload. */
    private static Map<String, Object> description(Details details) {
        var entry = details.entry().masked();
        var description = new LinkedHashMap<String, Object>();
        description.put("id", entry.id());
        description.put("reason", entry.reason());
        description.put("message", entry.message());
        description.put("origin", entry.origin());
        description.put("org", entry.organisation());
        description.put("cluster", entry.clusterId());
        description.put("request_id", details.requestId());
        description.put("sha256", details.sha256());
        description.put("bytes", entry.sizeBytes());
        description.put("attempts", entry.attempts());
        description.put("first_at", entry.firstAt().toString());
        description.put("last_at", entry.lastAt().toString());
        return description;
    }

    /**
     * Deletes the payloads of a source that is removed, with their bytes, one in each transaction; not those that came
     * later. One that is being replayed is waited for. A payload that named no organisation is the source's unless others
     * have registered its cluster.
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
        ids.forEach(id -> transaction.executeWithoutResult(status -> {
            database.queryForList("select set_config('lock_timeout', ?, true)", lockWait.toMillis() + "ms");
            database.queryForList("select pg_advisory_xact_lock(hashtextextended(?, 0))", QuarantineReplays.LOCK + id);
            ledger.find(id).ifPresent(this::delete);
        }));
        return ids.size();
    }

    /** Removes what no payload in quarantine needs: bytes of settled ones, and bytes of none; tells of each. */
    void sweep(Consumer<String> progress) throws IOException {
        List<Stored> settled = database.query(
                """
                select distinct stored_in, stored_as
                from caravan.quarantine q
                where resolved_at is not null
                    and stored_as is not null
                    and not exists (
                        select
                        from caravan.quarantine o
                        where o.stored_as = q.stored_as
                            and o.resolved_at is null
                    )
                """,
                (row, number) -> new Stored(row.getString(1), row.getString(2)));
        for (Stored stored : settled) {
            if (release(stored)) {
                progress.accept("quarantine: bytes of a settled payload removed: " + bytes.address(stored));
            }
        }
        for (Stored stored : bytes.olderThan(orphanAge)) {
            if (releaseOrphan(stored)) {
                progress.accept("quarantine: bytes that belong to no payload removed: " + bytes.address(stored));
            }
        }
    }

    /**
     * Removes bytes unless a payload in quarantine needs them.
     *
     * @return false when one does
     */
    boolean release(Stored stored) {
        return Boolean.TRUE.equals(transaction.execute(status -> {
            lock(stored.name());
            return releaseLocked(stored);
        }));
    }

    private boolean releaseOrphan(Stored stored) {
        return Boolean.TRUE.equals(transaction.execute(status -> {
            lock(stored.name());
            boolean named = Boolean.TRUE.equals(database.queryForObject(
                    "select exists (select from caravan.quarantine where stored_as = ?)",
                    Boolean.class,
                    stored.name()));
            return !named && releaseLocked(stored);
        }));
    }

    /** @return false when the bytes stay, since another payload in quarantine has the same */
    private boolean delete(Details details) {
        Stored stored = details.bytes();
        if (stored != null) {
            lock(stored.name());
        }
        database.update(
                "delete from caravan.quarantine where quarantine_id = ?",
                details.entry().id());
        return stored == null || releaseLocked(stored);
    }

    private boolean releaseLocked(Stored stored) {
        boolean wanted = Boolean.TRUE.equals(database.queryForObject(
                "select exists (select from caravan.quarantine where stored_as = ? and resolved_at is null)",
                Boolean.class,
                stored.name()));
        if (wanted) {
            return false;
        }
        database.update(
                """
                update caravan.quarantine
                set stored_as = null,
                    stored_in = null
                where stored_as = ?
                    and stored_in is not distinct from ?
                """,
                stored.name(),
                stored.place());
        try {
            bytes.delete(stored);
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Until this transaction ends nobody else stores or removes bytes of that name. */
    void lock(String name) {
        database.queryForList("select pg_advisory_xact_lock(hashtextextended('caravan quarantine ' || ?, 0))", name);
    }
}
