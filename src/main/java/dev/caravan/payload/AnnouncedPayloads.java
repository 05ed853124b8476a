package dev.caravan.payload;

import dev.caravan.CaravanSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.stream.StreamSupport;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.Header;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.kafka.common.header.Headers;
import org.springframework.stereotype.Component;

/** Payloads that a Kafka message announces and that lie elsewhere. */
@Component("announcedPayloads")
public final class AnnouncedPayloads {
    private static final String SERVICE_HEADER = "service";
    private static final String SERVICE = "hccm";

    private final Downloads downloads;
    private final PayloadSpool spool;
    private final String sharedTopic;
    private final int limit;

    AnnouncedPayloads(Downloads downloads, PayloadSpool spool, CaravanSettings settings) {
        this.downloads = downloads;
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
                        Delivery.textOf(bytes, limit))
                .arrivedAs(Arrival.kafka(topic, partition, offset, headers));
    }

    /**
     * Downloads the payload into the spool. One step, so that another try downloads from the beginning.
     *
     * @throws PoisonPayloadException when the message announces nothing, or what {@link Downloads} and
     *     {@link PayloadSpool} refuse
     * @throws DownloadRefusedException when the server does not hand the payload out
     * @throws TransferFailedException when the server or the spool is away
     */
    public void receive(@Body byte[] message, @ExchangeProperty(Delivery.PROPERTY) Delivery delivery, Exchange exchange)
            throws IOException {
        Announcement announcement = Announcement.parse(message == null ? new byte[0] : message, limit);
        announcement.check();
        downloads.download(announcement.url(), delivery, exchange, body -> spool.receive(body, delivery, exchange));
    }

    private Announcement readable(byte[] message) {
        try {
            return Announcement.parse(message, limit);
        } catch (PoisonPayloadException e) {
            // Said by receive, where it can be acted on.
            return Announcement.EMPTY;
        }
    }
}
