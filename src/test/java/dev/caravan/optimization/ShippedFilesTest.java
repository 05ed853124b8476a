package dev.caravan.optimization;

import static dev.caravan.TestKafka.announcement;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.caravan.RouteApplication;
import dev.caravan.TestCaravan;
import dev.caravan.TestKafka;
import dev.caravan.TestS3;
import dev.caravan.ledger.SourceRegistry;
import dev.caravan.oracle.ClusterModel;
import dev.caravan.oracle.Hours;
import dev.caravan.oracle.PayloadWriter;
import dev.caravan.payload.Delivery;
import dev.caravan.payload.Delivery.Outcome;
import dev.caravan.payload.PayloadServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Right-sizing reports of payloads reach a real bucket, and whoever reads them hears of it from a real broker. */
@ExtendWith(OutputCaptureExtension.class)
class ShippedFilesTest {
    private static final List<String> ROUTES = List.of(
            "intake/receive-announcement.yaml",
            "intake/receive-given-file.yaml",
            "openshift/*.yaml",
            "optimization/ship-optimization-files.yaml",
            "operations/*.yaml");
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Hours DAY = Hours.day("2026-10-05");
    private static final String REPORT = "ros-openshift-container-202610.csv";

    private static PayloadServer server;
    private static TestKafka kafka;
    private static TestS3 s3;
    private static TestCaravan caravan;

    @TempDir
    Path folder;

    private final String cluster = UUID.randomUUID().toString();
    private String source;
    private long sourceId;

    @BeforeAll
    static void start() {
        server = new PayloadServer();
        kafka = new TestKafka();
        s3 = new TestS3();
        caravan = TestCaravan.start(ROUTES, settings());
    }

    @AfterAll
    static void stop() {
        caravan.close();
        s3.close();
        kafka.close();
        server.close();
    }

    @BeforeEach
    void register() {
        var registered = caravan.bean(SourceRegistry.class)
                .add(TestCaravan.ORGANISATION, cluster, "edge \"1\"")
                .source();
        source = registered.uuid().toString();
        sourceId = registered.id();
    }

    @Test
    void reportsLieInTheBucketAndOneEventTellsOfThem(CapturedOutput output) throws Exception {
        byte[] containers = "container_name\nweb\n".getBytes(StandardCharsets.UTF_8);
        byte[] namespaces = new byte[300_000];
        Path payload = payload(1)
                .optimizationFile(REPORT, containers)
                .optimizationFile("ros-openshift-namespace-202610.csv", namespaces)
                .unlisted("notes.csv", containers)
                .writeTo(folder.resolve("payload.tar.gz"));

        announce("request-1", payload);

        eventually(() -> events().size() == 1 && unsent() == 0);
        String prefix = prefix(1);
        assertThat(keys()).containsExactly(prefix + REPORT, prefix + "ros-openshift-namespace-202610.csv");
        assertThat(s3.bytes(prefix + REPORT)).isEqualTo(containers);
        assertThat(s3.bytes(prefix + "ros-openshift-namespace-202610.csv")).isEqualTo(namespaces);
        assertThat(s3.client()
                        .headObject(head -> head.bucket(s3.bucket()).key(prefix + REPORT))
                        .metadata())
                .anySatisfy((name, value) -> {
                    assertThat(name).isEqualToIgnoringCase("ManifestId");
                    assertThat(value).isEqualTo(PayloadWriter.uuid(1));
                });

        ConsumerRecord<String, String> message = events().get(0);
        assertThat(message.key()).isNull();
        assertThat(message.headers()).isEmpty();
        JsonNode event = JSON.readTree(message.value());
        assertThat(JSON.convertValue(event, Map.class))
                .contains(
                        entry("request_id", "request-1"),
                        entry("b64_identity", TestKafka.identity(TestCaravan.ORGANISATION)),
                        entry(
                                "metadata",
                                Map.of(
                                        "account",
                                        "",
                                        "org_id",
                                        TestCaravan.ORGANISATION,
                                        "source_id",
                                        Long.toString(sourceId),
                                        "provider_uuid",
                                        source,
                                        "cluster_uuid",
                                        cluster,
                                        "cluster_alias",
                                        "edge \"1\"",
                                        "operator_version",
                                        "cdd836a")),
                        entry("object_keys", keys()))
                .containsOnlyKeys("request_id", "b64_identity", "metadata", "files", "object_keys");
        assertThat(event.get("files")).hasSize(2);
        try (InputStream first =
                        URI.create(event.get("files").get(0).asText()).toURL().openStream();
                InputStream second =
                        URI.create(event.get("files").get(1).asText()).toURL().openStream()) {
            assertThat(first.readAllBytes()).isEqualTo(containers);
            assertThat(second.readAllBytes()).isEqualTo(namespaces);
        }
        assertThat(event.get("files").get(0).asText()).contains("X-Amz-Expires=172800");

        assertThat(caravan.jdbc().queryForList("select message::text from org1234567.outbox", String.class))
                .noneMatch(text -> text.contains("X-Amz"));
        assertThat(output).doesNotContain("X-Amz", TestKafka.identity(TestCaravan.ORGANISATION));
    }

