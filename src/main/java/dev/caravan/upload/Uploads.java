package dev.caravan.upload;

import dev.caravan.CaravanSettings;
import dev.caravan.http.BodyTooLongException;
import dev.caravan.http.BodyTooSlowException;
import dev.caravan.http.FrontDoorFilter;
import dev.caravan.http.Identity;
import dev.caravan.http.RequestRefusedException;
import dev.caravan.ledger.Failures;
import dev.caravan.payload.PayloadSpool;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.Header;
import org.apache.camel.util.ObjectHelper;
import org.apache.commons.codec.digest.DigestUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Lazy;
import org.springframework.stereotype.Component;
import software.amazon.awssdk.services.s3.S3Client;

/** Takes payloads out of requests, as streams, and puts them where they wait for their loading. */
@Component("uploads")
public final class Uploads {
    private static final Logger LOG = LoggerFactory.getLogger(Uploads.class);
    private static final List<String> REQUEST_ID_HEADERS = List.of("x-rh-insights-request-id", "x-rh-request-id");
    private static final Pattern REQUEST_ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:-]{0,127}");
    private static final Pattern TEST = Pattern.compile("\\s*\\{\\s*\"test\"\\s*:\\s*\"test\"\\s*}\\s*");
    private static final Set<String> FILE_PARTS = Set.of("file", "upload");
    private static final int LONGEST_TEST = 1024;
    private static final int LONGEST_METADATA = 1 << 16;
    private static final int BUFFER = 1 << 16;
    /** Beyond the longest time an upload may take, so that none is taken back that may still come to its end. */
    private static final Duration GRACE = Duration.ofHours(1);

    private static final String NO_FILE = "File or upload field not found";
    private static final String BROKEN_OFF = "the request's body broke off before the upload was whole";
    private static final String UNAVAILABLE = "it could not be stored or announced: send it again";

    private final UploadLedger ledger;
    private final UploadStore store;
    private final CaravanSettings.Uploads settings;
    private final CaravanSettings.Limits limits;
    private final boolean strict;
    private final boolean announced;
    private final Clock clock;

    public Uploads(UploadLedger ledger, PayloadSpool spool, @Lazy S3Client s3, CaravanSettings settings, Clock clock) {
        this.ledger = ledger;
        this.settings = settings.uploads();
        this.limits = settings.limits();
        this.strict = settings.http().strict();
        this.announced = !settings.kafka().brokers().isBlank()
                && !settings.s3().endpoint().isBlank();
        this.store = announced
                ? new UploadBucket(s3, this.settings.bucket(), this.settings.partBytes(), spool)
                : new UploadDirectory(this.settings.directory());
        this.clock = clock;
    }

    /**
     * Reads a request up to the first byte of its payload.
     *
     * @throws RequestRefusedException 400, 403, 413 or 415, with the texts that clients of the hosted service know
     */
    public Upload open(
            @Header("CamelHttpServletRequest") HttpServletRequest request,
            @ExchangeProperty(Identity.PROPERTY) Identity identity)
            throws RequestRefusedException {
        if (isTest(request)) {
            var upload = new Upload(identity, requestId(request), request.getRemoteAddr(), null);
            upload.tested();
            return upload;
        }
        // Before a byte of it is asked for.
        if (request.getContentLengthLong() > limits.payloadBytes() + FrontDoorFilter.UPLOAD_EXTRAS) {
            throw tooLarge(Long.toString(request.getContentLengthLong()));
        }
        try {
            var upload = new Upload(identity, requestId(request), request.getRemoteAddr(), UploadBody.of(request));
            Optional<UploadBody.Part> file = readOn(upload);
            if (upload.isTest()) {
                return upload;
            }
            if (settings.deniedOrganisations().contains(identity.organisation())) {
                throw new RequestRefusedException(403, "Upload denied. Please contact Red Hat Support.");
            }
            UploadBody.Part part = file.orElseThrow(() -> new RequestRefusedException(400, NO_FILE));
            upload.found(UploadType.of(part.contentType(), part.fileName(), strict)
                    .orElseThrow(() -> new RequestRefusedException(415, "")));
            upload.reads(part.bytes());
            ledger.received(upload);
            return upload;
        } catch (IOException e) {
            throw refusal(e, NO_FILE);
        }
    }

    private boolean isTest(HttpServletRequest request) throws RequestRefusedException {
        if (!"application/json".equals(request.getContentType())) {
            return false;
        }
        try {
            byte[] body = request.getInputStream().readNBytes(LONGEST_TEST);
            return TEST.matcher(new String(body, StandardCharsets.UTF_8)).matches();
        } catch (IOException e) {
            throw refusal(e, BROKEN_OFF);
        }
    }

    private static String requestId(HttpServletRequest request) {
        return REQUEST_ID_HEADERS.stream()
                .map(request::getHeader)
                .filter(given -> given != null && isRequestId(given))
                .findFirst()
                .orElseGet(() -> UUID.randomUUID().toString());
    }

    static boolean isRequestId(String given) {
        return REQUEST_ID.matcher(given).matches();
    }

    /** Reads the parts up to the next one with a payload, which is empty at the end of the body. */
    private Optional<UploadBody.Part> readOn(Upload upload) throws IOException {
        for (var part = upload.body().next();
                part.isPresent();
                part = upload.body().next()) {
            String name = String.valueOf(part.get().name());
            if (FILE_PARTS.contains(name)) {
                return part;
            }
            if (name.equals("test")
                    && part.get().text(LONGEST_TEST).filter("test"::equals).isPresent()) {
                upload.tested();
            }
            if (name.equals("metadata")) {
                part.get()
                        .text(LONGEST_METADATA)
                        .flatMap(text -> UploadMetadata.parse(text, clock.instant()))
                        .ifPresent(upload::described);
            }
        }
        return Optional.empty();
    }

    private RequestRefusedException tooLarge(String size) {
        return new RequestRefusedException(
                413, "File exceeds maximum file size (" + limits.payloadBytes() + ") for upload: " + size);
    }

    /** Whether uploads go through the bucket and Kafka; else they wait in the directory of this installation. */
    public boolean areAnnounced() {
        return announced;
    }

    /**
     * Receives the payload, and the rest of the request, into the bucket or the directory. Nobody sees it there before all of
     * the request has come.
     *
     * @throws RequestRefusedException 400 when the request breaks off, 408 when it takes too long, 413 when it is too large;
     *     nothing of it is kept then
     */
    public void receive(@ExchangeProperty(Upload.PROPERTY) Upload upload, Exchange exchange)
            throws RequestRefusedException, IOException {
        try (var keeping = store.begin(upload, exchange)) {
            copy(upload, keeping);
            if (readRest(upload).isPresent()) {
                throw new RequestRefusedException(400, "one file at a time: the request has several");
            }
            ledger.storing(upload, store);
            upload.storing();
            keeping.finish();
        }
    }

    private void copy(Upload upload, UploadStore.Keeping keeping) throws RequestRefusedException, IOException {
        MessageDigest digest = DigestUtils.getSha256Digest();
        byte[] buffer = new byte[BUFFER];
        long size = 0;
        for (int n = read(upload, buffer); n >= 0; n = read(upload, buffer)) {
            size += n;
            if (size > limits.payloadBytes()) {
                throw tooLarge("more than " + limits.payloadBytes());
            }
            digest.update(buffer, 0, n);
            keeping.write(buffer, 0, n);
        }
        upload.received(size, HexFormat.of().formatHex(digest.digest()));
    }

    private int read(Upload upload, byte[] buffer) throws RequestRefusedException {
        try {
            return upload.bytes().read(buffer);
        } catch (IOException e) {
            throw refusal(e, BROKEN_OFF);
        }
    }

    private Optional<UploadBody.Part> readRest(Upload upload) throws RequestRefusedException {
        try {
            return readOn(upload);
        } catch (IOException e) {
            throw refusal(e, BROKEN_OFF);
        }
    }

    /** What reading failed of; the parser of parts may have wrapped it. */
    private RequestRefusedException refusal(IOException failure, String otherwise) {
        if (ObjectHelper.getException(BodyTooLongException.class, failure) != null) {
            return tooLarge("more than " + limits.payloadBytes());
        }
        var tooSlow = ObjectHelper.getException(BodyTooSlowException.class, failure);
        return tooSlow == null
                ? new RequestRefusedException(400, otherwise, failure)
                : new RequestRefusedException(408, tooSlow.getMessage());
    }

    /**
     * Takes back what was kept of an upload that failed, and notes the failure. What cannot be taken back is said: the failure
     * itself goes to the sender all the same.
     */
    public void abandon(
            @ExchangeProperty(Upload.PROPERTY) Upload upload,
            @ExchangeProperty(Exchange.EXCEPTION_CAUGHT) Exception failure) {
        try {
            if (upload.isStored()) {
                store.remove(upload.id());
            }
            ledger.failed(upload.id(), failure instanceof RequestRefusedException ? failure.getMessage() : UNAVAILABLE);
        } catch (IOException | RuntimeException e) {
            LOG.warn("what came of upload {} cannot be taken back: {}", upload.id(), Failures.messageOf(e));
        }
    }

    /** Takes back what processes left that ended while they received it, and forgets uploads nobody will ask for. */
    public void tidy() throws IOException {
        Duration longest = Duration.ofMillis(settings.totalTimeout()).plus(GRACE);
        for (UUID left : ledger.left(longest)) {
            store.remove(left);
            ledger.failed(left, "the process that received it ended: send it again");
            LOG.info("upload {} was never received to its end, and what came of it is removed", left);
        }
        ledger.forget();
    }
}
