package dev.caravan.kafka;

import static dev.caravan.TestKafka.announcement;
import static dev.caravan.TestKafka.identity;

import dev.caravan.TestCaravan;
import dev.caravan.oracle.Hours;
import dev.caravan.oracle.PayloadWriter;
import dev.caravan.payload.Archive;
import dev.caravan.payload.PayloadServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/** Inputs that attack, that are broken, and that only look so; each with what must become of it. */
final class HostileInputs {
    static final Hours DAY = Hours.day("2026-10-05");

    private static final int MEBIBYTE = 1 << 20;
    private static final String ORGANISATION = TestCaravan.ORGANISATION;
    private static final String OTHER_ORGANISATION = "7654321";
    private static final String HOUR = "2026-10-05 00:00:00 +0000 UTC";
    private static final String NEXT_HOUR = "2026-10-05 01:00:00 +0000 UTC";
    /** Limits of config/application.yaml. */
    private static final int MOST_LABELS = 10_000;

    private static final int MOST_NAMES = 10_000;
    private static final int LONGEST_FIELD = MEBIBYTE;
    private static final int LONGEST_ANNOUNCEMENT = MEBIBYTE;

    private HostileInputs() {}

    /** A message, and what must become of it. */
    record Input(String name, Sent sent, Expected expected) {
        @Override
        public String toString() {
            return name;
        }
    }

    /** Gives the text of a message, and puts what it announces where it says. */
    interface Sent {
        String message(Place place) throws IOException;
    }

    /** Where an input may put what it announces, and a registered cluster of its own. */
    record Place(PayloadServer server, Path folder, int number) {
        String cluster() {
            return "hostile-" + number;
        }

        String request() {
            return "request-" + number;
        }

        String path() {
            return "/hostile-" + number;
        }

        /** An announcement by whoever may announce for the organisation. */
        String announcing(String url) {
            return announcement(request(), ORGANISATION, url);
        }
    }

    /**
     * What must become of an input.
     *
     * @param reason code under which it is in quarantine; null when it is not
     * @param status of its one report in the ledger
     * @param rejects of its rows: line, column where one is at fault, reason
     * @param expression over its stored rows, in SQL; null when there are none
     * @param stored the values of the expression, in their order
     */
    record Expected(String reason, String status, List<String> rejects, String expression, List<String> stored) {
        String reply() {
            return reason == null || reason.equals("unknown-source") ? "success" : "failure";
        }

        Expected storing(String sql, String... values) {
            return new Expected(reason, status, rejects, sql, List.of(values));
        }
    }

    private static Expected kept(String reason) {
        return new Expected(reason, null, null, null, null);
    }

    private static Expected loaded(String expression, String... stored) {
        return new Expected(null, "loaded", List.of(), expression, List.of(stored));
    }

    /** The good row beside the refused ones is loaded. */
    private static Expected rejected(String... rejects) {
        return new Expected(null, "loaded", List.of(rejects), "namespace", List.of("shop"));
    }

    private static Expected nothingLoaded(String status) {
        return new Expected(null, status, List.of(), "namespace", List.of());
    }

    static List<Input> all() {
        return Stream.of(archives(), manifests(), contents(), numbers(), times(), texts(), addresses(), messages())
                .flatMap(inputs -> inputs)
                .toList();
    }