    @Test
    void aDuplicateHasItsFilesThereAndIsToldOfAgain() {
        Path payload = payload(2).optimizationFile(REPORT, new byte[] {1}).writeTo(folder.resolve("payload.tar.gz"));
        announce("request-2", payload);
        eventually(() -> events().size() == 1);
        s3.client().deleteObject(delete -> delete.bucket(s3.bucket()).key(prefix(2) + REPORT));

        announce("request-2", payload);

        eventually(() -> events().size() == 2 && unsent() == 0);
        assertThat(keys()).containsExactly(prefix(2) + REPORT);
        assertThat(text(events().get(1), "/object_keys")).isEqualTo(text(events().get(0), "/object_keys"));
        assertThat(rows("org1234567.outbox where kind = 'ros-event' and message::text like '%" + cluster + "%'"))
                .isOne();
    }

    @Test
    void eachPartOfAManifestShipsItsOwn() {
        List<Path> parts = payload(3)
                .optimizationFile("ros-1.csv", new byte[] {1})
                .optimizationFile("ros-2.csv", new byte[] {2})
                .writeEach(folder, "part");
        for (Path part : parts) {
            announce("request " + part.getFileName(), part);
        }
        eventually(() -> claims() == parts.size() && unsent() == 0);
        assertThat(parts).hasSizeGreaterThan(2);
        assertThat(events())
                .extracting(event -> text(event, "/object_keys/0"))
                .containsExactlyInAnyOrder(prefix(3) + "ros-1.csv", prefix(3) + "ros-2.csv");
        assertThat(events())
                .allSatisfy(event -> assertThat(text(event, "/object_keys/1")).isEmpty());
    }

    @Test
    void twoManifestsOfADayKeepTheirFilesApart() {
        for (int number : new int[] {4, 5}) {
            ingest(payload(number)
                    .optimizationFile(REPORT, new byte[] {(byte) number})
                    .writeTo(folder.resolve(number + ".tar.gz")));
        }
        assertThat(s3.bytes(prefix(4) + REPORT)).containsExactly(4);
        assertThat(s3.bytes(prefix(5) + REPORT)).containsExactly(5);
    }

    @Test
    void aPayloadThatNobodyAnnouncedIsItsOrganisations() throws Exception {
        ingest(payload(6).optimizationFile(REPORT, new byte[] {1}).writeTo(folder.resolve("payload.tar.gz")));

        eventually(() -> events().size() == 1);
        String identity = text(events().get(0), "/b64_identity");
        assertThat(JSON.readTree(Base64.getDecoder().decode(identity)))
                .isEqualTo(
                        JSON.readTree(
                                """
                                {"identity": {"org_id": "1234567", "type": "System", "internal": {"org_id": "1234567"}}}"""));
    }

    @Test
    void aPayloadWithoutSuchFilesShipsNothing() {
        assertThat(ingest(payload(7).unlisted(REPORT, new byte[] {1}).writeTo(folder.resolve("payload.tar.gz")))
                        .outcome())
                .isEqualTo(Outcome.LOADED);
        assertThat(keys()).isEmpty();
        assertThat(queued()).isZero();
    }

