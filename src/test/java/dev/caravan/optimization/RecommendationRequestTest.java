package dev.caravan.optimization;

import static dev.caravan.optimization.WorkloadFixture.steady;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.caravan.TestCaravan;
import dev.caravan.TestDatabase;
import dev.caravan.TestKafka;
import dev.caravan.TestPostgres;
import dev.caravan.optimization.RecommendationRequest.Metadata;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** What becomes of requests for recommendations, which the database makes. */
@ExtendWith(OutputCaptureExtension.class)
class RecommendationRequestTest {
    private static final Instant END = Instant.parse("2026-03-11T06:00:00Z");
    private static final int LONGEST = 2000;
    private static final List<String> ROUTES = List.of(
            "optimization/receive-recommendation-request.yaml",
            "optimization/refresh-*.yaml",
            "optimization/on-refresh-failure.yaml",
            "operations/acknowledge-message.yaml");
    private static final Object[] USAGE = {"cpu_usage_max", 0.5, "memory_usage_max", 1e9, "memory_usage_min", 1e9};

    private static TestKafka kafka;
    private static TestCaravan caravan;
    private static WorkloadFixture workloads;
    private static long asked;

    @BeforeAll
    static void start() {
        kafka = new TestKafka();
        Map<String, Object> settings = new HashMap<>(kafka.settings());
        settings.put("caravan.kafka.announcement-bytes", LONGEST);
        settings.put("caravan.optimization.namespaces", false);
        settings.put("logging.level.dev.caravan", "warn");
        caravan = TestCaravan.start(ROUTES, settings);
        workloads = new WorkloadFixture(caravan.jdbc());
    }

    @AfterAll
    static void stop() {
        caravan.close();
        kafka.close();
    }

    @Test
    void recommendationsThatAreDueAreStored(CapturedOutput output) throws Exception {
        long workload = workload(workloads, "deployment", "web");
        String request = request(workload, "1234567", "container", END);
        send(request);
        // Another writer of the same message.
        send(request.toLowerCase().replace("t06:00:00z", "T06:00:00Z").replace("}}", ", \"more\": [1]}}"));
        settled();
        assertThat(stored(caravan, workload)).containsExactly("web 2026-03-11 06:00:00");
        assertThat(output).doesNotContain("WARN  d.c.").doesNotContain("ERROR d.c.");
    }

    @Test
    void whatIsNoRequestForAWorkloadHereIsDroppedAndAcknowledged(CapturedOutput output) throws Exception {
        long workload = workload(workloads, "deployment", "web");
        long namespace = workload(workloads, "namespace");
        String valid = request(workload, "1234567", "container", END);
        List<String> dropped = List.of(
                request(workload, "7654321", "container", END),
                request(workload, "1234567\0", "container", END),
                request(-1, "1234567", "container", END),
                request(workload, "1234567", "namespace", END),
                request(workload, "1234567", "project", END),
                request(workload, "1234567", null, END),
                request(workload, null, "container", END),
                request(workload, "", "container", END),
                request(workload, "1234567", "container", null),
                request(workload, "1234567", "container", Instant.MIN),
                request(workload, "1234567", "container", Instant.MAX),
                request(namespace, "1234567", "namespace", END),
                request(namespace, "1234567", "container", END),
                valid.replace("experiment ", "another "),
                valid.replace("\"request\"", "\"\""),
                valid.replace("2026-03-11T06:00:00Z", "yesterday"),
                valid.replace(":" + workload, ":99999999999999999999"),
                valid.replace(":" + workload, ":{}"),
                valid.replace("}}", "}}".repeat(3)).substring(1),
                valid.replace("}}", ",\"more\":\"" + "x".repeat(LONGEST) + "\"}}"),
                "[" + valid + "]",
                "{\"Metadata\":" + "[".repeat(LONGEST - 100),
                "null",
                "",
                "\0",
                "no JSON");
        dropped.forEach(RecommendationRequestTest::send);
        settled();
        assertThat(output.getAll().lines().filter(line -> line.contains(" is dropped: ")))
                .hasSize(dropped.size());
        assertThat(stored(caravan, workload)).isEmpty();
        assertThat(output).contains("namespaces have no recommendations").doesNotContain("\tat ");

        send(valid);
        settled();
        assertThat(stored(caravan, workload)).hasSize(1);
    }

    @Test
    void whileTheDatabaseIsAwayARequestWaits(CapturedOutput output) {
        try (var postgres = TestPostgres.start();
                var ownKafka = new TestKafka()) {
            Map<String, Object> settings = new HashMap<>(ownKafka.settings());
            settings.put("caravan.database.connect-timeout", "500ms");
            settings.put("logging.level.dev.caravan", "warn");
            try (var patient = TestCaravan.start(TestDatabase.create(postgres).migrate(), ROUTES, settings)) {
                long workload = workload(new WorkloadFixture(patient.jdbc()), "deployment", "web");
                postgres.stopAtOnce();
                ownKafka.requestRecommendations(json(workload, "1234567", "container", END, "experiment 1"));

                eventually(() -> output.getAll().split(" is read again: ", -1).length > 2);
                assertThat(ownKafka.acknowledgedRequests()).isZero();
                postgres.startAgain();
                eventually(() -> ownKafka.acknowledgedRequests() == 1
                        && stored(patient, workload).size() == 1);
            }
        }
    }

    private static long workload(WorkloadFixture fixture, String type, String... containers) {
        long workload = fixture.workload(type, END, containers);
        for (String container : containers.length == 0 ? new String[] {""} : containers) {
            fixture.metrics(workload, container, steady(END, 4, USAGE));
        }
        fixture.load();
        return workload;
    }

    private static String request(long workload, String organisation, String type, Instant until) {
        List<String> names = caravan.jdbc()
                .queryForList("select experiment_name from ros.workloads where id = ?", String.class, workload);
        return json(workload, organisation, type, until, names.isEmpty() ? "experiment 1" : names.get(0));
    }

    private static String json(long workload, String organisation, String type, Instant until, String experiment) {
        try {
            return new RecommendationRequest("request", new Metadata(organisation, workload, experiment, until, type))
                    .toJson();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void send(String message) {
        asked++;
        kafka.requestRecommendations(message);
    }

    private static void settled() {
        eventually(() -> kafka.acknowledgedRequests() == asked);
    }

    private static List<String> stored(TestCaravan where, long workload) {
        return where.jdbc()
                .queryForList(
                        "select container_name || ' ' || (monitoring_end_time at time zone 'UTC')"
                                + " from ros.recommendation_sets where workload_id = ? order by 1",
                        String.class,
                        workload);
    }

    private static void eventually(Callable<Boolean> condition) {
        await().atMost(Duration.ofSeconds(40))
                .pollInterval(Duration.ofMillis(50))
                .ignoreExceptions()
                .until(condition);
    }
}
