package dev.caravan.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.bench.Cluster.Report;
import dev.caravan.bench.ClusterSize.Changes;
import dev.caravan.oracle.ReportKind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Payloads are shaped as an operator's, and follow from their seed. */
class PayloadFileTest {
    private static final String CLUSTER = "33333333-aaaa-4aaa-8aaa-000000000003";

    @TempDir
    private Path folder;

    @Test
    void theSameSeedGivesTheSameBytes() throws IOException {
        Path one = write("one", 1, 0);
        assertThat(write("again", 1, 0)).hasSameBinaryContentAs(one);
        assertThat(Files.mismatch(write("other", 2, 0), one)).isNotNegative();
        assertThat(Files.mismatch(write("tomorrow", 1, 1), one)).isNotNegative();
    }

    @Test
    void membersAreTheOperatorsWithTheManifestLast() throws IOException {
        Map<String, String> members = members(write("payload", 1, 0));

        assertThat(members.keySet()).last().isEqualTo("manifest.json");
        assertThat(header(members, "pod-usage")).isEqualTo(ReportKind.POD.header());
        assertThat(header(members, "storage-usage")).isEqualTo(ReportKind.STORAGE.header());
        assertThat(header(members, "node-usage")).isEqualTo(ReportKind.NODE_LABELS.header());
        assertThat(header(members, "namespace-usage")).isEqualTo(ReportKind.NAMESPACE_LABELS.header());
        assertThat(csv(members, "pod-usage").get(1))
                .startsWith("2025-01-01 00:00:00 +0000 UTC,2025-02-01 00:00:00 +0000 UTC,"
                        + "2025-01-01 00:00:00 +0000 UTC,2025-01-01 00:59:59 +0000 UTC,");
        for (String member : List.of("pod-usage", "storage-usage", "node-usage", "namespace-usage")) {
            List<String> lines = csv(members, member);
            int columns = lines.get(0).split(",", -1).length;
            assertThat(lines).allMatch(line -> line.split(",", -1).length == columns);
        }
    }

    @Test
    void theLastDayEndsWithTheLastPodRowAskedFor() throws IOException {
        var cluster = new Cluster(ClusterSize.ofRows(100, new Changes(null, 2, null, null, 3, 0.5)), 1);
        int[] rows = new int[4];
        for (int day = 0; day < rows.length; day++) {
            int number = day;
            cluster.write(Report.PODS, day, "+00", line -> rows[number]++);
        }
        assertThat(rows).containsExactly(48, 48, 4, 0);
        assertThat(cluster.size().days()).isEqualTo(3);
        Path csv = folder.resolve("pods.csv");
        PayloadFile.writePods(csv, cluster);
        assertThat(csv)
                .content()
                .hasLineCount(101)
                .contains("2025-01-03 01:00:00+00")
                .doesNotContain("UTC");
    }

    private Path write(String name, long seed, int day) throws IOException {
        var size = ClusterSize.named("small", new Changes(null, 12, null, 2, 6, 0.25));
        return PayloadFile.write(folder.resolve(name), new Cluster(size, seed), CLUSTER, day)
                .path();
    }

    private static List<String> header(Map<String, String> members, String report) {
        return List.of(csv(members, report).get(0).split(","));
    }

    private static List<String> csv(Map<String, String> members, String report) {
        String name = members.keySet().stream()
                .filter(member -> member.contains("-cm-openshift-" + report + "-202501."))
                .findFirst()
                .orElseThrow();
        return members.get(name).lines().toList();
    }

    private static Map<String, String> members(Path payload) throws IOException {
        Map<String, String> members = new LinkedHashMap<>();
        try (InputStream in = Files.newInputStream(payload);
                var tar = new TarArchiveInputStream(new GZIPInputStream(in))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                members.put(entry.getName(), new String(tar.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        return members;
    }
}
