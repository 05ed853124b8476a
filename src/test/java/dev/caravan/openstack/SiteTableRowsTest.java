package dev.caravan.openstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caravan.CaravanSettings;
import dev.caravan.TestSettings;
import dev.caravan.openstack.SiteTableRows.Reject;
import dev.caravan.payload.FastCsvDataFormat;
import dev.caravan.payload.PoisonPayloadException;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of the fields of a site's row. */
class SiteTableRowsTest {
    private final CaravanSettings settings = TestSettings.with(Map.of("caravan.limits.rejects-kept", 2));

    @ParameterizedTest
    @CsvSource({
        "2024-01-02T03:04:05, 2024-01-02T03:04:05Z",
        "2024-01-02 03:04:05, 2024-01-02T03:04:05Z",
        "2024-01-02 03:04:05.5, 2024-01-02T03:04:05.5Z",
        "2024-01-02 03:04:05.123456, 2024-01-02T03:04:05.123456Z",
        "2024-01-02 03:04:05.123456789, 2024-01-02T03:04:05.123456Z",
        "2024-01-02T03:04:05Z, 2024-01-02T03:04:05Z",
        "2024-01-02T03:04:05.25+00:00, 2024-01-02T03:04:05.25Z",
        "2024-02-29, 2024-02-29T00:00:00Z",
        "1969-12-31 23:59:59.999999, 1969-12-31T23:59:59.999999Z",
    })
    void timesAreUtcInEverySpelling(String text, Instant expected) {
        assertThat(SiteTime.micros(text)).isEqualTo(expected.getEpochSecond() * 1_000_000 + expected.getNano() / 1000);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "yesterday",
                "2024-13-01 00:00:00",
                "2024-02-30 00:00:00",
                "2024-00-10 00:00:00",
                "2024-01-01 24:00:00",
                "2024-01-01 00:60:00",
                "2024-01-01 00:00:00+01:00",
                "2024-01-01 00:00",
                "2024-01-01 00:00:00x",
                "2024-01-01_00:00:00",
                "2024-1-1",
                "-024-01-01 00:00:00",
            })
    void otherTimesRejectTheirRow(String text) {
        SiteTableRows rows = rows(SiteTable.LEASES, "id,start_date,end_date", "a," + text + ",");
        assertThat(read(rows)).isEmpty();
        assertThat(rows.rejects()).containsExactly(new Reject(1, "not-a-time", "start_date"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "NULL", "\\N", "0000-00-00", "0000-00-00 00:00:00", "0000-00-00 00:00:00.000000"})
    void noTimeInAnySpellingIsNone(String text) {
        assertThat(read(rows(SiteTable.LEASES, "id,start_date,end_date", "a," + text + ",2024-01-01")))
                .singleElement()
                .satisfies(row -> assertThat(row.get("start_date")).isNull());
    }

    @Test
    void ofARecordOfAChangeTheMembersThatCountAreColumns() {
        SiteTableRows rows = rows(
                SiteTable.AUDIT_COMPUTEHOSTS,
                "audit_id,id,audit_event_type,audit_changed_at,data",
                "1,h1,INSERT,2024-01-02,\"{\"\"reservable\"\": 1, \"\"disabled\"\": \"\"0\"\", \"\"status\"\": \"\"active\"\","
                        + " \"\"hypervisor_hostname\"\": \"\"bm01\"\", \"\"vcpus\"\": 48, \"\"more\"\": {\"\"vcpus\"\": 1}}\"",
                "2,h1,UPDATE,2024-01-03,\"{\"\"reservable\"\": null, \"\"disabled\"\": true}\"",
                "3,h1,UPDATE,2024-01-03,[]",
                "4,h1,UPDATE,2024-01-03,\"{\"\"vcpus\"\": \"\"many\"\"}\"",
                "5,h1,DELETE,2024-01-04,");
        List<Map<String, Object>> stored = read(rows);
        assertThat(stored).hasSize(3);
        assertThat(stored.get(0))
                .containsEntry("hypervisor_hostname", "bm01")
                .containsEntry("reservable", true)
                .containsEntry("disabled", false)
                .containsEntry("vcpus", 48L)
                .containsEntry("memory_mb", null)
                .doesNotContainKey("data");
        assertThat(stored.get(1)).containsEntry("reservable", null).containsEntry("disabled", true);
        assertThat(stored.get(2)).containsEntry("audit_event_type", "DELETE").containsEntry("vcpus", null);
        assertThat(rows.rejects())
                .containsExactly(new Reject(3, "not-json", "data"), new Reject(4, "not-a-number", "data"));
    }

    @Test
    void columnsComeInAnyOrderAndOthersAreLeftAside() {
        assertThat(read(rows(
                        SiteTable.COMPUTEHOSTS,
                        "reservable,vcpus,hypervisor_hostname,memory_mb,created_at,id",
                        "1,48.0,bm01,131072,2024-01-01,7")))
                .containsExactly(row(
                        "site",
                        "demo",
                        "id",
                        "7",
                        "created_at",
                        Instant.parse("2024-01-01T00:00:00Z").getEpochSecond() * 1_000_000,
                        "deleted_at",
                        null,
                        "hypervisor_hostname",
                        "bm01",
                        "hypervisor_type",
                        null,
                        "vcpus",
                        48L,
                        "memory_mb",
                        131072L,
                        "local_gb",
                        null));
    }

    @Test
    void rowsThatCannotBeReadAreCountedAndTheFirstOfThemKept() {
        SiteTableRows rows = rows(
                SiteTable.INSTANCES,
                "uuid,created_at,launched_at,vcpus",
                "a,,,1",
                "b,,,-1",
                "c,,,NaN",
                "d,,,1.5",
                "e,,,Infinity",
                "f,,",
                ",,,1",
                "x".repeat(1025) + ",,,1",
                "n\0,,,1",
                "z,,,90071992547409930",
                "g,,,9");
        assertThat(read(rows)).extracting(row -> row.get("uuid")).containsExactly("a", "g");
        assertThat(rows.stored()).isEqualTo(2);
        assertThat(rows.rejected()).isEqualTo(9);
        assertThat(rows.rejects())
                .containsExactly(new Reject(2, "negative-number", "vcpus"), new Reject(3, "not-a-number", "vcpus"));
    }

    @ParameterizedTest
    @CsvSource({
        "1, true",
        "0, false",
        "true, true",
        "False, false",
        "1.0, true",
    })
    void flagsAreWrittenInSeveralWays(String text, boolean expected) {
        assertThat(read(rows(SiteTable.DEVICES, "id,reservable,created_at", "a," + text + ",")))
                .singleElement()
                .satisfies(row -> assertThat(row.get("reservable")).isEqualTo(expected));
    }

    @Test
    void otherFlagsRejectTheirRow() {
        SiteTableRows rows = rows(SiteTable.DEVICES, "id,reservable,created_at", "a,2,");
        assertThat(read(rows)).isEmpty();
        assertThat(rows.rejects()).containsExactly(new Reject(1, "not-a-flag", "reservable"));
    }

    @Test
    void aDayIsThatOfItsMoment() {
        assertThat(read(rows(
                        SiteTable.NODE_COUNT_CACHE,
                        "date,cnt",
                        "2024-01-01T00:00:00,3",
                        "2024-01-02,4",
                        "0000-00-00,5")))
                .extracting(row -> row.get("date"))
                .containsExactly(LocalDate.parse("2024-01-01"), LocalDate.parse("2024-01-02"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "{'nova_object.data': {'scheduler_hints': {'reservation': ['r1', 'r2']}}} | r1 | -",
                "{'nova_object.data': {'scheduler_hints': {'reservation': 'r1'}}} | r1 | -",
                "{'nova_object.data': {'scheduler_hints': {'reservation': []}}} | - | -",
                "{'nova_object.data': {'scheduler_hints': {'reservation': [{'a': 1}]}}} | - | -",
                "{'nova_object.data': {'scheduler_hints': null, 'flavor': {'nova_object.data': {'name': 'm1', 'id': 1}}}} | - | m1",
                "{'nova_object.data': {'flavor': {'nova_object.data': {'extra': {'name': 'no'}, 'name': 'reservation:r5'}}, 'scheduler_hints': {'group': [1], 'reservation': ['r5']}}} | r5 | reservation:r5",
                "{'nova_object.name': 'RequestSpec', 'nova_object.data': {'scheduler_hints': {'same_host': {'reservation': ['no']}}}} | - | -",
                "{'nova_object': {'data': {'scheduler_hints': {'reservation': ['no']}}}} | - | -",
                "{'nova_object.data': []} | - | -",
                "{} | - | -",
            })
    void ofARequestItsReservationAndFlavorAreKept(String json, String reservation, String flavor) {
        assertThat(RequestSpec.parse(json.replace('\'', '"'))).isEqualTo(new RequestSpec(reservation, flavor));
    }

    @ParameterizedTest
    @ValueSource(strings = {"no json", "[]", "{\"nova_object.data\": {\"flavor\"", "\"text\"", "{\"a\" 1}"})
    void aRequestThatIsNoJsonRejectsItsRow(String json) {
        SiteTableRows rows = rows(
                SiteTable.REQUEST_SPECS,
                "instance_uuid,spec",
                "a,\"" + json.replace("\"", "\"\"") + "\"",
                "b,",
                "c,{}");
        assertThat(read(rows)).extracting(row -> row.get("instance_uuid")).containsExactly("b", "c");
        assertThat(rows.rejects()).containsExactly(new Reject(1, "not-json", "spec"));
    }

    /** No database takes it. */
    @Test
    void halfACharacterInARequestRejectsItsRow() {
        SiteTableRows rows = rows(
                SiteTable.REQUEST_SPECS,
                "instance_uuid,spec",
                "a,\"{\"\"nova_object.data\"\": {\"\"scheduler_hints\"\": {\"\"reservation\"\": \"\"\\ud800\"\"}}}\"");
        assertThat(read(rows)).isEmpty();
        assertThat(rows.rejects()).containsExactly(new Reject(1, "not-a-text", "spec"));
    }

    @Test
    void withoutAColumnItNeedsATableIsRefused() {
        assertThatThrownBy(() -> rows(SiteTable.LEASES, "id,start_date", "a,"))
                .isInstanceOf(PoisonPayloadException.class)
                .hasMessage(
                        "blazar.leases must have the column end_date: take the table as it is, with all of its columns");
        assertThatThrownBy(() -> rows(SiteTable.LEASES, ""))
                .hasMessage("there is no header: the first line must name the columns of blazar.leases");
    }

    private SiteTableRows rows(SiteTable table, String... lines) {
        byte[] csv = String.join("\n", lines).getBytes(StandardCharsets.UTF_8);
        return new SiteTableRows(
                "demo",
                table,
                new CsvRows(new FastCsvDataFormat(settings).unmarshal(null, new ByteArrayInputStream(csv))),
                settings.limits());
    }

    private static List<Map<String, Object>> read(SiteTableRows rows) {
        List<Map<String, Object>> read = new ArrayList<>();
        while (rows.hasNext()) {
            Object[] row = rows.next();
            List<Object> pairs = new ArrayList<>();
            for (int i = 0; i < row.length; i++) {
                pairs.add(rows.columns().get(i));
                pairs.add(row[i]);
            }
            read.add(row(pairs.toArray()));
        }
        return read;
    }

    private static Map<String, Object> row(Object... namesAndValues) {
        Map<String, Object> row = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            row.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return row;
    }
}
