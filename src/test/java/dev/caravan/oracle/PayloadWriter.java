package dev.caravan.oracle;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedOutputStream;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipParameters;

/**
 * Writes payloads as an operator packs them: CSV files at the root of a tar.gz, {@code manifest.json} last.
 *
 * <p>The manifest lists every file added here, in this order; {@link #writeTo(Path, int...)} decides which of them
 * really travel in a tarball, {@link #writeEach} gives each a tarball of its own with the whole manifest. The same
 * calls give the same bytes.
 */
public final class PayloadWriter {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final DateTimeFormatter MONTH = DateTimeFormatter.ofPattern("uuuuMM");
    private static final Instant ZERO_TIME = Instant.parse("0001-01-01T00:00:00Z");
    private static final String OPERATOR_COMMIT = "cdd836a19466190844727ff8f71730cd39dc28b7";

    private final String clusterId;
    private final String uuid;
    private final List<Member> listed = new ArrayList<>();
    private final List<Member> optimization = new ArrayList<>();
    private final List<Member> unlisted = new ArrayList<>();
    private Instant date = Instant.parse("2026-01-01T00:00:00Z");
    private Instant start;
    private Instant end;
    private String version = OPERATOR_COMMIT;
    private Boolean dailyReports = true;
    private Map<String, ?> crStatus = Map.of();

    private PayloadWriter(String clusterId, String uuid) {
        this.clusterId = clusterId;
        this.uuid = uuid;
    }

    public static PayloadWriter of(String clusterId, String uuid) {
        return new PayloadWriter(clusterId, uuid);
    }

