package dev.caravan.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.optimization.UsageCsv;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Right-sizing reports are shaped as an operator's, and follow from their seed. */
class UsageFileTest {
    private static final Instant UNTIL = Instant.parse("2026-03-01T00:15:00Z");

    @TempDir
    private Path folder;

    @Test
    void theSameArgumentsGiveTheSameBytes() throws IOException {
        Path one = write("one", UNTIL, 1);
        assertThat(write("again", UNTIL, 1)).hasSameBinaryContentAs(one);
        assertThat(Files.mismatch(write("other", UNTIL, 2), one)).isNotNegative();
        assertThat(Files.mismatch(write("later", UNTIL.plusSeconds(900), 1), one))
                .isNotNegative();
    }

    @Test
    void columnsAreTheOperators() throws IOException {
        List<String> lines = Files.readAllLines(write("usage", UNTIL, 1));
        String[] expected = UsageCsv.containers().text().strip().split(",");

        assertThat(lines.get(0).split(",")).hasSize(37).containsExactlyInAnyOrder(expected);
        assertThat(lines).allMatch(line -> line.split(",", -1).length == 37);
    }

    @Test
    void everyTenthWorkloadHasTwoPodsInEachInterval() throws IOException {
        List<Map<String, String>> rows = rows();

        assertThat(UsageFile.write(folder.resolve("usage"), 21, 4, UNTIL, 1).rows())
                .isEqualTo(rows.size())
                .isEqualTo(UsageFile.rows(21, 4))
                .isEqualTo((21 + 3) * 4);
        Map<String, Long> pods = rows.stream()
                .filter(row -> row.get("interval_end").equals("2026-03-01 00:15:00 +0000 UTC"))
                .collect(Collectors.groupingBy(row -> row.get("workload"), Collectors.counting()));
        assertThat(pods).hasSize(21).containsEntry("app-0", 2L).containsEntry("app-1", 1L);
        assertThat(pods.values()).filteredOn(number -> number == 2).hasSize(3);
    }

    @Test
    void theLastIntervalEndsWhenAskedForAndEachLastsAQuarterOfAnHour() throws IOException {
        assertThat(rows().stream()
                        .map(row -> row.get("report_period_start").substring(0, 10) + " "
                                + row.get("interval_start").substring(5, 19) + " "
                                + row.get("interval_end").substring(5, 19))
                        .distinct())
                .containsExactly(
                        "2026-02-01 02-28 23:15:01 02-28 23:30:00",
                        "2026-02-01 02-28 23:30:01 02-28 23:45:00",
                        "2026-02-01 02-28 23:45:01 03-01 00:00:00",
                        "2026-03-01 03-01 00:00:01 03-01 00:15:00");
    }

    @Test
    void usageLiesBetweenItsLeastAndItsGreatestAndSometimesAboveACore() throws IOException {
        assertThat(rows())
                .allMatch(row -> number(row, "cpu_usage_container_min") <= number(row, "cpu_usage_container_avg"))
                .allMatch(row -> number(row, "cpu_usage_container_avg") <= number(row, "cpu_usage_container_max"))
                .allMatch(row ->
                        number(row, "memory_rss_usage_container_max") <= number(row, "memory_usage_container_max"))
                .anyMatch(row -> number(row, "cpu_usage_container_avg") > 1)
                .anyMatch(row -> number(row, "cpu_usage_container_max") < 1);
    }

    private static double number(Map<String, String> row, String column) {
        return Double.parseDouble(row.get(column));
    }

    private List<Map<String, String>> rows() throws IOException {
        List<String> lines = Files.readAllLines(write("usage", UNTIL, 1));
        String[] names = lines.get(0).split(",");
        return lines.stream()
                .skip(1)
                .map(line -> {
                    String[] cells = line.split(",");
                    Map<String, String> row = new HashMap<>();
                    for (int i = 0; i < names.length; i++) {
                        row.put(names[i], cells[i]);
                    }
                    return row;
                })
                .toList();
    }

    private Path write(String name, Instant until, long seed) throws IOException {
        return UsageFile.write(folder.resolve(name), 21, 4, until, seed).path();
    }
}
