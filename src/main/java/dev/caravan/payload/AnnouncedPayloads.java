package dev.caravan.payload;

import dev.caravan.CaravanSettings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.stream.StreamSupport;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.Header;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.camel.support.SynchronizationAdapter;
import org.apache.kafka.common.header.Headers;
import org.springframework.stereotype.Component;

/** Payloads that a Kafka message announces and that lie elsewhere. */
@Component("announcedPayloads")
public final class AnnouncedPayloads {
    private static final String SERVICE_HEADER = "service";
    private static final String SERVICE = "hccm";

    private final Downloader downloader;
    private final DownloadPatience patience;
    private final PayloadSpool spool;
    private final String sharedTopic;
    private final int limit;

    AnnouncedPayloads(Downloader downloader, DownloadPatience patience, PayloadSpool spool, CaravanSettings settings) {
        this.downloader = downloader;
        this.patience = patience;
        this.spool = spool;
        this.sharedTopic = settings.topics().announce();
        this.limit = settings.kafka().announcementBytes();
    }

    /** On the topic of all services a header says whose a message is; on the service's own topic every one is. */
    public boolean areOurs(
            @Header(KafkaConstants.TOPIC) String topic, @Header(KafkaConstants.HEADERS) Headers headers) {
        return !topic.equals(sharedTopic)
                || StreamSupport.stream(headers.headers(SERVICE_HEADER).spliterator(), false)
                        .anyMatch(header -> header.value() != null
                                && SERVICE.equals(new String(header.value(), StandardCharsets.ISO_8859_1)));
    }

    /** Describes any message, also one that announces nothing. */
    public Delivery describe(
            @Body byte[] message,
            @Header(KafkaConstants.TOPIC) String topic,
            @Header(KafkaConstants.PARTITION) int partition,
            @Header(KafkaConstants.OFFSET) long offset,
            @Header(KafkaConstants.HEADERS) Headers headers) {
        byte[] bytes = message == null ? new byte[0] : message;
        Announcement announcement = readable(bytes);
        return new Delivery(
                        "kafka " + topic + "/" + partition + "/" + offset,
                        announcement.hasOrganisation() ? announcement.organisation() : null,
                        announcement.hasRequestId() ? announcement.requestId() : null,
                        false,
                        text(bytes))
                .arrivedAs(Arrival.kafka(topic, partition, offset, headers));
    }

    /**
     * Downloads the payload into the spool. One step, so that another try downloads from the beginning.
     *
     * @throws PoisonPayloadException when the message announces nothing, or what {@link Downloader} and
     *     {@link PayloadSpool} refuse, or {@code download-timeout} when the server was given time enough
     * @throws DownloadRefusedException when the server does not hand the payload out
     * @throws TransferFailedException when the server or the spool is away
     */
    public void receive(@Body byte[] message, @ExchangeProperty(Delivery.PROPERTY) Delivery delivery, Exchange exchange)
            throws IOException {
        Announcement announcement = Announcement.parse(message == null ? new byte[0] : message, limit);
        announcement.check();
        Instant started = patience.now();
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onComplete(Exchange settled) {
                patience.forget(delivery.origin());
            }
        });
        try (InputStream body = downloader.open(announcement.url())) {
            spool.receive(body, delivery, exchange);
            patience.forget(delivery.origin());
        } catch (TransferFailedException e) {
            // The spool of this process may be at fault as well, and that is not held against a message.
            Throwable failure = e.getCause() == null ? e : e.getCause();
            if (failure instanceof DownloadFailedException failed) {
                patience.failed(delivery.origin(), started, failed);
            }
            throw e;
        }
    }

    private Announcement readable(byte[] message) {
        try {
            return Announcement.parse(message, limit);
        } catch (PoisonPayloadException e) {
            // Said by receive, where it can be acted on.
            return Announcement.EMPTY;
        }
    }

    /** As much as is ever read, without what PostgreSQL's JSON cannot hold. */
    private String text(byte[] message) {
        return new String(message, 0, Math.min(message.length, limit), StandardCharsets.UTF_8).replace("\u0000", "");
    }
}
