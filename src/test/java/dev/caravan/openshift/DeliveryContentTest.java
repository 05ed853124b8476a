package dev.caravan.openshift;

import static dev.caravan.openshift.Scenario.changing;
import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.openshift.Scenario.Cluster;
import dev.caravan.oracle.ClusterModel;
import dev.caravan.oracle.ClusterModel.Volume;
import dev.caravan.oracle.Hours;
import dev.caravan.oracle.Report;
import dev.caravan.oracle.ReportKind;
import dev.caravan.payload.Delivery;
import dev.caravan.payload.Delivery.Outcome;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What operators of different ages write into their reports, and what changes within a day. */
class DeliveryContentTest extends ScenarioTestBase {
    private static final Hours DAY = Hours.day("2025-06-03");
    private static final ClusterModel MODEL = ClusterModel.small(31);

    @Test
    void withoutEnabledKeysRowsCollapseByNamespaceAndNode() throws Exception {
        scenario.enable(Set.of());
        Cluster cluster = sent(MODEL.reports(DAY.first(4)));

        cluster.assertAgrees();
        assertThat(new HashSet<>(cluster.strings("select distinct all_labels::text from"
                        + " org1234567.reporting_ocpusagelineitem_daily_summary where source_uuid = ?")))
                .as("a virtual machine's name is never filtered away")
                .isEqualTo(
                        Set.of("{}", "{\"vm_kubevirt_io_name\": \"vm-22\"}", "{\"vm_kubevirt_io_name\": \"vm-23\"}"));
    }

    @Test
    void withoutANodeRoleColumnTheRoleFollowsFromWhatRunsThere() throws Exception {
        Cluster cluster =
                sent(changing(MODEL.reports(DAY.first(4)), ReportKind.POD, pods -> pods.without("node_role")));

        cluster.assertAgrees();
        assertThat(unallocated(cluster)).contains("Platform unallocated", "Worker unallocated");
    }

    @Test
    void aRoleNobodyKnowsLeavesUnallocatedCapacityWithoutNamespace() throws Exception {
        Cluster cluster = sent(changing(
                MODEL.reports(DAY.first(4)),
                ReportKind.POD,
                pods -> pods.set(
                        "node_role", "storage", row -> row.get("node_role").equals("worker"))));

        cluster.assertAgrees();
        assertThat(unallocated(cluster)).contains("Platform unallocated", "none");
    }

    /** The namespaces of the rows without pod labels that are no storage. */
    private static List<String> unallocated(Cluster cluster) {
        return cluster.strings("select distinct coalesce(namespace, 'none') from"
                + " org1234567.reporting_ocpusagelineitem_daily_summary"
                + " where source_uuid = ? and data_source = 'Pod' and pod_labels is null");
    }

    @Test
    void theOrderOfColumnsIsFreeInEveryReport() throws Exception {
        Cluster ordered = sent(MODEL.reports(DAY.first(4)));
        Cluster shuffled = sent(MODEL.reports(DAY.first(4)).stream()
                .map(report -> report.shuffled(report.kind().ordinal() + 1))
                .toList());

        shuffled.assertAgrees();
        for (ReportKind kind : ReportKind.values()) {
            assertThat(shuffled.lines(kind)).as(kind.typeName()).isNotEmpty().isEqualTo(ordered.lines(kind));
        }
    }

    @Test
    void unknownColumnsAreIgnoredInEveryReport() throws Exception {
        Cluster plain = sent(MODEL.reports(DAY.first(4)));
        Cluster wider = sent(MODEL.reports(DAY.first(4)).stream()
                .map(report -> report.with("colour", "red, or \"blue\"").shuffled(7))
                .toList());

        wider.assertAgrees();
        for (ReportKind kind : ReportKind.values()) {
            assertThat(wider.lines(kind)).as(kind.typeName()).isNotEmpty().isEqualTo(plain.lines(kind));
        }
        assertThat(wider.hourly(ReportKind.VM, "vm_name")).hasSize(2 * 4);
        assertThat(wider.hourly(ReportKind.GPU, "gpu_uuid")).hasSize(3 * 4);
    }

    @Test
    void optionalColumnsMayBeMissing() throws Exception {
        Cluster cluster = sent(MODEL.reports(DAY.first(4)).stream()
                .map(report -> switch (report.kind()) {
                    case POD -> report.without("node_role");
                    case STORAGE -> report.without("node", "csi_driver", "csi_volume_handle");
                    case GPU ->
                        report.without(
                                "gpu_pod_utilization",
                                "gpu_max_slices",
                                "mig_instance_id",
                                "mig_profile",
                                "mig_strategy");
                    default -> report;
                })
                .toList());

        cluster.assertAgrees();
        assertThat(cluster.hourly(ReportKind.GPU, "coalesce(mig_profile, 'none')"))
                .containsOnly("none")
                .hasSize(3 * 4);
    }