    private static Stream<Input> archives() {
        return Stream.of(
                bytes("nothing at all", new byte[0], kept("not-a-tar-gz")),
                bytes("not gzip", "a,b,c\n1,2,3\n".getBytes(StandardCharsets.UTF_8), kept("not-a-tar-gz")),
                bytes("truncated gzip", Arrays.copyOf(Archive.good().gzip(), 120), kept("not-a-tar-gz")),
                bytes("empty tar", Archive.gzip(new byte[10_240]), kept("not-a-tar-gz")),
                bytes("gzip of text", Archive.gzip("a".repeat(5_000).getBytes()), kept("not-a-tar-gz")),
                payload(
                        "garbage behind the gzip stream",
                        place -> joined(packed(place, csv(row())), "garbage".getBytes(StandardCharsets.UTF_8)),
                        loaded("namespace", "shop")),
                archive("no manifest", new Archive().file("pod.csv", "a,b\n1,2\n"), kept("no-manifest")),
                archive("manifest in a folder", new Archive().file("x/manifest.json", "{}"), kept("unsafe-member")),
                archive("two manifests", Archive.good().manifest(), kept("unsafe-member")),
                archive("two members of one name", Archive.good().file("pod.csv", "x"), kept("unsafe-member")),
                archive("symbolic link", link(TarConstants.LF_SYMLINK), kept("unsafe-member")),
                archive("hard link", link(TarConstants.LF_LINK), kept("unsafe-member")),
                archive("character device", kind(TarConstants.LF_CHR), kept("unsafe-member")),
                archive("block device", kind(TarConstants.LF_BLK), kept("unsafe-member")),
                archive("fifo", kind(TarConstants.LF_FIFO), kept("unsafe-member")),
                archive("absolute name", Archive.good().file("/etc/cron.d/x", "x"), kept("unsafe-member")),
                archive("name that climbs", Archive.good().file("../../caravan-hostile", "x"), kept("unsafe-member")),
                archive(
                        "name that climbs by backslashes",
                        Archive.good().file("a\\..\\..\\x", "x"),
                        kept("unsafe-member")),
                archive("over-long pax name", Archive.good().file("x".repeat(300), "x"), kept("unsafe-member")),
                archive(
                        "pax header of 2 MiB",
                        Archive.good().file("pax", TarConstants.LF_PAX_EXTENDED_HEADER_LC, paxComment(2 * MEBIBYTE)),
                        kept("over-limit")),
                streamed("1,000,000 members", Archive.manyMembers()),
                streamed("10 GB of zeros", Archive.zeros()));
    }

    private static Stream<Input> manifests() {
        return Stream.of(
                manifest("manifest of 11 MiB", Archive.MANIFEST + hex(11 * MEBIBYTE), kept("over-limit")),
                manifest("manifest that is no JSON", "{uuid: ", kept("manifest-invalid")),
                manifest("manifest of brackets", "[".repeat(100_000), kept("manifest-invalid")),
                manifest(
                        "uuid of version 1",
                        with("uuid", "0f1c2d3e-4a5b-1c6d-8e7f-001122334455"),
                        kept("manifest-invalid")),
                manifest(
                        "uuid that is a path", with("uuid", "../../0f1c2d3e-4a5b-4c6d-8e7f"), kept("manifest-invalid")),
                manifest("cluster id that climbs", with("cluster_id", "../cluster-1"), kept("manifest-invalid")),
                manifest("cluster id of half a character", with("cluster_id", "\\ud800"), kept("manifest-invalid")),
                manifest("date of the year 10000", with("date", "+10000-01-01T00:00:00Z"), kept("manifest-invalid")),
                manifest("lying text with a line break", with("files", "x\\nERROR forged"), kept("manifest-invalid")),
                manifest(
                        "one name too many",
                        Archive.MANIFEST.replace(
                                "[\"pod.csv\"]",
                                IntStream.rangeClosed(0, MOST_NAMES)
                                        .mapToObj(name -> "\"" + name + "\"")
                                        .collect(Collectors.joining(",", "[", "]"))),
                        kept("over-limit")),
                manifest("cluster nobody registered", with("cluster_id", "nobody's"), kept("unknown-source")),
                new Input(
                        "status with half a character, NUL and a huge number",
                        place -> place.announcing(place.server()
                                .bytes(
                                        place.path(),
                                        new Archive()
                                                .file("pod.csv", csv(row()))
                                                .file(
                                                        "manifest.json",
                                                        manifestOf(place)
                                                                .replace(
                                                                        "}",
                                                                        ", \"cr_status\": {\"a\\u0000\\ud800\":"
                                                                                + " [\"\\udc00\", 1e999, 1e-999]}}"))
                                                .gzip())),
                        loaded("namespace", "shop")));
    }

