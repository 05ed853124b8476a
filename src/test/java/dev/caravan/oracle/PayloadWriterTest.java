package dev.caravan.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PayloadWriterTest {
    private static final Hours DAY = Hours.day("2026-11-03");
    private static final String CLUSTER = "33333333-aaaa-4aaa-8aaa-000000000003";

    @TempDir
    Path directory;

    @Test
    void theSameSeedGivesTheSameBytes() throws IOException {
        Path one = payload(7).writeTo(directory.resolve("one.tar.gz"));
        Path same = payload(7).writeTo(directory.resolve("same.tar.gz"));
        Path other = payload(8).writeTo(directory.resolve("other.tar.gz"));

        assertThat(one).hasSameBinaryContentAs(same);
        assertThat(Files.mismatch(one, other)).isNotNegative();
    }

    @Test
    void theManifestListsTheMembersAndComesLast() throws IOException {
        var writer = payload(7)
                .optimizationFile("ros-openshift-container-202611.6.csv", new byte[] {1, 2})
                .unlisted("notes.txt", new byte[0]);
        Map<String, byte[]> members = members(writer.writeTo(directory.resolve("payload.tar.gz")));
        JsonNode manifest = new ObjectMapper().readTree(members.get("manifest.json"));

        List<String> names = new ArrayList<>(writer.files());
        names.addAll(List.of("ros-openshift-container-202611.6.csv", "notes.txt", "manifest.json"));
        assertThat(members.keySet()).containsExactlyElementsOf(names);
        assertThat(texts(manifest.get("files"))).isEqualTo(writer.files());
        assertThat(texts(manifest.get("resource_optimization_files")))
                .containsExactly("ros-openshift-container-202611.6.csv");
        assertThat(manifest.get("start").asText()).isEqualTo("2026-11-03T00:00:00Z");
        assertThat(manifest.get("end").asText()).isEqualTo("2026-11-03T23:59:59Z");
        assertThat(manifest.get("daily_reports").asBoolean()).isTrue();
    }

    @Test
    void everyFileGetsItsOwnTarballWithTheWholeManifest() throws IOException {
        var writer = payload(7);
        List<Path> parts = writer.writeEach(directory, "part");

        assertThat(parts).hasSize(6);
        for (int i = 0; i < parts.size(); i++) {
            Map<String, byte[]> members = members(parts.get(i));
            assertThat(members.keySet()).containsExactly(writer.files().get(i), "manifest.json");
            assertThat(texts(new ObjectMapper()
                            .readTree(members.get("manifest.json"))
                            .get("files")))
                    .isEqualTo(writer.files());
        }
    }

    @Test
    void aTarballBringsOnlyTheFilesAskedFor() throws IOException {
        var writer = payload(7).neverSent("never.csv");

        assertThat(members(writer.writeTo(directory.resolve("some.tar.gz"), 4, 1))
                        .keySet())
                .containsExactly(writer.files().get(4), writer.files().get(1), "manifest.json");
        assertThat(members(writer.writeManifestOnly(directory.resolve("none.tar.gz")))
                        .keySet())
                .containsExactly("manifest.json");
        assertThat(members(writer.writeTo(directory.resolve("all.tar.gz"))).keySet())
                .doesNotContain("never.csv");
    }

    @Test
    void anEarlierFileOfADayIsTheBeginningOfALaterOne() {
        var cluster = ClusterModel.small(7);
        for (int i = 0; i < 6; i++) {
            String whole = text(cluster.reports(DAY).get(i));
            assertThat(whole).startsWith(text(cluster.reports(DAY.first(6)).get(i)));
        }
    }

    @Test
    void everyReportIsOfItsKindWithSixDecimals() {
        for (Report report : ClusterModel.small(7).reports(DAY.first(1))) {
            assertThat(ReportKind.of(report.header())).contains(report.kind());
            assertThat(ReportKind.of(report.shuffled(5).header())).contains(report.kind());
            report.rows().forEach(row -> {
                assertThat(row).hasSize(report.header().size()).doesNotContainNull();
                for (String measure : report.kind().measures()) {
                    String cell = row[report.header().indexOf(measure)];
                    assertThat(cell.isEmpty() || cell.matches("\\d+\\.\\d{6}|7"))
                            .as(measure)
                            .isTrue();
                }
            });
        }
    }

    @Test
    void aClusterHasEverySpecialCase() {
        var cluster = ClusterModel.small(7);
        List<Report.Row> pods = rows(cluster.podUsage(DAY.first(1)));
        List<Report.Row> volumes = rows(cluster.storageUsage(DAY.first(1)));

        assertThat(pods).extracting(row -> row.get("node_role")).contains("master", "infra", "worker");
        assertThat(pods).anyMatch(row -> row.get("pod_request_cpu_core_seconds").isEmpty());
        assertThat(pods)
                .filteredOn(row -> !row.get("pod_request_cpu_core_seconds").isEmpty())
                .extracting(row -> Math.signum(Double.parseDouble(row.get("pod_usage_cpu_core_seconds"))
                        - Double.parseDouble(row.get("pod_request_cpu_core_seconds"))))
                .contains(1.0, -1.0);
        assertThat(pods).extracting(row -> row.get("namespace")).contains("openshift-kube-apiserver", "team-0");
        assertThat(volumes)
                .filteredOn(row -> row.get("persistentvolume").equals("pv-0"))
                .extracting(row -> row.get("node"))
                .doesNotHaveDuplicates()
                .hasSize(2);
        assertThat(volumes)
                .filteredOn(row -> row.get("persistentvolume").equals("pv-1"))
                .allMatch(row -> row.get("namespace").isEmpty()
                        && row.get("persistentvolumeclaim").isEmpty());
        assertThat(volumes)
                .filteredOn(row -> row.get("persistentvolume").equals("pv-2"))
                .allMatch(row -> pods.stream().noneMatch(pod -> pod.get("pod").equals(row.get("pod"))));
        assertThat(rows(cluster.gpus(DAY.first(1))))
                .extracting(row -> row.get("mig_profile").isEmpty())
                .contains(true, false);
    }

    @Test
    void aChangedReportDiffersOnlyWhereItWasChanged() {
        Report pods = ClusterModel.small(7).podUsage(DAY.first(4));

        assertThat(pods.without("node_role").header())
                .doesNotContain("node_role")
                .hasSize(19);
        assertThat(pods.with("colour", "red").header()).endsWith("colour");
        assertThat(rows(pods.with("colour", "red")))
                .allMatch(row -> row.get("colour").equals("red"));
        assertThat(rows(pods.shuffled(3)))
                .extracting(row -> row.get("pod"))
                .isEqualTo(rows(pods).stream().map(row -> row.get("pod")).toList());
        assertThat(pods.shuffled(3).header()).isNotEqualTo(pods.header());
        assertThat(rows(pods.labelled("pod-1", DAY.hour(2), "label_app:new")))
                .filteredOn(row -> row.get("pod_labels").equals("label_app:new"))
                .extracting(row -> row.get("pod") + " " + row.start())
                .containsExactly("pod-1 2026-11-03T02:00:00Z", "pod-1 2026-11-03T03:00:00Z");
        assertThat(rows(pods.scaled(0.5))).zipSatisfy(rows(pods), (half, whole) -> assertThat(
                        Double.parseDouble(half.get("pod_usage_cpu_core_seconds")) * 2)
                .isCloseTo(Double.parseDouble(whole.get("pod_usage_cpu_core_seconds")), within(1e-5)));
    }

    @Test
    void aMovedPodRunsOnTheOtherNodeFromItsHourOn() {
        var cluster = ClusterModel.small(7);
        int home = cluster.pods().get(0).homeNode();
        int other = (home + 1) % 4;
        List<Report.Row> rows = rows(cluster.moving("pod-0", other, DAY.hour(2))
                .podUsage(DAY.first(4))
                .where(row -> row.get("pod").equals("pod-0")));

        assertThat(rows)
                .extracting(row -> row.get("node"))
                .containsExactly(
                        cluster.nodes().get(home).name(),
                        cluster.nodes().get(home).name(),
                        cluster.nodes().get(other).name(),
                        cluster.nodes().get(other).name());
        assertThat(rows.get(3).get("resource_id"))
                .isEqualTo(cluster.nodes().get(other).resourceId());
    }

    @Test
    void greaterNumbersGiveGreaterUuids() {
        assertThat(PayloadWriter.uuid(1))
                .matches("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
        assertThat(List.of(PayloadWriter.uuid(1), PayloadWriter.uuid(2), PayloadWriter.uuid(60_000)))
                .isSorted();
    }

    @Test
    void aHundredThousandRowsAreWrittenWithoutBeingHeld() throws IOException {
        assertStreams(4200, 1, 100_800);
    }

    @Tag("soak")
    @Test
    void aMillionRowsAreWrittenWithoutBeingHeld() throws IOException {
        assertStreams(41_667, 1, 1_000_008);
        assertStreams(2000, 7, 336_000);
    }

    private void assertStreams(int pods, int days, int rows) throws IOException {
        Hours hours = Hours.days("2026-11-03", days);
        var cluster = ClusterModel.of(7, ClusterModel.Sizes.ofPods(pods));
        Path payload = PayloadWriter.of(CLUSTER, PayloadWriter.uuid(7))
                .covering(hours)
                .reports(cluster.podUsage(hours))
                .writeTo(directory.resolve("large.tar.gz"));

        long lines = 0;
        try (var tar = new TarArchiveInputStream(new GZIPInputStream(Files.newInputStream(payload)))) {
            tar.getNextEntry();
            byte[] buffer = new byte[1 << 16];
            for (int read = tar.read(buffer); read >= 0; read = tar.read(buffer)) {
                for (int i = 0; i < read; i++) {
                    lines += buffer[i] == '\n' ? 1 : 0;
                }
            }
        }
        assertThat(lines).isEqualTo(rows + 1);
        try (var left = Files.list(directory)) {
            assertThat(left).containsExactly(payload);
        }
    }

    private static PayloadWriter payload(long seed) {
        return PayloadWriter.of(CLUSTER, PayloadWriter.uuid(1))
                .date("2026-11-04T00:04:59Z")
                .covering(DAY)
                .reports(ClusterModel.small(seed).reports(DAY));
    }

    private static List<Report.Row> rows(Report report) {
        Map<String, Integer> positions = new LinkedHashMap<>();
        report.header().forEach(column -> positions.put(column, positions.size()));
        return report.rows().map(cells -> new Report.Row(positions, cells)).toList();
    }

    private static String text(Report report) {
        return new String(PayloadWriter.csv(report), StandardCharsets.UTF_8);
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(text -> texts.add(text.asText()));
        return texts;
    }

    private static Map<String, byte[]> members(Path payload) throws IOException {
        Map<String, byte[]> members = new LinkedHashMap<>();
        try (var tar = new TarArchiveInputStream(new GZIPInputStream(Files.newInputStream(payload)))) {
            for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                members.put(entry.getName(), tar.readAllBytes());
            }
        }
        return members;
    }
}
