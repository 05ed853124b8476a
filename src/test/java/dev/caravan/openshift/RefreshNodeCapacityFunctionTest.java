package dev.caravan.openshift;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.database.FunctionTestBase;
import dev.caravan.database.ManifestFixture;
import java.util.List;
import org.junit.jupiter.api.Test;

class RefreshNodeCapacityFunctionTest extends FunctionTestBase {
    private static final String DAY = "2025-11-03";

    @Test
    void theGreatestOfEachHourAddsUpOverTheDay() {
        new ManifestFixture(database, source, 1)
                .rows("pod_usage", DAY, 0, 3, pod("a", 100, 1000))
                .rows("pod_usage", DAY, 0, 2, pod("a", 90, 2000))
                .rows("pod_usage", DAY, 5, 6, pod("b", 7, 70))
                .load()
                .complete();
        refresh(DAY);
        assertThat(capacity()).containsExactly("2025-11-03|a|300|5000", "2025-11-03|b|7|70");
    }

    @Test
    void podsWithoutANodeOrAFigureCountAsZero() {
        new ManifestFixture(database, source, 1)
                .rows("pod_usage", DAY, 0, 2, "node", "")
                .rows("pod_usage", DAY, 0, 1, "node", null)
                .rows("pod_usage", DAY, 0, 1, "node", "a")
                .load()
                .complete();
        refresh(DAY);
        assertThat(capacity()).containsExactly("2025-11-03||0|0", "2025-11-03|a|0|0");
    }

    @Test
    void onlyCountedRowsCountAndOnlyTheNamedDaysAreRebuilt() {
        new ManifestFixture(database, source, 1)
                .rows("pod_usage", DAY, 0, 2, pod("a", 100, 1000))
                .rows("pod_usage", "2025-11-04", 0, 2, pod("a", 100, 1000))
                .load()
                .complete();
        new ManifestFixture(database, source, 2)
                .rows("pod_usage", DAY, 0, 9, pod("a", 500, 500))
                .listed("missing.csv")
                .load();
        refresh("2025-11-04");
        database.jdbc().update("update openshift_node_day set capacity_cpu_core_seconds = 1");
        refresh(DAY);
        refresh(DAY);
        assertThat(capacity()).containsExactly("2025-11-03|a|200|2000", "2025-11-04|a|1|2000");
    }

    @Test
    void aNodeThatIsGoneIsForgottenAndOtherSourcesStay() {
        for (Object owner : List.of(source, database.addSource("cluster-2"))) {
            database.insert(
                    "openshift_node_day",
                    row(
                            "source",
                            owner,
                            "usage_start",
                            DAY,
                            "node",
                            "old",
                            "capacity_cpu_core_seconds",
                            1,
                            "capacity_memory_byte_seconds",
                            1));
        }
        refresh(DAY);
        assertThat(database.count("openshift_node_day where source = ?", source.toString()))
                .isZero();
        assertThat(database.count("openshift_node_day")).isOne();
    }

    private void refresh(String day) {
        database.jdbc().queryForList("select caravan.refresh_node_capacity(?, ?::date)", source, day);
    }

    private List<String> capacity() {
        return database.rows(
                "select usage_start, node, capacity_cpu_core_seconds, capacity_memory_byte_seconds from openshift_node_day where source = ? order by 1, 2",
                source.toString());
    }

    private static Object[] pod(String node, double coreSeconds, double byteSeconds) {
        return new Object[] {
            "node",
            node,
            "node_capacity_cpu_core_seconds",
            coreSeconds,
            "node_capacity_memory_byte_seconds",
            byteSeconds
        };
    }
}
