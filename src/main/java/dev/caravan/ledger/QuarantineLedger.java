package dev.caravan.ledger;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.caravan.ledger.QuarantineBytes.Stored;
import dev.caravan.payload.Arrival;
import dev.caravan.payload.Delivery;
import dev.caravan.payload.StoredObject;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** The rows of the quarantine. */
@Component
public final class QuarantineLedger {
    /** Under this name the text that announced a payload stands among its headers. */
    static final String MESSAGE = "message";

    private static final TypeReference<TreeMap<String, String>> HEADERS = new TypeReference<>() {};
    private static final String ENTRY =
            """
            select quarantine_id, reason, message, origin, org_id, cluster_id, size_bytes, attempts, first_at, last_at,
                request_id, sha256, stored_in, stored_as, replay_requested_at, resolved_at, headers, stack, arrival_kind,
                topic, kafka_partition, kafka_offset, bucket, object_key, etag, path, remote_address
            from caravan.quarantine
            """;

    private final JsonMapper json = JsonMapper.builder().build();
    private final JdbcTemplate database;

    public QuarantineLedger(JdbcTemplate database) {
        this.database = database;
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
            OffsetDateTime lastAt) {
        /** Without what gives access in addresses. */
        public Entry masked() {
            return new Entry(
                    id,
                    reason,
                    MaskedAddresses.in(message),
                    MaskedAddresses.in(origin),
                    organisation,
                    clusterId,
                    sizeBytes,
                    attempts,
                    firstAt,
                    lastAt);
        }
    }

    /**
     * All that is known of a payload that is or was in quarantine.
     *
     * @param bytes where its original bytes were put; null when none were received, or once they were removed
     * @param replayRequestedAt since when it waits for a replay; null when nobody asked for one
     * @param resolvedAt when a replay settled it; null while it is in quarantine
     * @param headers what came with it, the addresses with their secrets
     */
    public record Details(
            @JsonUnwrapped Entry entry,
            String requestId,
            String sha256,
            @JsonIgnore Stored bytes,
            OffsetDateTime replayRequestedAt,
            OffsetDateTime resolvedAt,
            Arrival arrival,
            Map<String, String> headers,
            String stack) {
        @JsonIgnore
        public boolean open() {
            return resolvedAt == null;
        }

        /** Whether it can go through the normal route once more: by its bytes, or by what announced it. */
        @JsonIgnore
        public boolean replayable() {
            return bytes != null || headers.containsKey(MESSAGE);
        }

        public Replay replay() {
            return new Replay(
                    this,
                    new Delivery(entry.origin(), entry.organisation(), requestId, false, headers.get(MESSAGE))
                            .arrivedAs(arrival));
        }
    }

    /** A payload about to go through the normal route once more. */
    public record Replay(Details details, Delivery delivery) {
        public long id() {
            return details.entry().id();
        }

        /** Why it was kept. */
        public String reason() {
            return details.entry().reason();
        }
    }

    /**
     * What is in quarantine, all together.
     *
     * @param bytes their compressed size, the same bytes counted once
     * @param oldest when the first of them came; null when there are none
     */
    public record Totals(long payloads, long bytes, OffsetDateTime oldest) {}

    /**
     * Payloads in quarantine, newest first.
     *
     * @param reason of these only; null for any
     * @param organisation of these only; null for any
     * @param limit at most so many; null for all
     */
    public List<Entry> list(String reason, String organisation, Integer limit) {
        return database.query(
                ENTRY
                        + """
                        where resolved_at is null
                            and (?::text is null or reason = ?)
                            and (?::text is null or org_id = ?)
                        order by last_at desc, quarantine_id desc
                        limit ?
                        """,
                QuarantineLedger::entry,
                reason,
                reason,
                organisation,
                organisation,
                limit);
    }

    public Totals totals() {
        return database.queryForObject(
                """
                select count(*), min(first_at), (
                    select coalesce(sum(size_bytes), 0)
                    from (
                        select distinct sha256, size_bytes
                        from caravan.quarantine
                        where resolved_at is null
                            and stored_as is not null
                    ) kept
                )
                from caravan.quarantine
                where resolved_at is null
                """,
                (row, number) -> new Totals(row.getLong(1), row.getLong(3), row.getObject(2, OffsetDateTime.class)));
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

    /** Payloads whose replay was asked for, oldest first. */
    List<Details> requested() {
        return database.query(
                ENTRY
                        + """
                        where replay_requested_at is not null
                            and resolved_at is null
                            and (stored_as is not null or headers ->> 'message' is not null)
                        order by replay_requested_at, quarantine_id
                        """,
                this::details);
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
        return new Details(
                entry(row, number),
                row.getString("request_id"),
                row.getString("sha256"),
                name == null ? null : new Stored(row.getString("stored_in"), name),
                row.getObject("replay_requested_at", OffsetDateTime.class),
                row.getObject("resolved_at", OffsetDateTime.class),
                arrival(row),
                headers(row.getString("headers")),
                row.getString("stack"));
    }

    private Arrival arrival(ResultSet row) throws SQLException {
        String key = row.getString("object_key");
        return new Arrival(
                row.getString("arrival_kind"),
                row.getString("topic"),
                row.getObject("kafka_partition", Integer.class),
                row.getObject("kafka_offset", Long.class),
                key == null ? null : new StoredObject(row.getString("bucket"), key, row.getString("etag")),
                row.getString("path"),
                row.getString("remote_address"),
                withoutMessage(headers(row.getString("headers"))));
    }

    private static Map<String, String> withoutMessage(Map<String, String> headers) {
        headers.remove(MESSAGE);
        return headers;
    }

    private Map<String, String> headers(String text) {
        try {
            return json.readValue(text, HEADERS);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
