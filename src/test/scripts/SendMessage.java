import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/** Sends what it reads as one message to a topic: SendMessage BROKERS TOPIC. */
class SendMessage {
    public static void main(String[] arguments) throws Exception {
        String message = new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
        try (var producer = new KafkaProducer<>(
                Map.<String, Object>of("bootstrap.servers", arguments[0]),
                new StringSerializer(),
                new StringSerializer())) {
            producer.send(new ProducerRecord<>(arguments[1], message)).get();
        }
    }
}
