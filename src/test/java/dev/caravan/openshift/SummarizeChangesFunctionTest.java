package dev.caravan.openshift;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.database.FunctionTestBase;
import dev.caravan.database.ManifestFixture;
import org.junit.jupiter.api.Test;

class SummarizeChangesFunctionTest extends FunctionTestBase {
    private static final String DAY = "2025-11-03";

    @Test
    void aChangedDeliveryIsCarriedThroughToTheSummary() {
        var manifest = new ManifestFixture(database, source, 1)
                .rows(
                        "pod_usage",
                        DAY,
                        0,
                        2,
                        "node",
                        "n",
                        "namespace",
                        "a",
                        "pod",
                        "p",
                        "pod_usage_cpu_core_seconds",
                        3600,
                        "node_capacity_cpu_core_seconds",
                        7200)
                .rows(
                        "storage_usage",
                        DAY,
                        0,
                        2,
                        "namespace",
                        "a",
                        "pod",
                        "p",
                        "persistentvolume",
                        "pv",
                        "persistentvolumeclaim",
                        "c")
                .rows("node_labels", "2025-11-04", 0, 2, "node", "n", "node_labels", "{}")
                .load();
        assertThat(summarize(manifest.complete())).isEqualTo(2);
        assertThat(database.rows(
                        "select data_source, namespace, node, pod_usage_cpu_core_hours::real, node_capacity_cpu_core_hours::real"
                                + " from reporting_ocpusagelineitem_daily_summary where usage_start = ?::date order by 1, 2",
                        DAY))
                .containsExactly("Pod|Worker unallocated|n|2|4", "Pod|a|n|2|4", "Storage|a|n||");
        assertThat(database.count("openshift_node_labels_line_items_daily")).isOne();
    }

    @Test
    void theOtherTypesOfTheDayKeepTheirDailyRowsAndStayInTheSummary() {
        daily("pod_usage", DAY, "node", "n", "namespace", "a", "pod", "p", "pod_usage_cpu_core_seconds", 3600);
        database.insert(
                "openshift_node_day",
                row(
                        "source",
                        source,
                        "usage_start",
                        DAY,
                        "node",
                        "n",
                        "capacity_cpu_core_seconds",
                        7200,
                        "capacity_memory_byte_seconds",
                        0));
        var manifest = new ManifestFixture(database, source, 1)
                .rows(
                        "storage_usage",
                        DAY,
                        0,
                        2,
                        "namespace",
                        "a",
                        "pod",
                        "p",
                        "persistentvolume",
                        "pv",
                        "persistentvolumeclaim",
                        "c")
                .load();
        assertThat(summarize(manifest.complete())).isOne();
        assertThat(database.count("openshift_pod_usage_line_items_daily")).isOne();
        assertThat(database.count("openshift_node_day")).isOne();
        assertThat(
                        database.rows(
                                "select data_source, namespace, node from reporting_ocpusagelineitem_daily_summary order by 1, 2"))
                .containsExactly("Pod|Worker unallocated|n", "Pod|a|n", "Storage|a|n");
    }

    @Test
    void aDayThatWasTakenOverIsSummarisedFromItsNewOwnerAlone() {
        Object[] pod = {
            "node",
            "n",
            "namespace",
            "a",
            "pod",
            "p",
            "pod_usage_cpu_core_seconds",
            3600,
            "node_capacity_cpu_core_seconds",
            7200
        };
        summarize(new ManifestFixture(database, source, 1)
                .rows("pod_usage", DAY, 0, 2, pod)
                .load()
                .complete());
        summarize(new ManifestFixture(database, source, 2)
                .rows("pod_usage", DAY, 0, 5, pod)
                .load()
                .complete());
        assertThat(database.rows("select namespace, pod_usage_cpu_core_hours::real, node_capacity_cpu_core_hours::real"
                        + " from reporting_ocpusagelineitem_daily_summary order by 1"))
                .containsExactly("Worker unallocated|5|10", "a|5|10");
    }

    @Test
    void nothingChangedIsNoWork() {
        assertThat(summarize("{}")).isZero();
        assertThat(database.count("reporting_ocp_clusters")).isZero();
    }

    private int summarize(String changed) {
        return database.jdbc()
                .queryForObject("select caravan.summarize_changes(?, ?::jsonb)", Integer.class, source, changed);
    }
}
