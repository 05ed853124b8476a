package dev.caravan.openshift;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PopulateVolumeSummariesFunctionTest extends UiSummaryFunctionTestBase {
    @Test
    void volumesAreSummedUpByClaimAndClassAndByNamespaceToo() {
        volume(DAY, "a", "n", "claim", "gold", 1);
        volume(DAY, "a", "m", "claim", "gold", 2);
        volume(DAY, "b", "n", "claim", "gold", 4);
        volume(DAY, "b", "n", "claim", "silver", 8);
        volume(DAY, "", null, "", "gold", 16);
        volume(DAY, "b", "n", null, "gold", 32);
        pod(DAY, "a", "n", "i-n", 1, 24);
        call("caravan.populate_volume_summaries(?, ?::date)", DAY);
        call("caravan.populate_volume_summaries(?, ?::date)", DAY);
        assertThat(database.rows(
                        "select persistentvolumeclaim, storageclass, volume_request_storage_gigabyte_months::real,"
                                + " persistentvolumeclaim_usage_gigabyte_months::real,"
                                + " persistentvolumeclaim_capacity_gigabyte_months::real, data_source"
                                + " from reporting_ocp_volume_summary_p order by 1, 2"))
                .containsExactly(
                        "|gold|16|160|1600|Storage", "claim|gold|7|70|700|Storage", "claim|silver|8|80|800|Storage");
        assertThat(database.rows("select namespace, persistentvolumeclaim, storageclass,"
                        + " volume_request_storage_gigabyte_months::real, resource_count"
                        + " from reporting_ocp_volume_summary_by_project_p order by 1, 2, 3"))
                .containsExactly("||gold|16|0", "a|claim|gold|3|2", "b|claim|gold|4|1", "b|claim|silver|8|1");
        assertThat(
                        database.text(
                                "select sum(volume_request_storage_gigabyte_months)::real from reporting_ocp_volume_summary_by_project_p"))
                .isEqualTo(
                        database.text(
                                "select sum(volume_request_storage_gigabyte_months)::real from reporting_ocp_volume_summary_p"));
    }

    private void volume(
            String day, String namespace, String node, String claim, String storageClass, double gibibyteMonths) {
        summary(
                day,
                "Storage",
                "namespace",
                namespace,
                "node",
                node,
                "resource_id",
                node == null ? null : "i-" + node,
                "persistentvolumeclaim",
                claim,
                "storageclass",
                storageClass,
                "volume_request_storage_gigabyte_months",
                gibibyteMonths,
                "persistentvolumeclaim_usage_gigabyte_months",
                gibibyteMonths * 10,
                "persistentvolumeclaim_capacity_gigabyte_months",
                gibibyteMonths * 100);
    }
}
