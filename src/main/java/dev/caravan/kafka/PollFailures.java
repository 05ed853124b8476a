package dev.caravan.kafka;

import dev.caravan.OutOfMemory;
import java.util.concurrent.TimeUnit;
import org.apache.camel.component.kafka.PollExceptionStrategy;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.NestedExceptionUtils;

/**
 * What becomes of a failed look for messages: it is said, and the same consumer looks again from where it is. Of Camel's own
 * ways the usual one skips a message of every partition, and ends the consumer for good where a broker does not let us in.
 */
final class PollFailures implements PollExceptionStrategy {
    private static final Logger LOG = LoggerFactory.getLogger(PollFailures.class);
    /** A consumer that was not let in fails at once each time it is asked. */
    private static final long PAUSE_MILLIS = 1000;

    @Override
    public boolean canContinue() {
        return true;
    }

    @Override
    public void handle(long partitionLastOffset, Exception failure) {
        OutOfMemory.endIfIn(failure);
        LOG.warn(
                "nothing can be read from Kafka now: {}{}",
                NestedExceptionUtils.getMostSpecificCause(failure).getMessage(),
                nextStep(failure));
        try {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String nextStep(Exception failure) {
        if (failure instanceof SslAuthenticationException) {
            return "; CARAVAN_KAFKA_CA_FILE names the certificates to trust, and a broker's must be for its host name";
        }
        if (failure instanceof SaslAuthenticationException) {
            return "; check CARAVAN_KAFKA_SASL_USERNAME and CARAVAN_KAFKA_SASL_PASSWORD";
        }
        return "";
    }
}
