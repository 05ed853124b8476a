package dev.caravan.oracle;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * What a summary may neither add nor lose, whatever its rules of grouping, labels and nodes: looked at by sums alone.
 *
 * <ul>
 *   <li>On every day and node, the pod rows and the unallocated row sum up to the node's capacity: each hour the greatest
 *       of what its accepted pod lines say, summed.
 *   <li>On every day, the pod rows sum up to the accepted pod lines that name a node.
 *   <li>On every day, request and usage of a volume that is on one node, or on none, sum up to its accepted lines. What is
 *       on several nodes is divided among them.
 * </ul>
 */
public final class Conservation {
    private static final double BILLIONTH = 1e-9;
    private static final double HOUR = 3600;
    private static final double GIB_HOUR = HOUR * (1L << 30);
    private static final double GIB_DAY = 24 * GIB_HOUR;
    private static final String UNALLOCATED =
            "(namespace is null or namespace in ('Platform unallocated', 'Worker unallocated'))";

    private record Measure(String column, double unit, ToDoubleFunction<NaiveRow> of) {
        static Measure sum(String column, double unit, String measure) {
            return new Measure(column, unit, line -> line.measure(measure));
        }

        static Measure greater(String column, double unit, String one, String other) {
            return new Measure(column, unit, line -> Math.max(line.measure(one), line.measure(other)));
        }
    }

    /** These and the node's capacity have the same kind of unit, so that what is left of it can be told. */
    private static final List<Measure> CPU = List.of(
            Measure.sum("pod_usage_cpu_core_hours", HOUR, "pod_usage_cpu_core_seconds"),
            Measure.sum("pod_request_cpu_core_hours", HOUR, "pod_request_cpu_core_seconds"),
            Measure.greater(
                    "pod_effective_usage_cpu_core_hours",
                    HOUR,
                    "pod_usage_cpu_core_seconds",
                    "pod_request_cpu_core_seconds"));

    private static final List<Measure> MEMORY = List.of(
            Measure.sum("pod_usage_memory_gigabyte_hours", GIB_HOUR, "pod_usage_memory_byte_seconds"),
            Measure.sum("pod_request_memory_gigabyte_hours", GIB_HOUR, "pod_request_memory_byte_seconds"),
            Measure.greater(
                    "pod_effective_usage_memory_gigabyte_hours",
                    GIB_HOUR,
                    "pod_usage_memory_byte_seconds",
                    "pod_request_memory_byte_seconds"));

    private static final List<Measure> LIMITS = List.of(
            Measure.sum("pod_limit_cpu_core_hours", HOUR, "pod_limit_cpu_core_seconds"),
            Measure.sum("pod_limit_memory_gigabyte_hours", GIB_HOUR, "pod_limit_memory_byte_seconds"));

    private static final List<Measure> STORAGE = List.of(
            Measure.sum("volume_request_storage_gigabyte_months", GIB_DAY, "volume_request_storage_byte_seconds"),
            Measure.sum(
                    "persistentvolumeclaim_usage_gigabyte_months",
                    GIB_DAY,
                    "persistentvolumeclaim_usage_byte_seconds"));

    private final NaiveDelivery delivery;
    private final Connection connection;
    private final String summary;
    private final String clusterId;
    private final List<String> violations = new ArrayList<>();

    private Conservation(NaiveDelivery delivery, Connection connection, String schema, String clusterId) {
        this.delivery = delivery;
        this.connection = connection;
        this.summary = schema + ".reporting_ocpusagelineitem_daily_summary";
        this.clusterId = clusterId;
    }

    /** Compares the summary a database holds for a cluster with the lines of its payloads that count. */
    public static void assertHolds(NaiveDelivery delivery, Connection connection, String schema, String clusterId)
            throws SQLException {
        var laws = new Conservation(delivery, connection, schema, clusterId);
        for (Measure measure : CPU) {
            laws.compareWithCapacity(measure, "node_capacity_cpu_core_seconds");
            laws.compareWithLines(measure);
        }
        for (Measure measure : MEMORY) {
            laws.compareWithCapacity(measure, "node_capacity_memory_byte_seconds");
            laws.compareWithLines(measure);
        }
        for (Measure measure : LIMITS) {
            laws.compareWithLines(measure);
        }
        for (Measure measure : STORAGE) {
            laws.compareWithVolumes(measure);
        }
        if (!laws.violations.isEmpty()) {
            throw new AssertionError(String.join(System.lineSeparator(), laws.violations));
        }
    }

