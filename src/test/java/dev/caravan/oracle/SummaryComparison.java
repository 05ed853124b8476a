package dev.caravan.oracle;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * Compares two daily summaries.
 *
 * <p>Rows belong together when their keys and labels are equal; their numbers agree within a billionth of their size,
 * near zero within a billionth. A number that is missing agrees with a missing one only, never with 0. Where several
 * rows have the same keys and labels (a volume with two handles), they are compared in the order of their numbers.
 */
public final class SummaryComparison {
    public static final List<String> KEYS = List.of(
            "usage_start",
            "data_source",
            "namespace",
            "node",
            "persistentvolumeclaim",
            "persistentvolume",
            "storageclass",
            "resource_id",
            "usage_end",
            "cluster_alias",
            "cost_category_id");
    public static final List<String> LABELS = List.of("pod_labels", "volume_labels", "all_labels");
    public static final List<String> NUMBERS = List.of(
            "pod_usage_cpu_core_hours",
            "pod_request_cpu_core_hours",
            "pod_effective_usage_cpu_core_hours",
            "pod_limit_cpu_core_hours",
            "pod_usage_memory_gigabyte_hours",
            "pod_request_memory_gigabyte_hours",
            "pod_effective_usage_memory_gigabyte_hours",
            "pod_limit_memory_gigabyte_hours",
            "node_capacity_cpu_cores",
            "node_capacity_cpu_core_hours",
            "node_capacity_memory_gigabytes",
            "node_capacity_memory_gigabyte_hours",
            "cluster_capacity_cpu_core_hours",
            "cluster_capacity_memory_gigabyte_hours",
            "persistentvolumeclaim_capacity_gigabyte",
            "persistentvolumeclaim_capacity_gigabyte_months",
            "volume_request_storage_gigabyte_months",
            "persistentvolumeclaim_usage_gigabyte_months");
    public static final List<String> COLUMNS =
            Stream.of(KEYS, LABELS, NUMBERS).flatMap(List::stream).toList();

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int SHOWN = 10;
    private static final double BILLIONTH = 1e-9;

    private SummaryComparison() {}

    /** The summary a database holds for a cluster is the expected one; cost rows are left aside. */
    public static void assertSame(
            List<Map<String, Object>> expected, Connection connection, String schema, String clusterId)
            throws SQLException {
        assertSame(expected, read(connection, schema, clusterId));
    }

    public static void assertSame(List<Map<String, Object>> expected, List<Map<String, Object>> found) {
        List<String> differences = differences(expected, found);
        if (!differences.isEmpty()) {
            throw new AssertionError("%d rows expected, %d found, %d differences:%n  %s%s"
                    .formatted(
                            expected.size(),
                            found.size(),
                            differences.size(),
                            differences.stream()
                                    .limit(SHOWN)
                                    .collect(Collectors.joining(System.lineSeparator() + "  ")),
                            differences.size() > SHOWN ? System.lineSeparator() + "  ..." : ""));
        }
    }

    /** A line for each difference; none when the two are the same. */
    public static List<String> differences(List<Map<String, Object>> expected, List<Map<String, Object>> found) {
        Map<List<Object>, List<Map<String, Object>>> wanted = grouped(expected);
        Map<List<Object>, List<Map<String, Object>>> got = grouped(found);
        Set<List<Object>> keys = new HashSet<>(wanted.keySet());
        keys.addAll(got.keySet());
        List<String> differences = new ArrayList<>();
        keys.stream().sorted(Comparator.comparing(List::toString)).forEach(key -> {
            List<Map<String, Object>> some = wanted.getOrDefault(key, List.of());
            List<Map<String, Object>> others = got.getOrDefault(key, List.of());
            for (int i = 0; i < Math.max(some.size(), others.size()); i++) {
                if (i >= others.size()) {
                    differences.add("missing row: " + described(some.get(i)));
                } else if (i >= some.size()) {
                    differences.add("unexpected row: " + described(others.get(i)));
                } else {
                    compareNumbers(some.get(i), others.get(i), differences);
                }
            }
        });
        return differences;
    }

