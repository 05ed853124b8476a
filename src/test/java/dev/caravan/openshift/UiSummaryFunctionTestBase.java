package dev.caravan.openshift;

import dev.caravan.database.FunctionTestBase;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;

/** Tests of functions that sum the daily summary up: they begin with a few of its rows. */
abstract class UiSummaryFunctionTestBase extends FunctionTestBase {
    static final String DAY = "2025-11-03";
    static final String NEXT = "2025-11-04";

    @BeforeEach
    void makeAReportPeriod() {
        database.insert(
                "reporting_ocpusagereportperiod",
                row(
                        "cluster_id", "cluster-1",
                        "provider_id", source,
                        "report_period_start", "2025-11-01 00:00Z",
                        "report_period_end", "2025-12-01 00:00Z"));
    }

    /** A row of the daily summary; names and values in turn. */
    void summary(String day, String dataSource, Object... namesAndValues) {
        Map<String, Object> row = row(
                "source_uuid", source,
                "cluster_id", "cluster-1",
                "cluster_alias", "alias",
                "usage_start", day,
                "usage_end", day,
                "data_source", dataSource,
                "all_labels", "{}");
        row.putAll(row(namesAndValues));
        database.insert("reporting_ocpusagelineitem_daily_summary", row);
    }

    /** A pod row with one measure. */
    void pod(String day, String namespace, String node, String resource, double coreHours, double nodeCoreHours) {
        summary(
                day,
                "Pod",
                "namespace",
                namespace,
                "node",
                node,
                "resource_id",
                resource,
                "pod_usage_cpu_core_hours",
                coreHours,
                "node_capacity_cpu_core_hours",
                nodeCoreHours,
                "cluster_capacity_cpu_core_hours",
                72);
    }

    void call(String function, String... days) {
        for (String day : days) {
            database.jdbc().queryForList("select " + function, source, day);
        }
    }
}
