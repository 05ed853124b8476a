package dev.caravan.http;

import io.github.bucket4j.Bucket;
import java.time.Duration;
import org.springframework.util.ConcurrentLruCache;

/** How often each organisation may ask in a minute, counted by this process. */
final class RequestRate {
    /** Organisations counted at once; of one that asks the least recently it is forgotten how often it did. */
    static final int ORGANISATIONS = 10_000;

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final ConcurrentLruCache<String, Bucket> left;

    RequestRate(int perMinute) {
        left = new ConcurrentLruCache<>(ORGANISATIONS, organisation -> Bucket.builder()
                .addLimit(limit -> limit.capacity(perMinute).refillIntervally(perMinute, MINUTE))
                .build());
    }

    /** Counts a request; false when the minute's are used up. */
    boolean allows(String organisation) {
        return left.get(organisation).tryConsume(1);
    }
}
