package dev.caravan.openshift;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.database.FunctionTestBase;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RefreshDimensionsFunctionTest extends FunctionTestBase {
    private static final String DAY = "2025-11-03";
    private static final String NEXT = "2025-11-04";

    @Test
    void theClusterIsRegisteredOnceAndKeepsUpWithItsAlias() {
        refresh(DAY);
        database.jdbc().update("update caravan.source set alias = 'new name' where source_uuid = ?", source);
        refresh(DAY);
        assertThat(database.rows(
                        "select cluster_id, cluster_alias from reporting_ocp_clusters where provider_id = ?", source))
                .containsExactly("cluster-1|new name");
        assertThat(database.rows(
                        "select cluster_alias from reporting_ocpusagereportperiod where provider_id = ?", source))
                .containsExactly("new name");
    }

    @Test
    void eachMonthOfTheDaysHasOneReportPeriod() {
        refresh("2025-11-03", "2025-11-30", "2025-12-01");
        refresh("2025-12-31");
        assertThat(database.rows(
                        "select cluster_id, report_period_start, report_period_end from reporting_ocpusagereportperiod where provider_id = ? order by 2",
                        source))
                .containsExactly(
                        "cluster-1|2025-11-01 00:00:00+00|2025-12-01 00:00:00+00",
                        "cluster-1|2025-12-01 00:00:00+00|2026-01-01 00:00:00+00");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                // node_role of the pods; namespace of a pod; label of the node; role
                "master; app; ; master",
                "worker; openshift-kube-apiserver; infra; worker",
                "; openshift-kube-apiserver; infra; master",
                "; app; infra; infra",
                "; app; other; worker",
                "; app; ; worker"
            })
    void theRoleComesFromThePodsElseTheApiServerElseTheLabelElseItIsWorker(
            String podRole, String namespace, String label, String role) {
        daily("pod_usage", DAY, "node", "n", "namespace", namespace, "node_role", podRole == null ? "" : podRole);
        daily("pod_usage", DAY, "node", "n", "namespace", "another", "node_role", null);
        nodeDay(DAY, "n");
        if (label != null) {
            daily("node_labels", DAY, "node", "n", "node_labels", "{\"node_role_kubernetes_io\":\"" + label + "\"}");
        }
        refresh(DAY);
        assertThat(database.rows("select node_role from openshift_node_day where source = ?", source.toString()))
                .containsExactly(role);
        assertThat(nodes()).containsExactly("n||||" + role + "|");
    }

    @Test
    void theGreatestRoleOfThePodsCounts() {
        daily("pod_usage", DAY, "node", "n", "namespace", "a", "node_role", "infra");
        daily("pod_usage", DAY, "node", "n", "namespace", "b", "node_role", "worker");
        nodeDay(DAY, "n");
        refresh(DAY);
        assertThat(database.rows("select node_role from openshift_node_day where source = ?", source.toString()))
                .containsExactly("worker");
    }

    @Test
    void theNewestRoleLabelOfTheDayCounts() {
        daily("pod_usage", DAY, "node", "n", "namespace", "a");
        nodeDay(DAY, "n");
        daily(
                "node_labels",
                DAY,
                "node",
                "n",
                "node_labels",
                "{\"node_role_kubernetes_io\":\"infra\"}",
                "latest_interval_start",
                DAY + " 05:00Z");
        daily(
                "node_labels",
                DAY,
                "node",
                "n",
                "node_labels",
                "{\"node_role_kubernetes_io\":\"other\"}",
                "latest_interval_start",
                DAY + " 06:00Z");
        daily(
                "node_labels",
                DAY,
                "node",
                "n",
                "node_labels",
                "{\"app\":\"x\"}",
                "latest_interval_start",
                DAY + " 07:00Z");
        refresh(DAY);
        assertThat(database.rows("select node_role from openshift_node_day where source = ?", source.toString()))
                .containsExactly("worker");
    }

    @Test
    void aRoleOfADayDependsOnThatDayAlone() {
        daily("pod_usage", DAY, "node", "n", "namespace", "a", "node_role", "infra");
        daily("pod_usage", NEXT, "node", "n", "namespace", "openshift-kube-apiserver");
        nodeDay(DAY, "n");
        nodeDay(NEXT, "n");
        refresh(NEXT);
        refresh(DAY);
        assertThat(database.rows(
                        "select usage_start, node_role from openshift_node_day where source = ? order by 1",
                        source.toString()))
                .containsExactly("2025-11-03|infra", "2025-11-04|master");
    }

    @Test
    void aNodeWithoutALabelRowIsRegisteredToo() {
        daily("pod_usage", DAY, "node", "n", "namespace", "a", "resource_id", "i-1", "node_capacity_cpu_cores", 4);
        nodeDay(DAY, "n");
        refresh(DAY);
        assertThat(nodes()).containsExactly("n|i-1|4.00||worker|");
    }

    @Test
    void podsWithoutANodeMakeNone() {
        daily("pod_usage", DAY, "node", "", "namespace", "a");
        daily("pod_usage", DAY, "node", null, "namespace", "a");
        nodeDay(DAY, "");
        refresh(DAY);
        assertThat(nodes()).isEmpty();
    }

    @Test
    void aChangedCapacityOrResourceMakesANewNodeAndNothingElseDoes() {
        daily("pod_usage", DAY, "node", "n", "namespace", "a", "resource_id", "i-1", "node_capacity_cpu_cores", 4);
        daily("pod_usage", NEXT, "node", "n", "namespace", "a", "resource_id", "i-1", "node_capacity_cpu_cores", 8);
        nodeDay(DAY, "n");
        nodeDay(NEXT, "n");
        refresh(DAY);
        refresh(NEXT);
        refresh(NEXT);
        assertThat(nodes()).containsExactly("n|i-1|4.00||worker|", "n|i-1|8.00||worker|");
    }

    @Test
    void aChangedCapacityMakesANewNodeAlsoWhenTheDaysComeTogether() {
        daily("pod_usage", DAY, "node", "n", "namespace", "a", "resource_id", "i-1", "node_capacity_cpu_cores", 4);
        daily("pod_usage", NEXT, "node", "n", "namespace", "a", "resource_id", "i-1", "node_capacity_cpu_cores", 8);
        nodeDay(DAY, "n");
        nodeDay(NEXT, "n");
        refresh(DAY, NEXT);
        assertThat(nodes()).containsExactly("n|i-1|4.00||worker|", "n|i-1|8.00||worker|");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theRoleOfANodeIsThatOfItsLatestDayInWhateverOrderTheyCome(boolean inOrder) {
        daily("pod_usage", DAY, "node", "n", "namespace", "a", "node_role", "infra", "node_capacity_cpu_cores", 4);
        daily("node_labels", DAY, "node", "n", "node_labels", "{\"kubernetes_io_arch\":\"ARM64\"}");
        daily("pod_usage", NEXT, "node", "n", "namespace", "a", "node_role", "worker", "node_capacity_cpu_cores", 4);
        daily("node_labels", NEXT, "node", "n", "node_labels", "{\"kubernetes_io_arch\":\"arm64\"}");
        nodeDay(DAY, "n");
        nodeDay(NEXT, "n");
        for (String day : inOrder ? List.of(DAY, NEXT) : List.of(NEXT, DAY)) {
            refresh(day);
        }
        assertThat(nodes()).containsExactly("n||4.00||worker|arm64");
    }

    @Test
    void aVolumesHandleIsFilledOnce() {
        volume(DAY, "", "pv", "claim");
        refresh(DAY);
        assertThat(volumes()).containsExactly("pv|claim|");
        volume(NEXT, "handle-1", "pv", "claim");
        refresh(NEXT);
        assertThat(volumes()).containsExactly("pv|claim|handle-1");
        volume("2025-11-05", "handle-2", "pv", "claim");
        refresh("2025-11-05");
        assertThat(volumes()).containsExactly("pv|claim|handle-1");
    }

    @Test
    void volumesWithoutANameMakeNone() {
        volume(DAY, "h", null, "claim");
        volume(DAY, "h", "pv", null);
        refresh(DAY);
        assertThat(volumes()).isEmpty();
    }

    @Test
    void projectsComeFromPodsAndFromStorageOnce() {
        daily("pod_usage", DAY, "namespace", "both", "node", "");
        daily("pod_usage", DAY, "namespace", "", "node", "n");
        daily("pod_usage", DAY, "namespace", null, "node", "n");
        daily("storage_usage", DAY, "namespace", "both");
        daily("storage_usage", DAY, "namespace", "storage-only");
        refresh(DAY);
        refresh(DAY);
        assertThat(database.rows("select project from reporting_ocp_projects order by 1"))
                .containsExactly("both", "storage-only");
    }

    @Test
    void newLabelKeysAreRegisteredDisabledAndKnownOnesAreLeftAlone() {
        database.jdbc().update("insert into reporting_enabledtagkeys (key, enabled) values ('known', true)");
        daily("pod_usage", DAY, "pod_labels", "{\"pod\":\"1\",\"known\":\"1\"}");
        daily("pod_usage", DAY, "pod_labels", "{}");
        daily("pod_usage", DAY, "pod_labels", null);
        daily(
                "storage_usage",
                DAY,
                "persistentvolume_labels",
                "{\"pv\":\"1\"}",
                "persistentvolumeclaim_labels",
                "{\"pvc\":\"1\"}");
        daily("node_labels", DAY, "node_labels", "{\"node\":\"1\"}");
        daily("namespace_labels", DAY, "namespace_labels", "{\"namespace\":\"1\"}");
        daily("vm_usage", DAY, "vm_labels", "{\"vm\":\"1\"}");
        refresh(DAY);
        refresh(DAY);
        assertThat(database.rows("select key, enabled, provider_type from reporting_enabledtagkeys order by 1"))
                .containsExactly("known|t|OCP", "namespace|f|OCP", "node|f|OCP", "pod|f|OCP", "pv|f|OCP", "pvc|f|OCP");
    }

    @Test
    void aLabelKeyOfHostileLengthDoesNotFailThePayload() {
        var random = new java.util.Random(1);
        var key = new StringBuilder();
        for (int i = 0; i < 20_000; i++) {
            key.append((char) ('a' + random.nextInt(26)));
        }
        daily("pod_usage", DAY, "pod_labels", "{\"" + key + "\":\"1\",\"short\":\"1\"}");
        refresh(DAY);
        assertThat(database.rows("select key from reporting_enabledtagkeys")).containsExactly("short");
    }

    @Test
    void otherDaysAndSourcesAreNotLookedAt() {
        daily("pod_usage", NEXT, "namespace", "later", "node", "later", "pod_labels", "{\"later\":\"1\"}");
        daily(
                database.addSource("cluster-2"),
                "pod_usage",
                DAY,
                "namespace",
                "other",
                "node",
                "other",
                "pod_labels",
                "{\"other\":\"1\"}");
        refresh(DAY);
        assertThat(database.count("reporting_ocp_projects")).isZero();
        assertThat(database.count("reporting_ocp_nodes")).isZero();
        assertThat(database.count("reporting_enabledtagkeys")).isZero();
        assertThat(database.count("reporting_ocp_clusters")).isOne();
    }

    private void refresh(String... days) {
        for (String day : days) {
            database.jdbc().queryForList("select caravan.refresh_dimensions(?, ?::date)", source, day);
        }
    }

    private void nodeDay(String day, String node) {
        database.insert(
                "openshift_node_day",
                row(
                        "source",
                        source,
                        "usage_start",
                        day,
                        "node",
                        node,
                        "capacity_cpu_core_seconds",
                        1,
                        "capacity_memory_byte_seconds",
                        1));
    }

    private void volume(String day, String handle, String volume, String claim) {
        daily(
                "storage_usage",
                day,
                "persistentvolume",
                volume,
                "persistentvolumeclaim",
                claim,
                "csi_volume_handle",
                handle,
                "namespace",
                "a");
    }

    private List<String> nodes() {
        return database.rows(
                "select n.node, n.resource_id, n.node_capacity_cpu_cores, '', n.node_role, n.architecture"
                        + " from reporting_ocp_nodes n join reporting_ocp_clusters c on c.uuid = n.cluster_id where c.provider_id = ? order by 1, 2, 3",
                source);
    }

    private List<String> volumes() {
        return database.rows(
                "select persistent_volume, persistent_volume_claim, csi_volume_handle from reporting_ocp_pvcs order by 1, 2");
    }
}
