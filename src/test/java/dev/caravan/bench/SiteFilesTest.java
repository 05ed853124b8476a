package dev.caravan.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Imaginary sites are shaped as the largest real one, and follow from their seed. */
class SiteFilesTest {
    private static final int INSTANCES = 300;

    @TempDir
    private static Path folder;

    private static SiteFiles site;

    @BeforeAll
    static void write() throws IOException {
        site = SiteFiles.write(folder.resolve("site"), INSTANCES, 1);
    }

    @Test
    void theSameArgumentsGiveTheSameBytes() throws IOException {
        SiteFiles again = SiteFiles.write(folder.resolve("again"), INSTANCES, 1);
        SiteFiles other = SiteFiles.write(folder.resolve("other"), INSTANCES, 2);

        for (String table : site.rows().keySet()) {
            assertThat(file(again, table)).hasSameBinaryContentAs(file(site, table));
        }
        assertThat(Files.mismatch(file(other, "nova.instances"), file(site, "nova.instances")))
                .isNotNegative();
    }

    @Test
    void rowsAreInTheProportionsOfTheLargestSite() throws IOException {
        assertThat(site.rows())
                .containsEntry("nova.instances", 300L)
                .containsEntry("nova.instance_actions", 1670L)
                .containsEntry("nova.instance_actions_events", 1740L)
                .containsEntry("nova_api.request_specs", 320L)
                .containsEntry("blazar.leases", 450L)
                .containsEntry("blazar.reservations", 470L)
                .containsEntry("blazar.computehost_allocations", 330L)
                .containsEntry("blazar.computehosts", 4L)
                .containsEntry("chameleon_usage.node_count_cache", 100L);
        for (var table : site.rows().entrySet()) {
            assertThat(rows(table.getKey())).as(table.getKey()).hasSize(Math.toIntExact(table.getValue()));
        }
    }

    @Test
    void everyRowFindsThoseItNames() throws IOException {
        Set<String> instances = values("nova.instances", "uuid");
        assertThat(values("blazar.leases", "id")).containsAll(values("blazar.reservations", "lease_id"));
        assertThat(values("blazar.reservations", "id"))
                .containsAll(values("blazar.computehost_allocations", "reservation_id"));
        assertThat(values("blazar.computehosts", "id"))
                .containsAll(values("blazar.computehost_allocations", "compute_host_id"))
                .containsAll(values("blazar.computehost_extra_capabilities", "computehost_id"));
        assertThat(values("nova.compute_nodes", "hypervisor_hostname"))
                .containsAll(values("blazar.computehosts", "hypervisor_hostname"));
        assertThat(instances).hasSize(INSTANCES).containsAll(values("nova.instance_actions", "instance_uuid"));
        assertThat(values("nova.instance_actions", "id"))
                .containsAll(values("nova.instance_actions_events", "action_id"));
        assertThat(values("nova_api.request_specs", "instance_uuid")).containsAll(instances);
    }

    @Test
    void noHostIsLeasedTwiceAtOnce() throws IOException {
        Map<String, String> leases = pairs("blazar.reservations", "id", "lease_id");
        Map<String, String> starts = pairs("blazar.leases", "id", "start_date");
        Map<String, String> ends = pairs("blazar.leases", "id", "end_date");
        Map<String, String> until = new HashMap<>();
        for (NamedCsvRecord row : rows("blazar.computehost_allocations")) {
            String lease = leases.get(row.getField("reservation_id"));
            String before = until.put(row.getField("compute_host_id"), ends.get(lease));
            // A start is cut to the minute.
            assertThat(starts.get(lease))
                    .isLessThan(ends.get(lease))
                    .isBetween("2016-01-01T00:00:00", "2025-12-31T23:59:59")
                    .isGreaterThanOrEqualTo(before == null ? "" : before.substring(0, 16));
        }
        assertThat(until).hasSize(4);
    }

    @Test
    void requestsAreJsonOfSomeKilobytesOfWhichMostNameAReservation() throws IOException {
        var json = JsonMapper.builder().build();
        Set<String> reservations = values("blazar.reservations", "id");
        int hints = 0;
        for (NamedCsvRecord row : rows("nova_api.request_specs")) {
            String text = row.getField("spec");
            JsonNode data = json.readTree(text).path("nova_object.data");
            JsonNode hint = data.path("scheduler_hints").path("reservation").path(0);
            hints += hint.isTextual() ? 1 : 0;
            assertThat(text.length()).isBetween(2000, 5000);
            assertThat(data.path("flavor").path("nova_object.data").path("name").asText())
                    .isEqualTo(hint.isTextual() ? "baremetal" : "m1.medium");
            assertThat(data.path("instance_uuid").asText()).isEqualTo(row.getField("instance_uuid"));
            if (hint.isTextual()) {
                assertThat(reservations).contains(hint.asText());
            }
        }
        assertThat(hints).isEqualTo(270);
    }

    private static Map<String, String> pairs(String table, String key, String value) throws IOException {
        return rows(table).stream().collect(Collectors.toMap(row -> row.getField(key), row -> row.getField(value)));
    }

    private static Set<String> values(String table, String column) throws IOException {
        Function<NamedCsvRecord, String> value = row -> row.getField(column);
        return rows(table).stream().map(value).collect(Collectors.toSet());
    }

    private static List<NamedCsvRecord> rows(String table) throws IOException {
        try (var csv = CsvReader.builder()
                .ofNamedCsvRecord(new InputStreamReader(
                        new GZIPInputStream(Files.newInputStream(file(site, table))), StandardCharsets.UTF_8))) {
            return csv.stream().toList();
        }
    }

    private static Path file(SiteFiles files, String table) {
        return files.folder().resolve(table + ".csv.gz");
    }
}
