package dev.caravan.optimization;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.database.FunctionTestBase;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ListSavingsFunctionTest extends FunctionTestBase {
    private static final String END = "2026-03-11T06:00:00Z";
    private static final String COLUMNS =
            "select container, term, cpu_request, cpu_recommended, memory_request, memory_recommended, saving ";

    private long workload;

    @BeforeEach
    void addWorkload() {
        workload = addWorkload("42", "cluster", "2026-03-11T07:00:00Z");
    }

    @Test
    void theMeanShareOfFreedProcessorsAndMemoryDecidesTheOrder() {
        add("much memory", END, request(1, 6000), terms("short", request(1, 2000)));
        add("much cpu", END, request(3, 2000), terms("short", request(1, 2000)));
        add("more than it has", END, request(0, 2000), terms("short", request(1, 2000)));
        assertThat(database.rows(COLUMNS + "from " + savings("short", "cost", 10)))
                .containsExactly(
                        "much cpu|short|3|1|2000|2000|0.25",
                        "much memory|short|1|1|6000|2000|0.2",
                        "more than it has|short|0|1|2000|2000|-0.125");
        assertThat(database.rows("select container, containers, all_cpu_request, all_cpu_recommended,"
                        + " all_memory_request, all_memory_recommended from " + savings("short", "cost", 1)))
                .as("the whole cluster, however few are listed")
                .containsExactly("much cpu|3|4|3|10000|6000");
    }

    @Test
    void theLongestTermThereIsCountsUnlessOneIsNamed() {
        add("long", END, request(8, 8), terms("short", request(1, 1), "medium", request(2, 2), "long", request(3, 3)));
        add("medium", END, request(7, 7), terms("short", request(1, 1), "medium", request(2, 2)));
        add("short", END, request(6, 6), terms("short", request(1, 1)));
        assertThat(database.rows(
                        "select container, term, cpu_recommended from " + savings(null, "cost", 10) + " order by 1"))
                .containsExactly("long|long|3", "medium|medium|2", "short|short|1");
        assertThat(database.rows("select container, term, cpu_recommended from " + savings("medium", "cost", 10)
                        + " order by 1"))
                .containsExactly("long|medium|2", "medium|medium|2");
        assertThat(database.rows("select container, containers from " + savings("long", "cost", 10)))
                .containsExactly("long|1");
        assertThat(database.rows("select container from " + savings("long", "performance", 10)))
                .isEmpty();
    }

    /** As store_recommendations has it: 0 is a missing amount, and nothing at all is an empty object. */
    @Test
    void whatIsNotRequestedOrNotRecommendedIsNoSaving() {
        add("nothing requested", END, "{}", terms("short", request(1, 1000)));
        add(
                "nothing recommended",
                END,
                request(1, 1000),
                terms("short", "{\"cpu\": {}, \"memory\": {\"format\": \"bytes\"}}"));
        assertThat(database.rows(COLUMNS + "from " + savings("short", "cost", 10)))
                .containsExactly("nothing recommended|short|1||1000|0|0.5", "nothing requested|short||1||1000|-1");
        assertThat(database.rows(
                        "select distinct all_cpu_request, all_cpu_recommended from " + savings("short", "cost", 10)))
                .containsExactly("1|2");
    }

    @Test
    void whereNothingIsRequestedNothingIsSaved() {
        add("web", END, "{}", terms("short", request(1, 1)));
        assertThat(database.rows(COLUMNS + "from " + savings("short", "cost", 10)))
                .containsExactly("web|short||1||1|0");
    }

    @Test
    void containersThatAreLongGoneAreLeftOut() {
        add("web", END, request(2, 2), terms("short", request(1, 1)));
        add("stopped", "2026-02-24T06:15:00Z", request(2, 2), terms("short", request(1, 1)));
        add("gone", "2026-02-24T06:00:00Z", request(2, 2), terms("short", request(1, 1)));
        assertThat(database.rows("select container, containers from " + savings(null, "cost", 10)))
                .containsExactly("stopped|2", "web|2");
    }

    @Test
    void otherClustersAndOrganisationsAreNotRead() {
        add("web", END, request(2, 2), terms("short", request(1, 1)));
        workload = addWorkload("42", "other cluster", "2026-03-11T07:00:00Z");
        add("other", END, request(2, 2), terms("short", request(1, 1)));
        workload = addWorkload("43", "cluster", "2026-03-11T06:00:00Z");
        add("under an earlier source", END, request(2, 2), terms("short", request(1, 1)));
        assertThat(database.rows("select namespace, workload_type, workload, container, monitoring_end_time from "
                        + savings(null, "cost", 10)))
                .containsExactly("shop|deployment|cart|web|2026-03-11 06:00:00+00");
        assertThat(database.rows("select container from caravan.list_savings(?, ?, null, 'cost', 10)", "7", "cluster"))
                .isEmpty();
    }

    /** What recommendations really look like. */
    @Test
    void recommendationsOfTheDatabaseAreUnderstood() {
        database.jdbc().update("delete from ros.rh_accounts");
        var workloads = new WorkloadFixture(database);
        var end = Instant.parse(END);
        long measured = workloads.workload("deployment", end, "web");
        workloads.metrics(
                measured,
                "web",
                WorkloadFixture.steady(
                        end,
                        4,
                        "cpu_usage_max",
                        0.5,
                        "cpu_request_avg",
                        2,
                        "memory_usage_max",
                        1e9,
                        "memory_usage_min",
                        1e9,
                        "memory_request_avg",
                        4e9));
        workloads.load();
        database.text("select caravan.store_recommendations(array[?::bigint])", measured);
        assertThat(database.rows(
                        COLUMNS
                                + "from caravan.list_savings(?, '1b36b20f-7fa0-4454-a6d2-008294e06378', null, 'performance', 10)",
                        "1234567"))
                .containsExactly("web|short|2|0.5|4000000000|1000000000|0.75");
    }

    private static String savings(String term, String engine, int limit) {
        return "caravan.list_savings('1234567', 'cluster', %s, '%s', %d)"
                .formatted(term == null ? "null" : "'" + term + "'", engine, limit);
    }

    private long addWorkload(String sourceId, String cluster, String reported) {
        return Long.parseLong(database.text(
                """
                with tenant as (
                    insert into ros.rh_accounts (org_id) values ('1234567')
                    on conflict (org_id) do update set account = null
                    returning id
                ),
                cluster as (
                    insert into ros.clusters (tenant_id, source_id, cluster_uuid, cluster_alias, last_reported_at)
                    select id, ?, ?, 'edge', ?::timestamptz from tenant
                    returning id
                )
                insert into ros.workloads (org_id, cluster_id, experiment_name, namespace, workload_type, workload_name)
                select '1234567', id, 'experiment', 'shop', 'deployment', 'cart' from cluster
                returning id::text
                """,
                sourceId,
                cluster,
                reported));
    }

    private void add(String container, String end, String current, String terms) {
        database.jdbc()
                .update(
                        "insert into ros.recommendation_sets (workload_id, container_name, monitoring_start_time,"
                                + " monitoring_end_time, recommendations, updated_at) values (?, ?, ?::timestamptz,"
                                + " ?::timestamptz, ?::jsonb, now())",
                        workload,
                        container,
                        end,
                        end,
                        "{\"current\": {\"requests\": %s}, \"recommendation_terms\": %s}".formatted(current, terms));
    }

    private static String request(double cores, double bytes) {
        return "{\"cpu\": {%s\"format\": \"cores\"}, \"memory\": {\"amount\": %s, \"format\": \"bytes\"}}"
                .formatted(cores == 0 ? "" : "\"amount\": " + cores + ", ", bytes);
    }

    /** Terms and what they recommend in turn, by the engine for cost; the others have not enough data. */
    private static String terms(String... termsAndRequests) {
        var terms = new StringBuilder("{\"none_term\": {\"duration_in_hours\": 1}");
        for (int i = 0; i < termsAndRequests.length; i += 2) {
            terms.append(", \"%s_term\": {\"recommendation_engines\": {\"cost\": {\"config\": {\"requests\": %s}}}}"
                    .formatted(termsAndRequests[i], termsAndRequests[i + 1]));
        }
        return terms.append("}").toString();
    }
}
