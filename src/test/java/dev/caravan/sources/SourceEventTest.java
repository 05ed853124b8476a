package dev.caravan.sources;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.caravan.RouteApplication;
import dev.caravan.TestCaravan;
import dev.caravan.TestDatabase;
import dev.caravan.TestKafka;
import dev.caravan.TestPostgres;
import dev.caravan.ledger.SourceRegistry;
import dev.caravan.optimization.StoredWorkload;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** A deleted source is told to everybody once, and what others say of sources is acted upon. */
@ExtendWith(OutputCaptureExtension.class)
class SourceEventTest {
    private static final String TYPE = "Application.destroy";
    private static final int LONGEST = 2000;

    private static TestKafka kafka;
    private static TestCaravan caravan;

    private final String cluster = UUID.randomUUID().toString();
    private long id;

    @BeforeAll
    static void start() {
        kafka = new TestKafka();
        Map<String, Object> settings = new HashMap<>(kafka.settings());
        settings.put("caravan.kafka.announcement-bytes", LONGEST);
        settings.put("logging.level.dev.caravan", "warn");
        caravan = TestCaravan.start(RouteApplication.ALL, settings);
    }

    @AfterAll
    static void stop() {
        caravan.close();
        kafka.close();
    }

    @BeforeEach
    void register() {
        id = register(caravan, TestCaravan.ORGANISATION);
    }

    @Test
    void aSourceDeletedOverHttpIsToldOnceAndWhatComesBackIsNoMatter(CapturedOutput output) throws Exception {
        var client = new SourcesClient(caravan.http("/api/sources/v3.1"), "", TestCaravan.ORGANISATION);
        int before = kafka.sourceEvents().size();

        assertThat(client.send("DELETE", "/sources/" + id, null).status()).isEqualTo(204);

        eventually(() -> kafka.acknowledgedEvents() == before + 1 && isGone());
        eventually(() -> rows("caravan.outbox where sent_at is null") == 0);
        assertThat(kafka.sourceEvents()).hasSize(before + 1);
        ConsumerRecord<String, String> event = kafka.sourceEvents().get(before);
        assertThat(event.key()).isEqualTo(TestCaravan.ORGANISATION);
        assertThat(event.headers()).hasSize(1);
        assertThat(new String(event.headers().lastHeader("event_type").value(), StandardCharsets.UTF_8))
                .isEqualTo(TYPE);
        var json = JsonMapper.builder().build();
        assertThat(json.readTree(event.value())).isEqualTo(json.readTree(event(id, TestCaravan.ORGANISATION)));
        assertThat(removedBy()).containsExactly("http:1234567");
        assertThat(output).doesNotContain("\tat ").doesNotContain("changes nothing");
    }

    @Test
    void aSourceThatIsGoneElsewhereIsRemovedWithoutTellingAnybodyAgain() {
        int told = rows("caravan.outbox");
        String event =
                "{\"ID\": 4711, \"Source_ID\": %d, \"Application_Type_Id\": 2, \"TENANT\": \"1234567\", \"x\": [1]}"
                        .formatted(id);

        kafka.sendSourceEvent(event, "event_type", TYPE, "id", "1");
        kafka.sendSourceEvent(event, "event_type", TYPE);

        eventually(() ->
                isGone() && kafka.acknowledgedEvents() == kafka.sourceEvents().size());
        assertThat(rows("caravan.outbox")).isEqualTo(told);
        assertThat(removedBy()).containsExactly("kafka:" + kafka.settings().get("caravan.topics.source-events"));
    }

    @Test
    void whatIsNoSuchEventChangesNothing(CapturedOutput output) {
        register(caravan, "7654321");
        String valid = event(id, "1234567");
        List<String> hostile = List.of(
                event(id, "7654321"),
                event(id, "1234567 "),
                event(id, ""),
                "{\"source_id\": %d, \"application_type_id\": 2}".formatted(id),
                "{\"source_id\": %d, \"application_type_id\": 2, \"tenant\": null}".formatted(id),
                "{\"source_id\": %d, \"application_type_id\": 2, \"tenant\": \"\\u0000\\r\\n\"}".formatted(id),
                "{\"source_id\": %d, \"application_type_id\": 2, \"tenant\": 1234567}".formatted(id),
                "{\"source_id\": \"%d\", \"application_type_id\": 2, \"tenant\": \"1234567\"}".formatted(id),
                "{\"source_id\": %d.0, \"application_type_id\": 2, \"tenant\": \"1234567\"}".formatted(id),
                "{\"source_id\": 99999999999999999999, \"application_type_id\": 2, \"tenant\": \"1234567\"}",
                "{\"id\": %d, \"application_type_id\": 2, \"tenant\": \"1234567\"}".formatted(id),
                "{\"source_id\": %d, \"tenant\": \"1234567\"}".formatted(id),
                "[" + valid + "]",
                valid + "}",
                "null",
                "",
                "\u0000",
                "no JSON",
                valid.replace("}", ", \"more\": \"" + "x".repeat(LONGEST) + "\"}"),
                "{\"more\": " + "[".repeat(LONGEST - 100));
        hostile.forEach(message -> kafka.sendSourceEvent(message, "event_type", TYPE));
        for (String other : List.of(event(999_999, "1234567"), event(-1, "1234567"), valid.replace(": 2,", ": 3,"))) {
            kafka.sendSourceEvent(other, "event_type", TYPE);
        }
        kafka.sendSourceEvent(valid);
        kafka.sendSourceEvent(valid, "event_type", "Application.create");
        kafka.sendSourceEvent(valid, "event_type", "application.destroy");
        kafka.sendSourceEvent(valid, "event_type", "");
        kafka.sendSourceEvent(valid, "type", TYPE);

        eventually(() -> kafka.acknowledgedEvents() == kafka.sourceEvents().size());
        assertThat(rows("caravan.source where retired_at is null and cluster_id = '" + cluster + "'"))
                .isEqualTo(2);
        assertThat(removedBy()).isEmpty();
        assertThat(output.getAll().lines().filter(line -> line.contains("changes nothing")))
                .hasSize(hostile.size());
        assertThat(output).doesNotContain("\tat ");

        kafka.sendSourceEvent(valid, "event_type", TYPE);
        eventually(this::isGone);
        assertThat(rows("caravan.source where retired_at is null and cluster_id = '" + cluster + "'"))
                .as("of the other organisation")
                .isOne();
    }

