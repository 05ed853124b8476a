package dev.caravan.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.database.FunctionTestBase;
import java.util.List;
import org.junit.jupiter.api.Test;

class FindSourceTablesFunctionTest extends FunctionTestBase {
    @Test
    void everyTableThatNamesASourceIsFoundOnceAndClustersComeLast() {
        List<String> tables = database.rows("select caravan.find_source_tables()");
        assertThat(tables)
                .doesNotHaveDuplicates()
                .contains(
                        "openshift_pod_usage_hours",
                        "openshift_pod_usage_line_items_daily",
                        "reporting_ocpusagelineitem_daily_summary",
                        "openshift_node_day",
                        "day_delivery",
                        "manifest",
                        "manifest_file",
                        "payload_claim",
                        "reporting_ocp_nodes",
                        "reporting_ocp_pvcs",
                        "reporting_ocp_projects",
                        "reporting_ocpusagereportperiod")
                .doesNotContain("outbox", "reporting_enabledtagkeys", "openshift_pod_usage_hours_2025_11")
                .endsWith("reporting_ocp_clusters");
    }
}
