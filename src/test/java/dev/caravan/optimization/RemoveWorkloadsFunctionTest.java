package dev.caravan.optimization;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.database.FunctionTestBase;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RemoveWorkloadsFunctionTest extends FunctionTestBase {
    private static final String END = "2026-03-11T06:00:00Z";

    @BeforeEach
    void addWorkloads() {
        add("1234567", "42", "first", "a");
        add("1234567", "42", "first", "b");
        add("1234567", "42", "second", "c");
        add("1234567", "421", "first", "other source");
        add("7654321", "42", "first", "other organisation");
    }

    @Test
    void allClustersOfTheSourceGoAndNothingOfOthers() {
        assertThat(remove("1234567", "42", 100, false)).isPositive();
        while (remove("1234567", "42", 100, false) > 0) {
            assertThat(database.count("ros.rh_accounts")).isEqualTo(2);
        }
        assertThat(StoredWorkload.names(database.jdbc())).containsExactly("other organisation", "other source");
        assertThat(database.count("ros.clusters")).isEqualTo(2);
        assertThat(database.count("ros.rh_accounts")).isEqualTo(2);
        assertThat(database.count("ros.retired_experiment")).isZero();
    }

    @Test
    void eachStepIsBoundedAndMetricsGoFirst() {
        List<Long> steps = new ArrayList<>();
        long metrics = database.count("ros.workload_metrics");
        for (long rows = remove("1234567", "42", 2, false); rows > 0; rows = remove("1234567", "42", 2, false)) {
            steps.add(rows);
            if (steps.size() == 1) {
                assertThat(database.count("ros.workload_metrics")).isEqualTo(metrics - 2);
                assertThat(database.count("ros.recommendation_sets")).isEqualTo(5);
            }
        }
        assertThat(steps).allMatch(rows -> rows <= 2);
        assertThat(steps.stream().mapToLong(Long::longValue).sum())
                .as("five rows of each of three workloads, the workloads, two clusters")
                .isEqualTo(3 * 5 + 3 + 2);
    }

    @Test
    void experimentsAreRetiredWithTheirWorkloads() {
        database.jdbc().update("insert into ros.retired_experiment (experiment_name) values ('a')");
        while (remove("1234567", "42", 2, true) > 0) {
            assertThat(
                            database.count(
                                    "ros.workloads w join ros.retired_experiment r using (experiment_name) where w.experiment_name <> 'a'"))
                    .isZero();
        }
        assertThat(database.rows("select experiment_name from ros.retired_experiment order by 1"))
                .containsExactly("a", "b", "c");
    }

    @Test
    void whereThereIsNothingNothingHappens() {
        assertThat(remove("1234567", "43", 100, true)).isZero();
        assertThat(remove("nobody", "42", 100, true)).isZero();
        assertThat(StoredWorkload.names(database.jdbc())).hasSize(5);
    }

    private void add(String organisation, String sourceId, String cluster, String name) {
        StoredWorkload.add(database.jdbc(), organisation, null, sourceId, cluster, name, END);
    }

    private long remove(String organisation, String sourceId, int limit, boolean retire) {
        return Long.parseLong(
                database.text("select caravan.remove_workloads(?, ?, ?, ?)", organisation, sourceId, limit, retire));
    }
}