    private static void compareNumbers(
            Map<String, Object> expected, Map<String, Object> found, List<String> differences) {
        for (String column : NUMBERS) {
            Double wanted = (Double) expected.get(column);
            Double got = (Double) found.get(column);
            if (!close(wanted, got)) {
                differences.add("%s: expected %s, found %s in %s".formatted(column, wanted, got, described(expected)));
            }
        }
    }

    private static boolean close(Double one, Double other) {
        if (one == null || other == null) {
            return one == null && other == null;
        }
        return Math.abs(one - other) <= BILLIONTH * Math.max(1, Math.max(Math.abs(one), Math.abs(other)));
    }

    private static Map<List<Object>, List<Map<String, Object>>> grouped(List<Map<String, Object>> rows) {
        Map<List<Object>, List<Map<String, Object>>> groups = new LinkedHashMap<>();
        for (Map<String, Object> row : rows) {
            List<Object> key = Stream.concat(KEYS.stream(), LABELS.stream())
                    .map(row::get)
                    .collect(Collectors.toCollection(ArrayList::new));
            groups.computeIfAbsent(key, any -> new ArrayList<>()).add(row);
        }
        Comparator<Map<String, Object>> byNumbers = (one, other) -> 0;
        for (String column : NUMBERS) {
            byNumbers = byNumbers.thenComparing(
                    row -> (Double) row.get(column), Comparator.nullsFirst(Comparator.naturalOrder()));
        }
        for (List<Map<String, Object>> same : groups.values()) {
            same.sort(byNumbers);
        }
        return groups;
    }

    private static String described(Map<String, Object> row) {
        return Stream.concat(KEYS.stream(), LABELS.stream())
                .filter(column -> row.get(column) != null && !column.equals("usage_end"))
                .map(column -> column + "=" + row.get(column))
                .collect(Collectors.joining(", "));
    }

    /** The rows of a cluster in a schema, without cost rows. */
    public static List<Map<String, Object>> read(Connection connection, String schema, String clusterId)
            throws SQLException {
        String columns = COLUMNS.stream().map(column -> column + "::text").collect(Collectors.joining(", "));
        String sql = "select " + columns + " from " + schema + ".reporting_ocpusagelineitem_daily_summary"
                + " where cluster_id = ? and cost_model_rate_type is null";
        List<Map<String, Object>> rows = new ArrayList<>();
        try (var statement = connection.prepareStatement(sql)) {
            statement.setString(1, clusterId);
            try (var result = statement.executeQuery()) {
                while (result.next()) {
                    Map<String, String> texts = new LinkedHashMap<>();
                    for (String column : COLUMNS) {
                        texts.put(column, result.getString(column));
                    }
                    rows.add(row(texts));
                }
            }
        }
        return rows;
    }

    /** The {@code expected_daily_summary.csv} in a sample's directory. */
    public static List<Map<String, Object>> readExpected(Path sample) {
        CSVFormat format =
                CSVFormat.RFC4180.builder().setHeader().setNullString("\\N").get();
        try (CSVParser parser =
                CSVParser.parse(Files.newBufferedReader(sample.resolve("expected_daily_summary.csv")), format)) {
            List<Map<String, Object>> rows = new ArrayList<>();
            for (CSVRecord csv : parser) {
                rows.add(row(csv.toMap()));
            }
            return rows;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, Object> row(Map<String, String> texts) {
        Map<String, Object> row = new LinkedHashMap<>();
        KEYS.forEach(column -> row.put(column, texts.get(column)));
        row.computeIfPresent("cost_category_id", (column, number) -> "categorised");
        LABELS.forEach(column -> row.put(column, labels(texts.get(column))));
        NUMBERS.forEach(
                column -> row.put(column, texts.get(column) == null ? null : Double.valueOf(texts.get(column))));
        return row;
    }

    private static Map<String, Object> labels(String json) {
        try {
            return json == null ? null : JSON.readValue(json, new TypeReference<TreeMap<String, Object>>() {});
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
