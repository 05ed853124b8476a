package dev.caravan.upload;

import dev.caravan.http.Identity;
import java.io.InputStream;
import java.util.UUID;

/**
 * A payload that is being received by HTTP: who sends it, and, as it advances, its bytes and where they are. An exchange
 * carries it in the property {@code upload}.
 */
public final class Upload {
    public static final String PROPERTY = "upload";

    private final UUID id = UUID.randomUUID();
    private final Identity identity;
    private final String requestId;
    private final String remoteAddress;
    private final UploadBody body;

    private boolean test;
    private UploadType type;
    private UploadMetadata metadata = UploadMetadata.NONE;
    private InputStream bytes;
    private long sizeBytes;
    private String sha256;
    private boolean stored;

    /**
     * @param requestId the sender's, or made up
     * @param body what is still to be read
     */
    Upload(Identity identity, String requestId, String remoteAddress, UploadBody body) {
        this.identity = identity;
        this.requestId = requestId;
        this.remoteAddress = remoteAddress;
        this.body = body;
    }

    /** Ours: nobody else can name another's object by it. */
    public UUID id() {
        return id;
    }

    public Identity identity() {
        return identity;
    }

    public String requestId() {
        return requestId;
    }

    String remoteAddress() {
        return remoteAddress;
    }

    UploadBody body() {
        return body;
    }

    /** Whether the sender only wants to know that somebody is there. */
    public boolean isTest() {
        return test;
    }

    void tested() {
        test = true;
    }

    /** Null until the part with the payload was met. */
    UploadType type() {
        return type;
    }

    void found(UploadType contentType) {
        type = contentType;
    }

    UploadMetadata metadata() {
        return metadata;
    }

    /** Its bytes, as they come in; null until the part with the payload was met. */
    InputStream bytes() {
        return bytes;
    }

    void reads(InputStream payload) {
        bytes = payload;
    }

    void described(UploadMetadata given) {
        metadata = given;
    }

    /** In bytes; 0 until all of them came. */
    long sizeBytes() {
        return sizeBytes;
    }

    /** Lower-case hexadecimal; null until all bytes came. */
    String sha256() {
        return sha256;
    }

    void received(long bytes, String digest) {
        sizeBytes = bytes;
        sha256 = digest;
    }

    /** Whether the bytes are, or may be, where they are to be. */
    boolean isStored() {
        return stored;
    }

    void storing() {
        stored = true;
    }
}
