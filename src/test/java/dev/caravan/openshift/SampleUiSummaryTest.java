package dev.caravan.openshift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.caravan.TestCaravan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The tables that Koku's readers use hold what the field's own system computed from the samples. */
class SampleUiSummaryTest {
    private static final Path SAMPLES = Path.of("src/test/resources/samples/openshift");
    private static final double BILLIONTH = 1e-9;
    /** Chosen by each system for itself. */
    private static final Set<String> OWN = Set.of("source_uuid");

    private static TestCaravan caravan;

    @BeforeAll
    static void load() throws IOException {
        caravan = TestCaravan.start();
        caravan.jdbc()
                .update("insert into org1234567.reporting_enabledtagkeys (key)"
                        + " select unnest(array['app', 'environment', 'team', 'zone'])");
        for (String sample : List.of("S1", "S2")) {
            caravan.addSource(cluster(sample), "cluster-" + sample);
            try (var payloads = Files.list(SAMPLES.resolve(sample).resolve("payloads"))) {
                payloads.sorted().forEach(caravan::ingest);
            }
        }
    }

    @AfterAll
    static void stop() {
        caravan.close();
    }

    static Stream<Path> tables() throws IOException {
        List<Path> tables = new ArrayList<>();
        for (String sample : List.of("S1", "S2")) {
            try (var files = Files.list(SAMPLES.resolve(sample).resolve("ui"))) {
                files.sorted().forEach(tables::add);
            }
        }
        return tables.stream();
    }

    @ParameterizedTest
    @MethodSource("tables")
    void tableAgrees(Path expected) throws IOException {
        String table = expected.getFileName().toString().replace(".csv", "");
        String cluster = cluster(expected.getParent().getParent().getFileName().toString());
        Set<String> numeric = numericColumns(table);
        List<Map<String, String>> wanted = sorted(read(expected), numeric);
        List<Map<String, String>> found =
                sorted(read(table, cluster, wanted.get(0).keySet()), numeric);
        assertThat(texts(found, numeric)).containsExactlyElementsOf(texts(wanted, numeric));
        for (int i = 0; i < wanted.size(); i++) {
            for (String column : numeric) {
                assertNumber(wanted.get(i).get(column), found.get(i).get(column), column + " of " + wanted.get(i));
            }
        }
    }

    /** Koku leaves this table empty as long as nothing costs anything. */
    @Test
    void machinesAreSummedUpFromTheirUsage() {
        assertThat(caravan.jdbc()
                        .queryForList(
                                "select distinct vm_name from org1234567.reporting_ocp_vm_summary_p", String.class))
                .containsExactly(caravan.jdbc()
                        .queryForObject(
                                "select distinct pod_labels ->> 'vm_kubevirt_io_name'"
                                        + " from org1234567.reporting_ocpusagelineitem_daily_summary"
                                        + " where pod_labels ? 'vm_kubevirt_io_name'",
                                String.class));
        assertThat(caravan.jdbc()
                        .queryForObject(
                                "select sum(pod_usage_cpu_core_hours) from org1234567.reporting_ocp_vm_summary_p",
                                BigDecimal.class))
                .isEqualByComparingTo(caravan.jdbc()
                        .queryForObject(
                                "select sum(pod_usage_cpu_core_hours)"
                                        + " from org1234567.reporting_ocpusagelineitem_daily_summary"
                                        + " where pod_labels ? 'vm_kubevirt_io_name'",
                                BigDecimal.class));
    }

    @ParameterizedTest
    @MethodSource("networkTables")
    void networkTablesAreThereAndEmpty(String table) {
        assertThat(caravan.jdbc().queryForObject("select count(*) from org1234567." + table, Integer.class))
                .isZero();
    }

    static Stream<String> networkTables() {
        return Stream.of("_p", "_by_node_p", "_by_project_p").map(end -> "reporting_ocp_network_summary" + end);
    }

    private static void assertNumber(String wanted, String found, String what) {
        if (wanted == null || found == null) {
            assertThat(found).as(what).isEqualTo(wanted);
            return;
        }
        double number = Double.parseDouble(wanted);
        assertThat(Double.parseDouble(found))
                .as(what)
                .isCloseTo(number, within(Math.max(Math.abs(number), 1) * BILLIONTH));
    }

    private static List<List<String>> texts(List<Map<String, String>> rows, Set<String> numeric) {
        return rows.stream()
                .map(row -> row.entrySet().stream()
                        .filter(cell -> !numeric.contains(cell.getKey()) && !OWN.contains(cell.getKey()))
                        .map(cell -> cell.getKey() + "=" + cell.getValue())
                        .toList())
                .toList();
    }

    private static List<Map<String, String>> sorted(List<Map<String, String>> rows, Set<String> numeric) {
        return rows.stream()
                .sorted(Comparator.comparing(
                        row -> texts(List.of(row), numeric).get(0).toString()))
                .toList();
    }

    private static List<Map<String, String>> read(Path file) throws IOException {
        try (var parser = CSVParser.parse(
                Files.newBufferedReader(file),
                CSVFormat.DEFAULT.builder().setHeader().get())) {
            return parser.stream()
                    .map(row -> row.toMap().entrySet().stream()
                            .filter(cell -> !cell.getValue().equals("\\N"))
                            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)))
                    .map(row -> inOrder(row, parser.getHeaderNames()))
                    .toList();
        }
    }

    private static List<Map<String, String>> read(String table, String cluster, Set<String> columns) {
        List<String> names = List.copyOf(columns);
        String list = names.stream()
                .map(name -> name.equals("resource_ids") ? "to_jsonb(resource_ids)" : name)
                .collect(Collectors.joining(", "));
        return caravan.jdbc()
                .query(
                        "select " + list + " from org1234567." + table + " where cluster_id = ?",
                        (row, number) -> {
                            Map<String, String> cells = new LinkedHashMap<>();
                            for (int i = 0; i < names.size(); i++) {
                                cells.put(names.get(i), row.getString(i + 1));
                            }
                            return cells;
                        },
                        cluster);
    }

    private static Map<String, String> inOrder(Map<String, String> row, List<String> names) {
        Map<String, String> ordered = new LinkedHashMap<>();
        names.forEach(name -> ordered.put(name, row.get(name)));
        return ordered;
    }

    private static Set<String> numericColumns(String table) {
        return Set.copyOf(caravan.jdbc()
                .queryForList(
                        "select column_name::text from information_schema.columns"
                                + " where table_schema = 'org1234567' and table_name = ? and data_type = 'numeric'",
                        String.class,
                        table));
    }

    private static String cluster(String sample) {
        try {
            return Files.readString(SAMPLES.resolve(sample).resolve("cluster_id.txt"))
                    .strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
