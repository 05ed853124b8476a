package dev.caravan.openshift;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PopulateGpuSummaryFunctionTest extends UiSummaryFunctionTestBase {
    @Test
    void devicesAndTheirSlicesAreRowsWithMemoryInGigabytes() {
        gpu(DAY, "p1", "gpu-1", null, null, null, null);
        gpu(DAY, "p2", "gpu-1", "", "", null, null);
        gpu(DAY, "p3", "gpu-2", "mig-1", "1g.5gb", 1, 5120);
        gpu(DAY, "p3", "gpu-2", "mig-2", "3g.20gb", 3, 20_480);
        gpu(NEXT, "p1", "gpu-1", null, null, null, null);
        call("caravan.populate_gpu_summary(?, ?::date)", DAY, NEXT);
        call("caravan.populate_gpu_summary(?, ?::date)", NEXT);
        assertThat(database.rows(
                        "select usage_start, namespace, node, vendor_name, model_name, memory_capacity_gb::real,"
                                + " gpu_count, gpu_uuid, mig_instance_id, gpu_mode, mig_profile, mig_slice_count,"
                                + " mig_memory_capacity_gb::real, gpu_max_slices, cluster_alias, cost_category_id"
                                + " from reporting_ocp_gpu_summary_p order by 1, gpu_uuid, mig_instance_id"))
                .containsExactly(
                        "2025-11-03|openshift-ai|n|nvidia|A100|42.949673|1|gpu-1||dedicated||||7|alias of cluster-1|1",
                        "2025-11-03|openshift-ai|n|nvidia|A100|42.949673|1|gpu-2|mig-1|MIG|1g.5gb|1|5.368709|7|alias of cluster-1|1",
                        "2025-11-03|openshift-ai|n|nvidia|A100|42.949673|1|gpu-2|mig-2|MIG|3g.20gb|3|21.474836|7|alias of cluster-1|1",
                        "2025-11-04|openshift-ai|n|nvidia|A100|42.949673|1|gpu-1||dedicated||||7|alias of cluster-1|1");
    }

    private void gpu(
            String day, String pod, String device, String slice, String profile, Integer slices, Integer mebibytes) {
        daily(
                "gpu_usage",
                day,
                "namespace",
                "openshift-ai",
                "node",
                "n",
                "pod",
                pod,
                "gpu_uuid",
                device,
                "gpu_vendor_name",
                "nvidia",
                "gpu_model_name",
                "A100",
                "gpu_memory_capacity_mib",
                40_960,
                "mig_instance_id",
                slice,
                "mig_profile",
                profile,
                "mig_slice_count",
                slices,
                "mig_memory_capacity_mib",
                mebibytes,
                "gpu_max_slices",
                7);
    }
}