    /** A manifest's uuid (version 4) by a number; greater numbers give greater uuids up to 65535. */
    public static String uuid(int number) {
        Random random = new Random(number);
        long high = ((long) number << 48) | (random.nextLong() & 0xffff_ffff_0fffL) | 0x4000L;
        long low = (random.nextLong() & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L;
        return new UUID(high, low).toString();
    }

    /** When the operator packed it. */
    public PayloadWriter date(Instant date) {
        this.date = date;
        return this;
    }

    public PayloadWriter date(String date) {
        return date(Instant.parse(date));
    }

    /** {@code start} and {@code end} as an operator writes them for these hours. */
    public PayloadWriter covering(Hours hours) {
        return between(hours.from(), hours.lastSecond());
    }

    /** Either may be null: JSON's null is written then. Both are null at first. */
    public PayloadWriter between(Instant start, Instant end) {
        this.start = start;
        this.end = end;
        return this;
    }

    /** The zero time an operator writes when it collected nothing. */
    public PayloadWriter atZeroTime() {
        return between(ZERO_TIME, ZERO_TIME);
    }

    /** The operator's commit; null leaves the field out. */
    public PayloadWriter version(String version) {
        this.version = version;
        return this;
    }

    /** Null leaves the field out. */
    public PayloadWriter dailyReports(Boolean dailyReports) {
        this.dailyReports = dailyReports;
        return this;
    }

    /** An operator from before daily files: its reports add to what is there. */
    public PayloadWriter additive() {
        return dailyReports(false);
    }

    public PayloadWriter crStatus(Map<String, ?> crStatus) {
        this.crStatus = crStatus;
        return this;
    }

    /** Adds reports under the names an operator gives them. */
    public PayloadWriter reports(Report... reports) {
        return reports(List.of(reports));
    }

    public PayloadWriter reports(List<Report> reports) {
        for (Report report : reports) {
            listed.add(new Member(operatorName(report, listed.size()), report, null));
        }
        return this;
    }

    public PayloadWriter file(String name, Report report) {
        listed.add(new Member(name, report, null));
        return this;
    }

    public PayloadWriter file(String name, byte[] bytes) {
        listed.add(new Member(name, null, bytes));
        return this;
    }

    /** A file the manifest lists and no tarball of this writer brings. */
    public PayloadWriter neverSent(String name) {
        listed.add(new Member(name, null, null));
        return this;
    }

    /** A file listed as a resource optimization file; it is in every tarball that {@link #writeTo(Path)} writes. */
    public PayloadWriter optimizationFile(String name, byte[] bytes) {
        optimization.add(new Member(name, null, bytes));
        return this;
    }

    /** A member nothing lists. */
    public PayloadWriter unlisted(String name, byte[] bytes) {
        unlisted.add(new Member(name, null, bytes));
        return this;
    }

    /** The names of {@code files}, in order. */
    public List<String> files() {
        return listed.stream().map(Member::name).toList();
    }

    public String uuid() {
        return uuid;
    }

    /** One tarball with everything there is. */
    public Path writeTo(Path target) {
        return write(
                target,
                Stream.of(listed, optimization, unlisted)
                        .flatMap(List::stream)
                        .filter(Member::sent)
                        .toList());
    }

    /** The manifest travels alone. */
    public Path writeManifestOnly(Path target) {
        return write(target, List.of());
    }

    /** A tarball with only some of the listed files, by their positions. */
    public Path writeTo(Path target, int... positions) {
        return write(target, IntStream.of(positions).mapToObj(listed::get).toList());
    }

    /**
     * A tarball for each file, as an operator does when its files grow too large: {@code <prefix>-<position>.tar.gz},
     * listed files first, then those of the resource optimization.
     */
    public List<Path> writeEach(Path directory, String prefix) {
        List<Path> written = new ArrayList<>();
        Stream.concat(listed.stream(), optimization.stream())
                .filter(Member::sent)
                .forEach(member -> written.add(
                        write(directory.resolve(prefix + "-" + written.size() + ".tar.gz"), List.of(member))));
        return written;
    }

    private String operatorName(Report report, int position) {
        return "%s-cm-openshift-%s-%s.%d.csv"
                .formatted(uuid, report.kind().fileName(), MONTH.format(report.month()), position);
    }

    private Path write(Path target, List<Member> members) {
        var parameters = new GzipParameters();
        parameters.setCompressionLevel(Deflater.BEST_SPEED);
        try (var out = new BufferedOutputStream(Files.newOutputStream(target), 1 << 16);
                var gzip = new GzipCompressorOutputStream(out, parameters);
                var tar = new TarArchiveOutputStream(gzip)) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
            for (Member member : members) {
                if (member.bytes() != null) {
                    putBytes(tar, member.name(), member.bytes());
                } else {
                    putReport(
                            tar,
                            member.name(),
                            member.report(),
                            target.toAbsolutePath().getParent());
                }
            }
            putBytes(tar, "manifest.json", manifest());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return target;
    }

    private void putBytes(TarArchiveOutputStream tar, String name, byte[] bytes) throws IOException {
        tar.putArchiveEntry(entry(name, bytes.length));
        tar.write(bytes);
        tar.closeArchiveEntry();
    }

    /** A tar header names the size before the content comes: the rows go to a file beside the target first. */
    private void putReport(TarArchiveOutputStream tar, String name, Report report, Path directory) throws IOException {
        Path csv = Files.createTempFile(directory, "report", ".csv");
        try {
            writeCsv(report, csv);
            tar.putArchiveEntry(entry(name, Files.size(csv)));
            Files.copy(csv, tar);
            tar.closeArchiveEntry();
        } finally {
            Files.delete(csv);
        }
    }

    private TarArchiveEntry entry(String name, long size) {
        var entry = new TarArchiveEntry(name, true);
        entry.setSize(size);
        entry.setModTime(date.toEpochMilli());
        entry.setIds(0, 0);
        entry.setNames("", "");
        return entry;
    }

    private static void writeCsv(Report report, Path csv) throws IOException {
        try (BufferedWriter writer = Files.newBufferedWriter(csv);
                Stream<String[]> rows = report.rows()) {
            writer.append(line(report.header().toArray(String[]::new)));
            rows.forEachOrdered(row -> {
                try {
                    writer.append(line(row));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }

    /** A report's text as it stands in the tarball. */
    public static byte[] csv(Report report) {
        StringBuilder text = new StringBuilder(line(report.header().toArray(String[]::new)));
        report.rows().forEachOrdered(row -> text.append(line(row)));
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static CharSequence line(String[] cells) {
        StringBuilder line = new StringBuilder(512);
        for (int i = 0; i < cells.length; i++) {
            if (i > 0) {
                line.append(',');
            }
            line.append(quoted(cells[i]));
        }
        return line.append('\n');
    }

    private static String quoted(String cell) {
        boolean plain = cell.indexOf(',') < 0
                && cell.indexOf('"') < 0
                && cell.indexOf('\n') < 0
                && cell.indexOf('\r') < 0
                && !cell.startsWith(" ");
        return plain ? cell : '"' + cell.replace("\"", "\"\"") + '"';
    }

    private byte[] manifest() throws IOException {
        Map<String, Object> manifest = new LinkedHashMap<>();
        manifest.put("uuid", uuid);
        manifest.put("cluster_id", clusterId);
        if (version != null) {
            manifest.put("version", version);
        }
        manifest.put("date", date.toString());
        manifest.put("files", files());
        manifest.put(
                "resource_optimization_files",
                optimization.isEmpty()
                        ? null
                        : optimization.stream().map(Member::name).toList());
        manifest.put("start", start == null ? null : start.toString());
        manifest.put("end", end == null ? null : end.toString());
        manifest.put("cr_status", crStatus.isEmpty() ? ordinaryStatus() : crStatus);
        manifest.put("certified", false);
        if (dailyReports != null) {
            manifest.put("daily_reports", dailyReports);
        }
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(manifest);
    }

    private Map<String, Object> ordinaryStatus() {
        Map<String, Object> upload = new LinkedHashMap<>();
        upload.put("upload", true);
        upload.put("upload_cycle", 360);
        Map<String, Object> status = new LinkedHashMap<>();
        status.put("clusterID", clusterId);
        status.put("clusterVersion", "stable-4.18");
        status.put("upload", upload);
        status.put("operator_commit", OPERATOR_COMMIT);
        return status;
    }

    static YearMonth monthOf(Instant instant) {
        return YearMonth.from(instant.atOffset(ZoneOffset.UTC));
    }

    /** With neither report nor bytes it is listed only. */
    private record Member(String name, Report report, byte[] bytes) {
        boolean sent() {
            return report != null || bytes != null;
        }
    }
}
