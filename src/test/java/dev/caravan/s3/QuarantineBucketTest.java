package dev.caravan.s3;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.RouteApplication;
import dev.caravan.TestCaravan;
import dev.caravan.TestS3;
import dev.caravan.ledger.QuarantineReplays;
import dev.caravan.oracle.ClusterModel;
import dev.caravan.oracle.Hours;
import dev.caravan.oracle.PayloadWriter;
import dev.caravan.payload.Delivery.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.apache.camel.ProducerTemplate;
import org.apache.commons.codec.digest.DigestUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Payloads that could not be loaded are kept in a bucket, on a real S3 server. */
class QuarantineBucketTest {
    private static final Hours DAY = Hours.day("2026-10-05");
    private static final int MEBIBYTE = 1 << 20;

    @TempDir
    Path folder;

    private TestS3 bucket;

    @BeforeEach
    void start() {
        bucket = new TestS3();
    }

    @AfterEach
    void stop() {
        bucket.close();
    }

    @Test
    void payloadOfAnUnknownSourceLoadsFromTheBucketAndItsBytesGo() {
        String cluster = UUID.randomUUID().toString();
        try (var caravan = TestCaravan.start(RouteApplication.INGEST, settings())) {
            assertThat(caravan.ingest(payload(cluster)).reason()).isEqualTo("unknown-source");
            assertThat(bucket.keys()).hasSize(1);
            assertThat(caravan.jdbc().queryForObject("select stored_in from caravan.quarantine", String.class))
                    .isEqualTo("s3://" + bucket.bucket());
            caravan.addSource(cluster, "late");

            replay(caravan);

            assertThat(open(caravan)).isZero();
            assertThat(bucket.keys()).isEmpty();
            assertThat(caravan.ingest(payload(cluster)).outcome()).isEqualTo(Outcome.DUPLICATE);
        }
    }

    @Test
    void payloadLargerThanAPartIsStoredWholeAndAnAlteredOneIsNotReplayed() throws IOException {
        byte[] bytes = new byte[11 * MEBIBYTE];
        new Random(1).nextBytes(bytes);
        Path file = Files.write(folder.resolve("large.tar.gz"), bytes);
        try (var caravan = TestCaravan.start(RouteApplication.INGEST, settings())) {
            assertThat(caravan.ingest(file).reason()).isEqualTo("not-a-tar-gz");
            String key = DigestUtils.sha256Hex(bytes) + ".tar.gz";
            assertThat(bucket.keys()).containsExactly(key);

            bucket.put(key, "something else");
            caravan.jdbc().update("update caravan.quarantine set replay_requested_at = now()");
            replay(caravan);

            assertThat(caravan.jdbc()
                            .queryForMap("select attempts, replay_requested_at, resolved_at from caravan.quarantine"))
                    .containsEntry("attempts", 1)
                    .containsEntry("replay_requested_at", null)
                    .containsEntry("resolved_at", null);
            assertThat(caravan.ingest(file).reason()).isEqualTo("not-a-tar-gz");
            assertThat(bucket.client()
                            .headObject(head -> head.bucket(bucket.bucket()).key(key))
                            .contentLength())
                    .as("stored anew where it was altered")
                    .isEqualTo(bytes.length);
        }
    }

    @Test
    void bytesOfAnEarlierSettingAreStillReplayed() {
        String cluster = UUID.randomUUID().toString();
        try (var caravan = TestCaravan.start();
                var later = caravan.replica(RouteApplication.INGEST, settings())) {
            assertThat(caravan.ingest(payload(cluster)).reason()).isEqualTo("unknown-source");
            caravan.addSource(cluster, "late");

            replay(later);

            assertThat(open(caravan)).isZero();
            assertThat(caravan.folder().resolve("quarantine")).isEmptyDirectory();
        }
    }

    private Map<String, Object> settings() {
        Map<String, Object> settings = new HashMap<>(bucket.settings());
        settings.put("caravan.s3.intake-bucket", "");
        settings.put("caravan.quarantine.bucket", bucket.bucket());
        settings.put("caravan.quarantine.part-bytes", 5 * MEBIBYTE);
        return settings;
    }

    private static void replay(TestCaravan caravan) {
        var requested = caravan.bean(QuarantineReplays.class).requested();
        assertThat(requested).hasSize(1);
        assertThat(caravan.bean(ProducerTemplate.class)
                        .send("direct:replay-quarantine", exchange -> exchange.getMessage()
                                .setBody(requested.get(0)))
                        .getException())
                .isNull();
    }

    private static int open(TestCaravan caravan) {
        return caravan.jdbc()
                .queryForObject("select count(*) from caravan.quarantine where resolved_at is null", Integer.class);
    }

    private Path payload(String cluster) {
        return PayloadWriter.of(cluster, PayloadWriter.uuid(1))
                .date("2026-10-06T00:04:59Z")
                .covering(DAY)
                .reports(ClusterModel.small(1).reports(DAY))
                .writeTo(folder.resolve("payload.tar.gz"));
    }
}
