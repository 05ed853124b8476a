package dev.caravan.payload;

import dev.caravan.CaravanSettings;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.stereotype.Component;

/**
 * Since when the downloads of messages fail that are given back and read again. It is known to this process only: after a
 * restart, or at another replica, the wait begins anew.
 */
@Component
final class DownloadPatience {
    /** At most one message of each partition is in hand; those that went to other replicas are forgotten, oldest first. */
    private static final int MOST_MESSAGES = 10_000;

    private final Clock clock;
    private final Duration patience;
    private final Map<String, Instant> failingSince = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Instant> eldest) {
            return size() > MOST_MESSAGES;
        }
    };

    DownloadPatience(Clock clock, CaravanSettings settings) {
        this.clock = clock;
        this.patience = Duration.ofMillis(settings.download().patience());
    }

    /**
     * Takes another failure of a message's download.
     *
     * @param origin of the message: topic, partition and offset
     * @param started when the download began
     * @throws PoisonPayloadException {@code download-timeout} when it has failed for longer than there is patience
     */
    synchronized void failed(String origin, Instant started, DownloadFailedException failure) {
        Instant since = failingSince.computeIfAbsent(origin, message -> started);
        if (Duration.between(since, clock.instant()).compareTo(patience) > 0) {
            throw new PoisonPayloadException(
                    "download-timeout",
                    failure.getMessage() + "; it was tried for more than " + patience.toMillis() + " ms");
        }
    }

    /** Called when a download succeeded, and when its message is settled in another way. */
    synchronized void forget(String origin) {
        failingSince.remove(origin);
    }

    Instant now() {
        return clock.instant();
    }
}
