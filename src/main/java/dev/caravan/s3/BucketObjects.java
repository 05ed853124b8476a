package dev.caravan.s3;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.caravan.CaravanSettings;
import dev.caravan.ledger.Outbox;
import dev.caravan.ledger.ReplicaLock;
import dev.caravan.payload.Delivery;
import dev.caravan.payload.Delivery.Outcome;
import dev.caravan.payload.PoisonPayloadException;
import dev.caravan.payload.StoredObject;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.Body;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeProperty;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.ListObjectsRequest;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Payloads that lie in the intake bucket. Requests are built here and not from headers: Camel would evaluate a key that
 * looks like an expression.
 *
 * <p>An object that is loaded or in quarantine is settled: noted until it has been moved, so that nobody reads it again
 * where moves are slow or not allowed. Before, a lock of the database keeps other replicas off it.
 */
@Component("bucketObjects")
public final class BucketObjects {
    private static final Pattern ORGANISATION = Pattern.compile("org=([a-z0-9_]{1,50})/.*", Pattern.DOTALL);
    private static final List<String> MOVED = List.of("done/", "failed/");
    /** Longest key in bytes, of every S3 API. */
    private static final int LONGEST_KEY = 1024;

    private static final int LONGEST_NAME = 200;

    private final JsonMapper json = JsonMapper.builder().build();
    private final JdbcTemplate database;
    private final ReplicaLock lock;
    private final CamelContext camel;
    private final CaravanSettings settings;
    /** Last key of the page before; null at the beginning of the bucket. */
    private String marker;

    public BucketObjects(JdbcTemplate database, ReplicaLock lock, CamelContext camel, CaravanSettings settings) {
        this.database = database;
        this.lock = lock;
        this.camel = camel;
        this.settings = settings;
    }

    /** An object as a page of the bucket lists it. */
    public record Listed(StoredObject object, long sizeBytes) {}

    /** A move as the outbox keeps it. */
    private record Move(
            @JsonProperty("key") String key, @JsonProperty("etag") String etag, @JsonProperty("folder") String folder) {

        /** The content's own folder keeps payloads of the same name apart. */
        String destination() {
            String whole = folder + "/" + etag + "/" + key;
            return whole.getBytes(StandardCharsets.UTF_8).length <= LONGEST_KEY
                    ? whole
                    : folder + "/" + etag + "/" + key.substring(key.length() - LONGEST_NAME);
        }
    }

    /** The next page of the bucket, from its beginning again after the last one. */
    public ListObjectsRequest page() {
        return ListObjectsRequest.builder()
                .bucket(settings.s3().intakeBucket())
                .marker(marker)
                .maxKeys(settings.s3().objectsPerPoll())
                .build();
    }

    /** Those of a page that nobody has settled, as long as this process runs. */
    public Iterator<Listed> pending(@Body List<S3Object> page) {
        boolean last = page.size() < settings.s3().objectsPerPoll();
        marker = last ? null : beyondMoved(page.get(page.size() - 1).key());
        List<Listed> listed = page.stream()
                .filter(object -> !object.key().endsWith("/") && MOVED.stream().noneMatch(object.key()::startsWith))
                // Still being written: a server on a file system may list an object before it knows its digest.
                .filter(object -> object.eTag() != null)
                .map(object -> new Listed(
                        new StoredObject(settings.s3().intakeBucket(), object.key(), withoutQuotes(object.eTag())),
                        object.size()))
                .toList();
        Set<StoredObject> settled = settledAmong(listed);
        Iterator<Listed> rest = listed.stream()
                .filter(object -> !settled.contains(object.object()))
                .iterator();
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return rest.hasNext() && !camel.isStopping();
            }

