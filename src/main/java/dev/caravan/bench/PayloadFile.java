package dev.caravan.bench;

import dev.caravan.bench.Cluster.Report;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.zip.Deflater;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipParameters;

/**
 * A day of a cluster as a metrics operator packs it: the reports as CSV files and, last, {@code manifest.json}.
 *
 * @param rows of all reports
 * @param bytes of the tar.gz
 */
record PayloadFile(Path path, long rows, long bytes) {
    private static final DateTimeFormatter MONTH = DateTimeFormatter.ofPattern("uuuuMM");
    private static final String OPERATOR_COMMIT = "cdd836a19466190844727ff8f71730cd39dc28b7";
    private static final int BUFFER = 1 << 16;

    /**
     * Writes it; the same arguments give the same bytes.
     *
     * @param clusterId that the manifest names
     * @param day counted from 0
     */
    static PayloadFile write(Path target, Cluster cluster, String clusterId, int day) throws IOException {
        LocalDate date = Cluster.FIRST_DAY.plusDays(day);
        String manifest = uuid(clusterId + " " + date);
        Instant packed =
                date.plusDays(1).atStartOfDay(ZoneOffset.UTC).plusMinutes(5).toInstant();
        var parameters = new GzipParameters();
        parameters.setCompressionLevel(Deflater.BEST_SPEED);
        List<String> names = new ArrayList<>();
        var rows = new long[1];
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(target), BUFFER);
                var tar = new TarArchiveOutputStream(new GzipCompressorOutputStream(out, parameters))) {
            tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
            for (Report report : Report.values()) {
                names.add("%s-cm-openshift-%s-%s.%d.csv"
                        .formatted(manifest, report.fileName(), MONTH.format(date), report.ordinal()));
                // A tar header names the size before the content comes: the rows are made twice and never kept.
                var size = new long[] {report.header().length()};
                cluster.write(report, day, " +0000 UTC", line -> {
                    size[0] += line.length();
                    rows[0]++;
                });
                put(tar, names.get(report.ordinal()), size[0], packed);
                tar.write(bytes(report.header()));
                cluster.write(report, day, " +0000 UTC", line -> tar.write(bytes(line)));
                tar.closeArchiveEntry();
            }
            byte[] text = bytes(manifest(manifest, clusterId, date, packed, names));
            put(tar, "manifest.json", text.length, packed);
            tar.write(text);
            tar.closeArchiveEntry();
        }
        return new PayloadFile(target, rows[0], Files.size(target));
    }

    /** Writes the pod rows of all days as one CSV with a header and ISO times. */
    static void writePods(Path target, Cluster cluster) throws IOException {
        try (var out = Files.newBufferedWriter(target, StandardCharsets.ISO_8859_1)) {
            out.write(Report.PODS.header());
            for (int day = 0; day < cluster.size().days(); day++) {
                cluster.write(Report.PODS, day, "+00", out::append);
            }
        }
    }

    /** A uuid that follows from a name, and passes for one by chance (version 4). */
    static String uuid(String name) {
        var uuid = UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString();
        return uuid.substring(0, 14) + "4" + uuid.substring(15);
    }

    private static byte[] bytes(CharSequence ascii) {
        return ascii.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private static void put(TarArchiveOutputStream tar, String name, long size, Instant time) throws IOException {
        var entry = new TarArchiveEntry(name);
        entry.setSize(size);
        entry.setIds(0, 0);
        entry.setNames("", "");
        entry.setModTime(time.toEpochMilli());
        tar.putArchiveEntry(entry);
    }

    private static String manifest(String uuid, String clusterId, LocalDate date, Instant packed, List<String> files) {
        return """
                {"uuid": "%1$s", "cluster_id": "%2$s", "version": "%3$s", "date": "%4$s", "files": ["%5$s"],
                "resource_optimization_files": null, "start": "%6$sT00:00:00Z", "end": "%6$sT23:59:59Z", "cr_status":
                {"clusterID": "%2$s", "clusterVersion": "stable-4.18", "operator_commit": "%3$s"}, "certified": false,
                "daily_reports": true}
                """
                .formatted(uuid, clusterId, OPERATOR_COMMIT, packed, String.join("\", \"", files), date);
    }
}
