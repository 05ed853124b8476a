package dev.caravan.embedded;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.caravan.CaravanSettings;
import dev.caravan.Trial;
import dev.caravan.s3.S3Connection;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/** The payloads of two small clusters of one organisation, and their ways in. */
final class EmbeddedTrial implements Trial {
    private static final String ORGANISATION = "1234567";

    /** What makes Caravan take them without any registration. */
    static final Map<String, String> SETTINGS = Map.of(
            "caravan.demo.organisation", ORGANISATION,
            "caravan.demo.aliases.11111111-aaaa-4aaa-8aaa-000000000001", "cluster-S1",
            "caravan.demo.aliases.22222222-aaaa-4aaa-8aaa-000000000002", "cluster-S2");

    private static final String SERVICE = "hccm";
    private static final Duration ADDRESS_LIFETIME = Duration.ofDays(7);
    private static final int SEND_MILLIS = 20_000;

    private final int databasePort;
    private final Path databasePasswords;
    private final Map<Sample, byte[]> samples = new LinkedHashMap<>();

    EmbeddedTrial(int databasePort, Path databasePasswords) {
        this.databasePort = databasePort;
        this.databasePasswords = databasePasswords;
        add("S1/payloads/00_20251104T000459_100000-cost-mgmt.tar.gz", Way.DROP_DIRECTORY);
        add("S1/payloads/01_20251105T000459_100001-cost-mgmt.tar.gz", Way.DROP_DIRECTORY);
        add("S2/payloads/00_20251031T000459_100000-cost-mgmt.tar.gz", Way.KAFKA);
        add("S2/payloads/01_20251031T120459_100001-cost-mgmt.tar.gz", Way.S3_BUCKET);
        add("S2/payloads/02_20251101T060459_100002-cost-mgmt.tar.gz", Way.KAFKA);
        add("S2/payloads/03_20251030T060459_100003-cost-mgmt.tar.gz", Way.S3_BUCKET);
        add("S2/payloads/04_20251102T000459_100004-cost-mgmt.tar.gz", Way.KAFKA);
        add("S2/payloads/05_20251102T180459_100005-cost-mgmt.tar.gz", Way.S3_BUCKET);
    }

    @Override
    public List<Sample> samples() {
        return List.copyOf(samples.keySet());
    }

    @Override
    public void handIn(List<Sample> wanted, CaravanSettings settings) {
        try (S3Client s3 = S3Connection.client(settings.s3());
                S3Presigner presigner = S3Connection.presigner(settings.s3());
                KafkaProducer<String, String> kafka = producer(settings.kafka())) {
            for (Sample sample : wanted) {
                byte[] bytes = samples.get(sample);
                switch (sample.cameBy()) {
                    case DROP_DIRECTORY -> drop(sample, bytes, settings.inbox().directory());
                    case KAFKA -> {
                        String request = UUID.randomUUID().toString();
                        s3.putObject(put -> put.bucket(EmbeddedS3.UPLOAD_BUCKET).key(request), body(bytes));
                        var message = announcement(request, bytes.length, address(presigner, request));
                        var announced = new ProducerRecord<>(settings.topics().announce(), ORGANISATION, message);
                        announced.headers().add("service", SERVICE.getBytes(StandardCharsets.US_ASCII));
                        kafka.send(announced);
                    }
                    case S3_BUCKET ->
                        s3.putObject(
                                put -> put.bucket(settings.s3().intakeBucket())
                                        .key("org=" + ORGANISATION + "/" + sample.name()),
                                body(bytes));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String psql() {
        // Within double quotes of a shell; a value of its own quotes may hold any path.
        return "psql \"host=%s port=%d user=%s dbname=%s passfile=%s options='-c search_path=org%s'\""
                .formatted(
                        Ports.HOST,
                        databasePort,
                        EmbeddedPostgresql.NAME,
                        EmbeddedPostgresql.NAME,
                        quoted(databasePasswords.toString()),
                        ORGANISATION);
    }

    private void add(String path, Way way) {
        byte[] bytes;
        try (InputStream in = EmbeddedTrial.class.getResourceAsStream("samples/" + path)) {
            bytes = in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        samples.put(new Sample(path.substring(path.lastIndexOf('/') + 1), way, DigestUtils.sha256Hex(bytes)), bytes);
    }

    private static void drop(Sample sample, byte[] bytes, Path inbox) throws IOException {
        Files.createDirectories(inbox);
        Path part = inbox.resolve(sample.name() + ".part");
        Files.write(part, bytes);
        Files.move(part, inbox.resolve(sample.name()), StandardCopyOption.ATOMIC_MOVE);
    }

    /** As the ingress service writes it. */
    private static String announcement(String request, int size, URI address) throws IOException {
        String identity = "{\"identity\":{\"org_id\":\"" + ORGANISATION
                + "\",\"type\":\"System\",\"internal\":{\"org_id\":\"" + ORGANISATION + "\"}}}";
        var message = new LinkedHashMap<String, Object>();
        message.put("account", "");
        message.put("category", "tar");
        message.put("content_type", "application/vnd.redhat.hccm.tar+tgz");
        message.put("metadata", Map.of("reporter", "", "stale_timestamp", "0001-01-01T00:00:00Z"));
        message.put("request_id", request);
        message.put("principal", ORGANISATION);
        message.put("org_id", ORGANISATION);
        message.put("service", SERVICE);
        message.put("size", size);
        message.put("url", address.toString());
        message.put("b64_identity", Base64.getEncoder().encodeToString(identity.getBytes(StandardCharsets.UTF_8)));
        message.put("timestamp", Instant.now().toString());
        return JsonMapper.builder().build().writeValueAsString(message);
    }

    private static URI address(S3Presigner presigner, String key) {
        return URI.create(presigner
                .presignGetObject(request -> request.signatureDuration(ADDRESS_LIFETIME)
                        .getObjectRequest(
                                get -> get.bucket(EmbeddedS3.UPLOAD_BUCKET).key(key)))
                .url()
                .toString());
    }

    private static RequestBody body(byte[] bytes) {
        return RequestBody.fromBytes(bytes);
    }

    private static KafkaProducer<String, String> producer(CaravanSettings.Kafka settings) {
        return new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, settings.brokers(),
                        ProducerConfig.MAX_BLOCK_MS_CONFIG, SEND_MILLIS,
                        ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, SEND_MILLIS,
                        ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, SEND_MILLIS),
                new StringSerializer(),
                new StringSerializer());
    }

    private static String quoted(String path) {
        if (path.matches("[\\w./-]+")) {
            return path;
        }
        String value = "'" + path.replace("\\", "\\\\").replace("'", "\\'") + "'";
        return value.replaceAll("([\\\\\"$`])", "\\\\$1");
    }
}
