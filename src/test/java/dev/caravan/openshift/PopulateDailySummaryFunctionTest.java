package dev.caravan.openshift;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.database.FunctionTestBase;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PopulateDailySummaryFunctionTest extends FunctionTestBase {
    private static final String DAY = "2025-11-03";
    private static final String NEXT = "2025-11-04";
    private static final double GIBIBYTE = 1L << 30;

    @BeforeEach
    void makeReportPeriods() {
        period(source);
        database.jdbc()
                .update(
                        "insert into reporting_enabledtagkeys (key, enabled) values ('app', true), ('team', true), ('off', false)");
    }

    @Test
    void podsOfANamespaceANodeAndALabelSetAreOneRowInHoursAndGibibytes() {
        for (String pod : new String[] {"p1", "p2"}) {
            daily(
                    "pod_usage",
                    DAY,
                    "namespace",
                    "a",
                    "node",
                    "n",
                    "pod",
                    pod,
                    "resource_id",
                    "i-" + pod,
                    "pod_labels",
                    "{\"app\":\"x\"}",
                    "pod_usage_cpu_core_seconds",
                    3600,
                    "pod_request_cpu_core_seconds",
                    7200,
                    "pod_effective_usage_cpu_core_seconds",
                    9000,
                    "pod_limit_cpu_core_seconds",
                    10_800,
                    "pod_usage_memory_byte_seconds",
                    3600 * GIBIBYTE,
                    "pod_request_memory_byte_seconds",
                    7200 * GIBIBYTE,
                    "pod_effective_usage_memory_byte_seconds",
                    9000 * GIBIBYTE,
                    "pod_limit_memory_byte_seconds",
                    10_800 * GIBIBYTE,
                    "node_capacity_cpu_cores",
                    4,
                    "node_capacity_memory_bytes",
                    16 * GIBIBYTE);
        }
        node("n", "worker", 36_000, 72_000 * GIBIBYTE);
        node("m", "worker", 3_600, 0);
        populate(DAY);
        assertThat(rows(
                        "namespace = 'a'",
                        "data_source, node, resource_id, usage_end, pod_labels, all_labels, volume_labels, cluster_id, cluster_alias,"
                                + number(
                                        "pod_usage_cpu_core_hours",
                                        "pod_request_cpu_core_hours",
                                        "pod_effective_usage_cpu_core_hours",
                                        "pod_limit_cpu_core_hours",
                                        "pod_usage_memory_gigabyte_hours",
                                        "pod_request_memory_gigabyte_hours",
                                        "pod_effective_usage_memory_gigabyte_hours",
                                        "pod_limit_memory_gigabyte_hours",
                                        "node_capacity_cpu_cores",
                                        "node_capacity_memory_gigabytes",
                                        "node_capacity_cpu_core_hours",
                                        "node_capacity_memory_gigabyte_hours",
                                        "cluster_capacity_cpu_core_hours",
                                        "cluster_capacity_memory_gigabyte_hours",
                                        "persistentvolumeclaim_capacity_gigabyte",
                                        "infrastructure_raw_cost")
                                + ", infrastructure_usage_cost"))
                .containsExactly(
                        "Pod|n|i-p2|2025-11-03|{\"app\": \"x\"}|{\"app\": \"x\"}||cluster-1|alias of cluster-1|2|4|5|6|2|4|5|6|4|16|10|20|11|20|||"
                                + "{\"cpu\": 0.000000000, \"memory\": 0.000000000, \"storage\": 0.000000000}");
    }

    @Test
    void namespaceNodeAndLabelsKeepRowsApartAndPodsDoNot() {
        pod("a", "n", "p1", "{\"app\":\"1\"}");
        pod("a", "n", "p2", "{\"app\":\"1\",\"off\":\"9\"}");
        pod("a", "n", "p3", "{\"app\":\"2\"}");
        pod("a", "m", "p4", "{\"app\":\"1\"}");
        pod("b", "n", "p5", "{\"app\":\"1\"}");
        node("n", "worker", 0, 0);
        node("m", "worker", 0, 0);
        populate(DAY);
        assertThat(rows(
                        "namespace in ('a', 'b')",
                        "namespace, node, pod_labels, " + number("pod_usage_cpu_core_hours")))
                .containsExactly(
                        "a|m|{\"app\": \"1\"}|1",
                        "a|n|{\"app\": \"1\"}|2",
                        "a|n|{\"app\": \"2\"}|1",
                        "b|n|{\"app\": \"1\"}|1");
    }

    @Test
    void podLabelsBeatNamespaceLabelsBeatNodeLabelsAndOnlyEnabledKeysStay() {
        database.jdbc().update("insert into reporting_enabledtagkeys (key) values ('k1'), ('k2'), ('k3')");
        pod("a", "n", "p", "{\"k1\":\"pod\",\"off\":\"pod\",\"vm_kubevirt_io_name\":\"vm\"}");
        daily(
                "namespace_labels",
                DAY,
                "namespace",
                "a",
                "namespace_labels",
                "{\"k1\":\"namespace\",\"k2\":\"namespace\",\"off\":\"namespace\"}");
        daily(
                "node_labels",
                DAY,
                "node",
                "n",
                "node_labels",
                "{\"k1\":\"node\",\"k2\":\"node\",\"k3\":\"node\",\"off\":\"node\"}");
        node("n", "worker", 0, 0);
        populate(DAY);
        assertThat(rows("namespace = 'a'", "pod_labels"))
                .containsExactly(
                        "{\"k1\": \"pod\", \"k2\": \"namespace\", \"k3\": \"node\", \"vm_kubevirt_io_name\": \"vm\"}");
    }

    @Test
    void aLabelSetThatChangesWithinTheDayIsMergedTheLatestValueWinning() {
        pod("a", "n", "p", "{}");
        daily(
                "node_labels",
                DAY,
                "node",
                "n",
                "node_labels",
                "{\"app\":\"z-early\",\"team\":\"early\"}",
                "latest_interval_start",
                DAY + " 05:00Z");
        daily(
                "node_labels",
                DAY,
                "node",
                "n",
                "node_labels",
                "{\"app\":\"a-late\"}",
                "latest_interval_start",
                DAY + " 06:00Z");
        daily(
                "namespace_labels",
                DAY,
                "namespace",
                "a",
                "namespace_labels",
                "{}",
                "latest_interval_start",
                DAY + " 05:00Z");
        daily(
                "namespace_labels",
                DAY,
                "namespace",
                "a",
                "namespace_labels",
                "{\"off\":\"1\"}",
                "latest_interval_start",
                DAY + " 06:00Z");
        node("n", "worker", 0, 0);
        populate(DAY);
        assertThat(rows("namespace = 'a'", "pod_labels, " + number("pod_usage_cpu_core_hours")))
                .containsExactly("{\"app\": \"a-late\", \"team\": \"early\"}|1");
    }

    @Test
    void ofTwoValuesOfTheSameIntervalTheGreaterWins() {
        pod("a", "n", "p", "{}");
        daily("node_labels", DAY, "node", "n", "node_labels", "{\"app\":\"b\"}");
        daily("node_labels", DAY, "node", "n", "node_labels", "{\"app\":\"a\",\"team\":\"x\"}");
        node("n", "worker", 0, 0);
        populate(DAY);
        assertThat(rows("namespace = 'a'", "pod_labels")).containsExactly("{\"app\": \"b\", \"team\": \"x\"}");
    }

    @Test
    void missingNumbersAreZeroHereAndNowhereElse() {
        daily("pod_usage", DAY, "namespace", "a", "node", "n", "pod", "p", "pod_labels", "{}");
        node("n", "worker", 0, 0);
        populate(DAY);
        assertThat(rows(
                        "namespace = 'a'",
                        number(
                                "pod_usage_cpu_core_hours",
                                "pod_limit_memory_gigabyte_hours",
                                "node_capacity_cpu_cores")))
                .containsExactly("0|0|0");
    }

    @Test
    void podsWithoutANodeAreInNoRow() {
        pod("a", "", "p", "{}");
        pod("a", null, "p", "{}");
        node("", "worker", 0, 0);
        populate(DAY);
        assertThat(rows("true", "namespace")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "master, Platform unallocated, Platform",
        "infra, Platform unallocated, Platform",
        "worker, Worker unallocated, ",
        "odd, , "
    })
    void unallocatedIsCapacityLessTheSumAlsoBelowZero(String role, String namespace, String category) {
        pod("a", "n", "p", "{\"app\":\"1\"}");
        pod("b", "n", "p", "{}");
        node("n", role, 3_600, 5 * 3600 * GIBIBYTE);
        populate(DAY);
        assertThat(rows(
                        "pod_labels is null",
                        "s.namespace, c.name, data_source, node, "
                                + number(
                                        "pod_usage_cpu_core_hours",
                                        "pod_request_cpu_core_hours",
                                        "pod_effective_usage_cpu_core_hours",
                                        "pod_limit_cpu_core_hours",
                                        "pod_usage_memory_gigabyte_hours",
                                        "node_capacity_cpu_core_hours",
                                        "cluster_capacity_cpu_core_hours")
                                + ", infrastructure_usage_cost, all_labels"))
                .containsExactly((namespace == null ? "" : namespace) + "|" + (category == null ? "" : category)
                        + "|Pod|n|-1|1|-1||5|1|1||{}");
    }

    @Test
    void podsAndUnallocatedTogetherAreTheCapacityOfTheNode() {
        for (int i = 0; i < 7; i++) {
            daily(
                    "pod_usage",
                    DAY,
                    "namespace",
                    "ns" + i % 3,
                    "node",
                    "n",
                    "pod",
                    "p" + i,
                    "pod_labels",
                    "{\"app\":\"" + i + "\"}",
                    "pod_usage_cpu_core_seconds",
                    1234.567 * i,
                    "pod_effective_usage_memory_byte_seconds",
                    1e15 / 7 * i);
        }
        node("n", "worker", 86_400 * 8, 86_400 * 3e10);
        populate(DAY);
        assertThat(database.rows("select round(sum(pod_usage_cpu_core_hours) - max(node_capacity_cpu_core_hours), 9),"
                        + " round(sum(pod_effective_usage_memory_gigabyte_hours) - max(node_capacity_memory_gigabyte_hours), 6)"
                        + " from reporting_ocpusagelineitem_daily_summary"))
                .containsExactly("0.000000000|0.000000");
    }

    @Test
    void ofSeveralMatchingCategoriesTheGreatestCounts() {
        database.jdbc().update("insert into reporting_ocp_cost_category (name) values ('Mine')");
        database.jdbc()
                .update("insert into reporting_ocp_cost_category_namespace (namespace, cost_category_id)"
                        + " select 'openshift-mon%', id from reporting_ocp_cost_category where name = 'Mine'");
        for (String namespace :
                new String[] {"openshift-monitoring", "openshift-dns", "openshift", "openshifts", "app"}) {
            pod(namespace, "n", "p", "{}");
        }
        node("n", "worker", 0, 0);
        populate(DAY);
        assertThat(rows("pod_labels is not null", "s.namespace, c.name"))
                .containsExactly(
                        "app|",
                        "openshift|Platform",
                        "openshift-dns|Platform",
                        "openshift-monitoring|Mine",
                        "openshifts|");
    }

    @ParameterizedTest
    @CsvSource({"2025-11-03, 30", "2025-12-03, 31"})
    void storageIsInGibibytesAndMonthsOfTheDaysTheyHave(String day, int days) {
        storage(day, "a", "no-such-pod", "pv", "claim", 86_400 * days);
        populate(day);
        assertThat(rows(
                        "true",
                        "data_source, s.namespace, node, resource_id, persistentvolumeclaim, persistentvolume, storageclass, volume_labels, all_labels, pod_labels, "
                                + number(
                                        "persistentvolumeclaim_capacity_gigabyte",
                                        "persistentvolumeclaim_capacity_gigabyte_months",
                                        "volume_request_storage_gigabyte_months",
                                        "persistentvolumeclaim_usage_gigabyte_months",
                                        "pod_usage_cpu_core_hours",
                                        "node_capacity_cpu_core_hours",
                                        "cluster_capacity_cpu_core_hours")
                                + ", infrastructure_usage_cost"))
                .containsExactly(
                        "Storage|a|||claim|pv|fast|{}|{}||10|10|4|2||||{\"cpu\": 0.000000000, \"memory\": 0.000000000, \"storage\": 0.000000000}");
    }

    @Test
    void aSharedVolumeIsSplitByItsNodesButNotItsCapacity() {
        pod("a", "n", "p1", "{}");
        pod("a", "m", "p2", "{}");
        storage(DAY, "a", "p1", "pv", "claim", 86_400 * 30);
        storage(DAY, "a", "p2", "pv", "claim", 86_400 * 30);
        populate(DAY);
        assertThat(rows("data_source = 'Storage'", "node, " + storageNumbers()))
                .containsExactly("m|10|10|2|1", "n|10|10|2|1");
    }

    @Test
    void aPodThatMovedSharesItsVolumeWithItselfAsKokuHasIt() {
        pod("a", "n", "p", "{}");
        pod("a", "m", "p", "{}");
        storage(DAY, "a", "p", "pv", "claim", 86_400 * 30);
        populate(DAY);
        assertThat(rows("data_source = 'Storage'", "node, " + storageNumbers()))
                .containsExactly("m|10|10|2|1", "n|10|10|2|1");
    }

    @Test
    void severalPodsOfOneNodeDoNotMultiplyTheirVolume() {
        pod("a", "n", "p", "{\"app\":\"1\"}");
        pod("a", "n", "p", "{\"app\":\"2\"}");
        storage(DAY, "a", "p", "pv", "claim", 86_400 * 30);
        populate(DAY);
        assertThat(rows("data_source = 'Storage'", "node, " + storageNumbers())).containsExactly("n|10|10|4|2");
    }

    @Test
    void claimLabelsBeatVolumeLabelsBeatNamespaceLabelsBeatNodeLabels() {
        database.jdbc().update("insert into reporting_enabledtagkeys (key) values ('k1'), ('k2'), ('k3'), ('k4')");
        pod("a", "n", "p", "{\"app\":\"of the pod\"}");
        daily(
                "storage_usage",
                DAY,
                "namespace",
                "a",
                "pod",
                "p",
                "persistentvolume",
                "pv",
                "persistentvolumeclaim",
                "c",
                "persistentvolumeclaim_labels",
                "{\"k1\":\"claim\",\"off\":\"1\"}",
                "persistentvolume_labels",
                "{\"k1\":\"volume\",\"k2\":\"volume\"}");
        daily(
                "namespace_labels",
                DAY,
                "namespace",
                "a",
                "namespace_labels",
                "{\"k2\":\"namespace\",\"k3\":\"namespace\"}");
        daily("node_labels", DAY, "node", "n", "node_labels", "{\"k3\":\"node\",\"k4\":\"node\"}");
        populate(DAY);
        assertThat(rows("data_source = 'Storage'", "volume_labels, all_labels, pod_labels"))
                .containsExactly("{\"k1\": \"claim\", \"k2\": \"volume\", \"k3\": \"namespace\", \"k4\": \"node\"}"
                        + "|{\"k1\": \"claim\", \"k2\": \"volume\", \"k3\": \"namespace\", \"k4\": \"node\"}|");
    }

    @Test
    void onlyTheNamedDaysOfTheSourceAreReplacedAndTwiceIsOnce() {
        UUID other = database.addSource("cluster-2");
        period(other);
        for (UUID owner : List.of(source, other)) {
            for (String day : new String[] {DAY, NEXT}) {
                summaryRow(owner, day, "Pod", "stale");
                summaryRow(owner, day, "GPU", "of another function");
            }
        }
        pod("a", "n", "p", "{}");
        node("n", "worker", 0, 0);
        for (int i = 0; i < 2; i++) {
            populate(DAY);
            assertThat(database.rows(
                            "select source_uuid = ?, usage_start, data_source, namespace from reporting_ocpusagelineitem_daily_summary order by 1, 2, 3, namespace collate \"C\"",
                            source))
                    .containsExactly(
                            "f|2025-11-03|GPU|of another function",
                            "f|2025-11-03|Pod|stale",
                            "f|2025-11-04|GPU|of another function",
                            "f|2025-11-04|Pod|stale",
                            "t|2025-11-03|GPU|of another function",
                            "t|2025-11-03|Pod|Worker unallocated",
                            "t|2025-11-03|Pod|a",
                            "t|2025-11-04|GPU|of another function",
                            "t|2025-11-04|Pod|stale");
        }
    }

    @Test
    void withoutEnabledKeysLabelSetsCollapse() {
        database.jdbc().update("update reporting_enabledtagkeys set enabled = false");
        pod("a", "n", "p1", "{\"app\":\"1\"}");
        pod("a", "n", "p2", "{\"app\":\"2\"}");
        pod("a", "n", "p3", null);
        node("n", "worker", 0, 0);
        populate(DAY);
        assertThat(rows("namespace = 'a'", "pod_labels, " + number("pod_usage_cpu_core_hours")))
                .containsExactly("{}|3");
    }

    @Test
    void anUnknownSourceIsRefused() throws Exception {
        assertThat(database.stateOf("select caravan.populate_daily_summary(?, '2025-11-03')", UUID.randomUUID()))
                .isEqualTo("P0002");
    }

    private void populate(String... days) {
        for (String day : days) {
            database.jdbc().queryForList("select caravan.populate_daily_summary(?, ?::date)", source, day);
        }
    }

    private void period(UUID of) {
        database.jdbc()
                .update(
                        "insert into reporting_ocpusagereportperiod (cluster_id, report_period_start, report_period_end, provider_id)"
                                + " values ('c', '2025-11-01 00:00Z', '2025-12-01 00:00Z', ?), ('c', '2025-12-01 00:00Z', '2026-01-01 00:00Z', ?)",
                        of,
                        of);
    }

    /** One core-hour of usage and effective usage. */
    private void pod(String namespace, String node, String pod, String labels) {
        daily(
                "pod_usage",
                DAY,
                "namespace",
                namespace,
                "node",
                node,
                "pod",
                pod,
                "pod_labels",
                labels,
                "pod_usage_cpu_core_seconds",
                3600,
                "pod_effective_usage_cpu_core_seconds",
                3600);
    }

    private void node(String node, String role, double coreSeconds, double byteSeconds) {
        database.insert(
                "openshift_node_day",
                row(
                        "source",
                        source,
                        "usage_start",
                        DAY,
                        "node",
                        node,
                        "node_role",
                        role,
                        "capacity_cpu_core_seconds",
                        coreSeconds,
                        "capacity_memory_byte_seconds",
                        byteSeconds));
    }

    /** Ten GiB of capacity, four requested, two used, for some seconds. */
    private void storage(String day, String namespace, String pod, String volume, String claim, double seconds) {
        daily(
                "storage_usage",
                day,
                "namespace",
                namespace,
                "pod",
                pod,
                "persistentvolume",
                volume,
                "persistentvolumeclaim",
                claim,
                "storageclass",
                "fast",
                "persistentvolume_labels",
                "{}",
                "persistentvolumeclaim_labels",
                "{}",
                "persistentvolumeclaim_capacity_bytes",
                10 * GIBIBYTE,
                "persistentvolumeclaim_capacity_byte_seconds",
                10 * GIBIBYTE * seconds,
                "volume_request_storage_byte_seconds",
                4 * GIBIBYTE * seconds,
                "persistentvolumeclaim_usage_byte_seconds",
                2 * GIBIBYTE * seconds);
    }

    private void summaryRow(UUID owner, String day, String dataSource, String namespace) {
        database.insert(
                "reporting_ocpusagelineitem_daily_summary",
                row(
                        "source_uuid",
                        owner,
                        "usage_start",
                        day,
                        "usage_end",
                        day,
                        "data_source",
                        dataSource,
                        "namespace",
                        namespace));
    }

    private List<String> rows(String where, String columns) {
        return database.rows(
                "select " + columns
                        + " from reporting_ocpusagelineitem_daily_summary s left join reporting_ocp_cost_category c on c.id = s.cost_category_id"
                        + " where source_uuid = ? and " + where.replace("namespace", "s.namespace") + " order by "
                        + "s.namespace collate \"C\", node, pod_labels::text",
                source);
    }

    private static String storageNumbers() {
        return number(
                "persistentvolumeclaim_capacity_gigabyte",
                "persistentvolumeclaim_capacity_gigabyte_months",
                "volume_request_storage_gigabyte_months",
                "persistentvolumeclaim_usage_gigabyte_months");
    }

    /** Columns as plain numbers, without the zeros of their scale. */
    private static String number(String... columns) {
        return String.join(
                ", ",
                List.of(columns).stream()
                        .map(column -> "trim_scale(round(" + column + ", 9))")
                        .toList());
    }
}
