package dev.caravan.kafka;

import org.apache.camel.Header;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.camel.component.kafka.consumer.KafkaManualCommit;
import org.springframework.stereotype.Component;

/** Tells Kafka that a message is done with. */
@Component("kafkaReceipts")
public final class KafkaReceipts {
    /**
     * Moves the group's offset behind the message, and waits until the broker has noted it. Fails when the partition went
     * to another consumer meanwhile; that one receives the message again.
     */
    public void acknowledge(@Header(KafkaConstants.MANUAL_COMMIT) KafkaManualCommit receipt) {
        receipt.commit();
    }
}
