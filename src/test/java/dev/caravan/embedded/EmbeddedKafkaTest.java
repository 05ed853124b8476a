package dev.caravan.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caravan.LocalServerException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedKafkaTest {
    private static final String TOPIC = "platform.upload.announce";

    @TempDir
    private Path folder;

    @Test
    void messagesAndOffsetsSurviveARestart() throws Exception {
        try (var kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0)) {
            send(kafka, "first");
            assertThat(receive(kafka, 1)).containsExactly("first");
            send(kafka, "second");
        }
        try (var kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0)) {
            assertThat(receive(kafka, 1)).containsExactly("second");
        }
    }

    @Test
    void aPortInUseIsNamedWithTheNextStep() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            assertThatThrownBy(() -> EmbeddedKafka.start(folder.resolve("kafka"), taken.getLocalPort()))
                    .isInstanceOf(LocalServerException.class)
                    .hasMessageContaining("port " + taken.getLocalPort() + " for Kafka is in use: stop");
        }
    }

    private static void send(EmbeddedKafka kafka, String value) throws Exception {
        try (var producer = new KafkaProducer<>(
                Map.<String, Object>of("bootstrap.servers", kafka.brokers()),
                new StringSerializer(),
                new StringSerializer())) {
            var sent = producer.send(new ProducerRecord<>(TOPIC, "1234567", value));
            assertThat(sent.get(30, TimeUnit.SECONDS).offset()).isNotNegative();
            assertThat(producer.partitionsFor(TOPIC)).hasSize(EmbeddedKafka.PARTITIONS);
        }
    }

    private static List<String> receive(EmbeddedKafka kafka, int messages) {
        var received = new ArrayList<String>();
        try (var consumer = new KafkaConsumer<>(
                Map.<String, Object>of(
                        "bootstrap.servers",
                        kafka.brokers(),
                        "group.id",
                        "hccm-group",
                        "auto.offset.reset",
                        "earliest",
                        "enable.auto.commit",
                        false),
                new StringDeserializer(),
                new StringDeserializer())) {
            consumer.subscribe(List.of(TOPIC));
            Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> {
                consumer.poll(Duration.ofMillis(200)).forEach(message -> received.add(message.value()));
                return received.size() >= messages;
            });
            consumer.commitSync();
        }
        return received;
    }
}
