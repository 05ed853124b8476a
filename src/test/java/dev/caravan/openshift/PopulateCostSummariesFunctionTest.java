package dev.caravan.openshift;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PopulateCostSummariesFunctionTest extends UiSummaryFunctionTestBase {
    @Test
    void everyRowOfADayCountsByDayByNodeAndByNamespace() {
        summary(DAY, "Pod", "namespace", "a", "node", "n", "cost_category_id", 1);
        summary(DAY, "Pod", "namespace", "Worker unallocated", "node", "n");
        summary(DAY, "Storage", "namespace", "b");
        summary(NEXT, "Pod", "namespace", "a", "node", "n");
        call("caravan.populate_cost_summaries(?, ?::date)", DAY, NEXT);
        assertThat(
                        database.rows(
                                "select usage_start, cluster_id, cost_category_id, infrastructure_raw_cost from reporting_ocp_cost_summary_p order by 1"))
                .containsExactly("2025-11-03|cluster-1|1|", "2025-11-04|cluster-1||");
        assertThat(database.rows("select usage_start, node from reporting_ocp_cost_summary_by_node_p order by 1, 2"))
                .containsExactly("2025-11-03|n", "2025-11-03|", "2025-11-04|n");
        assertThat(database.rows(
                        "select usage_start, namespace from reporting_ocp_cost_summary_by_project_p order by 1, 2"))
                .containsExactly("2025-11-03|Worker unallocated", "2025-11-03|a", "2025-11-03|b", "2025-11-04|a");
    }

    @Test
    void costsAddUpToTheSameInAllThreeTables() {
        for (int i = 0; i < 12; i++) {
            summary(
                    DAY,
                    i % 2 == 0 ? "Pod" : "Storage",
                    "namespace",
                    "ns-" + i % 3,
                    "node",
                    i % 4 == 0 ? null : "n-" + i % 4,
                    "cost_model_cpu_cost",
                    i / 7.0,
                    "cost_model_rate_type",
                    i % 5 == 0 ? "Infrastructure" : null);
        }
        call("caravan.populate_cost_summaries(?, ?::date)", DAY);
        call("caravan.populate_cost_summaries(?, ?::date)", DAY);
        String daily = sum("reporting_ocpusagelineitem_daily_summary");
        for (String table : new String[] {"_p", "_by_node_p", "_by_project_p"}) {
            assertThat(sum("reporting_ocp_cost_summary" + table)).isEqualTo(daily);
        }
        assertThat(database.count("reporting_ocp_cost_summary_p"))
                .as("rows by rate type")
                .isEqualTo(2);
    }

    private String sum(String table) {
        return database.text("select sum(cost_model_cpu_cost)::text from " + table);
    }
}
