package dev.caravan.openshift;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class PopulateVmSummaryFunctionTest extends UiSummaryFunctionTestBase {
    private static final String LABELS = "{\"vm_kubevirt_io_name\": \"vm-1\"}";
    private static final double GIBIBYTE = 1L << 30;

    @Test
    void machineHasTheUsageOfItsPodAndTheRequestOfItsOwnReport() {
        machinePod(DAY, "n", 2, 1);
        pod(DAY, "a", "n", "i-n", 100, 24);
        daily(
                "vm_usage",
                DAY,
                "namespace",
                "a",
                "node",
                "n",
                "vm_name",
                "vm-1",
                "vm_cpu_request_cores",
                4,
                "vm_memory_request_bytes",
                8 * GIBIBYTE);
        call("caravan.populate_vm_summary(?, ?::date)", DAY);
        call("caravan.populate_vm_summary(?, ?::date)", DAY);
        assertThat(machines()).containsExactly("2025-11-03|a|n|vm-1|" + LABELS + "|2|96|192|{i-n}");
    }

    @Test
    void withoutAReportOfMachinesTheRequestIsThatOfThePod() {
        machinePod(DAY, "n", 2, 1);
        call("caravan.populate_vm_summary(?, ?::date)", DAY);
        assertThat(machines()).containsExactly("2025-11-03|a|n|vm-1|" + LABELS + "|2|1||{i-n}");
    }

    @Test
    void claimsOfTheReportAndThoseThePodMountedAreRowsOfTheMachine() {
        machinePod(DAY, "n", 2, 1);
        daily(
                "vm_usage",
                DAY,
                "namespace",
                "a",
                "node",
                "n",
                "vm_name",
                "vm-1",
                "vm_persistentvolumeclaim_name",
                "root");
        daily(
                "pod_usage",
                DAY,
                "namespace",
                "a",
                "node",
                "n",
                "pod",
                "launcher",
                "pod_labels",
                "{\"vm_kubevirt_io_name\":\"vm-1\"}");
        daily("storage_usage", DAY, "namespace", "a", "pod", "launcher", "persistentvolumeclaim", "root");
        daily("storage_usage", DAY, "namespace", "a", "pod", "launcher", "persistentvolumeclaim", "data");
        daily("storage_usage", DAY, "namespace", "a", "pod", "other", "persistentvolumeclaim", "foreign");
        for (String claim : new String[] {"root", "data", "foreign"}) {
            summary(
                    DAY,
                    "Storage",
                    "namespace",
                    "a",
                    "node",
                    "n",
                    "persistentvolumeclaim",
                    claim,
                    "storageclass",
                    "gold",
                    "volume_request_storage_gigabyte_months",
                    3);
        }
        call("caravan.populate_vm_summary(?, ?::date)", DAY);
        assertThat(database.rows("select vm_name, persistentvolumeclaim, storageclass,"
                        + " volume_request_storage_gigabyte_months::real, pod_usage_cpu_core_hours"
                        + " from reporting_ocp_vm_summary_p where persistentvolumeclaim is not null order by 2"))
                .containsExactly("vm-1|data|gold|3|", "vm-1|root|gold|3|");
    }

    @Test
    void hoursAreThoseOfTheDailySummary() {
        machinePod(DAY, "n", 2, 1);
        machinePod(DAY, "m", 4, 1);
        machinePod(NEXT, "m", 8, 1);
        call("caravan.populate_vm_summary(?, ?::date)", DAY, NEXT);
        assertThat(database.text("select sum(pod_usage_cpu_core_hours)::real from reporting_ocp_vm_summary_p"))
                .isEqualTo("14");
    }

    private void machinePod(String day, String node, double usage, double request) {
        summary(
                day,
                "Pod",
                "namespace",
                "a",
                "node",
                node,
                "resource_id",
                "i-" + node,
                "pod_labels",
                LABELS,
                "pod_usage_cpu_core_hours",
                usage,
                "pod_request_cpu_core_hours",
                request);
    }

    private List<String> machines() {
        return database.rows("select usage_start, namespace, node, vm_name, pod_labels, pod_usage_cpu_core_hours::real,"
                + " pod_request_cpu_core_hours::real, pod_request_memory_gigabyte_hours::real, resource_ids"
                + " from reporting_ocp_vm_summary_p where persistentvolumeclaim is null order by 1, 3");
    }
}
