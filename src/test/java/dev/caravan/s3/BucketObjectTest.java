package dev.caravan.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.awaitility.Awaitility.await;

import dev.caravan.TestCaravan;
import dev.caravan.TestS3;
import dev.caravan.oracle.ClusterModel;
import dev.caravan.oracle.Hours;
import dev.caravan.oracle.PayloadWriter;
import dev.caravan.payload.TransferFailedException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.AdviceWith;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.S3Object;

/** Payloads that somebody puts into a bucket, on a real S3 server. */
class BucketObjectTest {
    private static final List<String> ROUTES = List.of(
            "intake/watch-bucket.yaml",
            "intake/receive-bucket-object.yaml",
            "intake/fetch-object.yaml",
            "openshift/*.yaml",
            "operations/*.yaml");
    private static final List<String> WITHOUT_OUTBOX = ROUTES.stream()
            .map(route -> route.replace("operations/*", "operations/on-*"))
            .toList();
    private static final Hours DAY = Hours.day("2026-10-05");

    @TempDir
    Path folder;

    private TestS3 s3;
    private TestCaravan caravan;
    private String cluster;

    @BeforeEach
    void start() {
        s3 = new TestS3();
        cluster = UUID.randomUUID().toString();
    }

    @AfterEach
    void stop() {
        caravan.close();
        s3.close();
    }

    private void start(List<String> routes, Map<String, Object> settings) {
        Map<String, Object> all = new HashMap<>(s3.settings());
        all.putAll(settings);
        caravan = TestCaravan.start(routes, all);
        caravan.addSource(cluster, "bucket");
    }

    @Test
    void objectsAreLoadedAndMovedToDoneAfterTheCommit() {
        start(ROUTES, Map.of());
        s3.put("org=1234567/first.tar.gz", made(cluster, 1));
        s3.put("second.tar.gz", made(cluster, 2));
        eventually(() -> moved("done") == 2 && s3.keys().size() == 2);
        assertThat(s3.keys())
                .satisfiesExactly(
                        key -> assertThat(key).matches("done/[0-9a-f]{32}/(org=1234567/first|second)\\.tar\\.gz"),
                        key -> assertThat(key).matches("done/[0-9a-f]{32}/(org=1234567/first|second)\\.tar\\.gz"));
        assertThat(caravan.jdbc()
                        .queryForList("select origin from org1234567.payload_claim order by origin", String.class))
                .containsExactly(
                        "s3 " + s3.bucket() + "/org=1234567/first.tar.gz", "s3 " + s3.bucket() + "/second.tar.gz");
        eventually(() -> rows("caravan.settled_object") == 0);
    }

    @Test
    void whatCannotBeLoadedIsKeptAndMovedToFailedAndHoldsNobodyUp() {
        start(ROUTES, Map.of("caravan.limits.payload-bytes", 100_000));
        s3.put("a-poison.tar.gz", "no archive");
        s3.put("b-too-large.tar.gz", "x".repeat(100_001));
        s3.put("org=7654321/c-unknown.tar.gz", made(cluster, 1));
        s3.put("org=1234567/d-good.tar.gz", made(cluster, 2));
        eventually(() -> moved("done") == 1 && moved("failed") == 3);
        assertThat(caravan.jdbc().queryForList("select reason, org_id from caravan.quarantine order by quarantine_id"))
                .satisfiesExactly(
                        row -> assertThat(row).contains(entry("reason", "not-a-tar-gz"), entry("org_id", null)),
                        row -> assertThat(row).contains(entry("reason", "over-limit"), entry("org_id", null)),
                        row -> assertThat(row).contains(entry("reason", "unknown-source"), entry("org_id", "7654321")));
        assertThat(claims()).isOne();
    }

    /** As a server on a file system lists it, whose digest is written behind the content. */
    @Test
    void objectThatIsStillBeingWrittenWaitsForALaterPage() {
        start(WITHOUT_OUTBOX, Map.of());
        var written = S3Object.builder().key("written.tar.gz").size(1L).eTag("\"0123\"");
        var inTheMaking = S3Object.builder().key("in-the-making.tar.gz").size(1L);
        assertThat(caravan.bean(BucketObjects.class).pending(List.of(inTheMaking.build(), written.build())))
                .toIterable()
                .extracting(listed -> listed.object().key())
                .containsExactly("written.tar.gz");
    }

