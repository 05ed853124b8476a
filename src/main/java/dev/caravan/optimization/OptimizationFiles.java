package dev.caravan.optimization;

import dev.caravan.CaravanSettings;
import dev.caravan.ledger.Retention;
import dev.caravan.ledger.Source;
import dev.caravan.payload.Delivery;
import dev.caravan.payload.Manifest;
import dev.caravan.payload.Member;
import dev.caravan.payload.TransferFailedException;
import java.io.IOException;
import java.io.InputStream;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.Header;
import org.apache.commons.io.input.BoundedInputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Lazy;
import org.springframework.stereotype.Component;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

/** Right-sizing reports of payloads, put into a bucket for whoever reads them. */
@Component("optimizationFiles")
public final class OptimizationFiles {
    private static final Logger LOG = LoggerFactory.getLogger(OptimizationFiles.class);
    private static final String TYPE = "text/csv";
    /** What every S3 API takes in one go. */
    private static final long LARGEST = 5L << 30;

    private static final Pattern UNUSUAL = Pattern.compile("[^A-Za-z0-9._-]");
    /** In characters. A server on a file system adds something of its own, and has 255. */
    private static final int LONGEST_NAME = 128;

    private static final int DIGEST_CHARACTERS = 16;

    private final S3Client client;
    private final Retention retention;
    private final CaravanSettings settings;
    private final Set<UUID> told = ConcurrentHashMap.newKeySet();

    public OptimizationFiles(@Lazy S3Client client, Retention retention, CaravanSettings settings) {
        this.client = client;
        this.retention = retention;
        this.settings = settings;
    }

    /** Whether a payload whose source is known brings reports for a bucket. */
    public boolean areToBeShipped(@ExchangeProperty(Delivery.PROPERTY) Delivery delivery) {
        return settings.shipsOptimizationFiles() && areThere(delivery);
    }

    /** Whether it brings reports that are shipped to nobody, and that are to be read here. */
    public boolean areToBeRead(@ExchangeProperty(Delivery.PROPERTY) Delivery delivery) {
        return !settings.shipsOptimizationFiles() && areThere(delivery);
    }

    private boolean areThere(Delivery delivery) {
        return !retention.excludes(delivery) && listed(delivery).findAny().isPresent() && isFitFor(delivery.source());
    }

    /** Whoever reads the reports knows clusters by UUIDs only. */
    private boolean isFitFor(Source source) {
        boolean fit = UsageEvent.isUuid(source.clusterId());
        if (!fit && told.add(source.uuid())) {
            LOG.warn(
                    "right-sizing reports of cluster {} of organisation {} are not read: its id is no UUID",
                    source.clusterId(),
                    source.organisation());
        }
        return fit;
    }

    /** The members of a payload that are right-sizing reports by their names, in the order of its archive. */
    public Map<String, Member> find(@ExchangeProperty(Delivery.PROPERTY) Delivery delivery) {
        Map<String, Member> reports = new LinkedHashMap<>();
        listed(delivery).forEach(member -> {
            if (member.sizeBytes() <= LARGEST) {
                reports.put(member.name(), member);
            } else {
                LOG.warn("{}: {} has more than {} bytes, it is not shipped", delivery.origin(), member.name(), LARGEST);
            }
        });
        return reports;
    }

    private static Stream<Member> listed(Delivery delivery) {
        var names = new HashSet<>(delivery.manifest().resourceOptimizationFiles());
        return delivery.payload().members().stream().filter(member -> names.contains(member.name()));
    }

    /**
     * Where a report goes. The manifest is part of it, so that payloads of a day that use the same file name do not overwrite
     * one another; and its digest where the name is long or has unusual characters, since two may become the same without
     * what is left out.
     */
    static String key(Delivery delivery, Member member) {
        Manifest manifest = delivery.manifest();
        String name = member.name();
        String plain = UNUSUAL.matcher(name.substring(Math.max(0, name.length() - LONGEST_NAME)))
                .replaceAll("_");
        return "%s/source=%s/date=%s/manifest=%s/%s%s"
                .formatted(
                        delivery.source().schema(),
                        delivery.source().uuid(),
                        LocalDate.ofInstant(manifest.date(), ZoneOffset.UTC),
                        manifest.uuid(),
                        plain.equals(name) ? "" : member.sha256().substring(0, DIGEST_CHARACTERS) + "-",
                        plain);
    }

    /**
     * Puts the member that the split stands at into the bucket, when it is a right-sizing report.
     *
     * @throws TransferFailedException when the bucket does not take it
     */
    public void put(
            @Body InputStream content,
            @Header(Exchange.FILE_NAME) String entry,
            @ExchangeProperty("reports") Map<String, Member> reports,
            @ExchangeProperty(Delivery.PROPERTY) Delivery delivery)
            throws IOException {
        Member member = reports.get(Member.nameOf(entry));
        if (member != null) {
            put(content, member, delivery);
        }
    }

    private void put(InputStream content, Member member, Delivery delivery) throws IOException {
        String bucket = settings.optimization().bucket();
        var body = BoundedInputStream.builder()
                .setInputStream(content)
                .setMaxCount(member.sizeBytes())
                // The members behind it are in the same stream.
                .setPropagateClose(false)
                .get();
        try {
            client.putObject(
                    put -> put.bucket(bucket)
                            .key(key(delivery, member))
                            .metadata(Map.of(
                                    "ManifestId", delivery.manifest().uuid().toString())),
                    RequestBody.fromContentProvider(() -> unread(body), member.sizeBytes(), TYPE));
        } catch (SdkException e) {
            // Of several tries within the client the first says what was wrong.
            Throwable[] tries = e.getSuppressed();
            throw new TransferFailedException(
                    "cannot put a right-sizing report into s3://" + bucket + " ("
                            + (tries.length == 0 ? e : tries[0]).getMessage()
                            + "): see to the bucket, or set CARAVAN_S3_ROS_BUCKET to nothing to ship none",
                    e);
        }
    }

    /** The stream goes forward only: what broke off is sent again with its whole payload. */
    private static InputStream unread(BoundedInputStream body) {
        if (body.getCount() > 0) {
            throw SdkClientException.create("the connection broke off");
        }
        return body;
    }
}