    @Test
    void aSourceThatOnlyRightSizingKnowsIsRemovedForItsTenant() {
        for (String organisation : List.of("11", "22", "33")) {
            for (String name : List.of("first", "second")) {
                StoredWorkload.add(
                        caravan.jdbc(),
                        organisation,
                        "4" + organisation,
                        "900001",
                        name + " of " + organisation,
                        organisation + " " + name,
                        "2026-11-06T12:00:00Z");
            }
        }
        StoredWorkload.add(
                caravan.jdbc(), "33", "433", Long.toString(id), cluster, "33 registered", "2026-11-06T12:00:00Z");

        destroyElsewhere(event(900_001, "44"), event(900_001, ""), event(900_001, "11' or true --"), event(id, "33"));
        assertThat(StoredWorkload.names(caravan.jdbc())).hasSize(7);
        destroyElsewhere(event(900_001, "org11"));
        assertThat(StoredWorkload.names(caravan.jdbc()))
                .containsExactly("22 first", "22 second", "33 first", "33 registered", "33 second");
        destroyElsewhere(event(900_001, "acct422"));
        assertThat(StoredWorkload.names(caravan.jdbc())).containsExactly("33 first", "33 registered", "33 second");
        destroyElsewhere("{\"source_id\": 900001, \"application_type_id\": 3}");
        destroyElsewhere("{\"source_id\": 900001, \"application_type_id\": 2}");
        assertThat(StoredWorkload.names(caravan.jdbc())).containsExactly("33 registered");
        assertThat(caravan.jdbc()
                        .queryForList(
                                "select details ->> 'org' from caravan.audit where details ->> 'source' = '900001'"
                                        + " order by audit_id",
                                String.class))
                .containsExactly("11", "22", "33");
    }

    private void destroyElsewhere(String... events) {
        for (String event : events) {
            kafka.sendSourceEvent(event, "event_type", TYPE);
        }
        eventually(() -> kafka.acknowledgedEvents() == kafka.sourceEvents().size());
    }

    @Test
    void aSourceOfTheSourcesFileStaysAndThatIsSaid(CapturedOutput output) {
        caravan.jdbc().update("update caravan.source set from_file = true where source_id = ?", id);

        kafka.sendSourceEvent(event(id, "1234567"), "event_type", TYPE);

        eventually(() -> kafka.acknowledgedEvents() == kafka.sourceEvents().size());
        assertThat(rows("caravan.source where retired_at is null and source_id = " + id))
                .isOne();
        assertThat(output).contains("source " + id + " is listed in config/sources.yaml");
    }

    @Test
    void whileTheDatabaseIsAwayAnEventWaits(CapturedOutput output) {
        try (var postgres = TestPostgres.start();
                var ownKafka = new TestKafka()) {
            Map<String, Object> settings = new HashMap<>(ownKafka.settings());
            settings.put("caravan.database.connect-timeout", "500ms");
            settings.put("logging.level.dev.caravan", "warn");
            List<String> routes = List.of(
                    "intake/receive-source-event.yaml",
                    "operations/acknowledge-message.yaml",
                    "operations/on-watch-failure.yaml",
                    "operations/remove-source.yaml");
            try (var patient = TestCaravan.start(TestDatabase.create(postgres).migrate(), routes, settings)) {
                long there = register(patient, TestCaravan.ORGANISATION);
                postgres.stopAtOnce();

                ownKafka.sendSourceEvent(event(there, "1234567"), "event_type", TYPE);

                eventually(() -> output.getAll().split("is read again: ", -1).length > 2);
                assertThat(ownKafka.acknowledgedEvents()).isZero();
                postgres.startAgain();
                eventually(() -> ownKafka.acknowledgedEvents() == 1
                        && patient.jdbc().queryForObject("select count(*) from caravan.source", Integer.class) == 0);
            }
        }
    }

    private long register(TestCaravan where, String organisation) {
        return where.bean(SourceRegistry.class)
                .add(organisation, cluster, "one")
                .source()
                .id();
    }

    private static String event(long source, String tenant) {
        return "{\"id\": %1$d, \"source_id\": %1$d, \"application_type_id\": 2, \"tenant\": \"%2$s\"}"
                .formatted(source, tenant);
    }

    private List<String> removedBy() {
        return caravan.jdbc()
                .queryForList(
                        "select actor from caravan.audit where action = 'source remove' and details ->> 'cluster' = ?"
                                + " order by audit_id",
                        String.class,
                        cluster);
    }

    private boolean isGone() {
        return rows("caravan.source where source_id = " + id) == 0;
    }

    private static int rows(String table) {
        return caravan.jdbc().queryForObject("select count(*) from " + table, Integer.class);
    }

    private static void eventually(Callable<Boolean> condition) {
        await().atMost(Duration.ofSeconds(40))
                .pollInterval(Duration.ofMillis(100))
                .ignoreExceptions()
                .until(condition);
    }
}