    /** Metadata come as headers, and headers steer Camel's producers. */
    @Test
    void metadataOfAnObjectSteerNothing() {
        start(ROUTES, Map.of());
        Map<String, String> metadata = Map.of(
                "CamelFileName", "../../x",
                "CamelAwsS3Key", "elsewhere",
                "CamelAwsS3BucketName", "elsewhere",
                "CamelJdbcParameters", "x",
                "CamelSqlQuery", "drop schema caravan",
                "kafka.OVERRIDE_TOPIC", "elsewhere");
        s3.client()
                .putObject(
                        put -> put.bucket(s3.bucket())
                                .key("org=1234567/first.tar.gz")
                                .metadata(metadata),
                        RequestBody.fromFile(made(cluster, 1)));
        eventually(() -> moved("done") == 1 && s3.keys().size() == 1);
        assertThat(s3.keys()).singleElement().asString().matches("done/[0-9a-f]{32}/org=1234567/first\\.tar\\.gz");
        assertThat(claims()).isOne();
    }

    /** Camel evaluates keys it takes from headers. */
    @Test
    void keysAreNamesAndNothingElse() {
        start(ROUTES, Map.of());
        List<String> keys = List.of(
                "org=1234567/${bean:caravan?method=close}.tar.gz",
                "org=1234567/{{caravan.database.password}} + & ü%2F.tar.gz",
                "org=1234567/" + ("long-".repeat(38) + "/").repeat(5) + "long.tar.gz");
        for (int i = 0; i < keys.size(); i++) {
            s3.put(keys.get(i), made(cluster, i + 1));
        }
        eventually(() -> moved("done") == keys.size() && s3.keys().size() == keys.size());
        assertThat(claims()).isEqualTo(keys.size());
        assertThat(s3.keys()).anyMatch(key -> key.endsWith("/" + keys.get(0)));
    }

    @Test
    void twoReplicasLoadEveryObjectOnce() {
        start(ROUTES, Map.of());
        List<String> clusters = new ArrayList<>();
        for (int number = 0; number < 4; number++) {
            clusters.add(UUID.randomUUID().toString());
            caravan.addSource(clusters.get(number), "source-" + number);
        }
        try (var replica = caravan.replica(ROUTES, s3.settings())) {
            for (int number = 1; number <= 16; number++) {
                s3.put("org=1234567/" + number + ".tar.gz", made(clusters.get(number % 4), number));
            }
            eventually(() -> moved("done") == 16);
            assertThat(replica.jdbc().queryForObject("select count(*) from caravan.quarantine", Integer.class))
                    .isZero();
        }
        assertThat(claims()).isEqualTo(16);
        assertThat(rows("org1234567.outbox where kind = 'validation-reply'"))
                .as("an object taken twice would be answered twice")
                .isEqualTo(16);
    }

    @Test
    void objectThatIsNotMovedYetIsNotReadAgain() {
        start(WITHOUT_OUTBOX, Map.of());
        s3.put("org=1234567/first.tar.gz", made(cluster, 1));
        eventually(() -> rows("caravan.settled_object") == 1);
        s3.put("org=1234567/second.tar.gz", made(cluster, 2));
        s3.put("poison.tar.gz", "no archive");
        eventually(() -> rows("caravan.settled_object") == 3);
        s3.put("org=1234567/third.tar.gz", made(cluster, 3));
        eventually(() -> rows("caravan.settled_object") == 4);
        assertThat(rows("org1234567.outbox where kind = 'validation-reply'")).isEqualTo(3);
        assertThat(caravan.jdbc().queryForObject("select attempts from caravan.quarantine", Integer.class))
                .as("attempts on the poison")
                .isOne();
        try (var outbox = caravan.replica(List.of("operations/*.yaml"), s3.settings())) {
            eventually(() -> moved("done") == 3 && moved("failed") == 1 && rows("caravan.settled_object") == 0);
        }
    }

    @Test
    void anotherContentPutUnderTheSameKeyBeforeTheMoveIsLoadedToo() {
        start(WITHOUT_OUTBOX, Map.of());
        s3.put("same.tar.gz", made(cluster, 1));
        eventually(() -> rows("caravan.settled_object") == 1);
        s3.put("same.tar.gz", made(cluster, 2));
        // Its move was decided for the first content, and finds the second.
        try (var outbox = caravan.replica(List.of("operations/*.yaml"), s3.settings())) {
            eventually(() -> rows("org1234567.outbox where kind = 'object-move' and sent_at is null") == 0);
            assertThat(outbox.bean(CamelContext.class).getRoute("deliver-outbox"))
                    .isNotNull();
            eventually(() -> moved("done") == 1 && s3.keys().size() == 1);
        }
        assertThat(claims()).isEqualTo(2);
    }

