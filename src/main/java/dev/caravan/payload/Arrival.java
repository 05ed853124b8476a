package dev.caravan.payload;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/**
 * How a payload came, in parts; nothing is done by it but to tell people. What does not concern its kind is null.
 *
 * @param kind kafka, usage-event, bucket, file or http; null when that is not known
 * @param headers named ones that came with it; strings of bounded length
 */
public record Arrival(
        String kind,
        String topic,
        Integer partition,
        Long offset,
        StoredObject object,
        String path,
        String remoteAddress,
        Map<String, String> headers) {
    public static final Arrival UNKNOWN = new Arrival(null, null, null, null, null, null, null, Map.of());

    private static final String USAGE_EVENT = "usage-event";
    private static final Set<String> KEPT_HEADERS =
            Set.of("service", "request_id", "x-rh-insights-request-id", "x-rh-request-id");
    private static final int LONGEST_HEADER = 256;

    /** An announced payload. */
    public static Arrival kafka(String topic, int partition, long offset, Headers headers) {
        return message("kafka", topic, partition, offset, headers);
    }

    /** Right-sizing reports an event tells of. */
    public static Arrival usageEvent(String topic, int partition, long offset, Headers headers) {
        return message(USAGE_EVENT, topic, partition, offset, headers);
    }

    /** Whether it is an event about right-sizing reports, which nobody expects a reply to. */
    public boolean isUsageEvent() {
        return USAGE_EVENT.equals(kind);
    }

    private static Arrival message(String kind, String topic, int partition, long offset, Headers headers) {
        Map<String, String> kept = new TreeMap<>();
        for (Header header : headers) {
            if (KEPT_HEADERS.contains(header.key()) && header.value() != null) {
                kept.put(header.key(), text(header.value()));
            }
        }
        return new Arrival(kind, topic, partition, offset, null, null, null, Map.copyOf(kept));
    }

    public static Arrival bucket(StoredObject object) {
        return new Arrival("bucket", null, null, null, object, null, null, Map.of());
    }

    public static Arrival file(String path) {
        return new Arrival("file", null, null, null, null, path, null, Map.of());
    }

    public static Arrival http(String remoteAddress) {
        return new Arrival("http", null, null, null, null, null, remoteAddress, Map.of());
    }

    private static String text(byte[] value) {
        return new String(value, 0, Math.min(value.length, LONGEST_HEADER), StandardCharsets.UTF_8)
                .replaceAll("\\p{Cntrl}", "?");
    }
}
