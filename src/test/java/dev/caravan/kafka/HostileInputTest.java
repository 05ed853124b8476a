package dev.caravan.kafka;

import static dev.caravan.TestKafka.announcement;
import static dev.caravan.TestKafka.reply;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.caravan.TestCaravan;
import dev.caravan.TestKafka;
import dev.caravan.kafka.HostileInputs.Expected;
import dev.caravan.kafka.HostileInputs.Input;
import dev.caravan.kafka.HostileInputs.Place;
import dev.caravan.oracle.ClusterModel;
import dev.caravan.oracle.NaiveSummary;
import dev.caravan.oracle.PayloadWriter;
import dev.caravan.oracle.SummaryComparison;
import dev.caravan.payload.PayloadServer;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/** All of {@link HostileInputs} on one partition, with good payloads between them: each gets what it deserves. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostileInputTest {
    private static final List<String> ROUTES =
            List.of("intake/receive-announcement.yaml", "openshift/*.yaml", "operations/*.yaml");
    private static final String[] OURS = {"service", "hccm"};
    private static final int INPUTS_BETWEEN_GOOD_ONES = 5;

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final List<Input> inputs = HostileInputs.all();
    private final Map<Input, Long> offsets = new HashMap<>();
    /** Good payloads, by cluster. */
    private final Map<String, Path> good = new LinkedHashMap<>();

    private Path folder;
    private PayloadServer server;
    private TestKafka kafka;
    private TestCaravan caravan;
    private long announced;
    private List<String> replies;

    @BeforeAll
    void sendEverything(@TempDir Path temporary) throws IOException {
        folder = temporary;
        server = new PayloadServer();
        kafka = new TestKafka();
        caravan = TestCaravan.start(ROUTES, settings());
        log.start();
        ((LoggerContext) LoggerFactory.getILoggerFactory()).getLogger("ROOT").addAppender(log);
        for (Input input : inputs) {
            if (announced % (INPUTS_BETWEEN_GOOD_ONES + 1) == 0) {
                sendGoodOne();
            }
            var place = new Place(server, folder, offsets.size());
            caravan.addSource(place.cluster(), input.name());
            offsets.put(input, announced);
            send(input.sent().message(place));
        }
        sendGoodOne();
        await("everything is acknowledged and answered")
                .atMost(Duration.ofSeconds(90))
                .pollInterval(Duration.ofMillis(100))
                .until(() -> kafka.acknowledged() == kafka.announced()
                        && rows("org1234567.outbox where sent_at is null") == 0
                        && rows("caravan.outbox where sent_at is null") == 0);
        replies = kafka.answers();
    }

    @AfterAll
    void stop() {
        caravan.close();
        kafka.close();
        server.close();
    }

    private Map<String, Object> settings() {
        Map<String, Object> settings = new HashMap<>(kafka.settings());
        settings.put("caravan.download.hosts", server.host());
        settings.put("caravan.download.read-timeout", 700);
        settings.put("caravan.download.total-timeout", 3000);
        settings.put("caravan.download.patience", 2000);
        settings.put("logging.level.dev.caravan", "warn");
        return settings;
    }

    private void sendGoodOne() {
        int number = good.size() + 1;
        String cluster = "good-" + number;
        caravan.addSource(cluster, "alias of " + cluster);
        Path payload = PayloadWriter.of(cluster, PayloadWriter.uuid(10_000 + number))
                .date("2026-10-06T00:04:59Z")
                .covering(HostileInputs.DAY)
                .reports(ClusterModel.small(number).reports(HostileInputs.DAY.first(1)))
                .writeTo(folder.resolve(cluster + ".tar.gz"));
        good.put(cluster, payload);
        send(announcement(cluster, TestCaravan.ORGANISATION, server.file(payload)));
    }

    private void send(String message) {
        kafka.announce(0, message, OURS);
        announced++;
    }

    List<Input> inputs() {
        return inputs;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("inputs")
    void inputGetsWhatItDeserves(Input input) {
        Expected expected = input.expected();
        String origin = "kafka " + kafka.announce() + "/0/" + offsets.get(input);
        List<Map<String, Object>> kept = caravan.jdbc()
                .queryForList("select reason, message, request_id from caravan.quarantine where origin = ?", origin);
        if (expected.reason() == null) {
            assertThat(kept).isEmpty();
            assertLoaded(expected, origin);
        } else {
            assertThat(kept)
                    .singleElement()
                    .satisfies(row -> assertThat(row).contains(entry("reason", expected.reason())))
                    .satisfies(row -> assertThat(row.get("message").toString()).doesNotContain("secret", "\n", "\r"));
            assertThat(replies(kept.get(0).get("request_id"))).containsExactly(expected.reply());
            assertThat(rows("org1234567.payload_claim where origin = '" + origin + "'"))
                    .isZero();
        }
    }

    private void assertLoaded(Expected expected, String origin) {
        Map<String, Object> claim = caravan.jdbc()
                .queryForMap("select manifest_uuid, request_id from org1234567.payload_claim where origin = ?", origin);
        Object manifest = claim.get("manifest_uuid");
        assertThat(replies(claim.get("request_id"))).containsExactly("success");
        assertThat(strings("select status from org1234567.manifest_file where manifest_uuid = ?", manifest))
                .containsExactly(expected.status());
        assertThat(strings(
                        """
                        select concat_ws(' ', r.line, r.column_name, r.reason)
                        from org1234567.row_reject r
                        join org1234567.manifest_file f using (manifest_file)
                        where f.manifest_uuid = ?
                        order by r.line
                        """,
                        manifest))
                .containsExactlyElementsOf(expected.rejects());
        assertThat(strings(
                        "select (" + expected.expression()
                                + ")::text from org1234567.openshift_pod_usage_line_items where manifestid = ?::text",
                        manifest))
                .containsExactlyElementsOf(expected.stored());
        assertThat(rows("org1234567.reporting_ocpusagelineitem_daily_summary where source_uuid = (select source from"
                        + " org1234567.manifest where manifest_uuid = '" + manifest + "')"))
                .matches(rows -> rows > 0 == !expected.stored().isEmpty());
    }

    @Test
    void everyGoodPayloadBetweenThemIsInTheSummaryAndAnswered() throws Exception {
        try (Connection connection = caravan.database().dataSource().getConnection()) {
            for (var payload : good.entrySet()) {
                String cluster = payload.getKey();
                assertThat(replies(cluster)).as(cluster).containsExactly("success");
                SummaryComparison.assertSame(
                        NaiveSummary.of(List.of(payload.getValue()), "alias of " + cluster, Set.of()),
                        connection,
                        TestCaravan.SCHEMA,
                        cluster);
            }
        }
    }

    @Test
    void nothingIsLeftOverAndNothingIsABug() {
        assertThat(kafka.acknowledged()).isEqualTo(announced).isEqualTo(inputs.size() + good.size());
        assertThat(replies).hasSize((int) announced);
        assertThat(strings("select origin || ' ' || stack from caravan.quarantine where reason = 'internal-error'"))
                .isEmpty();
        assertThat(caravan.folder().resolveSibling("caravan-hostile")).doesNotExist();
        assertThat(caravan.spooled()).isEmpty();
    }

    @Test
    void logHasOneLineForEachFailureNoStackAndNoSecret() {
        assertThat(log.list)
                .isNotEmpty()
                .allSatisfy(event -> assertThat(event.getThrowableProxy()).isNull())
                .allSatisfy(event -> assertThat(event.getFormattedMessage())
                        .doesNotContain("secret", "\n", "\r", TestKafka.identity(TestCaravan.ORGANISATION)));
    }

    private List<String> replies(Object request) {
        return replies.stream()
                .filter(text -> text.contains("\"" + request + "\""))
                .map(text -> text.equals(reply(request.toString(), "success")) ? "success" : text)
                .map(text -> text.equals(reply(request.toString(), "failure")) ? "failure" : text)
                .toList();
    }

    private List<String> strings(String sql, Object... parameters) {
        return caravan.jdbc().queryForList(sql, String.class, parameters);
    }

    private int rows(String table) {
        return caravan.jdbc().queryForObject("select count(*) from " + table, Integer.class);
    }
}
