package dev.caravan.kafka;

import org.apache.camel.Header;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.camel.component.kafka.consumer.DefaultKafkaManualCommit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Tells Kafka that a message is done with. */
@Component("kafkaReceipts")
public final class KafkaReceipts {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaReceipts.class);

    /**
     * Moves the group's offset behind the message, and waits until the broker has noted it. Where that fails the message is
     * read again, here or by the consumer that has got its partition meanwhile: what became of it stands in the database, so
     * that it is no failure of the payload.
     *
     * @return whether the offset was moved
     */
    public boolean acknowledge(@Header(KafkaConstants.MANUAL_COMMIT) DefaultKafkaManualCommit receipt) {
        try {
            receipt.commit();
            return true;
        } catch (KafkaException e) {
            LOG.warn(
                    "kafka {}/{}/{} will be read again: its offset could not be moved ({})",
                    receipt.getTopicName(),
                    receipt.getPartition().partition(),
                    receipt.getRecordOffset(),
                    e.getMessage());
            // While partitions are handed out anew nothing can be committed. The next poll takes part in that, and then
            // delivers the message once more; leaving the group instead would only start the handing out all over.
            Consumer<?, ?> consumer = receipt.getCamelExchangePayload().consumer;
            if (consumer.assignment().contains(receipt.getPartition())) {
                consumer.seek(receipt.getPartition(), receipt.getRecordOffset());
            }
            return false;
        }
    }
}