    @Test
    void sliceSizesOfGpusAreDerivedAndUnknownModelsCountWhole() throws Exception {
        Report gpus = Report.empty(ReportKind.GPU, MODEL.gpus(DAY).month())
                .and(gpu("known", "NVIDIA-A100-SXM4-40GB", "", "2g.10gb"))
                .and(gpu("told", "Strange X9", "5", "1G.6GB+me"))
                .and(gpu("unknown", "Strange X9", "", "1g.6gb"))
                .and(gpu("whole", "Tesla   T4", "", ""))
                .and(gpu("small", "nvidia a30", "", "4g.24gb"));
        Cluster cluster = sent(changing(MODEL.reports(DAY.first(1)), ReportKind.GPU, any -> gpus));

        cluster.assertAgrees();
        String all = "concat_ws('|', gpu_uuid, gpu_model_name, gpu_vendor_name, mig_instance_id, mig_profile,"
                + " mig_strategy, 'slices ' || mig_slice_count, 'of ' || gpu_max_slices,"
                + " 'MiB ' || mig_memory_capacity_mib)";
        List<String> expected = List.of(
                "known|NVIDIA A100 SXM4 40GB|nvidia|MIG-known|2g.10gb|single|slices 2|of 7|MiB 10240",
                "small|nvidia a30|nvidia|MIG-small|4g.24gb|single|slices 4|of 4|MiB 24576",
                "told|Strange X9|nvidia|MIG-told|1G.6GB+me|single|slices 1|of 5|MiB 6144",
                "unknown|Strange X9|nvidia",
                "whole|Tesla T4|nvidia|||");
        assertThat(cluster.hourly(ReportKind.GPU, all)).isEqualTo(expected);
        assertThat(cluster.daily(ReportKind.GPU, all)).isEqualTo(expected);
    }

    private static String[] gpu(String uuid, String model, String mostSlices, String profile) {
        boolean slice = !profile.isEmpty();
        return Report.empty(ReportKind.GPU, MODEL.gpus(DAY).month())
                .hour(
                        DAY.from(),
                        "node",
                        "n",
                        "namespace",
                        "team-0",
                        "pod",
                        "pod-0",
                        "gpu_uuid",
                        uuid,
                        "gpu_model_name",
                        model,
                        "gpu_vendor_name",
                        "nvidia_com_gpu",
                        "gpu_memory_capacity_mib",
                        "40960",
                        "gpu_pod_uptime",
                        "3600",
                        "gpu_max_slices",
                        mostSlices,
                        "mig_instance_id",
                        slice ? "MIG-" + uuid : "",
                        "mig_profile",
                        profile,
                        "mig_strategy",
                        slice ? "single" : "")
                .rows()
                .findFirst()
                .orElseThrow();
    }

    @Test
    void labelsThatChangeWithinADayAreToldApartForPodsAndVolumesAndMergedForNodesAndNamespaces() throws Exception {
        String pod = "pod-2";
        String podNode = MODEL.nodes().get(MODEL.pods().get(2).homeNode()).name();
        String namespace = MODEL.pods().get(2).namespace();
        List<Report> reports = new ArrayList<>();
        for (Report report : MODEL.reports(DAY.first(9))) {
            reports.add(
                    switch (report.kind()) {
                        case POD ->
                            report.labelled(pod, DAY.hour(3), "label_app:zebra")
                                    .labelled(pod, DAY.hour(6), "label_app:aardvark|label_team:moved");
                        // The key zone changes twice, up and down: the latest counts, not the greatest. A key that goes
                        // away keeps its last value.
                        case NODE_LABELS ->
                            report.labelled(podNode, DAY.hour(3), "label_zone:zz|label_environment:gone")
                                    .labelled(podNode, DAY.hour(6), "label_zone:aa");
                        case NAMESPACE_LABELS ->
                            report.labelled(namespace, DAY.hour(2), "label_team:zz|label_storage_tier:namespace")
                                    .labelled(namespace, DAY.hour(5), "label_team:aa");
                        case STORAGE ->
                            report.labelled("claim-0", DAY.hour(4), "label_app:nothing")
                                    .set(
                                            "persistentvolumeclaim_labels",
                                            "label_app:other",
                                            row -> row.get("persistentvolumeclaim")
                                                            .equals("claim-3")
                                                    && !row.start().isBefore(DAY.hour(4)))
                                    .set(
                                            "persistentvolume_labels",
                                            "label_storage_tier:silver",
                                            row -> row.get("persistentvolume").equals("pv-4")
                                                    && !row.start().isBefore(DAY.hour(7)));
                        default -> report;
                    });
        }
        Cluster cluster = sent(reports);

        cluster.assertAgrees();
        assertThat(cluster.strings("select distinct pod_labels ->> 'app' from"
                        + " org1234567.reporting_ocpusagelineitem_daily_summary"
                        + " where source_uuid = ? and data_source = 'Pod' and namespace = '" + namespace
                        + "' and node = '" + podNode + "'"))
                .contains("zebra", "aardvark");
        assertThat(cluster.strings("select distinct all_labels ->> 'zone' from"
                        + " org1234567.reporting_ocpusagelineitem_daily_summary"
                        + " where source_uuid = ? and data_source = 'Pod' and pod_labels is not null and node = '"
                        + podNode + "'"))
                .containsExactly("aa");
    }

