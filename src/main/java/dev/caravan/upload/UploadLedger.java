package dev.caravan.upload;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.caravan.CaravanSettings;
import dev.caravan.ledger.BoundedTransaction;
import dev.caravan.ledger.Organisations;
import dev.caravan.payload.Arrival;
import dev.caravan.payload.Delivery;
import java.nio.file.Path;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.Header;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** What came by HTTP and how far it is. */
@Component("uploadLedger")
public final class UploadLedger {
    private final JsonMapper json = JsonMapper.builder().build();
    private final JdbcTemplate database;
    private final BoundedTransaction transaction;
    private final Organisations organisations;
    private final CaravanSettings.Uploads settings;

    public UploadLedger(
            JdbcTemplate database,
            BoundedTransaction transaction,
            Organisations organisations,
            CaravanSettings settings) {
        this.database = database;
        this.transaction = transaction;
        this.organisations = organisations;
        this.settings = settings.uploads();
    }

    /** An upload as the ledger has it, as far as its loading. */
    private record Entry(
            OffsetDateTime receivedAt,
            OffsetDateTime stagedAt,
            OffsetDateTime processingAt,
            OffsetDateTime failedAt,
            String failure,
            Long sizeBytes,
            String sha256) {}

    /** Notes that an upload has begun to come. */
    void received(Upload upload) {
        database.update(
                """
                insert into caravan.upload (upload_id, request_id, org_id, account, identity, content_type, remote_address)
                values (?, ?, ?, ?, ?, ?, ?)
                """,
                upload.id(),
                upload.requestId(),
                upload.identity().organisation(),
                upload.identity().account(),
                upload.identity().encoded(),
                upload.type().contentType(),
                upload.remoteAddress());
    }

    /** Notes where all bytes of an upload are going to be, before anybody else can meet them there. */
    void storing(Upload upload, UploadStore store) {
        database.update(
                """
                update caravan.upload
                set size_bytes = ?,
                    sha256 = ?,
                    stored_in = ?,
                    stored_as = ?
                where upload_id = ?
                """,
                upload.sizeBytes(),
                upload.sha256(),
                store.place(),
                store.nameOf(upload.id()),
                upload.id());
    }

    /** Notes that all of an upload is where it waits for its loading. */
    public void staged(@ExchangeProperty(Upload.PROPERTY) Upload upload) {
        database.update("update caravan.upload set staged_at = now() where upload_id = ?", upload.id());
    }

    void failed(UUID upload, String failure) {
        database.update(
                "update caravan.upload set failed_at = now(), failure = ? where upload_id = ?", failure, upload);
    }

    /** Uploads that began longer ago than that and came to no end at all. */
    List<UUID> left(Duration longest) {
        return database.queryForList(
                """
                select upload_id
                from caravan.upload
                where staged_at is null
                    and processing_at is null
                    and failed_at is null
                    and received_at < now() - make_interval(secs => ?)
                """,
                UUID.class,
                longest.toSeconds());
    }

    /** Notes that a payload is taken up, where it came by HTTP. */
    public void processing(@ExchangeProperty(Delivery.PROPERTY) Delivery delivery) {
        if (delivery.organisation() != null) {
            database.update(
                    """
                    update caravan.upload
                    set processing_at = now()
                    where org_id = ?
                        and request_id = ?
                        and processing_at is null
                    """,
                    delivery.organisation(),
                    delivery.requestId());
        }
    }

    /** Describes an upload that lies in the directory, by its name there. */
    public Delivery describe(@Header("CamelFileAbsolutePath") String path) {
        String name = Path.of(path).getFileName().toString();
        return database
                .query(
                        """
                        select org_id, request_id, remote_address
                        from caravan.upload
                        where upload_id = ?
                        """,
                        (row, number) -> new Delivery(
                                        "http " + row.getString(2), row.getString(1), row.getString(2), false)
                                .arrivedAs(Arrival.http(row.getString(3))),
                        UUID.fromString(name.replace(".tar.gz", "")))
                .stream()
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("nothing is known of the upload " + name));
    }

    /**
     * Tells what became of the latest upload of an organisation under a request id.
     *
     * @return empty when there is none; else the answer to {@code GET /track}
     */
    Optional<TrackedUpload> track(String organisation, String requestId) {
        return transaction.call(() -> latest(organisation, requestId)).map(entry -> {
            JsonNode loaded = entry.sha256() == null ? null : loaded(organisation, entry.sha256());
            if (loaded != null) {
                return TrackedUpload.done(requestId, entry.receivedAt(), entry.sizeBytes(), entry.sha256(), loaded);
            }
            return quarantined(organisation, requestId, entry).orElseGet(() -> underWay(requestId, entry));
        });
    }

    private Optional<Entry> latest(String organisation, String requestId) {
        return database
                .query(
                        """
                        select received_at, staged_at, processing_at, failed_at, failure, size_bytes, sha256
                        from caravan.upload
                        where org_id = ?
                            and request_id = ?
                        order by received_at desc
                        limit 1
                        """,
                        (row, number) -> new Entry(
                                row.getObject(1, OffsetDateTime.class),
                                row.getObject(2, OffsetDateTime.class),
                                row.getObject(3, OffsetDateTime.class),
                                row.getObject(4, OffsetDateTime.class),
                                row.getString(5),
                                row.getObject(6, Long.class),
                                row.getString(7)),
                        organisation,
                        requestId)
                .stream()
                .findFirst();
    }

    private JsonNode loaded(String organisation, String sha256) {
        return organisations
                .find(organisation)
                .map(known -> transaction.call(
                        known,
                        () -> database.queryForObject("select caravan.describe_payload(?)", String.class, sha256)))
                .map(this::tree)
                .orElse(null);
    }

    private Optional<TrackedUpload> quarantined(String organisation, String requestId, Entry entry) {
        return transaction.call(() -> database
                .query(
                        """
                        select reason, message, last_at
                        from caravan.quarantine
                        where org_id = ?
                            and (request_id = ? or sha256 = ?)
                            and resolved_at is null
                        order by last_at desc
                        limit 1
                        """,
                        (row, number) -> TrackedUpload.failed(
                                requestId,
                                entry.receivedAt(),
                                row.getObject(3, OffsetDateTime.class),
                                row.getString(1),
                                row.getString(2)),
                        organisation,
                        requestId,
                        entry.sha256())
                .stream()
                .findFirst());
    }

    private static TrackedUpload underWay(String requestId, Entry entry) {
        if (entry.failedAt() != null) {
            return TrackedUpload.failed(
                    requestId, entry.receivedAt(), entry.failedAt(), "not-received", entry.failure());
        }
        if (entry.processingAt() != null) {
            return TrackedUpload.underWay(requestId, entry.receivedAt(), "processing", entry.processingAt());
        }
        if (entry.stagedAt() != null) {
            return TrackedUpload.underWay(requestId, entry.receivedAt(), "staged", entry.stagedAt());
        }
        return TrackedUpload.underWay(requestId, entry.receivedAt(), "received", entry.receivedAt());
    }

    /** Forgets uploads that nobody is expected to ask for any more; those still waiting in the directory stay. */
    void forget() {
        database.update(
                """
                delete from caravan.upload
                where received_at < now() - make_interval(secs => ?)
                    and (processing_at is not null or failed_at is not null or stored_in like 's3://%')
                """,
                settings.remembered().toSeconds());
    }

    private JsonNode tree(String text) {
        try {
            return json.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
