package dev.caravan.optimization;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.database.FunctionTestBase;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ForgetMetricsFunctionTest extends FunctionTestBase {
    private static final Instant END = Instant.parse("2026-03-02T00:00:00Z");
    private static final String COUNTS =
            """
            select
                (select count(*) from ros.workload_metrics),
                (select count(*) from ros.historical_recommendation_sets),
                (select count(*) from ros.historical_namespace_recommendation_sets),
                (select count(*) from ros.recommendation_sets)
            """;

    @Test
    void whatEndedBeforeGoesStepByStepAndTheLatestRecommendationsStay() {
        var workloads = new WorkloadFixture(database);
        long workload = workloads.workload("deployment", END, "web");
        long namespace = workloads.workload("namespace", END);
        workloads.metrics(workload, "web", WorkloadFixture.steady(END, 10, "cpu_usage_max", 1, "memory_usage_max", 1));
        workloads.metrics(namespace, "", WorkloadFixture.steady(END, 10, "cpu_usage_max", 1, "memory_usage_max", 1));
        workloads.load();
        database.text("select caravan.store_recommendations(array[?::bigint, ?])", workload, namespace);
        assertThat(database.rows(COUNTS)).containsExactly("20|1|1|1");

        assertThat(forget("2026-03-01 23:30Z", 5)).isEqualTo(5);
        assertThat(forget("2026-03-01 23:30Z", 5)).isEqualTo(5);
        assertThat(forget("2026-03-01 23:30Z", 5)).isEqualTo(4);
        assertThat(forget("2026-03-01 23:30Z", 5)).isZero();
        assertThat(database.rows(COUNTS)).containsExactly("6|1|1|1");
        assertThat(database.text("select min(interval_end)::text from ros.workload_metrics"))
                .isEqualTo("2026-03-01 23:30:00+00");

        assertThat(forget("2026-03-02 00:00:01Z", 100)).isEqualTo(8);
        assertThat(database.rows(COUNTS)).containsExactly("0|0|0|1");
    }

    private long forget(String before, int limit) {
        return Long.parseLong(database.text("select caravan.forget_metrics(?::timestamptz, ?)", before, limit));
    }
}