    @Test
    void aPayloadThatIsNotLoadedIsNotToldOf() {
        ingest(payload(8).optimizationFile(REPORT, new byte[] {1}).writeTo(folder.resolve("first.tar.gz")));
        eventually(() -> events().size() == 1);
        Delivery conflicting =
                ingest(payload(8).optimizationFile(REPORT, new byte[] {2}).writeTo(folder.resolve("second.tar.gz")));
        assertThat(conflicting.reason()).isEqualTo("member-conflict");
        assertThat(queued()).isOne();
    }

    @Test
    void namesOfMembersAreHarmlessInKeys() {
        List<String> names =
                List.of("$(reboot) ${x}.csv", "a?b#c%2F.csv", "ü.csv", "ä.csv", "a\u2028b&c=d;e.csv", "-.csv");
        var writer = payload(9);
        for (String name : names) {
            writer.optimizationFile(name, name.getBytes(StandardCharsets.UTF_8));
        }
        ingest(writer.writeTo(folder.resolve("payload.tar.gz")));

        assertThat(keys()).hasSameSizeAs(names).allMatch(key -> key.matches("[A-Za-z0-9._=/-]+"));
        String last = names.get(names.size() - 1);
        for (String name : names) {
            byte[] content = name.getBytes(StandardCharsets.UTF_8);
            String digest =
                    name.equals(last) ? "" : DigestUtils.sha256Hex(content).substring(0, 16) + "-";
            String end = name.substring(Math.max(0, name.length() - 128));
            assertThat(s3.bytes(prefix(9) + digest + end.replaceAll("[^A-Za-z0-9._-]", "_")))
                    .as(name)
                    .isEqualTo(content);
        }
    }

    @Test
    void manyFilesAreToldOfInEventsThatFitIntoAMessage() {
        var writer = payload(10);
        List<String> expected = new ArrayList<>();
        for (int number = 100; number < 360; number++) {
            String name = "x".repeat(100) + number + ".csv";
            writer.optimizationFile(name, new byte[] {1});
            expected.add(prefix(10) + name);
        }
        ingest(writer.writeTo(folder.resolve("payload.tar.gz")));

        eventually(() -> events().size() == 2);
        List<String> told = new ArrayList<>();
        for (var event : events()) {
            JsonNode json = json(event);
            assertThat(json.get("files")).hasSameSizeAs(json.get("object_keys"));
            json.get("object_keys").forEach(key -> told.add(key.asText()));
        }
        assertThat(told).containsExactlyElementsOf(expected);
    }

    @Test
    void whatIsOlderThanTheRetentionIsNotShipped() {
        Path old = PayloadWriter.of(cluster, PayloadWriter.uuid(11))
                .date("2010-10-06T00:04:59Z")
                .optimizationFile(REPORT, new byte[] {1})
                .writeTo(folder.resolve("payload.tar.gz"));
        assertThat(ingest(old).outcome()).isEqualTo(Outcome.OUTSIDE_RETENTION);
        assertThat(keys()).isEmpty();
        assertThat(queued()).isZero();
    }

    @Test
    void aClusterWhoseIdIsNoUuidShipsNothingAndThatIsSaidOnce(CapturedOutput output) {
        caravan.addSource("no-uuid-" + cluster.substring(0, 8), "odd");
        for (int number : new int[] {12, 13}) {
            Path payload = PayloadWriter.of("no-uuid-" + cluster.substring(0, 8), PayloadWriter.uuid(number))
                    .date("2026-10-06T00:04:59Z")
                    .covering(DAY)
                    .optimizationFile(REPORT, new byte[] {1})
                    .writeTo(folder.resolve(number + ".tar.gz"));
            ingest(payload);
        }
        assertThat(output.getAll().split("its id is no UUID", -1)).hasSize(2);
        assertThat(s3.keys()).noneMatch(key -> key.contains(PayloadWriter.uuid(12)));
    }