    @Test
    void aPodThatMovedHasRowsOnBothNodesAndSoHasItsVolume() throws Exception {
        Volume volume = MODEL.volumes().get(3);
        String pod = volume.mounts().get(0).podName();
        int other =
                (volume.mounts().get(0).pod().homeNode() + 1) % MODEL.nodes().size();
        ClusterModel moved = MODEL.moving(pod, other, DAY.hour(5));
        Cluster cluster = sent(moved.reports(DAY.first(8)));

        cluster.assertAgrees();
        assertThat(cluster.strings("select node from org1234567.reporting_ocpusagelineitem_daily_summary"
                        + " where source_uuid = ? and persistentvolume = '" + volume.name() + "'"))
                .as("nodes of " + volume.name())
                .hasSize(2)
                .contains(MODEL.nodes().get(other).name());
    }

    @Test
    void aPodWithoutANodeHasNoRowsAndLendsItsVolumeNoName() throws Exception {
        String pod = MODEL.volumes().get(4).mounts().get(0).podName();
        Cluster cluster = sent(changing(MODEL.reports(DAY.first(3)), ReportKind.POD, pods -> pods.set(
                        "node", "", row -> row.get("pod").equals(pod))
                .set("resource_id", "", row -> row.get("pod").equals(pod))));

        cluster.assertAgrees();
    }

    @Test
    void aPayloadThatCrossesAMonthCountsEachMonthByItsOwnDays() throws Exception {
        for (List<String> daysAndLengths : List.of(
                List.of("2025-08-31", "31", "30"),
                List.of("2024-02-29", "29", "31"),
                List.of("2024-12-31", "31", "31"))) {
            Hours span = Hours.days(daysAndLengths.get(0), 2);
            Hours hours = new Hours(span.hour(20), span.hour(28));
            Cluster cluster = scenario.cluster();
            Delivery delivery = cluster.send(
                    cluster.manifest(1, "2025-09-01T04:05:00Z", hours).reports(MODEL.reports(hours)));

            cluster.assertAgrees();
            assertThat(delivery.daysSummarized()).isEqualTo(2);
            // Four hours of a volume's capacity, as a share of each month.
            assertThat(
                            cluster.strings(
                                    """
                            select round(persistentvolumeclaim_capacity_gigabyte * 4 / 24
                                / nullif(persistentvolumeclaim_capacity_gigabyte_months, 0), 6)::float::text
                            from org1234567.reporting_ocpusagelineitem_daily_summary
                            where source_uuid = ? and persistentvolume = 'pv-1'
                            """))
                    .as(daysAndLengths.get(0))
                    .isEqualTo(Stream.of(daysAndLengths.get(1), daysAndLengths.get(2))
                            .sorted()
                            .toList());
            assertThat(cluster.strings("select to_char(report_period_start at time zone 'UTC', 'YYYY-MM')"
                            + " from org1234567.reporting_ocpusagereportperiod where provider_id = ?"))
                    .hasSize(2);
        }
    }

    @Test
    void theLastHourOfAMonthStaysInIt() throws Exception {
        Hours last = Hours.day("2025-02-28").after(22);
        Cluster cluster = scenario.cluster();

        Delivery delivery =
                cluster.send(cluster.manifest(1, "2025-03-01T00:05:00Z", last).reports(MODEL.reports(last)));

        cluster.assertAgrees();
        assertThat(delivery.daysSummarized()).isEqualTo(1);
        assertThat(new HashSet<>(cluster.hourly(ReportKind.POD, "year || month || usage_start")))
                .containsExactly("2025022025-02-28");
    }

    private static Cluster sent(List<Report> reports) {
        Cluster cluster = scenario.cluster();
        cluster.send(
                cluster.manifest(1, "2025-06-03T12:00:00Z", DAY.first(9))
                        .reports(reports)
                        .writeTo(scenario.next()),
                Outcome.LOADED);
        return cluster;
    }
}