    @Test
    void sameBytesUnderAnotherKeyAreMovedTooAndLoadNothing() {
        start(ROUTES, Map.of());
        Path payload = made(cluster, 1);
        s3.put("org=1234567/first.tar.gz", payload);
        eventually(() -> moved("done") == 1);
        int loaded = rows("org1234567.openshift_pod_usage_line_items");
        s3.put("org=1234567/again.tar.gz", payload);
        eventually(() -> moved("done") == 2);
        s3.put("org=1234567/first.tar.gz", payload);
        eventually(() -> s3.keys().stream().noneMatch(key -> key.startsWith("org=")));
        assertThat(rows("org1234567.openshift_pod_usage_line_items")).isEqualTo(loaded);
        assertThat(claims()).isOne();
    }

    @Test
    void manyObjectsAreTakenPageByPageBesideThoseMovedBefore() {
        start(ROUTES, Map.of("caravan.s3.objects-per-poll", 3));
        for (int number = 1; number <= 5; number++) {
            s3.put("done/" + number + "/x", "moved before");
            s3.put("failed/" + number + "/x", "moved before");
            s3.put("a-folder/", "");
            s3.put("org=1234567/" + number + ".tar.gz", made(cluster, number));
            s3.put("1-" + number + ".tar.gz", made(cluster, number + 10));
        }
        eventually(() -> claims() == 10);
        eventually(() -> moved("done") == 15);
        assertThat(rows("caravan.quarantine")).isZero();
        assertThat(moved("failed")).isEqualTo(5);
    }

    @Test
    void brokenBodyIsFetchedAgainFromItsBeginning() throws Exception {
        start(WITHOUT_OUTBOX, Map.of());
        var failures = new AtomicInteger();
        AdviceWith.adviceWith(caravan.bean(CamelContext.class), "fetch-object", route -> route.weaveById("spool-object")
                .before()
                .process(exchange -> {
                    if (failures.getAndIncrement() < 2) {
                        exchange.getMessage().getBody(java.io.InputStream.class).readNBytes(100);
                        throw new TransferFailedException("broken off", null);
                    }
                }));
        s3.put("org=1234567/first.tar.gz", made(cluster, 1));
        eventually(() -> claims() == 1);
        assertThat(rows("caravan.quarantine")).isZero();
    }

    @Test
    void failureBeyondTheTriesLeavesTheObjectWhereItIsAndItIsLoadedLater() throws Exception {
        start(ROUTES, Map.of());
        var failures = new AtomicInteger();
        AdviceWith.adviceWith(
                caravan.bean(CamelContext.class),
                "receive-bucket-object",
                route -> route.weaveById("to-ingest-object").before().process(exchange -> {
                    if (failures.getAndIncrement() < 7) {
                        throw new TransferFailedException("the disk is full", null);
                    }
                }));
        s3.put("org=1234567/first.tar.gz", made(cluster, 1));
        eventually(() -> moved("done") == 1);
        assertThat(claims()).isOne();
        assertThat(rows("caravan.quarantine")).isZero();
    }

    @Test
    void withoutAnAnswerFromTheServerThePollIsTriedAgain() {
        start(ROUTES, Map.of("caravan.s3.access-key", "a stranger"));
        s3.put("org=1234567/first.tar.gz", made(cluster, 1));
        try (var allowed = caravan.replica(ROUTES, s3.settings())) {
            eventually(() -> moved("done") == 1);
            assertThat(allowed.jdbc().queryForObject("select count(*) from caravan.quarantine", Integer.class))
                    .isZero();
        }
    }

    @Test
    void objectsAreMovedWhileRepliesCannotBeSent() throws Exception {
        int nobody;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = socket.getLocalPort();
        }
        start(
                ROUTES,
                Map.of("caravan.kafka.brokers", "127.0.0.1:" + nobody, "caravan.outbox.acknowledge-timeout", 200));
        s3.put("org=1234567/first.tar.gz", made(cluster, 1));
        s3.put("org=1234567/second.tar.gz", made(cluster, 2));
        eventually(() -> moved("done") == 2);
        assertThat(rows("org1234567.outbox where kind = 'validation-reply' and sent_at is null"))
                .isEqualTo(2);
    }

    private Path made(String owner, int number) {
        return PayloadWriter.of(owner, PayloadWriter.uuid(number))
                .date("2026-10-06T00:04:59Z")
                .covering(DAY)
                .reports(ClusterModel.small(number).reports(DAY.first(2)))
                .writeTo(folder.resolve("made-" + number + ".tar.gz"));
    }

    private long moved(String to) {
        return s3.keys().stream().filter(key -> key.startsWith(to + "/")).count();
    }

    private static void eventually(Callable<Boolean> condition) {
        await().atMost(Duration.ofSeconds(40))
                .pollInterval(Duration.ofMillis(100))
                .until(condition);
    }

    private int claims() {
        return rows("org1234567.payload_claim");
    }

    private int rows(String table) {
        return caravan.jdbc().queryForObject("select count(*) from " + table, Integer.class);
    }
}
