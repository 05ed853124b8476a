package dev.caravan.optimization;

import static dev.caravan.optimization.WorkloadFixture.steady;
import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.database.FunctionTestBase;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StoreRecommendationsFunctionTest extends FunctionTestBase {
    private static final Instant END = Instant.parse("2026-03-11T06:00:00Z");
    private static final Object[] USAGE = {"cpu_usage_max", 0.5, "memory_usage_max", 1e9, "memory_usage_min", 1e9};

    private WorkloadFixture workloads;

    @BeforeEach
    void addCluster() {
        workloads = new WorkloadFixture(database);
    }

    @Test
    void theFirstRecommendationsAreStoredWithTheirHistory() {
        long workload = workload("deployment", END, "web", "proxy");
        assertThat(store(workload)).isEqualTo(2);
        assertThat(database.rows(
                        "select container_name, monitoring_start_time, monitoring_end_time, cpu_request_current,"
                                + " cpu_variation_short_cost_pct, cpu_variation_medium_cost_pct, updated_at = now()"
                                + " from ros.recommendation_sets order by 1"))
                .containsExactly(
                        "proxy|2026-03-10 06:00:00+00|2026-03-11 06:00:00+00|0.0000|0.0000||t",
                        "web|2026-03-10 06:00:00+00|2026-03-11 06:00:00+00|0.0000|0.0000||t");
        assertThat(database.rows(
                        "select h.org_id, h.container_name, h.monitoring_end_time, h.recommendations = s.recommendations"
                                + " from ros.historical_recommendation_sets h join ros.recommendation_sets s using (workload_id, container_name)"
                                + " order by 2"))
                .containsExactly("1234567|proxy|2026-03-11 06:00:00+00|t", "1234567|web|2026-03-11 06:00:00+00|t");
        assertThat(database.text(
                        "select recommendations = (select recommendations from caravan.recommend_workloads(array[?::bigint]) where container_name = 'web')"
                                + " from ros.recommendation_sets where container_name = 'web'",
                        workload))
                .isEqualTo("t");
    }

    @Test
    void aNamespaceHasItsOwnTables() {
        long workload = workload("namespace", END);
        assertThat(store(workload)).isEqualTo(1);
        assertThat(
                        database.rows(
                                "select org_id, namespace_name, monitoring_end_time, cpu_variation_short_performance_pct from ros.namespace_recommendation_sets"))
                .containsExactly("1234567|shop|2026-03-11 06:00:00+00|0.0000");
        assertThat(
                        database.rows(
                                "select org_id, namespace_name, monitoring_end_time from ros.historical_namespace_recommendation_sets"))
                .containsExactly("1234567|shop|2026-03-11 06:00:00+00");
        assertThat(database.count("ros.recommendation_sets")).isZero();
        move(workload, "", END.plusSeconds(86400));
        assertThat(store(workload)).isEqualTo(1);
        assertThat(database.rows("select monitoring_end_time from ros.namespace_recommendation_sets"))
                .containsExactly("2026-03-12 06:00:00+00");
        assertThat(database.count("ros.historical_namespace_recommendation_sets"))
                .isEqualTo(2);
    }

    /** 24 hours, or the first of a month on a later day. */
    @ParameterizedTest
    @CsvSource({
        "2026-03-11T06:00:00Z, 2026-03-12T06:00:00Z, true",
        "2026-03-11T06:00:00Z, 2026-03-12T05:45:00Z, false",
        "2026-03-11T06:00:00Z, 2026-03-11T06:00:00Z, false",
        "2025-11-30T23:45:00Z, 2025-12-01T00:15:00Z, true",
        "2025-12-31T23:45:00Z, 2026-01-01T00:15:00Z, true",
        "2025-12-01T00:15:00Z, 2025-12-01T12:15:00Z, false",
        "2025-11-29T23:45:00Z, 2025-11-30T12:15:00Z, false"
    })
    void recommendationsAreRefreshedAfterADayAndOnTheFirstOfAMonth(Instant stored, Instant next, boolean refreshed) {
        long workload = workload("deployment", stored, "web");
        store(workload);
        move(workload, "web", next);
        assertThat(store(workload)).isEqualTo(refreshed ? 1 : 0);
        assertThat(database.rows("select monitoring_end_time from ros.recommendation_sets"))
                .containsExactly(
                        (refreshed ? next : stored).toString().replace('T', ' ').replace("Z", "+00"));
        assertThat(database.count("ros.historical_recommendation_sets")).isEqualTo(refreshed ? 2 : 1);
    }

    @Test
    void eachContainerHasItsOwnTime() {
        long workload = workload("deployment", END, "web");
        store(workload);
        Instant next = END.plusSeconds(3600);
        workloads.metrics(workload, "late", steady(next, 4, USAGE));
        workloads.metrics(workload, "web", steady(next, 4, USAGE));
        workloads.load();
        database.jdbc()
                .update(
                        "update ros.workloads set containers = '{web,late}', metrics_upload_at = ?::timestamptz",
                        next.toString());
        assertThat(store(workload)).isEqualTo(1);
        assertThat(database.rows("select container_name, monitoring_end_time from ros.recommendation_sets order by 1"))
                .containsExactly("late|2026-03-11 07:00:00+00", "web|2026-03-11 06:00:00+00");
    }

    @Test
    void aContainerThatStoppedKeepsItsLastRecommendations() {
        long workload = workload("deployment", END, "web", "old");
        store(workload);
        move(workload, "web", END.plusSeconds(86400));
        assertThat(store(workload)).isEqualTo(1);
        assertThat(database.rows("select container_name, monitoring_end_time from ros.recommendation_sets order by 1"))
                .containsExactly("old|2026-03-11 06:00:00+00", "web|2026-03-12 06:00:00+00");
    }

    @Test
    void tooLittleDataStoresNothing() {
        long workload = workloads.workload("deployment", END, "web");
        workloads.metrics(workload, "web", steady(END, 1, USAGE));
        workloads.load();
        assertThat(store(workload)).isZero();
        assertThat(database.count("ros.recommendation_sets")).isZero();
        assertThat(database.count("ros.historical_recommendation_sets")).isZero();
    }

    @Test
    void madeAgainForTheSameEndThereIsOneRowWithTheLaterContent() {
        long workload = workload("deployment", END, "web");
        store(workload);
        database.jdbc().update("update ros.workload_metrics set cpu_usage_max = 0.75");
        assertThat(database.text("select caravan.store_recommendations(array[?::bigint], null, 0)", workload))
                .isEqualTo("1");
        for (String table : new String[] {"recommendation_sets", "historical_recommendation_sets"}) {
            assertThat(database.rows(
                            "select recommendations #>> '{recommendation_terms,short_term,recommendation_engines,cost,config,requests,cpu,amount}' from ros."
                                    + table))
                    .as(table)
                    .containsExactly("0.75");
        }
    }

    /** 100 cores instead of a millicore; a terabyte instead of a mebibyte. */
    @Test
    void percentAreBounded() {
        long workload = workloads.workload("deployment", END, "web");
        workloads.metrics(
                workload,
                "web",
                steady(
                        END,
                        4,
                        "cpu_usage_max",
                        100,
                        "cpu_request_avg",
                        0.001,
                        "memory_usage_max",
                        1e12,
                        "memory_usage_min",
                        1e12,
                        "memory_request_avg",
                        1048576));
        workloads.load();
        store(workload);
        assertThat(database.rows(
                        "select cpu_request_current, cpu_variation_short_cost_pct, memory_request_current, memory_variation_short_cost_pct"
                                + " from ros.recommendation_sets"))
                .containsExactly("0.0010|999999.9999|1048576.0000|999999.9999");
    }

    @Test
    void currentRequestsAreBounded() {
        long workload = workloads.workload("deployment", END, "web");
        workloads.metrics(
                workload,
                "web",
                steady(
                        END,
                        4,
                        "cpu_usage_max",
                        1,
                        "cpu_request_avg",
                        1e12,
                        "memory_usage_max",
                        1,
                        "memory_request_avg",
                        1e24));
        workloads.load();
        store(workload);
        assertThat(database.rows("select cpu_request_current, memory_request_current from ros.recommendation_sets"))
                .containsExactly("999999.9999|9999999999999999.9999");
    }

    /** What is sorted by is what is shown: MiB with two decimals. */
    @Test
    void memoryIsComparedInMebibytesWithTwoDecimals() {
        // 3146804 bytes shrink by 1152385, 3144707 bytes by 1143997
        assertThat(memoryPercent(3146804, 3146804 - 1152385)).isEqualTo("-36.3330");
        rollBackAndAdd();
        assertThat(memoryPercent(3144707, 3144707 - 1143997)).isEqualTo("-36.4540");
    }

    @Test
    void aWorkloadThatIsNoMoreTakesItsRecommendationsAlong() {
        long workload = workload("deployment", END, "web");
        store(workload);
        database.jdbc().update("delete from ros.clusters");
        for (String table :
                new String[] {"workloads", "workload_metrics", "recommendation_sets", "historical_recommendation_sets"
                }) {
            assertThat(database.count("ros." + table)).as(table).isZero();
        }
        assertThat(store(workload)).isZero();
    }

    private void rollBackAndAdd() {
        database.rollBack();
        workloads = new WorkloadFixture(database);
    }

    private String memoryPercent(double request, double usage) {
        long workload = workloads.workload("deployment", END, "web");
        workloads.metrics(
                workload,
                "web",
                steady(
                        END,
                        4,
                        "cpu_usage_max",
                        1,
                        "memory_usage_max",
                        usage,
                        "memory_usage_min",
                        usage,
                        "memory_request_avg",
                        request));
        workloads.load();
        store(workload);
        return database.text("select memory_variation_short_cost_pct::text from ros.recommendation_sets");
    }

    private long workload(String type, Instant until, String... containers) {
        long workload = workloads.workload(type, until, containers);
        for (String container : containers.length == 0 ? new String[] {""} : containers) {
            workloads.metrics(workload, container, steady(until, 4, USAGE));
        }
        workloads.load();
        return workload;
    }

    /** Another hour of data up to an instant, which becomes that of the workload. */
    private void move(long workload, String container, Instant until) {
        workloads.metrics(workload, container, steady(until, 4, USAGE));
        database.jdbc()
                .update(
                        "delete from ros.workload_metrics where interval_end > ?::timestamptz - interval '1 hour'",
                        until.toString());
        workloads.load();
        database.jdbc().update("update ros.workloads set metrics_upload_at = ?::timestamptz", until.toString());
    }

    private int store(long workload) {
        return Integer.parseInt(database.text("select caravan.store_recommendations(array[?::bigint])", workload));
    }
}
