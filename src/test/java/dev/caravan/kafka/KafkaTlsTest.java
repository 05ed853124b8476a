package dev.caravan.kafka;

import static dev.caravan.TestKafka.announcement;
import static dev.caravan.TestKafka.reply;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caravan.TestAuthority;
import dev.caravan.TestCaravan;
import dev.caravan.TestKafka;
import dev.caravan.oracle.ClusterModel;
import dev.caravan.oracle.Hours;
import dev.caravan.oracle.PayloadWriter;
import dev.caravan.payload.PayloadServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.apache.commons.lang3.StringUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** A broker that wants a password and shows a certificate of a private authority. */
@ExtendWith(OutputCaptureExtension.class)
class KafkaTlsTest {
    private static final List<String> ROUTES =
            List.of("intake/receive-announcement.yaml", "openshift/*.yaml", "operations/*.yaml");
    private static final Hours DAY = Hours.day("2026-10-05");

    @TempDir
    Path folder;

    private PayloadServer server;
    private TestKafka kafka;

    @BeforeEach
    void start() {
        server = new PayloadServer();
        kafka = new TestKafka();
    }

    @AfterEach
    void stop() {
        kafka.close();
        server.close();
    }

    @Test
    void payloadIsLoadedAndRepliedToOverTlsAsSoonAsTheBrokerKnowsOurPassword(CapturedOutput log) {
        try (var caravan = start(TestKafka.authority())) {
            announcePayload(caravan);
            eventually(() -> log.getAll().contains("check CARAVAN_KAFKA_SASL_USERNAME and"));
            assertThat(claims(caravan)).isZero();
            kafka.addUser();
            eventually(() -> kafka.acknowledged() == 1 && kafka.answers().size() == 1);
            assertThat(kafka.answers()).containsExactly(reply("request-1", "success"));
            assertThat(claims(caravan)).isOne();
        }
    }

    @Test
    void nothingIsReadFromABrokerOfAnotherAuthorityAndTheLogNamesItsCertificate(CapturedOutput log) {
        kafka.addUser();
        try (var caravan = start(new TestAuthority(folder.resolve("another.pem")))) {
            announcePayload(caravan);
            String line = "unable to find valid certification path to requested target; CARAVAN_KAFKA_CA_FILE names";
            // Both consumers, and both again.
            eventually(() -> StringUtils.countMatches(log.getAll(), line) >= 4);
            assertThat(claims(caravan)).isZero();
            assertThat(kafka.acknowledged()).isZero();
        }
    }

    private TestCaravan start(TestAuthority trusted) {
        Map<String, Object> settings = new HashMap<>(kafka.settings());
        settings.putAll(kafka.securedSettings(trusted.file()));
        settings.put("caravan.download.hosts", server.host());
        settings.put("logging.level.dev.caravan", "warn");
        return TestCaravan.start(ROUTES, settings);
    }

    private void announcePayload(TestCaravan caravan) {
        String cluster = UUID.randomUUID().toString();
        caravan.addSource(cluster, "announced");
        Path payload = PayloadWriter.of(cluster, PayloadWriter.uuid(1))
                .date("2026-10-06T00:04:59Z")
                .covering(DAY)
                .reports(ClusterModel.small(1).reports(DAY.first(2)))
                .writeTo(folder.resolve("made.tar.gz"));
        kafka.announce(0, announcement("request-1", TestCaravan.ORGANISATION, server.file(payload)), "service", "hccm");
    }

    private static void eventually(Callable<Boolean> condition) {
        await().atMost(Duration.ofSeconds(40))
                .pollInterval(Duration.ofMillis(100))
                .until(condition);
    }

    private static int claims(TestCaravan caravan) {
        return caravan.jdbc().queryForObject("select count(*) from org1234567.payload_claim", Integer.class);
    }
}