    private static Stream<Input> contents() {
        return Stream.of(
                report("0 bytes", "", nothingLoaded("empty")),
                report("header only", header(), nothingLoaded("empty")),
                report("header of no report", "a,b\n1,2\n", nothingLoaded("unknown-type")),
                report("byte order mark", "\uFEFF" + csv(row()), loaded("namespace", "shop")),
                report("CRLF", csv(row()).replace("\n", "\r\n"), loaded("pod_labels", "{\"app\":\"cart\"}")),
                report("no line break at the end", csv(row()).strip(), loaded("namespace", "shop")),
                report(
                        "quoted line break",
                        csv(row().with("namespace", "two\nlines"), row().with("node_capacity_cpu_cores", "x")),
                        new Expected(null, "loaded", List.of("4 node_capacity_cpu_cores not-a-number"), null, null)
                                .storing("namespace", "two\nlines")),
                report("quote that is never closed", csv(row()) + "\"" + csv(row()), kept("malformed-csv")),
                report("two columns of one name", csv(row()).replaceFirst("node,", "pod,"), kept("malformed-csv")),
                report("500 columns", columns(500), nothingLoaded("unknown-type")),
                report("501 columns", columns(501), kept("over-limit")),
                report(
                        "too few fields",
                        csv(row()) + HOUR + "," + NEXT_HOUR + "\n",
                        rejected("3 interval_start too-few-fields")),
                report(
                        "too many fields",
                        csv(row()) + csv(row()).split("\n")[1] + ",x\n",
                        rejected("3 too-many-fields")),
                raw("invalid UTF-8", place -> invalidUtf8(), loaded("namespace", "sh\uFFFD(p")),
                report(
                        "NUL",
                        csv(row(), row().with("namespace", "sh\u0000p"), row().with("pod_labels", "label_a:\u0000")),
                        rejected("3 namespace nul-character", "4 pod_labels nul-character")),
                report(
                        "field as long as the limit",
                        csv(row().with("pod_labels", "label_a:" + "x".repeat(LONGEST_FIELD - 8))),
                        loaded("length(pod_labels::jsonb ->> 'a')", Integer.toString(LONGEST_FIELD - 8))),
                report(
                        "field longer than the limit",
                        csv(row().with("pod_labels", "label_a:" + "x".repeat(LONGEST_FIELD - 7))),
                        kept("malformed-csv")),
                report(
                        "name longer than its column",
                        csv(row(), row().with("pod", "x".repeat(254))),
                        rejected("3 pod text-too-long")));
    }

    private static Stream<Input> numbers() {
        return Stream.of(
                number("NaN", "NaN", "not-a-number"),
                number("infinite", "+Inf", "not-a-number"),
                number("Infinity", "-Infinity", "not-a-number"),
                number("1e308", "1e308", "number-too-large"),
                number("1e999", "1e999", "number-too-large"),
                number("negative", "-1", "negative-number"),
                number("decimal comma", "1,5", "not-a-number"),
                number("thousands", "1 000", "not-a-number"),
                number("hexadecimal", "0x1p3", "not-a-number"),
                number("digits of another script", "\u0661\u0662", "not-a-number"),
                report(
                        "minus zero",
                        csv(row().with("pod_usage_cpu_core_seconds", "-0")),
                        loaded("pod_usage_cpu_core_seconds", "0")),
                report(
                        "no number",
                        csv(row().with("pod_usage_cpu_core_seconds", "")),
                        loaded("coalesce(pod_usage_cpu_core_seconds::text, 'none')", "none")));
    }

    private static Stream<Input> times() {
        return Stream.of(
                time("no start", "", NEXT_HOUR, "3 interval_start not-a-time"),
                time("no end", HOUR, "", "3 interval_end not-a-time"),
                time(
                        "start of the year 1",
                        "0001-01-01 00:00:00 +0000 UTC",
                        HOUR,
                        "3 interval_start outside-retention"),
                time(
                        "start of the year 9999",
                        "9999-12-31 22:00:00 +0000 UTC",
                        "9999-12-31 23:00:00 +0000 UTC",
                        "3 interval_start in-the-future"),
                time("start of the year 10000", "+10000-01-01T00:00:00Z", HOUR, "3 interval_start not-a-time"),
                time("end before its start", NEXT_HOUR, HOUR, "3 interval_start ends-before-it-starts"),
                time("end at its start", HOUR, HOUR, "3 interval_start ends-before-it-starts"),
                time(
                        "time of another zone",
                        "2026-10-05 00:00:00 +0900 JST",
                        NEXT_HOUR,
                        "3 interval_start not-a-time"));
    }