            @Override
            public Listed next() {
                return rest.next();
            }
        };
    }

    /** Keys come sorted: from within a folder of moved objects the listing goes on behind the etags in it. */
    private static String beyondMoved(String key) {
        return MOVED.stream()
                .filter(key::startsWith)
                .findFirst()
                .map(folder -> folder + "~")
                .orElse(key);
    }

    /** Takes an object for this replica until the exchange ends; false when another one has it or has settled it. */
    public boolean take(@Body Listed listed, Exchange exchange) throws SQLException {
        StoredObject object = listed.object();
        return lock.take("caravan object " + object.bucket() + "/" + object.key() + "/" + object.etag(), exchange)
                && settledAmong(List.of(listed)).isEmpty();
    }

    /** An object below {@code org=<id>/} belongs to that organisation. */
    public Delivery describe(@Body Listed listed) {
        Matcher organisation = ORGANISATION.matcher(listed.object().key());
        return new Delivery(
                "s3 " + listed.object().bucket() + "/" + listed.object().key(),
                organisation.matches() ? organisation.group(1) : null,
                null,
                listed.object());
    }

    /**
     * What to ask for: the content that was listed and no other.
     *
     * @throws PoisonPayloadException {@code over-limit} when it is too large to be read at all
     */
    public GetObjectRequest read(@Body Listed listed) {
        if (listed.sizeBytes() > settings.limits().payloadBytes()) {
            throw new PoisonPayloadException(
                    "over-limit",
                    "the object has " + listed.sizeBytes() + " bytes, more than "
                            + settings.limits().payloadBytes());
        }
        return GetObjectRequest.builder()
                .bucket(listed.object().bucket())
                .key(listed.object().key())
                .ifMatch(listed.object().etag())
                .build();
    }

    /** Notes that an object is dealt with, unless nothing became of it. */
    public void settle(@ExchangeProperty(Delivery.PROPERTY) Delivery delivery) {
        if (delivery.outcome() != Outcome.FAILED) {
            StoredObject object = delivery.object();
            database.update(
                    "insert into caravan.settled_object (bucket, object_key, etag) values (?, ?, ?) on conflict do nothing",
                    object.bucket(),
                    object.key(),
                    object.etag());
        }
    }

    public CopyObjectRequest copy(@ExchangeProperty("message") Outbox.Message message) throws JsonProcessingException {
        Move move = move(message);
        return CopyObjectRequest.builder()
                .sourceBucket(message.destination())
                .sourceKey(move.key())
                .copySourceIfMatch(move.etag())
                .destinationBucket(message.destination())
                .destinationKey(move.destination())
                .build();
    }

    /** Only the content that was copied: another payload may lie there by now. */
    public DeleteObjectRequest delete(@ExchangeProperty("message") Outbox.Message message)
            throws JsonProcessingException {
        Move move = move(message);
        return DeleteObjectRequest.builder()
                .bucket(message.destination())
                .key(move.key())
                .ifMatch(move.etag())
                .build();
    }

    /** Forgets an object that lies where it was listed no longer. */
    public void moved(@ExchangeProperty("message") Outbox.Message message) throws JsonProcessingException {
        Move move = move(message);
        database.update(
                "delete from caravan.settled_object where bucket = ? and object_key = ? and etag = ?",
                message.destination(),
                move.key(),
                move.etag());
    }

    private Move move(Outbox.Message message) throws JsonProcessingException {
        return json.readValue(message.text(), Move.class);
    }

    private Set<StoredObject> settledAmong(List<Listed> listed) {
        return new HashSet<>(database.query(
                """
                select bucket, object_key, etag
                from unnest(?, ?, ?) as listed(bucket, object_key, etag)
                join caravan.settled_object using (bucket, object_key, etag)
                """,
                (row, number) -> new StoredObject(row.getString(1), row.getString(2), row.getString(3)),
                texts(listed, StoredObject::bucket),
                texts(listed, StoredObject::key),
                texts(listed, StoredObject::etag)));
    }

    private static String[] texts(List<Listed> listed, Function<StoredObject, String> text) {
        return listed.stream().map(Listed::object).map(text).toArray(String[]::new);
    }

    private static String withoutQuotes(String etag) {
        return etag.replace("\"", "");
    }
}