    private void compareWithCapacity(Measure measure, String capacity) throws SQLException {
        Map<String, Map<Instant, Double>> hours = new TreeMap<>();
        for (LocalDate day : delivery.days()) {
            for (NaiveRow line : delivery.counted(ReportKind.POD, day)) {
                if (!line.text("node").isEmpty()) {
                    hours.computeIfAbsent(day + " " + line.text("node"), any -> new HashMap<>())
                            .merge(line.start(), line.measure(capacity), Math::max);
                }
            }
        }
        Map<String, Double> expected = new TreeMap<>();
        hours.forEach((dayAndNode, greatest) -> expected.put(
                dayAndNode,
                greatest.values().stream().mapToDouble(Double::doubleValue).sum() / measure.unit()));
        compare(measure.column() + " and capacity", expected, "usage_start || ' ' || node", measure, "Pod", "true");
    }

    private void compareWithLines(Measure measure) throws SQLException {
        compare(
                measure.column() + " and lines",
                sums(ReportKind.POD, measure, NaiveRow::day),
                "usage_start::text",
                measure,
                "Pod",
                "not " + UNALLOCATED);
    }

    private void compareWithVolumes(Measure measure) throws SQLException {
        Set<String> onOneNode = volumesOnOneNode();
        Map<String, Double> expected =
                sums(ReportKind.STORAGE, measure, line -> line.day() + " " + line.text("persistentvolume"));
        expected.keySet().retainAll(onOneNode);
        expected.replaceAll(
                (volume, sum) -> sum / LocalDate.parse(volume.substring(0, 10)).lengthOfMonth());
        compare(
                measure.column() + " and lines",
                expected,
                "usage_start || ' ' || persistentvolume",
                measure,
                "Storage",
                "usage_start || ' ' || persistentvolume = any ('{"
                        + onOneNode.stream().map(volume -> '"' + volume + '"').collect(Collectors.joining(","))
                        + "}')");
    }

    private Set<String> volumesOnOneNode() throws SQLException {
        String sql = "select usage_start || ' ' || persistentvolume from " + summary
                + " where cluster_id = ? and data_source = 'Storage' and persistentvolume <> ''"
                + " group by 1 having count(distinct coalesce(node, '')) = 1";
        try (var statement = connection.prepareStatement(sql)) {
            statement.setString(1, clusterId);
            try (var found = statement.executeQuery()) {
                Set<String> volumes = new TreeSet<>();
                while (found.next()) {
                    volumes.add(found.getString(1));
                }
                return volumes;
            }
        }
    }

    private Map<String, Double> sums(ReportKind kind, Measure measure, Function<NaiveRow, Object> group) {
        Map<String, Double> sums = new TreeMap<>();
        for (LocalDate day : delivery.days()) {
            for (NaiveRow line : delivery.counted(kind, day)) {
                if (kind != ReportKind.POD || !line.text("node").isEmpty()) {
                    sums.merge(
                            group.apply(line).toString(),
                            measure.of().applyAsDouble(line) / measure.unit(),
                            Double::sum);
                }
            }
        }
        return sums;
    }

    private void compare(
            String what, Map<String, Double> expected, String key, Measure measure, String dataSource, String condition)
            throws SQLException {
        String sql = "select " + key + ", sum(" + measure.column() + ")::float8, sum(abs(" + measure.column()
                + "))::float8 from " + summary + " where cluster_id = ? and data_source = ?"
                + " and cost_model_rate_type is null and " + condition + " group by 1";
        Map<String, Double> missing = new TreeMap<>(expected);
        try (var statement = connection.prepareStatement(sql)) {
            statement.setString(1, clusterId);
            statement.setString(2, dataSource);
            try (var found = statement.executeQuery()) {
                while (found.next()) {
                    Double wanted = missing.remove(found.getString(1));
                    // What was added up, above and below zero, says how exact a sum of doubles can be.
                    double tolerance = BILLIONTH * Math.max(1, found.getDouble(3));
                    if (wanted == null || Math.abs(wanted - found.getDouble(2)) > tolerance) {
                        violations.add("%s of %s: expected %s, found %s"
                                .formatted(what, found.getString(1), wanted, found.getDouble(2)));
                    }
                }
            }
        }
        missing.forEach(
                (group, wanted) -> violations.add("%s of %s: expected %s, found none".formatted(what, group, wanted)));
    }
}