    private static Stream<Input> texts() {
        String markup = "<script>alert('\"x\"')</script> & co";
        String whale = Character.toString(0x1F433);
        return Stream.of(
                stored("namespace of the word null", "namespace", "null"),
                stored("namespace of the word NA", "namespace", "NA"),
                stored("quotes and HTML", "namespace", markup),
                stored("formula", "pod", "=cmd|' /C calc'!A0"),
                stored("SQL", "node", "'; drop schema caravan cascade; --"),
                stored("expression", "pod", "${bean:caravan?method=close} {{caravan.database.password}}"),
                report(
                        "longest names of wide characters",
                        csv(row().with("node", wide(253, 1)).with("resource_id", wide(512, 2))),
                        loaded("char_length(node) + char_length(resource_id)", "765")),
                report(
                        "refused value cut within a character",
                        csv(row(), row().with("pod_usage_cpu_core_seconds", "x".repeat(199) + whale)),
                        rejected("3 pod_usage_cpu_core_seconds not-a-number")),
                report("10,000 labels", csv(row().with("pod_labels", labels(MOST_LABELS))), labelsStored(MOST_LABELS)),
                report(
                        "one label too many",
                        csv(row(), row().with("pod_labels", labels(MOST_LABELS + 1))),
                        rejected("3 pod_labels too-many-labels")),
                report(
                        "label key of 3,000 characters",
                        csv(row().with("pod_labels", "label_" + hex(3_000) + ":x")),
                        labelsStored(1)),
                report(
                        "labels with bars and colons",
                        csv(row().with("pod_labels", "label_a:x:y|label_b:1||label_c|:|label_d:\"\\|")),
                        loaded("pod_labels", "{\"\":\"\",\"b\":\"1\",\"d\":\"\\\"\\\\\"}")));
    }

    private static Stream<Input> addresses() {
        return Stream.of(
                address("address of a cloud's secrets", "http://169.254.169.254/latest/meta-data/?q=secret"),
                address("file", "file:///etc/passwd"),
                address("jar", "jar:http://127.0.0.1/x!/y"),
                address("host that is not listed", "https://unlisted.example/x?q=secret"),
                address("this machine by a number", "http://2130706433/x?q=secret"),
                address("no address", "no address\\r\\nHost: x?q=secret"),
                new Input(
                        "user info",
                        place -> place.announcing(
                                place.server().bytes(place.path(), new byte[1]).replace("//", "//user:secret@")),
                        kept("download-not-allowed")),
                answer(
                        "host that redirects",
                        request -> {
                            request.getResponseHeaders().add("Location", "http://169.254.169.254/");
                            request.sendResponseHeaders(302, -1);
                        },
                        kept("download-not-allowed")),
                answer(
                        "host without the payload",
                        request -> request.sendResponseHeaders(404, -1),
                        kept("download-refused")),
                answer("host that fails", request -> request.sendResponseHeaders(503, -1), kept("download-timeout")),
                answer("host that never answers", request -> pause(Long.MAX_VALUE), kept("download-timeout")),
                answer(
                        "host that sends a byte now and then",
                        request -> {
                            request.sendResponseHeaders(200, 1000);
                            while (pause(50)) {
                                request.getResponseBody().write('x');
                                request.getResponseBody().flush();
                            }
                        },
                        kept("download-timeout")),
                answer(
                        "host that promises 2 GiB",
                        request -> PayloadServer.promise(request, 2L << 30),
                        kept("over-limit")));
    }

