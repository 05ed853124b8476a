package dev.caravan.optimization;

import static dev.caravan.optimization.RecommendationComparison.near;
import static dev.caravan.optimization.RecommendationComparison.same;
import static dev.caravan.optimization.WorkloadFixture.interval;
import static dev.caravan.optimization.WorkloadFixture.steady;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.caravan.database.FunctionTestBase;
import dev.caravan.oracle.NaiveRecommendation;
import dev.caravan.oracle.NaiveRecommendation.Interval;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecommendWorkloadsFunctionTest extends FunctionTestBase {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Instant END = Instant.parse("2026-03-02T00:45:00Z");
    /** Steady usage of 0.25 cores and 400 MB by one pod, that requests 1 core and 1 GiB. */
    private static final Object[] STEADY = {
        "cpu_usage_sum", 0.2, "cpu_usage_avg", 0.2, "cpu_usage_min", 0.1, "cpu_usage_max", 0.25,
        "memory_usage_sum", 4e8, "memory_usage_avg", 4e8, "memory_usage_min", 4e8, "memory_usage_max", 4e8,
        "memory_rss_usage_sum", 4e8, "memory_rss_usage_avg", 4e8, "memory_rss_usage_min", 4e8, "memory_rss_usage_max",
                4e8,
        "cpu_request_avg", 1, "cpu_limit_avg", 1, "memory_request_avg", 1073741824, "memory_limit_avg", 1073741824
    };

    private WorkloadFixture workloads;

    @BeforeEach
    void addCluster() {
        workloads = new WorkloadFixture(database);
    }

    @Test
    void aDayOfSteadyUsageGivesTheNumbersComputedByHand() throws Exception {
        List<Interval> intervals = steady(
                END,
                99,
                with(
                        "cpu_usage_max", 0.081254,
                        "memory_usage_max", 524288000,
                        "memory_usage_min", 520288000,
                        "memory_usage_sum", 523000000,
                        "memory_usage_avg", 523000000,
                        "memory_rss_usage_max", 504000000,
                        "memory_rss_usage_min", 503000000));
        long workload = container(intervals);
        assertThat(database.rows(
                        "select container_name, monitoring_start_time, monitoring_end_time, storable, cpu_request_current::numeric(10, 4),"
                                + " memory_request_current::numeric(20, 4), cpu_variation_short_cost_pct, cpu_variation_short_performance_pct,"
                                + " memory_variation_short_cost_pct, memory_variation_short_performance_pct, cpu_variation_medium_cost_pct,"
                                + " memory_variation_long_performance_pct from caravan.recommend_workloads(array[?::bigint])",
                        workload))
                .containsExactly(
                        "web|2026-03-01 00:45:00+00|2026-03-02 00:45:00+00|t|1.0000|1073741824.0000|-91.8|-91.8|-50.78|-50.78||");
        JsonNode document = document(workload);
        // 99 x 899 s; the rise of 4000000 with 5 % is less than 20 % of the greatest usage
        assertThat(document)
                .isEqualTo(
                        JSON.readTree(
                                """
                {"monitoring_end_time": "2026-03-02T00:45:00Z",
                 "current": {
                   "requests": {"cpu": {"amount": 1, "format": "cores"}, "memory": {"amount": 1073741824, "format": "bytes"}},
                   "limits": {"cpu": {"amount": 1, "format": "cores"}, "memory": {"amount": 1073741824, "format": "bytes"}}},
                 "notifications": {"111101": {"type": "info", "message": "Short Term Recommendations Available", "code": 111101}},
                 "recommendation_terms": {
                   "short_term": {
                     "duration_in_hours": 24,
                     "monitoring_start_time": "2026-03-01T00:45:00Z",
                     "notifications": {
                       "112101": {"type": "info", "message": "Cost Recommendations Available", "code": 112101},
                       "112102": {"type": "info", "message": "Performance Recommendations Available", "code": 112102}},
                     "recommendation_engines": {"cost": ENGINE, "performance": ENGINE},
                     "plots": {"datapoints": 4, "plots_data": {
                       "2026-03-01T06:45:00.000Z": BOX, "2026-03-01T12:45:00.000Z": BOX,
                       "2026-03-01T18:45:00.000Z": BOX, "2026-03-02T00:45:00.000Z": BOX}}},
                   "medium_term": NOTHING,
                   "long_term": NOTHING}}
                """
                                        .replace(
                                                "ENGINE",
                                                """
                {"config": {"requests": REC, "limits": REC}, "variation": {"requests": VAR, "limits": VAR}, "notifications": {}}
                """)
                                        .replace(
                                                "REC",
                                                "{\"cpu\": {\"amount\": 0.081254, \"format\": \"cores\"}, \"memory\": {\"amount\": 528488000, \"format\": \"bytes\"}}")
                                        .replace(
                                                "VAR",
                                                "{\"cpu\": {\"amount\": -0.918746, \"format\": \"cores\"}, \"memory\": {\"amount\": -545253824, \"format\": \"bytes\"}}")
                                        .replace(
                                                "BOX",
                                                """
                {"cpuUsage": {"min": 0.081254, "q1": 0.081254, "median": 0.081254, "q3": 0.081254, "max": 0.081254, "format": "cores"},
                 "memoryUsage": {"min": 520288000, "q1": 524288000, "median": 524288000, "q3": 524288000, "max": 524288000, "format": "bytes"}}
                """)
                                        .replace(
                                                "NOTHING",
                                                """
                {"duration_in_hours": 24.72, "monitoring_start_time": "0001-01-01T00:00:00Z", "notifications": {"120001":
                 {"type": "info", "message": "There is not enough data available to generate a recommendation.", "code": 120001}}}
                """)));
    }

    /** Gaps, restarts, drift, several pods, missing measures, zeros, namespaces; any seed may be tried. */
    @Test
    void fiveHundredWorkloadsGetWhatLoopsOverTheRulesCompute() throws Exception {
        Random random = new Random(20260302);
        Map<String, NaiveRecommendation.Recommendation> expected = new LinkedHashMap<>();
        List<Long> numbers = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            boolean namespace = random.nextInt(5) == 0;
            Instant newest = END.plusSeconds(random.nextInt(1000));
            Instant until = random.nextInt(6) == 0 ? newest.plusSeconds(900L * (random.nextInt(40) - 20)) : newest;
            long workload = workloads.workload(namespace ? "namespace" : "deployment", until);
            numbers.add(workload);
            for (int container = random.nextInt(5) == 0 && !namespace ? 2 : 1; container > 0; container--) {
                String name = namespace ? "" : "container " + container;
                List<Interval> intervals = new RandomMetrics(random, namespace).intervals(newest);
                workloads.metrics(workload, name, intervals);
                NaiveRecommendation.of(namespace, intervals, until)
                        .ifPresent(recommendation -> expected.put(workload + "|" + name, recommendation));
            }
        }
        workloads.load();

        Map<String, Map<String, Object>> made = new LinkedHashMap<>();
        for (Map<String, Object> row : database.jdbc()
                .queryForList(
                        "select *, monitoring_start_time::text as monitoring_start_text, monitoring_end_time::text as monitoring_end_text"
                                + " from caravan.recommend_workloads(?::bigint[])",
                        array(numbers))) {
            made.put(row.get("workload_id") + "|" + row.get("container_name"), row);
        }
        assertThat(made.keySet()).containsExactlyInAnyOrderElementsOf(expected.keySet());
        Set<String> codes = new TreeSet<>();
        for (var entry : expected.entrySet()) {
            assertThat(compare(made.get(entry.getKey()), entry.getValue(), codes))
                    .as(entry.getKey())
                    .isEmpty();
        }
        assertThat(codes)
                .as("every notification occurs")
                .contains(
                        "111101", "111102", "111103", "112101", "112102", "120001", "221001", "223001", "223002",
                        "224001", "224002", "323001", "323002", "323004", "323005", "324001", "324003", "324004",
                        "423001", "523001", "524001", "524002");
    }

    @Test
    void fromOneCoreOnCostIsThe60thPercentileAndPerformanceThe98th() throws Exception {
        List<Interval> intervals = new ArrayList<>();
        for (int i = 0; i < 97; i++) {
            intervals.add(interval(END.minusSeconds(900L * i), with("cpu_usage_max", 1 + i / 100.0)));
        }
        long workload = container(intervals);
        assertThat(cpu(workload, "cost")).isEqualTo(1.58);
        assertThat(cpu(workload, "performance")).isEqualTo(1.94);
    }

    @Test
    void atAndAboveOneCoreAPodsShareCountsWhereItIsMoreThanTheGreatest() throws Exception {
        long workload = container(steady(
                END, 4, with("cpu_usage_max", 1.2, "cpu_usage_sum", 6, "cpu_usage_avg", 2, "cpu_throttle_sum", 0.6)));
        assertThat(cpu(workload, "cost")).isEqualTo(2.2, within(1e-12));
        workload = container(steady(
                END, 4, with("cpu_usage_max", 0.9, "cpu_usage_sum", 6, "cpu_usage_avg", 2, "cpu_throttle_sum", 0.6)));
        assertThat(cpu(workload, "cost")).isEqualTo(0.9);
    }

    @ParameterizedTest
    @CsvSource({"0, 323002", "0.001, 323001", "0.0011, 0"})
    void upToAMillicoreNoCpuIsRecommended(double cores, int code) throws Exception {
        long workload = container(steady(
                END,
                4,
                with("cpu_usage_max", cores, "cpu_usage_avg", cores, "cpu_usage_sum", cores, "cpu_usage_min", 0)));
        JsonNode engine = engine(workload, "short", "cost");
        assertThat(engine.at("/config/requests/cpu").isEmpty()).isEqualTo(code != 0);
        assertThat(engine.at("/variation/limits/cpu").isEmpty()).isEqualTo(code != 0);
        assertThat(engine.at("/notifications").has(Integer.toString(code))).isEqualTo(code != 0);
        assertThat(database.text(
                        "select cpu_variation_short_cost_pct = 0 from caravan.recommend_workloads(array[?::bigint])",
                        workload))
                .isEqualTo(code != 0 ? "t" : "f");
    }

    /** A tenth of a percent, although Kruize is asked for 10 %. */
    @ParameterizedTest
    @CsvSource({"0.25, true", "0.2502, true", "0.2503, false", "0.2498, true"})
    void aRecommendationNearTheCurrentRequestBecomesIt(double request, boolean near) throws Exception {
        JsonNode engine = engine(container(steady(END, 4, with("cpu_request_avg", request))), "short", "performance");
        assertThat(engine.at("/notifications").has("323004")).isEqualTo(near);
        assertThat(engine.at("/config/requests/cpu/amount").doubleValue()).isEqualTo(near ? request : 0.25);
        assertThat(engine.at("/config/limits/cpu/amount").doubleValue()).isEqualTo(near ? request : 0.25);
        assertThat(engine.at("/variation/requests/cpu").has("amount")).isEqualTo(!near);
        assertThat(engine.at("/variation/limits/cpu/amount").doubleValue()).isEqualTo(-0.75);
    }

    @ParameterizedTest
    @CsvSource({"1, 0", "2, 1", "191, 1", "192, 2", "767, 2", "768, 3"})
    void aTermNeedsHalfAnHourTwoDaysOrEightDaysOfData(int count, int terms) throws Exception {
        JsonNode document = document(container(steady(END, count, STEADY)));
        assertThat(document.findValues("recommendation_engines")).hasSize(terms);
        assertThat(document.findValues("plots")).hasSize(terms);
    }

    @Test
    void endsExactlyOneWindowAgoCountAndTheBoxesLeaveThemOut() throws Exception {
        List<Interval> intervals = steady(END, 2, STEADY);
        intervals.add(interval(END.minusSeconds(86400), with("cpu_usage_max", 0.5)));
        intervals.add(interval(END.minusSeconds(86401), with("cpu_usage_max", 0.7)));
        long workload = container(intervals);
        assertThat(cpu(workload, "cost")).isEqualTo(0.5);
        JsonNode boxes = document(workload).at("/recommendation_terms/short_term/plots/plots_data");
        assertThat(boxes).hasSize(4);
        assertThat(boxes.at("/2026-03-02T00:45:00.000Z/cpuUsage/max").doubleValue())
                .isEqualTo(0.25);
        assertThat(boxes.get("2026-03-01T06:45:00.000Z")).isEmpty();
    }

    @Test
    void aContainerThatStoppedIsRecommendedForButNotStored() {
        long workload = workloads.workload("deployment", END, "web", "old");
        workloads.metrics(workload, "web", steady(END, 4, STEADY));
        workloads.metrics(workload, "old", steady(END.minusSeconds(900), 4, STEADY));
        workloads.metrics(workload, "new", steady(END, 1, STEADY));
        workloads.load();
        assertThat(database.rows(
                        "select container_name, storable from caravan.recommend_workloads(array[?::bigint]) order by 1",
                        workload))
                .containsExactly("new|f", "old|f", "web|t");
    }

    @Test
    void anEarlierInstantGivesWhatWasRecommendedThen() throws Exception {
        List<Interval> intervals = steady(END, 2, with("cpu_usage_max", 0.9));
        intervals.addAll(steady(END.minusSeconds(1800), 4, STEADY));
        long workload = container(intervals);
        assertThat(cpu(workload, "cost")).isEqualTo(0.9);
        assertThat(database.rows(
                        "select monitoring_end_time, storable, recommendations #>> '{recommendation_terms,short_term,recommendation_engines,cost,config,requests,cpu,amount}'"
                                + " from caravan.recommend_workloads(array[?::bigint], '2026-03-02 00:15Z')",
                        workload))
                .containsExactly("2026-03-02 00:15:00+00|t|0.25");
    }

    @Test
    void aNamespaceIsMeasuredByItsQuotaAndNotByPods() throws Exception {
        long workload = workloads.workload("namespace", END);
        workloads.metrics(
                workload,
                "",
                steady(
                        END,
                        4,
                        with(
                                "cpu_usage_max",
                                3,
                                "cpu_usage_sum",
                                100,
                                "cpu_usage_avg",
                                10,
                                "cpu_request_sum",
                                8,
                                "memory_usage_sum",
                                1e12,
                                "total_pods_avg",
                                2.5)));
        workloads.load();
        assertThat(cpu(workload, "cost")).isEqualTo(3);
        JsonNode document = document(workload);
        assertThat(document.at("/current/requests/cpu/amount").doubleValue()).isEqualTo(8);
        assertThat(document.at("/current/limits/cpu")).isEmpty();
        assertThat(engine(workload, "short", "cost")
                        .at("/config/requests/memory/amount")
                        .doubleValue())
                .isEqualTo(4e8);
        assertThat(engine(workload, "short", "cost").get("notifications")).isEmpty();
    }

    @Test
    void workloadsWithoutMetricsGiveNoRow() {
        long workload = workloads.workload("deployment", END, "web");
        workloads.metrics(workload, "web", steady(END.minusSeconds(15 * 86400 + 1), 4, STEADY));
        workloads.load();
        assertThat(database.rows("select workload_id from caravan.recommend_workloads(array[?::bigint, -1])", workload))
                .isEmpty();
    }

    private long container(List<Interval> intervals) {
        long workload = workloads.workload("deployment", intervals.get(0).end(), "web");
        workloads.metrics(workload, "web", intervals);
        workloads.load();
        return workload;
    }

    private JsonNode document(long workload) throws JsonProcessingException {
        return JSON.readTree(database.text(
                "select recommendations::text from caravan.recommend_workloads(array[?::bigint])", workload));
    }

    private JsonNode engine(long workload, String term, String engine) throws JsonProcessingException {
        return document(workload).at("/recommendation_terms/" + term + "_term/recommendation_engines/" + engine);
    }

    private double cpu(long workload, String engine) throws JsonProcessingException {
        return engine(workload, "short", engine)
                .at("/config/requests/cpu/amount")
                .doubleValue();
    }

    private static Object[] with(Object... changes) {
        Map<String, Object> measures = row(STEADY);
        measures.putAll(row(changes));
        return measures.entrySet().stream()
                .flatMap(entry -> Stream.of(entry.getKey(), entry.getValue()))
                .toArray();
    }

    private static String array(List<Long> numbers) {
        return numbers.toString().replace('[', '{').replace(']', '}');
    }

    /** Differences of a row from what is expected of it, none when it is right. */
    private static List<String> compare(
            Map<String, Object> made, NaiveRecommendation.Recommendation expected, Set<String> codes)
            throws JsonProcessingException {
        List<String> differences = new ArrayList<>();
        same("start", made.get("monitoring_start_text"), at(expected.monitoringStart()), differences);
        same("end", made.get("monitoring_end_text"), at(expected.monitoringEnd()), differences);
        same("storable", made.get("storable"), expected.storable(), differences);
        near("cpu request", number(made.get("cpu_request_current")), expected.cpuRequest(), 1e-4, differences);
        near("memory request", number(made.get("memory_request_current")), expected.memoryRequest(), 1e-4, differences);
        made.forEach((column, value) -> {
            if (column.endsWith("_pct")) {
                Double percent = expected.percents().get(column);
                if (value == null || percent == null) {
                    same(column, value, percent, differences);
                } else {
                    near(column, number(value), percent, 1e-9, differences);
                }
            }
        });
        RecommendationComparison.compare(
                "", JSON.readTree(made.get("recommendations").toString()), expected.document(), codes, differences);
        return differences;
    }

    /** As PostgreSQL writes it. */
    private static String at(Instant instant) {
        return instant.toString().replace('T', ' ').replace("Z", "+00");
    }

    private static double number(Object value) {
        return ((Number) value).doubleValue();
    }
}
