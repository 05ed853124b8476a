package dev.caravan.optimization;

import static dev.caravan.optimization.WorkloadFixture.steady;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.TestCaravan;
import dev.caravan.TestKafka;
import dev.caravan.optimization.RecommendationRequest.Metadata;
import dev.caravan.oracle.NaiveRecommendation.Interval;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.JdbcTemplate;

/** Recommendations made by a Kruize server, which refuses whatever is not as it wants it. */
@ExtendWith(OutputCaptureExtension.class)
class RefreshWithKruizeTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PROFILE = "resource-optimization-openshift";
    private static final Instant END = Instant.parse("2026-03-11T06:00:00Z");
    private static final Object[] USAGE = {
        "cpu_usage_sum", 0.2, "cpu_usage_avg", 0.2, "cpu_usage_min", 0.1, "cpu_usage_max", 0.25,
        "memory_usage_sum", 4e8, "memory_usage_avg", 4e8, "memory_usage_min", 4e8, "memory_usage_max", 4e8,
        "memory_rss_usage_sum", 4e8, "memory_rss_usage_avg", 4e8, "cpu_request_sum", 1, "cpu_request_avg", 1
    };

    private static TestKafka kafka;
    private static StrictKruize kruize;
    private static TestCaravan caravan;
    private static WorkloadFixture workloads;
    private static long asked;

    @BeforeAll
    static void start() {
        kafka = new TestKafka();
        kruize = new StrictKruize();
        Map<String, Object> settings = new HashMap<>(kafka.settings());
        settings.putAll(Map.of(
                "logging.level.dev.caravan",
                "info",
                "caravan.optimization.engine",
                "Kruize",
                "caravan.optimization.kruize.url",
                kruize.url() + "/",
                "caravan.optimization.kruize.breaker-pause",
                300,
                "caravan.optimization.kruize.retire-interval",
                200));
        caravan = TestCaravan.start(
                List.of(
                        "optimization/receive-recommendation-request.yaml",
                        "optimization/refresh-*.yaml",
                        "optimization/retire-experiments.yaml",
                        "optimization/on-refresh-failure.yaml",
                        "operations/acknowledge-message.yaml",
                        "operations/on-watch-failure.yaml"),
                settings);
        workloads = new WorkloadFixture(caravan.jdbc());
    }

    @AfterAll
    static void stop() {
        caravan.close();
        kruize.close();
        kafka.close();
    }

    @BeforeEach
    void reset() {
        kruize.reset();
    }

    @Test
    void intervalsAreToldOnceAndOldestFirstAHundredAtATime(CapturedOutput output) {
        long workload = deployment(END, 250, "web", "proxy");
        refresh(workload, END);

        assertThat(kruize.chunks()).containsExactly(100, 100, 50);
        assertThat(kruize.results(experiment(workload))).hasSize(250);
        assertThat(kruize.requests().stream()
                        .filter(request -> request.path().equals("/updateResults"))
                        .map(request -> request.body().replaceAll("(?s).*?interval_end_time\": \"([^\"]+).*", "$1")))
                .isSorted();
        assertThat(unsent(workload)).isZero();
        assertThat(stored(workload)).containsExactly("proxy 2026-03-11T06:00:00Z", "web 2026-03-11T06:00:00Z");

        int requests = kruize.requests().size();
        refresh(workload, END);
        assertThat(kruize.requests()).as("nothing to ask").hasSize(requests);
        assertThat(output).doesNotContain("WARN  d.c.").doesNotContain("ERROR d.c.");
    }

    @Test
    void whatTheServerKnowsAlreadyIsSettledWithoutAWord(CapturedOutput output) {
        long workload = deployment(END, 5, "web");
        refresh(workload, END);
        markUnsent(workload);
        refresh(workload, END);
        assertThat(unsent(workload)).isZero();
        assertThat(kruize.results(experiment(workload))).hasSize(5);
        assertThat(output).doesNotContain("WARN  d.c.");
    }

    @Test
    void whileTheServerIsAwayRequestsWaitAndNothingIsLost(CapturedOutput output) {
        List<Long> waiting = List.of(deployment(END, 5, "web"), deployment(END, 5, "web"));
        kruize.stop();
        waiting.forEach(workload -> send(workload, END));
        eventually(() -> output.getAll().contains("Kruize is away"));
        long before = kafka.acknowledgedRequests();
        // As often as it is read again meanwhile, it is not acknowledged.
        await().pollDelay(Duration.ofMillis(600)).until(() -> true);
        assertThat(kafka.acknowledgedRequests()).isEqualTo(before).isEqualTo(asked - 2);
        kruize.start();

        settled();
        for (long workload : waiting) {
            assertThat(stored(workload)).containsExactly("web 2026-03-11T06:00:00Z");
            assertThat(unsent(workload)).isZero();
        }
        assertThat(output.getAll().split("Kruize is away", -1)).hasSize(2);
        assertThat(output.getAll().split("Kruize is back", -1)).hasSize(2);
        assertThat(output).doesNotContain("given up").doesNotContain("\tat ");
    }

    /** An address where something else answers, a proxy for instance, is as good as none. */
    @Test
    void whereSomethingElseAnswersRequestsWait(CapturedOutput output) {
        long workload = deployment(END, 5, "web");
        kruize.override(request -> new StrictKruize.Answer(404, "<html>Not Found</html>"));
        send(workload, END);
        eventually(() -> output.getAll().contains("Kruize is away"));
        kruize.override(request -> null);
        settled();
        assertThat(stored(workload)).hasSize(1);
    }

    @Test
    void aRequestThatTheServerFailsAtIsTriedAgainAndDoesNotHoldUpOthers(CapturedOutput output) {
        long failing = deployment(END, 5, "web");
        long other = deployment(END, 5, "web");
        String name = experiment(failing);
        kruize.override(request -> name.equals(request.parameters().get("experiment_name"))
                ? new StrictKruize.Answer(
                        500, StrictKruize.said(500, "Internal").toString())
                : null);
        send(failing, END);
        send(other, END);
        settled();
        assertThat(stored(other)).hasSize(1);
        assertThat(stored(failing)).isEmpty();
        assertThat(kruize.requests().stream()
                        .filter(request -> name.equals(request.parameters().get("experiment_name"))))
                .as("once, and two tries more")
                .hasSize(3);
        assertThat(output).contains("given up until the next report").doesNotContain("Kruize is away");

        kruize.override(request -> null);
        refresh(failing, END);
        assertThat(stored(failing)).hasSize(1);
    }

    @Test
    void anExperimentThatTheServerHasLostIsRegisteredAndToldAgain() {
        long workload = deployment(END, 1500, "web");
        refresh(workload, END);
        kruize.forgetExperiments();
        Instant next = END.plus(Duration.ofDays(1));
        add(workload, next, 4, "web");
        refresh(workload, next);
        // 15 days, both ends counted
        assertThat(kruize.results(experiment(workload)))
                .hasSize(1440 - 96 + 1 + 4)
                .contains(next.minus(Duration.ofDays(15)), next)
                .doesNotContain(next.minus(Duration.ofDays(15)).minusSeconds(900));
        assertThat(stored(workload)).containsExactly("web 2026-03-12T06:00:00Z");
        assertThat(unsent(workload)).isZero();

        kruize.forgetExperiments();
        caravan.jdbc().update("delete from ros.recommendation_sets where workload_id = ?", workload);
        refresh(workload, next);
        assertThat(stored(workload)).as("nothing new to tell").containsExactly("web 2026-03-12T06:00:00Z");

        kruize.override(request -> {
            // Between registering and telling.
            kruize.override(usual -> usual.path().equals("/updateResults") ? forget() : null);
            return null;
        });
        Instant later = next.plus(Duration.ofDays(1));
        add(workload, later, 4, "web");
        refresh(workload, later);
        assertThat(kruize.results(experiment(workload))).hasSize(1440 - 192 + 1 + 8);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Not Found: performance_profile does not exist: %s",
                "Performance Profile doesn't exist - %s",
                "Cannot invoke \"PerformanceProfile.getName()\" because \"performanceProfile\" is null"
            })
    void aProfileThatTheServerHasLostIsMadeAgain(String text) {
        refresh(deployment(END, 5, "web"), END);
        kruize.forgetProfiles(text);
        long workload = deployment(END, 5, "web");
        refresh(workload, END);
        assertThat(kruize.profile(PROFILE).path("profile_version").asDouble()).isEqualTo(2.0);
        assertThat(stored(workload)).hasSize(1);
    }

    @Test
    void anIntervalThatIsRefusedOrLacksUsageDoesNotHoldUpTheOthers(CapturedOutput output) {
        long workload = deployment(END, 5, "web");
        kruize.refuse(END.minusSeconds(1800), "Metric data is not present");
        caravan.jdbc()
                .update(
                        "update ros.workload_metrics set memory_usage_avg = null where workload_id = ? and interval_end = ?::timestamptz",
                        workload,
                        END.minusSeconds(900).toString());
        refresh(workload, END);
        assertThat(kruize.results(experiment(workload)))
                .containsExactlyInAnyOrder(END, END.minusSeconds(2700), END.minusSeconds(3600));
        assertThat(unsent(workload)).isZero();
        assertThat(stored(workload)).hasSize(1);
        assertThat(output)
                .contains("1 intervals of workload " + workload + " are not told")
                .contains("refuses 1 of 5 intervals of workload " + workload
                        + ", the last one because: Metric data is not present");
    }

    @Test
    void onlyContainersThatAreDueAreStored() {
        long workload = deployment(END, 5, "web");
        refresh(workload, END);
        Instant next = END.plusSeconds(3600);
        caravan.jdbc().update("update ros.workloads set containers = '{web,late}' where id = ?", workload);
        add(workload, next, 4, "web", "late");
        refresh(workload, next);
        assertThat(stored(workload)).containsExactly("late 2026-03-11T07:00:00Z", "web 2026-03-11T06:00:00Z");

        int requests = kruize.requests().size();
        Instant later = next.plusSeconds(3600);
        add(workload, later, 4, "web", "late");
        refresh(workload, later);
        assertThat(kruize.calls().subList(requests, kruize.requests().size()))
                .as("told, and not asked")
                .containsExactly("POST /createExperiment", "POST /updateResults");
        assertThat(unsent(workload)).isZero();
    }

    @Test
    void withTooLittleDataNothingIsStored() {
        long workload = deployment(END, 1, "web");
        refresh(workload, END);
        assertThat(kruize.calls()).contains("POST /updateRecommendations");
        assertThat(stored(workload)).isEmpty();
        long empty = deployment(END, 0, "web");
        refresh(empty, END);
        assertThat(stored(empty)).isEmpty();
    }

    /** Any seed may be tried. */
    @Test
    void bothEnginesStoreTheSame() throws Exception {
        Random random = new Random(20260312);
        for (int i = 0; i < 12; i++) {
            boolean namespace = i % 3 == 0;
            long workload = namespace
                    ? workloads.workload("namespace", END)
                    : workloads.workload("statefulset", END, "web", "proxy");
            for (String container : namespace ? List.of("") : List.of("web", "proxy")) {
                List<Interval> intervals = new RandomMetrics(random, namespace, 0).intervals(END);
                workloads.metrics(workload, container, intervals);
            }
            workloads.load();
            markUnsent(workload);
            refresh(workload, END);
            List<Map<String, Object>> ofKruize = takeSets(workload);
            caravan.jdbc()
                    .queryForList(
                            "select caravan.store_recommendations(array[?::bigint], ?::timestamptz)",
                            workload,
                            END.toString());
            List<Map<String, Object>> ofPostgres = takeSets(workload);
            assertThat(ofKruize).hasSameSizeAs(ofPostgres);
            for (int row = 0; row < ofKruize.size(); row++) {
                assertThat(differences(ofKruize.get(row), ofPostgres.get(row))).isEmpty();
            }
        }
    }

    @Test
    void aNamespaceIsAnExperimentOfItsOwnKind() {
        long workload = workloads.workload("namespace", END);
        workloads.metrics(workload, "", steady(END, 5, with("total_pods_avg", 2.5)));
        workloads.load();
        markUnsent(workload);
        refresh(workload, END);
        assertThat(kruize.registered(experiment(workload))
                        .path("experiment_type")
                        .asText())
                .isEqualTo("namespace");
        assertThat(caravan.jdbc()
                        .queryForList(
                                "select namespace_name || ' ' || (monitoring_end_time at time zone 'UTC')"
                                        + " from ros.namespace_recommendation_sets where workload_id = ?",
                                String.class,
                                workload))
                .containsExactly("shop 2026-03-11 06:00:00");
        assertThat(stored(workload)).isEmpty();
    }

    @Test
    void experimentsOfDeletedSourcesAreDeletedOnceTheServerIsThere(CapturedOutput output) {
        long workload = deployment(END, 5, "web");
        long staying = deployment(END, 5, "web");
        refresh(workload, END);
        refresh(staying, END);
        kruize.stop();
        caravan.jdbc()
                .update(
                        "insert into ros.retired_experiment (experiment_name) values (?), ('never|registered')",
                        experiment(workload));
        eventually(() -> output.getAll().contains("Kruize is away"));
        assertThat(rows("ros.retired_experiment")).isEqualTo(2);
        kruize.start();
        eventually(() -> rows("ros.retired_experiment") == 0);
        assertThat(kruize.experiments()).contains(experiment(staying)).doesNotContain(experiment(workload));
    }

    private static StrictKruize.Answer forget() {
        kruize.forgetExperiments();
        kruize.override(request -> null);
        return null;
    }

    private static long deployment(Instant until, int intervals, String... containers) {
        long workload = workloads.workload("deployment", until, containers);
        add(workload, until, intervals, containers);
        return workload;
    }

    /** Intervals that come with a report. */
    private static void add(long workload, Instant until, int intervals, String... containers) {
        for (String container : containers) {
            workloads.metrics(workload, container, steady(until, intervals, USAGE));
        }
        workloads.load();
        caravan.jdbc()
                .update(
                        "update ros.workloads set metrics_upload_at = ?::timestamptz where id = ?",
                        until.toString(),
                        workload);
        caravan.jdbc()
                .update(
                        "insert into ros.unsent_interval select distinct workload_id, interval_end from ros.workload_metrics"
                                + " where workload_id = ? and interval_end > ?::timestamptz",
                        workload,
                        until.minusSeconds(900L * intervals).toString());
    }

    private static void markUnsent(long workload) {
        caravan.jdbc()
                .update(
                        "insert into ros.unsent_interval select distinct workload_id, interval_end from ros.workload_metrics where workload_id = ?",
                        workload);
    }

    private static void refresh(long workload, Instant until) {
        send(workload, until);
        settled();
    }

    private static void send(long workload, Instant until) {
        asked++;
        Map<String, Object> row = caravan.jdbc()
                .queryForMap("select org_id, experiment_name, workload_type from ros.workloads where id = ?", workload);
        try {
            kafka.requestRecommendations(new RecommendationRequest(
                            "request " + asked,
                            new Metadata(
                                    row.get("org_id").toString(),
                                    workload,
                                    row.get("experiment_name").toString(),
                                    until,
                                    row.get("workload_type").equals("namespace") ? "namespace" : "container"))
                    .toJson());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void settled() {
        eventually(() -> kafka.acknowledgedRequests() == asked);
    }

    private static String experiment(long workload) {
        return caravan.jdbc()
                .queryForObject("select experiment_name from ros.workloads where id = ?", String.class, workload);
    }

    private static int unsent(long workload) {
        return rows("ros.unsent_interval where workload_id = " + workload);
    }

    private static int rows(String table) {
        return caravan.jdbc().queryForObject("select count(*) from " + table, Integer.class);
    }

    private static List<String> stored(long workload) {
        return caravan.jdbc()
                .query(
                        "select container_name, monitoring_end_time from ros.recommendation_sets where workload_id = ? order by 1",
                        (row, number) ->
                                row.getString(1) + " " + row.getTimestamp(2).toInstant(),
                        workload);
    }

    /** Reads what is stored, latest and history, and deletes it. */
    private static List<Map<String, Object>> takeSets(long workload) {
        JdbcTemplate jdbc = caravan.jdbc();
        List<Map<String, Object>> rows = new ArrayList<>();
        for (String table : List.of(
                "recommendation_sets",
                "historical_recommendation_sets",
                "namespace_recommendation_sets",
                "historical_namespace_recommendation_sets")) {
            String name = table.contains("namespace") ? "namespace_name" : "container_name";
            rows.addAll(jdbc.queryForList(
                    "select * from ros." + table + " where workload_id = ? order by " + name, workload));
            jdbc.update("delete from ros." + table + " where workload_id = ?", workload);
        }
        rows.forEach(row -> row.keySet().removeAll(List.of("id", "updated_at", "created_at")));
        return rows;
    }

    private static List<String> differences(Map<String, Object> made, Map<String, Object> expected) throws Exception {
        List<String> differences = new ArrayList<>();
        for (String column : expected.keySet()) {
            if (column.equals("recommendations")) {
                RecommendationComparison.compare(
                        "",
                        withoutMessages(made.get(column)),
                        withoutMessages(expected.get(column)),
                        new TreeSet<>(),
                        differences);
            } else {
                RecommendationComparison.same(column, made.get(column), expected.get(column), differences);
            }
        }
        return differences;
    }

    private static JsonNode withoutMessages(Object document) throws Exception {
        JsonNode node = JSON.readTree(document.toString());
        node.findParents("message").forEach(notice -> ((ObjectNode) notice).remove("message"));
        return node;
    }

    private static Object[] with(Object... more) {
        List<Object> all = new ArrayList<>(List.of(USAGE));
        all.addAll(List.of(more));
        return all.toArray();
    }

    private static void eventually(Callable<Boolean> condition) {
        await().atMost(Duration.ofSeconds(40))
                .pollInterval(Duration.ofMillis(50))
                .until(condition);
    }
}
