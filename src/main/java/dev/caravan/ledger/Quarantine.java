package dev.caravan.ledger;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.caravan.CaravanSettings;
import dev.caravan.ledger.QuarantineBytes.Stored;
import dev.caravan.payload.Arrival;
import dev.caravan.payload.Delivery;
import dev.caravan.payload.DownloadRefusedException;
import dev.caravan.payload.PoisonPayloadException;
import dev.caravan.payload.SpooledFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.util.Map;
import java.util.TreeMap;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeProperty;
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

    private final JsonMapper json = JsonMapper.builder().build();
    private final JdbcTemplate database;
    private final TransactionTemplate transaction;
    private final Failures failures;
    private final QuarantineBytes bytes;
    private final QuarantineRemoval removal;
    private final String replyTopic;

    /** @throws dev.caravan.SettingException when nothing says where the bytes are to be kept, or they cannot be there */
    public Quarantine(
            JdbcTemplate database,
            TransactionTemplate transaction,
            Failures failures,
            QuarantineBytes bytes,
            QuarantineRemoval removal,
            CaravanSettings settings) {
        bytes.check();
        this.database = database;
        this.transaction = transaction;
        this.failures = failures;
        this.bytes = bytes;
        this.removal = removal;
        this.replyTopic = settings.topics().validation();
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
        String message = shortened(Failures.messageOf(failure), LONGEST_MESSAGE) + withoutBytes(delivery);
        Stored stored = delivery.file() == null ? null : bytes.keep(delivery.file());
        boolean bug = reason.equals("internal-error");
        transaction.executeWithoutResult(status -> {
            keepStored(delivery.file(), stored);
            insert(delivery, reason, message, stored, bug ? stackOf(failure) : null);
            database.queryForList("select set_config('search_path', 'caravan, pg_temp', true)");
            if (!delivery.arrival().isUsageEvent()) {
                database.queryForList(
                        "select caravan.queue_reply(?, ?, ?, ?)",
                        delivery.file() == null ? null : delivery.file().sha256(),
                        delivery.requestId(),
                        replyTopic,
                        reason.equals("unknown-source") ? "success" : "failure");
            }
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

    /** Says where a payload still is of which no bytes are kept. */
    private static String withoutBytes(Delivery delivery) {
        String kind = delivery.arrival().kind();
        if (delivery.file() != null || kind == null) {
            return "";
        }
        return switch (kind) {
            case "file" ->
                "; its bytes are not kept here: a dropped file is moved to failed/, any other stays where it is";
            case "bucket" -> "; its bytes are not kept here: the object is moved to failed/";
            default -> "";
        };
    }

    /** Until this transaction ends nobody takes the stored bytes away; they are stored once more where somebody just did. */
    private void keepStored(SpooledFile file, Stored stored) {
        if (stored == null) {
            return;
        }
        removal.lock(stored.name());
        try {
            if (!bytes.exists(stored)) {
                bytes.keep(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void insert(Delivery delivery, String reason, String message, Stored stored, String stack) {
        SpooledFile file = delivery.file();
        Arrival arrival = delivery.arrival();
        database.update(
                """
                insert into caravan.quarantine (
                    reason, message, origin, headers, request_id, org_id, cluster_id, sha256, size_bytes, stored_in,
                    stored_as, stack, arrival_kind, topic, kafka_partition, kafka_offset, bucket, object_key, etag, path,
                    remote_address
                )
                values (?, ?, ?, ?::jsonb, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                on conflict (coalesce(sha256, origin), reason, coalesce(org_id, '')) where resolved_at is null do update
                set attempts = quarantine.attempts + 1,
                    last_at = now(),
                    replay_requested_at = null,
                    message = excluded.message,
                    origin = excluded.origin,
                    headers = excluded.headers,
                    stored_in = excluded.stored_in,
                    stored_as = excluded.stored_as,
                    stack = excluded.stack,
                    arrival_kind = excluded.arrival_kind,
                    topic = excluded.topic,
                    kafka_partition = excluded.kafka_partition,
                    kafka_offset = excluded.kafka_offset,
                    bucket = excluded.bucket,
                    object_key = excluded.object_key,
                    etag = excluded.etag,
                    path = excluded.path,
                    remote_address = excluded.remote_address
                """,
                reason,
                message,
                delivery.origin(),
                headers(delivery),
                delivery.requestId(),
                delivery.organisation(),
                delivery.manifest() == null ? null : delivery.manifest().clusterId(),
                file == null ? null : file.sha256(),
                file == null ? null : file.sizeBytes(),
                stored == null ? null : stored.place(),
                stored == null ? null : stored.name(),
                stack,
                arrival.kind(),
                arrival.topic(),
                arrival.partition(),
                arrival.offset(),
                arrival.object() == null ? null : arrival.object().bucket(),
                arrival.object() == null ? null : arrival.object().key(),
                arrival.object() == null ? null : arrival.object().etag(),
                arrival.path(),
                arrival.remoteAddress());
    }

    private String headers(Delivery delivery) {
        Map<String, String> headers = new TreeMap<>(delivery.arrival().headers());
        if (delivery.message() != null) {
            headers.put(QuarantineLedger.MESSAGE, delivery.message());
        }
        try {
            return json.writeValueAsString(headers);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
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