    private static Stream<Input> messages() {
        String url = "http://127.0.0.1:1/x?q=secret";
        return Stream.of(
                message("no JSON", "no JSON \u0000 at all"),
                message("empty message", ""),
                message("JSON of another shape", "[[]]"),
                message("deep JSON", "[".repeat(50_000)),
                message("no org_id", "{\"request_id\": \"%s\", \"url\": \"" + url + "\"}"),
                message("org_id that is a path", announcement("%s", "../" + ORGANISATION, url)),
                message("no url", "{\"request_id\": \"%s\", \"org_id\": \"" + ORGANISATION + "\"}"),
                message(
                        "announcement of 2 MiB",
                        announcement("%s", ORGANISATION, url + "x".repeat(2 * LONGEST_ANNOUNCEMENT))),
                message("identity that is no Base64", announcement("%s", ORGANISATION, url, "{}")),
                message("identity that is no JSON", announcement("%s", ORGANISATION, url, base64("secret"))),
                message("identity of nobody", announcement("%s", ORGANISATION, url, base64("{\"identity\": {}}"))),
                new Input(
                        "identity of another organisation",
                        place -> announcement(place.request(), ORGANISATION, url, identity(OTHER_ORGANISATION)),
                        kept("identity-mismatch")),
                new Input(
                        "identity of two organisations",
                        place -> announcement(
                                place.request(),
                                ORGANISATION,
                                url,
                                base64("{\"identity\": {\"org_id\": \"" + ORGANISATION
                                        + "\", \"internal\": {\"org_id\": \"" + OTHER_ORGANISATION + "\"}}}")),
                        kept("identity-mismatch")),
                new Input(
                        "request id of half a character",
                        place -> announcement("\\ud800", ORGANISATION, url),
                        kept("download-not-allowed")),
                new Input(
                        "no identity",
                        place -> announcement(
                                place.request(),
                                ORGANISATION,
                                place.server().bytes(place.path(), packed(place, csv(row()))),
                                ""),
                        loaded("namespace", "shop")));
    }

    private interface Bytes {
        byte[] of(Place place) throws IOException;
    }

    private static Input payload(String name, Bytes bytes, Expected expected) {
        return new Input(
                name, place -> place.announcing(place.server().bytes(place.path(), bytes.of(place))), expected);
    }

    private static Input bytes(String name, byte[] bytes, Expected expected) {
        return payload(name, place -> bytes, expected);
    }

    private static Input archive(String name, Archive archive, Expected expected) {
        return payload(name, place -> archive.gzip(), expected);
    }

    private static Input streamed(String name, Supplier<InputStream> body) {
        return answer(
                name,
                request -> {
                    request.sendResponseHeaders(200, 0);
                    try (InputStream bytes = body.get()) {
                        bytes.transferTo(request.getResponseBody());
                    }
                    request.getResponseBody().close();
                },
                kept("over-limit"));
    }

    private static Input manifest(String name, String manifest, Expected expected) {
        return archive(name, new Archive().file("pod.csv", "a,b\n1,2\n").file("manifest.json", manifest), expected);
    }

    /** A payload with one report, otherwise as it should be. */
    private static Input report(String name, String csv, Expected expected) {
        return payload(name, place -> packed(place, csv), expected);
    }

    private static Input raw(String name, Bytes csv, Expected expected) {
        return payload(name, place -> packed(place, csv.of(place)), expected);
    }

    private static Input number(String name, String text, String reason) {
        return report(
                "number: " + name,
                csv(row(), row().with("pod_usage_cpu_core_seconds", text)),
                rejected("3 pod_usage_cpu_core_seconds " + reason));
    }

    private static Input time(String name, String start, String end, String reject) {
        return report(
                name, csv(row(), row().with("interval_start", start).with("interval_end", end)), rejected(reject));
    }

    private static Input stored(String name, String column, String text) {
        return report(name, csv(row().with(column, text)), loaded(column, text));
    }

    private static Input address(String name, String url) {
        return new Input("address: " + name, place -> place.announcing(url), kept("download-not-allowed"));
    }

    private static Input answer(String name, PayloadServer.Answer answer, Expected expected) {
        return new Input(name, place -> place.announcing(place.server().answer(place.path(), answer)), expected);
    }

    /** {@code %s} stands for the request. */
    private static Input message(String name, String text) {
        return new Input("message: " + name, place -> text.replace("%s", place.request()), kept("bad-announcement"));
    }

