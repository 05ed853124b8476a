package dev.caravan.openshift;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.database.FunctionTestBase;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FindDaysWithKeysFunctionTest extends FunctionTestBase {
    private UUID other;

    @BeforeEach
    void labelSomeDays() {
        other = database.addSource("cluster-2");
        daily("pod_usage", "2025-11-03", "pod_labels", "{\"app\":\"1\",\"team\":\"x\"}");
        daily("pod_usage", "2025-11-03", "pod_labels", "{\"app\":\"2\"}");
        daily(
                "storage_usage",
                "2025-11-04",
                "persistentvolume_labels",
                "{\"app\":\"1\"}",
                "persistentvolumeclaim_labels",
                "{}");
        daily(
                "storage_usage",
                "2025-11-05",
                "persistentvolume_labels",
                "{}",
                "persistentvolumeclaim_labels",
                "{\"app\":\"1\"}");
        daily("node_labels", "2025-11-06", "node_labels", "{\"app\":\"1\"}");
        daily("namespace_labels", "2025-11-07", "namespace_labels", "{\"app\":\"1\"}");
        daily("pod_usage", "2025-11-08", "pod_labels", "{\"other\":\"app\"}");
        daily("pod_usage", "2025-11-09", "pod_labels", "");
        daily("pod_usage", "2025-11-09", "pod_labels", null);
        daily("vm_usage", "2025-11-10", "vm_labels", "{\"app\":\"1\"}");
        daily(other, "pod_usage", "2025-12-01", "pod_labels", "{\"app\":\"1\"}");
    }

    @Test
    void everyLabelColumnOfEverySourceIsSearchedAndEachDayComesOnce() {
        assertThat(find("{app}", null, source))
                .containsExactly("2025-11-03", "2025-11-04", "2025-11-05", "2025-11-06", "2025-11-07");
        assertThat(find("{app}", null, other)).containsExactly("2025-12-01");
        assertThat(find("{team,app}", null, source)).hasSize(5);
        assertThat(database.count("caravan.find_days_with_keys('{app}', null)")).isEqualTo(6);
    }

    @Test
    void daysBeforeTheFirstOneAskedForAreLeftOut() {
        assertThat(find("{app}", "2025-11-06", source)).containsExactly("2025-11-06", "2025-11-07");
        assertThat(find("{app}", "2025-12-02", other)).isEmpty();
    }

    @Test
    void keysAreMatchedWholeAndValuesAreNot() {
        assertThat(find("{ap,App,1}", null, source)).isEmpty();
        assertThat(find("{}", null, source)).isEmpty();
    }

    private List<String> find(String keys, String from, UUID of) {
        return database.rows(
                "select usage_start from caravan.find_days_with_keys(?::text[], ?::date) where source = ?",
                keys,
                from,
                of);
    }
}