    @Test
    void whileTheBucketIsAwayAPayloadWaitsAndNothingOfItIsCommitted(CapturedOutput output) {
        Path payload = payload(14).optimizationFile(REPORT, new byte[] {1}).writeTo(folder.resolve("payload.tar.gz"));
        long before = kafka.acknowledged();
        s3.stopServer();
        try {
            announce("request-14", payload);
            eventually(() -> output.getAll().split("cannot be loaded now", -1).length > 2);
            assertThat(claims()).isZero();
            assertThat(kafka.acknowledged()).isEqualTo(before);
        } finally {
            s3.startServerAgain();
        }
        eventually(() -> events().size() == 1 && claims() == 1);
        assertThat(keys()).containsExactly(prefix(14) + REPORT);
        assertThat(output).contains("cannot put a right-sizing report into s3://" + s3.bucket());
        assertThat(rows("caravan.quarantine where cluster_id = '" + cluster + "'"))
                .isZero();
    }

    @Test
    void withoutKafkaOrS3OrABucketNothingIsShipped() {
        Map<String, Object> noBucket = new HashMap<>(settings());
        noBucket.put("caravan.optimization.bucket", "");
        int number = 20;
        for (var settings : List.of(Map.<String, Object>of(), kafka.settings(), s3.settings(), noBucket)) {
            number++;
            try (var other = caravan.replica(RouteApplication.INGEST, settings)) {
                Delivery delivery = other.ingest(payload(number)
                        .optimizationFile(REPORT, new byte[] {1})
                        .writeTo(folder.resolve(number + ".tar.gz")));
                assertThat(delivery.outcome()).isEqualTo(Outcome.LOADED);
            }
        }
        assertThat(keys()).isEmpty();
        assertThat(queued()).isZero();
    }

    private static Map<String, Object> settings() {
        Map<String, Object> settings = new HashMap<>(s3.settings());
        settings.putAll(kafka.settings());
        settings.put("caravan.download.hosts", server.host());
        settings.put("caravan.optimization.bucket", s3.bucket());
        settings.put("logging.level.dev.caravan", "warn");
        settings.put("caravan.s3.connect-timeout", 1000);
        return settings;
    }

    private PayloadWriter payload(int number) {
        return PayloadWriter.of(cluster, PayloadWriter.uuid(number))
                .version("cdd836a")
                .date("2026-10-06T00:04:59Z")
                .covering(DAY)
                .reports(ClusterModel.small(1).reports(DAY.first(1)));
    }

    private String prefix(int number) {
        return "org1234567/source=" + source + "/date=2026-10-06/manifest=" + PayloadWriter.uuid(number) + "/";
    }

    private void announce(String request, Path payload) {
        kafka.announce(0, announcement(request, TestCaravan.ORGANISATION, server.file(payload)), "service", "hccm");
    }

    private static Delivery ingest(Path payload) {
        return caravan.ingest(payload);
    }

    /** What was told of this test's cluster. */
    private List<ConsumerRecord<String, String>> events() {
        return kafka.usageEvents().stream()
                .filter(event -> event.value().contains(cluster))
                .toList();
    }

    private List<String> keys() {
        return s3.keys().stream().filter(key -> key.contains(source)).toList();
    }

    private int queued() {
        return rows("org1234567.outbox where kind = 'ros-event' and message::text like '%" + cluster + "%'");
    }

    private int unsent() {
        return rows("org1234567.outbox where sent_at is null");
    }

    private int claims() {
        return rows("org1234567.payload_claim where source = '" + source + "'");
    }

    private static int rows(String table) {
        return caravan.jdbc().queryForObject("select count(*) from " + table, Integer.class);
    }

    private static String text(ConsumerRecord<String, String> event, String path) {
        JsonNode found = json(event).at(path);
        return found.isContainerNode() ? found.toString() : found.asText();
    }

    private static JsonNode json(ConsumerRecord<String, String> event) {
        try {
            return JSON.readTree(event.value());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void eventually(Callable<Boolean> condition) {
        await().atMost(Duration.ofSeconds(40))
                .pollInterval(Duration.ofMillis(100))
                .until(condition);
    }
}