    /** A slow server is what is sent to, so that it really waits; false when it is to stop. */
    private static boolean pause(long milliseconds) {
        try {
            Thread.sleep(milliseconds);
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    private static Archive link(byte kind) {
        return new Archive().manifest().link("pod.csv", kind, "/etc/passwd");
    }

    private static Archive kind(byte kind) {
        return new Archive().manifest().file("pod.csv", kind, new byte[0]);
    }

    private static String with(String field, String text) {
        return Archive.MANIFEST.replaceAll(
                "\"" + field + "\": (\"[^\"]*\"|\\[[^]]*])",
                Matcher.quoteReplacement("\"" + field + "\": \"" + text + "\""));
    }

    private static String manifestOf(Place place) {
        return Archive.MANIFEST.replace("cluster-1", place.cluster()).replace("2025-11-04", "2026-10-06");
    }

    private static byte[] packed(Place place, String csv) throws IOException {
        return packed(place, csv.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] packed(Place place, byte[] csv) throws IOException {
        Path file = PayloadWriter.of(place.cluster(), PayloadWriter.uuid(place.number()))
                .date("2026-10-06T00:04:59Z")
                .covering(DAY)
                .file("pods.csv", csv)
                .writeTo(place.folder().resolve("hostile-" + place.number() + ".tar.gz"));
        byte[] bytes = Files.readAllBytes(file);
        Files.delete(file);
        return bytes;
    }

    /** A row of a pod report as it should be, columns by name. */
    private record Row(Map<String, String> cells) {
        Row with(String column, String text) {
            if (cells.replace(column, text) == null) {
                throw new IllegalArgumentException(column);
            }
            return this;
        }

        String line() {
            return cells.values().stream()
                    .map(text -> text.matches("(?s).*[,\"\r\n].*") ? '"' + text.replace("\"", "\"\"") + '"' : text)
                    .collect(Collectors.joining(",", "", "\n"));
        }
    }

    private static Row row() {
        Map<String, String> cells = new LinkedHashMap<>();
        cells.put("report_period_start", HOUR);
        cells.put("report_period_end", NEXT_HOUR);
        cells.put("interval_start", HOUR);
        cells.put("interval_end", NEXT_HOUR);
        cells.put("node", "node-1");
        cells.put("namespace", "shop");
        cells.put("pod", "cart-1");
        for (String measure : List.of("cpu_core", "memory_byte")) {
            for (String kind : List.of("usage", "request", "limit")) {
                cells.put("pod_" + kind + "_" + measure + "_seconds", "3600");
            }
        }
        cells.put("node_capacity_cpu_cores", "4");
        cells.put("node_capacity_cpu_core_seconds", "14400");
        cells.put("node_capacity_memory_bytes", "1000000");
        cells.put("node_capacity_memory_byte_seconds", "3600000000");
        cells.put("resource_id", "i-1");
        cells.put("pod_labels", "label_app:cart");
        return new Row(cells);
    }

    private static String header() {
        return String.join(",", row().cells().keySet()) + "\n";
    }

    private static String csv(Row... rows) {
        return header() + Arrays.stream(rows).map(Row::line).collect(Collectors.joining());
    }

    private static String columns(int count) {
        return IntStream.range(0, count).mapToObj(i -> "c" + i).collect(Collectors.joining(",", "", "\n"));
    }

    private static byte[] invalidUtf8() {
        byte[] csv = csv(row().with("namespace", "sh~(p")).getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < csv.length; i++) {
            if (csv[i] == '~') {
                csv[i] = (byte) 0xc3;
            }
        }
        return csv;
    }

    private static String labels(int count) {
        return IntStream.range(0, count).mapToObj(i -> "label_k" + i + ":v").collect(Collectors.joining("|"));
    }

    private static Expected labelsStored(int count) {
        return loaded("(select count(*) from jsonb_object_keys(pod_labels::jsonb))", Integer.toString(count));
    }

    /** Characters of three bytes in UTF-8 that do not compress well. */
    private static String wide(int count, int seed) {
        return new Random(seed)
                .ints(count, 0x4E00, 0x9FA5)
                .mapToObj(Character::toString)
                .collect(Collectors.joining());
    }

    private static byte[] paxComment(int bytes) {
        String start = bytes + " comment=";
        return (start + hex(bytes) + "\n").substring(0, bytes).getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] noise(int bytes) {
        byte[] noise = new byte[bytes];
        new Random(1).nextBytes(noise);
        return noise;
    }

    private static String hex(int characters) {
        return HexFormat.of().formatHex(noise(characters / 2));
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] joined(byte[]... parts) {
        var joined = new ByteArrayOutputStream();
        Arrays.stream(parts).forEach(joined::writeBytes);
        return joined.toByteArray();
    }
}
