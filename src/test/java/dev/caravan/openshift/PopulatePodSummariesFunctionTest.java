package dev.caravan.openshift;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PopulatePodSummariesFunctionTest extends UiSummaryFunctionTestBase {
    @Test
    void rowsAreSummedUpByDayByNodeAndByNamespaceWhileCapacitiesAreNot() {
        pod(DAY, "a", "n", "i-n", 1, 24);
        pod(DAY, "b", "n", "i-n", 2, 24);
        pod(DAY, "a", "m", null, 4, 48);
        pod(NEXT, "a", "n", "i-n", 8, 24);
        populate(DAY, NEXT);
        assertThat(
                        database.rows(
                                "select usage_start, usage_end, pod_usage_cpu_core_hours::real, resource_ids, resource_count,"
                                        + " cluster_capacity_cpu_core_hours::real, cluster_alias from reporting_ocp_pod_summary_p order by 1"))
                .containsExactly(
                        "2025-11-03|2025-11-03|7|{i-n,NULL}|1|72|alias", "2025-11-04|2025-11-04|8|{i-n}|1|72|alias");
        assertThat(database.rows(
                        "select usage_start, node, pod_usage_cpu_core_hours::real, node_capacity_cpu_core_hours::real,"
                                + " resource_count from reporting_ocp_pod_summary_by_node_p order by 1, 2"))
                .containsExactly("2025-11-03|m|4|48|0", "2025-11-03|n|3|24|1", "2025-11-04|n|8|24|1");
        assertThat(
                        database.rows(
                                "select usage_start, namespace, pod_usage_cpu_core_hours::real,"
                                        + " cluster_capacity_cpu_core_hours::real from reporting_ocp_pod_summary_by_project_p order by 1, 2"))
                .containsExactly("2025-11-03|a|5|72", "2025-11-03|b|2|72", "2025-11-04|a|8|72");
    }

    @Test
    void unallocatedCapacityAndVolumesStayOutAndWhatHasNoNamespaceStaysIn() {
        pod(DAY, "a", "n", "i-n", 1, 24);
        pod(DAY, null, "n", "i-n", 2, 24);
        pod(DAY, "Worker unallocated", "n", "i-n", 20, 24);
        pod(DAY, "Platform unallocated", "n", "i-n", 20, 24);
        pod(DAY, "Network unattributed", "n", "i-n", 20, 24);
        pod(DAY, "Storage unattributed", "n", "i-n", 20, 24);
        summary(DAY, "Storage", "namespace", "a", "node", "n");
        populate(DAY);
        assertThat(database.rows("select pod_usage_cpu_core_hours::real, data_source from reporting_ocp_pod_summary_p"))
                .containsExactly("3|Pod");
        assertThat(database.rows("select namespace from reporting_ocp_pod_summary_by_project_p order by 1"))
                .containsExactly("a", "");
    }

    @Test
    void allThreeTablesAddUpToTheSame() {
        for (int i = 0; i < 20; i++) {
            pod(i % 3 == 0 ? DAY : NEXT, i % 4 == 0 ? null : "ns-" + i % 4, "node-" + i % 5, "i-" + i % 5, i / 7.0, 24);
        }
        populate(DAY, NEXT);
        for (String day : new String[] {DAY, NEXT}) {
            String daily = sum("reporting_ocpusagelineitem_daily_summary", day);
            assertThat(sum("reporting_ocp_pod_summary_p", day)).isEqualTo(daily);
            assertThat(sum("reporting_ocp_pod_summary_by_node_p", day)).isEqualTo(daily);
            assertThat(sum("reporting_ocp_pod_summary_by_project_p", day)).isEqualTo(daily);
        }
    }

    @Test
    void onceMoreChangesNothingAndOtherDaysAreLeftAlone() {
        pod(DAY, "a", "n", "i-n", 1, 24);
        pod(NEXT, "a", "n", "i-n", 2, 24);
        populate(DAY, NEXT);
        database.jdbc().update("update reporting_ocpusagelineitem_daily_summary set pod_usage_cpu_core_hours = 9");
        populate(DAY);
        populate(DAY);
        assertThat(
                        database.rows(
                                "select usage_start, pod_usage_cpu_core_hours::real from reporting_ocp_pod_summary_by_node_p order by 1"))
                .containsExactly("2025-11-03|9", "2025-11-04|2");
    }

    private String sum(String table, String day) {
        return database.text(
                "select sum(pod_usage_cpu_core_hours)::text from " + table + " where usage_start = ?::date", day);
    }

    private void populate(String... days) {
        call("caravan.populate_pod_summaries(?, ?::date)", days);
    }
}
