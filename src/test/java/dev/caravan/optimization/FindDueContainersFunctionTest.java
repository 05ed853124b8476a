package dev.caravan.optimization;

import static dev.caravan.optimization.WorkloadFixture.steady;
import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.database.FunctionTestBase;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FindDueContainersFunctionTest extends FunctionTestBase {
    private static final Instant END = Instant.parse("2026-03-11T06:00:00Z");
    private static final Object[] USAGE = {"cpu_usage_max", 0.5, "memory_usage_max", 1e9, "memory_usage_min", 1e9};

    private WorkloadFixture workloads;

    @BeforeEach
    void addCluster() {
        workloads = new WorkloadFixture(database);
    }

    @Test
    void whatHasNoRecommendationsIsDue() {
        long containers = workloads.workload("deployment", END, "web", "proxy");
        long namespace = workloads.workload("namespace", END);
        assertThat(database.rows(
                        "select f.workload_id = ?, container_name from caravan.find_due_containers(array[?::bigint, ?, -1], null, 24) f"
                                + " order by 1, 2",
                        namespace,
                        containers,
                        namespace))
                .containsExactly("f|proxy", "f|web", "t|");
    }

    @ParameterizedTest
    @CsvSource({
        "2026-03-11T06:00:00Z, 2026-03-12T06:00:00Z, true",
        "2026-03-11T06:00:00Z, 2026-03-12T05:59:59Z, false",
        "2026-03-11T06:00:00Z, 2026-03-10T06:00:00Z, false",
        "2026-02-28T23:45:00Z, 2026-03-01T00:15:00Z, true",
        "2026-03-01T00:15:00Z, 2026-03-01T23:45:00Z, false"
    })
    void whatHasSomeIsDueAfterADayAndOnTheFirstOfAMonth(Instant stored, Instant until, boolean due) {
        for (String type : new String[] {"deployment", "namespace"}) {
            String[] containers = type.equals("namespace") ? new String[0] : new String[] {"web"};
            long workload = workloads.workload(type, stored, containers);
            workloads.metrics(workload, containers.length == 0 ? "" : "web", steady(stored, 4, USAGE));
            workloads.load();
            database.text("select caravan.store_recommendations(array[?::bigint])", workload);
            assertThat(database.count(
                            "caravan.find_due_containers(array[?::bigint], ?::timestamptz, 24)",
                            workload,
                            until.toString()))
                    .as(type)
                    .isEqualTo(due ? 1 : 0);
        }
    }
}
