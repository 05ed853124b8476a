package dev.caravan.ledger;

import dev.caravan.CaravanSettings;
import dev.caravan.SettingException;
import dev.caravan.payload.SpooledFile;
import dev.caravan.payload.TransferFailedException;
import dev.caravan.s3.QuarantineBucket;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.commons.codec.digest.DigestUtils;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * The original bytes of quarantined payloads: in the bucket that is set, else in the directory. Those of an earlier setting
 * are still found where they were put.
 */
@Component
public final class QuarantineBytes {
    private static final String BUCKET = "s3://";
    private static final String SUFFIX = ".tar.gz";
    private static final Pattern NAME = Pattern.compile("[0-9a-f]{64}\\.tar\\.gz");
    private static final String DEFAULT_DIRECTORY = "data/quarantine";

    private final CaravanSettings caravan;
    private final CaravanSettings.Quarantine settings;
    private final ObjectProvider<S3Client> client;

    public QuarantineBytes(CaravanSettings settings, ObjectProvider<S3Client> client) {
        this.caravan = settings;
        this.settings = settings.quarantine();
        this.client = client;
    }

    /**
     * Where the bytes of a payload are.
     *
     * @param place as {@link QuarantineStore#place}; null for the one that is set now
     */
    public record Stored(String place, String name) {}

    /** What is left of bytes that were stored. */
    public enum State {
        INTACT,
        MISSING,
        ALTERED
    }

    /**
     * Looks at the settings, before anything is taken in.
     *
     * @throws SettingException when the bytes could not be kept, or not apart from what comes and goes
     */
    void check() {
        QuarantineStore store = current();
        if (store.place().startsWith(BUCKET)) {
            if (settings.bucket().equals(caravan.s3().intakeBucket())) {
                throw new SettingException("CARAVAN_QUARANTINE_BUCKET and CARAVAN_S3_INTAKE_BUCKET are both "
                        + settings.bucket() + ": quarantined payloads need a bucket of their own");
            }
            return;
        }
        Path directory = real(Path.of(store.place()));
        Path spool = real(caravan.spool());
        if (directory.startsWith(spool)) {
            throw new SettingException("the quarantine " + directory + " lies on the spool " + spool
                    + ", which is emptied: set CARAVAN_QUARANTINE_DIR or CARAVAN_SPOOL to another directory");
        }
    }

    /**
     * Stores the bytes where it is set, and reads them back; those that are there already are read back as well.
     *
     * @throws TransferFailedException when they cannot be written now
     */
    Stored keep(SpooledFile file) throws IOException {
        QuarantineStore store = current();
        try {
            return keep(store, file);
        } catch (IOException e) {
            throw new TransferFailedException(
                    "cannot write to the quarantine " + store.place() + " (" + e.getMessage()
                            + "): make room there, or set CARAVAN_QUARANTINE_DIR or CARAVAN_QUARANTINE_BUCKET",
                    e);
        }
    }

    private static Stored keep(QuarantineStore store, SpooledFile file) throws IOException {
        String name = file.sha256() + SUFFIX;
        if (look(store, name, file.sha256(), OutputStream.nullOutputStream()) != State.INTACT) {
            store.put(file, name);
            if (look(store, name, file.sha256(), OutputStream.nullOutputStream()) != State.INTACT) {
                throw new IOException("the copy there differs from the payload: check the disk");
            }
        }
        return new Stored(store.place(), name);
    }

    /** Whether bytes lie there, of whatever content; they are not read. */
    boolean exists(Stored stored) {
        return store(stored.place()).exists(stored.name());
    }

    /** Reads stored bytes to their end. */
    public State state(Stored stored, String sha256) throws IOException {
        return fetch(stored, sha256, OutputStream.nullOutputStream());
    }

    /**
     * Copies stored bytes; what was copied is of use only when they are intact.
     *
     * @throws SettingException when they were put into a bucket, and no S3 server is set
     */
    State fetch(Stored stored, String sha256, OutputStream copy) throws IOException {
        Map<String, QuarantineStore> places = new LinkedHashMap<>();
        places.put(place(stored), store(stored.place()));
        // Carried along to a new place, they are as good.
        QuarantineStore now = current();
        places.putIfAbsent(now.place(), now);
        for (QuarantineStore store : places.values()) {
            State state = look(store, stored.name(), sha256, copy);
            if (state != State.MISSING) {
                return state;
            }
        }
        return State.MISSING;
    }

    void delete(Stored stored) throws IOException {
        store(stored.place()).delete(stored.name());
    }

    /** Bytes where it is set that are no younger than that; only names this class gives. */
    List<Stored> olderThan(Duration age) throws IOException {
        QuarantineStore store = current();
        return store.olderThan(Instant.now().minus(age)).stream()
                .filter(name -> NAME.matcher(name).matches())
                .map(name -> new Stored(store.place(), name))
                .toList();
    }

    /** For people. */
    public String address(Stored stored) {
        return place(stored) + "/" + stored.name();
    }

    String place(Stored stored) {
        return stored.place() == null ? current().place() : stored.place();
    }

    private static State look(QuarantineStore store, String name, String sha256, OutputStream copy) throws IOException {
        Optional<InputStream> bytes = store.open(name);
        if (bytes.isEmpty()) {
            return State.MISSING;
        }
        var digest = DigestUtils.getSha256Digest();
        try (InputStream in = bytes.get()) {
            in.transferTo(new DigestOutputStream(copy, digest));
        }
        return HexFormat.of().formatHex(digest.digest()).equals(sha256) ? State.INTACT : State.ALTERED;
    }

    private QuarantineStore current() {
        if (!settings.bucket().isBlank()) {
            return bucket(settings.bucket());
        }
        if (!settings.directory().isBlank()) {
            return new QuarantineDirectory(Path.of(settings.directory()));
        }
        if (caravan.production()) {
            throw new SettingException(
                    "nothing says where payloads that cannot be loaded are kept: set"
                            + " CARAVAN_QUARANTINE_BUCKET to a bucket, or CARAVAN_QUARANTINE_DIR to a directory on a shared volume");
        }
        return new QuarantineDirectory(Path.of(DEFAULT_DIRECTORY));
    }

    private QuarantineStore store(String place) {
        if (place == null) {
            return current();
        }
        return place.startsWith(BUCKET)
                ? bucket(place.substring(BUCKET.length()))
                : new QuarantineDirectory(Path.of(place));
    }

    private QuarantineStore bucket(String name) {
        if (caravan.s3().endpoint().isBlank()) {
            throw new SettingException("quarantined payloads are in the bucket " + name
                    + ", and no S3 server is configured: set CARAVAN_S3_ENDPOINT to its address");
        }
        return new QuarantineBucket(client.getObject(), name, settings.partBytes());
    }

    /** Without links, also where the last folders do not exist yet. */
    private static Path real(Path path) {
        Path whole = path.toAbsolutePath().normalize();
        Path existing = whole;
        while (!Files.exists(existing)) {
            existing = existing.getParent();
        }
        try {
            return existing.toRealPath().resolve(existing.relativize(whole));
        } catch (IOException e) {
            return whole;
        }
    }
}
