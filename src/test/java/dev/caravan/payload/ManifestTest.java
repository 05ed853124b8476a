package dev.caravan.payload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String GOOD =
            """
            {
              "uuid": "0f1c2d3e-4a5b-4c6d-8e7f-001122334455",
              "cluster_id": "cluster-1",
              "version": "v4.4.1",
              "date": "2025-11-04T06:00:00Z",
              "files": ["a.csv", "b.csv"],
              "resource_optimization_files": ["ros.csv"],
              "start": "2025-11-03T00:00:00Z",
              "end": "2025-11-04T05:59:59Z",
              "certified": true,
              "daily_reports": true,
              "cr_status": {"clusterVersion": "stable-4.18"},
              "something_new": [1, 2]
            }
            """;

    @Test
    void asManyNamesAsTheLimitAndNoMore() {
        for (String list : List.of("files", "resource_optimization_files")) {
            assertThat(parse(with(list, names(100)))).isNotNull();
            // What stands behind the limit is not read.
            assertThatThrownBy(() -> parse(with(list, names(101) + ", \"x\": not JSON")))
                    .isInstanceOfSatisfying(PoisonPayloadException.class, e -> assertThat(e.reason())
                            .isEqualTo("over-limit"));
        }
    }

    private static String names(int count) {
        return IntStream.range(0, count)
                .mapToObj(number -> "\"file-" + number + "\"")
                .collect(Collectors.joining(",", "[", "]"));
    }

    @Test
    void allFieldsAreRead() {
        Manifest manifest = parse(GOOD);
        assertThat(manifest.uuid()).hasToString("0f1c2d3e-4a5b-4c6d-8e7f-001122334455");
        assertThat(manifest.clusterId()).isEqualTo("cluster-1");
        assertThat(manifest.version()).isEqualTo("v4.4.1");
        assertThat(manifest.date()).isEqualTo("2025-11-04T06:00:00Z");
        assertThat(manifest.files()).containsExactly("a.csv", "b.csv");
        assertThat(manifest.resourceOptimizationFiles()).containsExactly("ros.csv");
        assertThat(manifest.start()).isEqualTo("2025-11-03T00:00:00Z");
        assertThat(manifest.end()).isEqualTo("2025-11-04T05:59:59Z");
        assertThat(manifest.certified()).isTrue();
        assertThat(manifest.dailyReports()).isTrue();
        assertThat(manifest.crStatus().get("clusterVersion").textValue()).isEqualTo("stable-4.18");
    }

    @ParameterizedTest
    @ValueSource(strings = {"uuid", "cluster_id", "date"})
    void aManifestNeedsItsRequiredFields(String field) {
        assertInvalid(without(field), field);
        assertInvalid(with(field, "null"), field);
        assertInvalid(with(field, "\"\""), field);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "version",
                "files",
                "resource_optimization_files",
                "start",
                "end",
                "certified",
                "daily_reports",
                "cr_status"
            })
    void allOtherFieldsMayBeAbsentOrNull(String field) {
        for (Manifest manifest : new Manifest[] {parse(without(field)), parse(with(field, "null"))}) {
            switch (field) {
                case "version" -> assertThat(manifest.version()).isEmpty();
                case "files" -> assertThat(manifest.files()).isEmpty();
                case "resource_optimization_files" ->
                    assertThat(manifest.resourceOptimizationFiles()).isEmpty();
                case "start" -> assertThat(manifest.start()).isNull();
                case "end" -> assertThat(manifest.end()).isNull();
                case "certified" -> assertThat(manifest.certified()).isFalse();
                case "daily_reports" -> assertThat(manifest.dailyReports()).isFalse();
                default -> assertThat(manifest.crStatus()).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0f1c2d3e-4a5b-1c6d-8e7f-001122334455",
                "0f1c2d3e-4a5b-7c6d-8e7f-001122334455",
                "0f1c2d3e-4a5b-4c6d-ce7f-001122334455",
                "00000000-0000-0000-0000-000000000000",
                "0f1c2d3e4a5b4c6d8e7f001122334455",
                "{0f1c2d3e-4a5b-4c6d-8e7f-001122334455}",
                "0f1c2d3e-4a5b-4c6d-8e7f-001122334455 ",
                "1",
                "x"
            })
    void aUuidOfAnotherVersionIsRefused(String uuid) {
        assertInvalid(with("uuid", "\"" + uuid + "\""), "uuid");
    }

    @Test
    void aUuidInCapitalsIsTheSame() {
        assertThat(parse(with("uuid", "\"0F1C2D3E-4A5B-4C6D-8E7F-001122334455\""))
                        .uuid())
                .isEqualTo(parse(GOOD).uuid());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", " ", ".", "..", "../x", "a/b", "/a", "a\\\\b", "a\\u0000b", "a\\nb", "a\\u007fb", "a..b"})
    void unsafeNamesAreRefused(String name) {
        assertInvalid(with("cluster_id", "\"" + name + "\""), "cluster_id");
        assertInvalid(with("files", "[\"a.csv\", \"" + name + "\"]"), "files");
        assertInvalid(with("resource_optimization_files", "[\"" + name + "\"]"), "resource_optimization_files");
    }

    @Test
    void namesHaveALimit() {
        assertThat(parse(with("cluster_id", "\"" + "c".repeat(50) + "\"")).clusterId())
                .hasSize(50);
        assertInvalid(with("cluster_id", "\"" + "c".repeat(51) + "\""), "cluster_id");
        assertThat(parse(with("files", "[\"" + "f".repeat(255) + "\"]")).files())
                .hasSize(1);
        assertInvalid(with("files", "[\"" + "f".repeat(256) + "\"]"), "files");
    }

    @Test
    void aListHoldsNamesOnceAndNoNull() {
        assertInvalid(with("files", "[\"a.csv\", \"a.csv\"]"), "files");
        assertInvalid(with("files", "[\"a.csv\", null]"), "files");
        assertInvalid(with("files", "\"a.csv\""), "JSON");
        assertInvalid(with("files", "{}"), "JSON");
        assertInvalid(with("files", "[[\"a.csv\"]]"), "JSON");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0001-01-01T00:00:00Z", "0001-01-01T00:00:00", ""})
    void theYearOneMeansNothingWasCollected(String zero) {
        Manifest manifest = parse(with("start", "\"" + zero + "\"").replace("2025-11-04T05:59:59Z", zero));
        assertThat(manifest.start()).isNull();
        assertThat(manifest.end()).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "2025-11-04T06:00:00, 2025-11-04T06:00:00Z",
        "2025-11-04 06:00:00, 2025-11-04T06:00:00Z",
        "2025-11-04T06:00, 2025-11-04T06:00:00Z",
        "2025-11-04T06:00:00.123456789Z, 2025-11-04T06:00:00.123456Z",
        "2025-11-04T08:00:00+02:00, 2025-11-04T06:00:00Z",
        "2025-11-04T00:00:00-06:00, 2025-11-04T06:00:00Z"
    })
    void timesWithoutAZoneAreUtcAndAllAreKeptToTheMicrosecond(String text, String instant) {
        assertThat(parse(with("date", "\"" + text + "\"")).date()).isEqualTo(instant);
        assertThat(parse(with("start", "\"2025-11-01T00:00:00Z\"").replace("2025-11-04T05:59:59Z", text))
                        .end())
                .isEqualTo(instant);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x",
                "2025-11-04",
                "2025-11-31T00:00:00Z",
                "1762236000",
                "2025-11-04T06:00:00 CET",
                "2025-11-04T25:00:00Z"
            })
    void garbageForATimeIsRefused(String text) {
        assertInvalid(with("date", "\"" + text + "\""), "date");
        assertInvalid(with("start", "\"" + text + "\""), "start");
        assertInvalid(with("end", "\"" + text + "\""), "end");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-0044-03-15T00:00:00Z",
                "+10000-01-01T00:00:00Z",
                "+999999999-01-01T00:00:00Z",
                "0000-01-01T00:00:00Z"
            })
    void timesThatTheLedgerCannotHoldAreRefused(String text) {
        assertInvalid(with("date", "\"" + text + "\""), "date");
    }

    @Test
    void anEndTheLedgerCannotHoldIsRefused() {
        assertInvalid(with("end", "\"+10000-01-01T00:00:00Z\""), "end");
    }

    @Test
    void aSpanThatEndsBeforeItStartsIsRefused() {
        assertInvalid(with("end", "\"2025-11-02T23:59:59Z\""), "ends before");
        assertThat(parse(with("end", "\"2025-11-03T00:00:00Z\"")).end()).isEqualTo("2025-11-03T00:00:00Z");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "[]", "\"x\"", "1", "{", "not json", "{\"uuid\": {}}", "\u0000"})
    void otherJsonIsRefused(String json) {
        assertInvalid(json, "");
    }

    @Test
    void deepNestingIsRefusedOrReadButNeverOverflows() {
        assertInvalid(with("cr_status", "[".repeat(100_000)), "");
    }

    @ParameterizedTest
    @CsvSource({"true, v1, false", "false, v1, true", "false, '', false", "true, '', false"})
    void onlyAnOperatorOfKnownVersionWithoutDailyReportsIsAdditive(boolean daily, String version, boolean additive) {
        String json = with("daily_reports", Boolean.toString(daily)).replace("\"v4.4.1\"", "\"" + version + "\"");
        assertThat(parse(json).additive()).isEqualTo(additive);
    }

    @Test
    void theLedgerGetsEveryField() throws Exception {
        JsonNode ledger = JSON.readTree(parse(GOOD).toLedgerJson());
        assertThat(ledger)
                .isEqualTo(
                        JSON.readTree(
                                """
                                {
                                  "manifest_uuid": "0f1c2d3e-4a5b-4c6d-8e7f-001122334455",
                                  "cluster_id": "cluster-1",
                                  "manifest_date": "2025-11-04T06:00:00Z",
                                  "period_start": "2025-11-03T00:00:00Z",
                                  "period_end": "2025-11-04T05:59:59Z",
                                  "daily_reports": true,
                                  "additive": false,
                                  "version": "v4.4.1",
                                  "certified": true,
                                  "cr_status": {"clusterVersion": "stable-4.18"},
                                  "files": ["a.csv", "b.csv"],
                                  "resource_optimization_files": ["ros.csv"]
                                }
                                """));
    }

    @Test
    void aNulNeverReachesTheLedger() throws Exception {
        String json = with("cr_status", "{\"a\\u0000b\": \"x\\u0000\\u0000y\"}").replace("\"v4.4.1\"", "\"v\\u00001\"");
        JsonNode ledger = JSON.readTree(parse(json).toLedgerJson());
        assertThat(ledger.get("version").textValue()).isEqualTo("v1");
        assertThat(ledger.get("cr_status").get("ab").textValue()).isEqualTo("xy");
    }

    @Test
    void aBackslashBeforeU0000IsTextAndStays() throws Exception {
        JsonNode ledger = JSON.readTree(
                parse(with("cr_status", "{\"error\": \"C:\\\\u0000\"}")).toLedgerJson());
        assertThat(ledger.get("cr_status").get("error").textValue()).isEqualTo("C:\\u0000");
    }

    private static Manifest parse(String json) {
        return Manifest.parse(json.getBytes(StandardCharsets.UTF_8), 100);
    }

    private static void assertInvalid(String json, String naming) {
        assertThatThrownBy(() -> parse(json))
                .isInstanceOfSatisfying(PoisonPayloadException.class, e -> assertThat(e.reason())
                        .isEqualTo("manifest-invalid"))
                .hasMessageContaining(naming);
    }

    /** The good manifest with another value, which is JSON as it stands or, where it is not, text put in its place. */
    private static String with(String field, String value) {
        String without = without(field).strip();
        return without.substring(0, without.length() - 1) + ", \"" + field + "\": " + value + "}";
    }

    private static String without(String field) {
        try {
            return ((ObjectNode) JSON.readTree(GOOD)).without(field).toString();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
