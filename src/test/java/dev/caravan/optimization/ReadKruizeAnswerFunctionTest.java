package dev.caravan.optimization;

import static dev.caravan.optimization.WorkloadFixture.steady;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.database.FunctionTestBase;
import dev.caravan.oracle.NaiveRecommendation;
import dev.caravan.oracle.NaiveRecommendation.Interval;
import dev.caravan.oracle.NaiveRecommendation.Recommendation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReadKruizeAnswerFunctionTest extends FunctionTestBase {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Instant END = Instant.parse("2026-03-11T06:00:00Z");
    private static final String ROWS = "caravan.read_kruize_answer(?, ?::timestamptz, ?::jsonb)";

    private WorkloadFixture workloads;

    @BeforeEach
    void addCluster() {
        workloads = new WorkloadFixture(database);
    }

    /** Of two dozen workloads; any seed may be tried. */
    @Test
    void whatIsReadIsWhatIsComputedInTheDatabase() throws Exception {
        Random random = new Random(20260311);
        for (int i = 0; i < 24; i++) {
            boolean namespace = i % 4 == 0;
            String type = namespace ? "namespace" : "deployment";
            long workload = workloads.workload(type, END);
            Map<String, Recommendation> recommendations = new LinkedHashMap<>();
            for (String container : namespace ? List.of("") : List.of("web", "proxy")) {
                List<Interval> intervals = new RandomMetrics(random, namespace).intervals(END);
                workloads.metrics(workload, container, intervals);
                recommendations.put(
                        container,
                        NaiveRecommendation.of(namespace, intervals, END).orElseThrow());
            }
            workloads.load();
            List<Map<String, Object>> read = rows(
                    "select * from " + ROWS + " order by container_name",
                    workload,
                    END.toString(),
                    KruizeShape.answer("experiment", type, "cart", recommendations)
                            .toString());
            List<Map<String, Object>> computed = rows(
                    "select * from caravan.recommend_workloads(array[?::bigint]) order by container_name", workload);
            assertThat(read).hasSameSizeAs(computed);
            for (int row = 0; row < read.size(); row++) {
                assertThat(differences(read.get(row), computed.get(row))).isEmpty();
            }
        }
    }

    @Test
    void ofAnAnswerOnlyWhatIsShownLaterIsKept() throws Exception {
        JsonNode answer = answer();
        ((ObjectNode) answer.findValue("cpuUsage")).put("min", 0.0);
        JsonNode document = JSON.readTree(database.text(
                "select recommendations::text from " + ROWS, deployment(), END.toString(), answer.toString()));
        assertThat(document.findValues("pods_count")).isEmpty();
        assertThat(document.findValues("confidence_level")).isEmpty();
        assertThat(document.findValues("env")).isEmpty();
        assertThat(document.findValues("runtime")).isEmpty();
        assertThat(document.at("/current/limits/cpu")).isEmpty();
        assertThat(document.at("/monitoring_end_time").asText()).isEqualTo("2026-03-11T06:00:00Z");
        assertThat(document.at("/recommendation_terms/long_term/monitoring_start_time")
                        .asText())
                .isEqualTo("0001-01-01T00:00:00Z");
        assertThat(document.findValues("cpuUsage").stream().filter(box -> box.has("max") && !box.has("min")))
                .as("a box from 0 on")
                .hasSize(1);
    }

    @Test
    void numbersAreBounded() throws Exception {
        JsonNode answer = answer();
        ObjectNode data = (ObjectNode) answer.findValue("data").get(KruizeShape.time(END));
        ((ObjectNode) data.at("/current/requests/cpu")).put("amount", 1e7);
        ((ObjectNode) data.at("/current/requests/memory")).put("amount", -1e20);
        for (JsonNode engine : data.at("/recommendation_terms/short_term/recommendation_engines")) {
            ((ObjectNode) engine.at("/variation/requests/cpu")).put("amount", 1e12);
            ((ObjectNode) engine.at("/variation/requests/memory")).put("amount", 3e25);
        }
        assertThat(database.rows(
                        "select cpu_request_current, memory_request_current, cpu_variation_short_cost_pct,"
                                + " memory_variation_short_performance_pct, cpu_variation_long_cost_pct from " + ROWS,
                        deployment(),
                        END.toString(),
                        answer.toString()))
                .containsExactly("999999.9999|-9999999999999999.9999|999999.9999|-999999.9999|");
    }

    @Test
    void withoutTheNotificationOrTheInstantNothingMayBeStored() throws Exception {
        long workload = deployment();
        JsonNode answer = answer();
        assertThat(database.rows("select storable from " + ROWS, workload, END.toString(), answer.toString()))
                .containsExactly("t");
        assertThat(database.rows(
                        "select storable from " + ROWS,
                        workload,
                        END.plusSeconds(900).toString(),
                        answer.toString()))
                .isEmpty();
        ((ObjectNode) answer.findValue("recommendations").get("notifications")).remove("111000");
        assertThat(database.rows("select storable from " + ROWS, workload, END.toString(), answer.toString()))
                .containsExactly("f");
    }

    @Test
    void anAnswerOfAnotherKindGivesNoRow() throws Exception {
        long namespace = workloads.workload("namespace", END);
        for (String answer :
                List.of(answer().toString(), "[]", "{}", "[{}]", "[1]", "null", "[{\"kubernetes_objects\": []}]")) {
            assertThat(database.rows("select 1 from " + ROWS, namespace, END.toString(), answer))
                    .as(answer)
                    .isEmpty();
        }
        assertThat(database.rows("select 1 from " + ROWS, -1, END.toString(), answer().toString()))
                .isEmpty();
    }

    private long deployment() {
        return workloads.workload("deployment", END, "web");
    }

    private static JsonNode answer() {
        List<Interval> intervals = steady(
                END,
                4,
                "cpu_usage_max",
                0.5,
                "cpu_request_avg",
                1,
                "cpu_limit_avg",
                0,
                "memory_usage_max",
                1e9,
                "memory_request_avg",
                1e9);
        return KruizeShape.answer(
                "experiment",
                "deployment",
                "cart",
                Map.of("web", NaiveRecommendation.of(false, intervals, END).orElseThrow()));
    }

    private List<Map<String, Object>> rows(String sql, Object... arguments) {
        return database.jdbc().queryForList(sql, arguments);
    }

    private static List<String> differences(Map<String, Object> read, Map<String, Object> computed) throws Exception {
        List<String> differences = new ArrayList<>();
        for (var column : computed.entrySet()) {
            Object value = read.get(column.getKey());
            if (column.getKey().equals("recommendations")) {
                JsonNode expected = JSON.readTree(column.getValue().toString());
                JsonNode made = JSON.readTree(value.toString());
                expected.findParents("message").forEach(notice -> ((ObjectNode) notice).remove("message"));
                made.findParents("message").forEach(notice -> ((ObjectNode) notice).remove("message"));
                RecommendationComparison.compare("", made, expected, new TreeSet<>(), differences);
            } else if (column.getValue() instanceof Number expected && value instanceof Number made) {
                RecommendationComparison.near(
                        column.getKey(), made.doubleValue(), expected.doubleValue(), 1e-9, differences);
            } else {
                RecommendationComparison.same(column.getKey(), value, column.getValue(), differences);
            }
        }
        return differences;
    }
}
