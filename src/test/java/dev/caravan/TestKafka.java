package dev.caravan;

import dev.caravan.embedded.EmbeddedKafka;
import dev.caravan.embedded.SecuredKafka;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.ConsumerGroupState;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.springframework.util.FileSystemUtils;

/** Topics and a group of their own for one test, on a real broker that serves the whole JVM and stops with it. */
public final class TestKafka implements AutoCloseable {
    private static final String PASSWORD = "a \"password\"; \\ and so on";
    private static final Duration POLL = Duration.ofMillis(100);
    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static SecuredKafka broker;
    private static TestAuthority authority;

    private final String announce;
    private final String upload;
    private final String validation;
    private final String status;
    private final String sourceEvents;
    private final String usageEvents;
    private final String recommendationRequests;
    private final String group;
    private final Admin admin;
    private final KafkaProducer<String, String> producer;
    private long announcedBefore;
    private int repliedBefore;

    public TestKafka() {
        start();
        int number = NUMBER.incrementAndGet();
        announce = "announce-" + number;
        upload = "upload-" + number;
        validation = "validation-" + number;
        status = "status-" + number;
        sourceEvents = "source-events-" + number;
        usageEvents = "usage-events-" + number;
        recommendationRequests = "recommendation-requests-" + number;
        group = "group-" + number;
        admin = Admin.create(Map.of("bootstrap.servers", broker.brokers()));
        producer = new KafkaProducer<>(
                // Compressed, so that the broker takes messages larger than its limit too.
                Map.of(
                        "bootstrap.servers",
                        broker.brokers(),
                        "linger.ms",
                        0,
                        "max.request.size",
                        4 << 20,
                        "compression.type",
                        "gzip"),
                new StringSerializer(),
                new StringSerializer());
        try {
            admin.createTopics(List.of(
                            new NewTopic(announce, EmbeddedKafka.PARTITIONS, (short) 1),
                            new NewTopic(upload, EmbeddedKafka.PARTITIONS, (short) 1),
                            new NewTopic(validation, 1, (short) 1),
                            new NewTopic(status, 1, (short) 1),
                            new NewTopic(sourceEvents, 1, (short) 1),
                            new NewTopic(usageEvents, 1, (short) 1),
                            new NewTopic(recommendationRequests, 1, (short) 1)))
                    .all()
                    .get();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static synchronized void start() {
        if (broker != null) {
            return;
        }
        try {
            Path directory = ServerFolder.create("caravan-kafka");
            authority = new TestAuthority(directory.resolve("authority.pem"));
            broker = SecuredKafka.start(directory.resolve("logs"), authority.certificateFor("127.0.0.1"));
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                try {
                    broker.close();
                    FileSystemUtils.deleteRecursively(directory);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Who signed the certificate that the broker shows to clients with TLS. */
    public static TestAuthority authority() {
        start();
        return authority;
    }

    /** Lets in whoever comes with {@link #securedSettings}; without it the broker does not know that user. */
    public void addUser() {
        var secret = new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096);
        try {
            admin.alterUserScramCredentials(List.of(new UserScramCredentialUpsertion(group, secret, PASSWORD)))
                    .all()
                    .get();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** What makes Caravan use this broker with TLS and a password; put over {@link #settings()}. */
    public Map<String, Object> securedSettings(Path trusted) {
        return Map.of(
                "caravan.kafka.brokers",
                broker.securedBrokers(),
                "caravan.kafka.security-protocol",
                "SASL_SSL",
                "caravan.kafka.sasl-mechanism",
                "SCRAM-SHA-512",
                "caravan.kafka.sasl-username",
                group,
                "caravan.kafka.sasl-password",
                PASSWORD,
                "caravan.kafka.ca-file",
                trusted);
    }

    /** What makes Caravan use this broker, these topics and this group. */
    public Map<String, Object> settings() {
        return Map.ofEntries(
                Map.entry("caravan.kafka.brokers", broker.brokers()),
                Map.entry("caravan.kafka.group", group),
                Map.entry("caravan.kafka.optimization-events-group", group + "-usage"),
                Map.entry("caravan.kafka.recommendation-requests-group", group + "-recommendations"),
                Map.entry("caravan.kafka.poll-timeout", 100),
                Map.entry("caravan.kafka.pause", 100),
                // How soon a consumer hears that partitions are to be handed out anew; three seconds unless set.
                Map.entry("camel.component.kafka.configuration.heartbeat-interval-ms", 100),
                Map.entry("caravan.topics.announce", announce),
                Map.entry("caravan.topics.upload", upload),
                Map.entry("caravan.topics.validation", validation),
                Map.entry("caravan.topics.payload-status", status),
                Map.entry("caravan.topics.source-events", sourceEvents),
                Map.entry("caravan.topics.optimization-events", usageEvents),
                Map.entry("caravan.topics.recommendation-requests", recommendationRequests),
                Map.entry("caravan.outbox.poll-interval", 100));
    }

    /** The same, but over a proxy. */
    public Map<String, Object> proxiedSettings() {
        Map<String, Object> settings = new HashMap<>(settings());
        settings.put("caravan.kafka.brokers", broker.proxiedBrokers());
        return settings;
    }

    /** What stands between the broker and those who use it by {@link #proxiedSettings}. */
    public TcpProxy proxy() {
        return broker.proxy();
    }

    public String announce() {
        return announce;
    }

    public String upload() {
        return upload;
    }

    /** Sends a message to the topic of source events; headers as names and values in turn. */
    public void sendSourceEvent(String message, String... headers) {
        send(sourceEvents, 0, message, headers);
    }

    /** Sends a message to the topic of all services; headers as names and values in turn. */
    public void announce(int partition, String message, String... headers) {
        send(announce, partition, message, headers);
    }

    public void send(String topic, int partition, String message, String... headers) {
        var announcement = new ProducerRecord<>(topic, partition, TestCaravan.ORGANISATION, message);
        for (int i = 0; i < headers.length; i += 2) {
            announcement.headers().add(headers[i], headers[i + 1].getBytes(StandardCharsets.UTF_8));
        }
        try {
            producer.send(announcement).get();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Lets the next test of a class begin anew: from now on, announcements, those acknowledged and replies are counted from
     * here. What came before must have been dealt with.
     */
    public void forget() {
        announcedBefore += announced();
        repliedBefore += replies().size();
    }

    /** How many messages of both topics the group has acknowledged. */
    public long acknowledged() {
        return acknowledged(group) - announcedBefore;
    }

    /** How many source events have been acknowledged. */
    public long acknowledgedEvents() {
        return acknowledged(group + "-source-events");
    }

    /** How many requests for recommendations have been acknowledged. */
    public long acknowledgedRequests() {
        return acknowledged(group + "-recommendations");
    }

    private long acknowledged(String by) {
        try {
            return admin.listConsumerGroupOffsets(by).partitionsToOffsetAndMetadata().get().values().stream()
                    .mapToLong(offset -> offset == null ? 0 : offset.offset())
                    .sum();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** How many messages of both topics are there. */
    public long announced() {
        try {
            Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
            for (int partition = 0; partition < EmbeddedKafka.PARTITIONS; partition++) {
                ends.put(new TopicPartition(announce, partition), OffsetSpec.latest());
                ends.put(new TopicPartition(upload, partition), OffsetSpec.latest());
            }
            return admin.listOffsets(ends).all().get().values().stream()
                            .mapToLong(ListOffsetsResultInfo::offset)
                            .sum()
                    - announcedBefore;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** How many partitions each consumer of the group reads; empty while they are still being handed out. */
    public List<Integer> shares() {
        try {
            ConsumerGroupDescription described =
                    admin.describeConsumerGroups(List.of(group)).all().get().get(group);
            return described.state() == ConsumerGroupState.STABLE
                    ? described.members().stream()
                            .map(member -> member.assignment().topicPartitions().size())
                            .toList()
                    : List.of();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Takes all partitions from the consumers of the group, which join it again by themselves. */
    public void expelConsumers() {
        try {
            admin.removeMembersFromConsumerGroup(group, new RemoveMembersFromConsumerGroupOptions())
                    .all()
                    .get();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Everything on the topic of replies. */
    public List<ConsumerRecord<String, String>> replies() {
        List<ConsumerRecord<String, String>> all = messages(List.of(new TopicPartition(validation, 0)));
        return all.subList(repliedBefore, all.size());
    }

    /** Everything on the topic of all services. */
    public List<ConsumerRecord<String, String>> announcements() {
        return messages(IntStream.range(0, EmbeddedKafka.PARTITIONS)
                .mapToObj(partition -> new TopicPartition(announce, partition))
                .toList());
    }

    /** How far an upload is said to have come, in the order in which it was said. */
    public List<String> statuses(String request) {
        return messages(List.of(new TopicPartition(status, 0))).stream()
                .map(ConsumerRecord::value)
                .filter(text -> text.contains("\"request_id\":\"" + request + "\""))
                .map(text -> text.replaceAll(".*\"status\":\"(\\w+)\".*", "$1"))
                .toList();
    }

    /** Everything on the topic of source events. */
    public List<ConsumerRecord<String, String>> sourceEvents() {
        return messages(List.of(new TopicPartition(sourceEvents, 0)));
    }

    /** Sends an event about right-sizing reports. */
    public void sendUsageEvent(String message) {
        send(usageEvents, 0, message);
    }

    /** Such events that nobody has dealt with. */
    public long usageEventsLeft() {
        return left(usageEvents, group + "-usage");
    }

    /** Requests for recommendations that nobody has dealt with. */
    public long recommendationRequestsLeft() {
        return left(recommendationRequests, group + "-recommendations");
    }

    private long left(String topic, String reader) {
        var partition = new TopicPartition(topic, 0);
        try {
            long end = admin.listOffsets(Map.of(partition, OffsetSpec.latest()))
                    .all()
                    .get()
                    .get(partition)
                    .offset();
            var read = admin.listConsumerGroupOffsets(reader)
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .get(partition);
            return end - (read == null ? 0 : read.offset());
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Everything on the topic of such events. */
    public List<ConsumerRecord<String, String>> usageEvents() {
        return messages(List.of(new TopicPartition(usageEvents, 0)));
    }

    /** Asks for recommendations. */
    public void requestRecommendations(String message) {
        send(recommendationRequests, 0, message);
    }

    /** Everything on the topic of such requests. */
    public List<ConsumerRecord<String, String>> recommendationRequests() {
        return messages(List.of(new TopicPartition(recommendationRequests, 0)));
    }

    private static List<ConsumerRecord<String, String>> messages(List<TopicPartition> partitions) {
        List<ConsumerRecord<String, String>> found = new ArrayList<>();
        try (var consumer = new KafkaConsumer<>(
                Map.<String, Object>of("bootstrap.servers", broker.brokers()),
                new StringDeserializer(),
                new StringDeserializer())) {
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            for (var end : consumer.endOffsets(partitions).entrySet()) {
                while (consumer.position(end.getKey()) < end.getValue()) {
                    consumer.poll(POLL).forEach(found::add);
                }
            }
        }
        return found;
    }

    /** The texts on the topic of replies. */
    public List<String> replyTexts() {
        return replies().stream().map(ConsumerRecord::value).toList();
    }

    /**
     * The different texts there, in the order in which each came first. A message is read again, and answered again, where
     * its offset could not be moved since partitions were being handed out.
     */
    public List<String> answers() {
        return replyTexts().stream().distinct().toList();
    }

    /** An announcement as the ingress service writes it. */
    public static String announcement(String request, String organisation, String url) {
        return announcement(request, organisation, url, identity(organisation));
    }

    /** The same with an identity of any kind. */
    public static String announcement(String request, String organisation, String url, String identity) {
        return """
                {"account": "", "category": "tar", "request_id": "%s", "org_id": "%s", "service": "hccm", "size": 1,
                "url": "%s", "b64_identity": "%s", "metadata": {"reporter": "ingress"}}"""
                .formatted(request, organisation, url, identity);
    }

    /** Whoever uploads for an organisation, as the ingress service passes it on. */
    public static String identity(String organisation) {
        String json = "{\"identity\": {\"org_id\": \"" + organisation
                + "\", \"type\": \"System\", \"internal\": {\"org_id\": \"" + organisation + "\"}}}";
        return Base64.getEncoder().encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }

    /** A reply as its readers expect it. */
    public static String reply(String request, String validation) {
        return "{\"request_id\": \"" + request + "\", \"validation\": \"" + validation + "\"}";
    }

    @Override
    public void close() {
        producer.close();
        admin.close();
    }
}
