package dev.caravan.oracle;

import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/**
 * The daily summary a second time, without a database: what the stored functions have to arrive at.
 *
 * <p>Rows have the columns of {@link SummaryComparison}: keys as texts, {@code cost_category_id} as {@code categorised}
 * or null, labels as maps, numbers as doubles. {@link NaiveDelivery} says which lines count; this class sums them.
 *
 * <ul>
 *   <li>Labels: those of the node, then of the namespace, then of the pod, or of the volume and then of its claim; the
 *       later wins. Only enabled keys remain. Where a node's or namespace's labels change within the day, each key keeps
 *       its latest value.
 *   <li>Pods: a row for each namespace, node and labels; pods without a node have none.
 *   <li>Capacity: each hour the greatest of a node's pod lines, summed over the day; the cluster's is the sum of its
 *       nodes'.
 *   <li>Unallocated: for each node its capacity less the sum of its pod rows, also below zero.
 *   <li>Volumes: on the nodes on which the pod report saw the mounting pod that day, or on none. Request and usage are
 *       divided by the number of nodes the volume is on, capacity is not.
 * </ul>
 */
public final class NaiveSummary {
    private static final String ALWAYS_ENABLED = "vm_kubevirt_io_name";
    private static final double GIB = 1L << 30;

    /** The pod report's measure, the summary's column, its unit in the measure's. */
    private record Measured(String column, double unit, ToDoubleFunction<NaiveRow> of) {
        Measured(String column, double unit, String measure) {
            this(column, unit, row -> row.measure(measure));
        }
    }

    private static final List<Measured> POD_MEASURES = List.of(
            new Measured("pod_usage_cpu_core_hours", 3600, "pod_usage_cpu_core_seconds"),
            new Measured("pod_request_cpu_core_hours", 3600, "pod_request_cpu_core_seconds"),
            new Measured(
                    "pod_effective_usage_cpu_core_hours",
                    3600,
                    greater("pod_usage_cpu_core_seconds", "pod_request_cpu_core_seconds")),
            new Measured("pod_limit_cpu_core_hours", 3600, "pod_limit_cpu_core_seconds"),
            new Measured("pod_usage_memory_gigabyte_hours", 3600 * GIB, "pod_usage_memory_byte_seconds"),
            new Measured("pod_request_memory_gigabyte_hours", 3600 * GIB, "pod_request_memory_byte_seconds"),
            new Measured(
                    "pod_effective_usage_memory_gigabyte_hours",
                    3600 * GIB,
                    greater("pod_usage_memory_byte_seconds", "pod_request_memory_byte_seconds")),
            new Measured("pod_limit_memory_gigabyte_hours", 3600 * GIB, "pod_limit_memory_byte_seconds"));

    private final NaiveDelivery delivery;
    private final String alias;
    private final Set<String> enabledKeys;
    private final List<Map<String, Object>> rows = new ArrayList<>();

    private NaiveSummary(NaiveDelivery delivery, String alias, Set<String> enabledKeys) {
        this.delivery = delivery;
        this.alias = alias;
        this.enabledKeys = new HashSet<>(enabledKeys);
        this.enabledKeys.add(ALWAYS_ENABLED);
    }

    /** The summary of one cluster's payloads, which came in this order. */
    public static List<Map<String, Object>> of(List<Path> payloads, String alias, Set<String> enabledKeys) {
        return of(NaiveDelivery.of(payloads), alias, enabledKeys);
    }

    public static List<Map<String, Object>> of(NaiveDelivery delivery, String alias, Set<String> enabledKeys) {
        var summary = new NaiveSummary(delivery, alias, enabledKeys);
        for (LocalDate day : delivery.days()) {
            summary.new Day(day).summarise();
        }
        return summary.rows;
    }

    /** One day's lines and what several of its rows share. */
    private final class Day {
        final LocalDate day;
        final List<NaiveRow> podLines;
        final List<NaiveRow> storageLines;
        final Map<String, Map<String, String>> nodeLabels;
        final Map<String, Map<String, String>> namespaceLabels;
        final Map<String, Double> cpuCapacity;
        final Map<String, Double> memoryCapacity;

        Day(LocalDate day) {
            this.day = day;
            podLines = delivery.counted(ReportKind.POD, day);
            storageLines = delivery.counted(ReportKind.STORAGE, day);
            nodeLabels = latestLabels(ReportKind.NODE_LABELS);
            namespaceLabels = latestLabels(ReportKind.NAMESPACE_LABELS);
            cpuCapacity = capacity("node_capacity_cpu_core_seconds", 3600);
            memoryCapacity = capacity("node_capacity_memory_byte_seconds", 3600 * GIB);
        }

        void summarise() {
            List<Map<String, Object>> pods = podRows();
            rows.addAll(pods);
            rows.addAll(storageRows());
            rows.addAll(unallocatedRows(pods));
        }

        /** By entity: every label it had this day, a key's latest value; of one hour's values the greatest. */
        Map<String, Map<String, String>> latestLabels(ReportKind kind) {
            List<NaiveRow> lines = new ArrayList<>(delivery.counted(kind, day));
            lines.sort(Comparator.comparing(NaiveRow::start));
            Map<String, Map<String, String>> labels = new HashMap<>();
            Map<List<Object>, String> greatestOfHour = new HashMap<>();
            for (NaiveRow line : lines) {
                String entity = line.text(kind.entity());
                Map<String, String> merged = labels.computeIfAbsent(entity, any -> new TreeMap<>());
                parsed(line.text(kind.labels())).forEach((key, value) -> {
                    String greatest = greatestOfHour.merge(
                            List.of(entity, key, line.start()), value, (a, b) -> a.compareTo(b) > 0 ? a : b);
                    merged.put(key, greatest);
                });
            }
            return labels;
        }

        /** By node, the one without a name among them. */
        Map<String, Double> capacity(String measure, double unit) {
            Map<String, Map<Object, Double>> greatestByHour = new HashMap<>();
            for (NaiveRow line : podLines) {
                greatestByHour
                        .computeIfAbsent(line.text("node"), any -> new HashMap<>())
                        .merge(line.start(), line.measure(measure), Math::max);
            }
            Map<String, Double> capacity = new HashMap<>();
            greatestByHour.forEach((node, hours) -> capacity.put(node, sum(hours.values()) / unit));
            return capacity;
        }

        List<Map<String, Object>> podRows() {
            Map<List<Object>, List<NaiveRow>> groups = new LinkedHashMap<>();
            for (NaiveRow line : podLines) {
                String node = line.text("node");
                if (!node.isEmpty()) {
                    String namespace = line.text("namespace");
                    Map<String, String> labels = merged(
                            nodeLabels.get(node), namespaceLabels.get(namespace), parsed(line.text("pod_labels")));
                    groups.computeIfAbsent(List.of(namespace, node, labels), any -> new ArrayList<>())
                            .add(line);
                }
            }
            List<Map<String, Object>> pods = new ArrayList<>();
            groups.forEach((key, lines) -> {
                String node = (String) key.get(1);
                Map<String, Object> row = row("Pod", (String) key.get(0), node);
                row.put("resource_id", greatest(lines, "resource_id"));
                row.put("pod_labels", key.get(2));
                row.put("all_labels", key.get(2));
                for (Measured measured : POD_MEASURES) {
                    row.put(
                            measured.column(),
                            lines.stream().mapToDouble(measured.of()).sum() / measured.unit());
                }
                row.put("node_capacity_cpu_cores", max(lines, "node_capacity_cpu_cores"));
                row.put("node_capacity_memory_gigabytes", max(lines, "node_capacity_memory_bytes") / GIB);
                putCapacityHours(row, node);
                pods.add(row);
            });
            return pods;
        }

        void putCapacityHours(Map<String, Object> row, String node) {
            row.put("node_capacity_cpu_core_hours", cpuCapacity.get(node));
            row.put("node_capacity_memory_gigabyte_hours", memoryCapacity.get(node));
            row.put("cluster_capacity_cpu_core_hours", sum(cpuCapacity.values()));
            row.put("cluster_capacity_memory_gigabyte_hours", sum(memoryCapacity.values()));
        }

        List<Map<String, Object>> unallocatedRows(List<Map<String, Object>> pods) {
            Map<String, List<Map<String, Object>>> byNode = new TreeMap<>();
            for (Map<String, Object> pod : pods) {
                byNode.computeIfAbsent((String) pod.get("node"), any -> new ArrayList<>())
                        .add(pod);
            }
            List<Map<String, Object>> unallocated = new ArrayList<>();
            byNode.forEach((node, itsPods) -> {
                String resourceId = itsPods.stream()
                        .map(pod -> (String) pod.get("resource_id"))
                        .filter(Objects::nonNull)
                        .max(Comparator.naturalOrder())
                        .orElse(null);
                Map<String, Object> row = row("Pod", unallocatedNamespace(role(node, resourceId)), node);
                row.put("resource_id", resourceId);
                row.put("all_labels", Map.of());
                for (Measured measured : POD_MEASURES) {
                    if (!measured.column().startsWith("pod_limit")) {
                        double capacity =
                                (measured.column().contains("_cpu_") ? cpuCapacity : memoryCapacity).get(node);
                        double taken = itsPods.stream()
                                .mapToDouble(pod -> (Double) pod.get(measured.column()))
                                .sum();
                        row.put(measured.column(), capacity - taken);
                    }
                }
                for (String column : List.of("node_capacity_cpu_cores", "node_capacity_memory_gigabytes")) {
                    row.put(
                            column,
                            itsPods.stream()
                                    .mapToDouble(pod -> (Double) pod.get(column))
                                    .max()
                                    .orElseThrow());
                }
                putCapacityHours(row, node);
                unallocated.add(row);
            });
            return unallocated;
        }

        /** What the pod report says, else what can be told from what runs there and from the node's labels. */
        String role(String node, String resourceId) {
            List<NaiveRow> lines = podLines.stream()
                    .filter(line -> line.text("node").equals(node))
                    .filter(line -> Objects.equals(line.text("resource_id"), resourceId))
                    .toList();
            String said = greatest(lines, "node_role");
            if (said != null && !said.isEmpty()) {
                return said;
            }
            if (lines.stream().anyMatch(line -> line.text("namespace").equals("openshift-kube-apiserver"))) {
                return "master";
            }
            Map<String, String> labels = nodeLabels.getOrDefault(node, Map.of());
            return "infra".equals(labels.get("node_role_kubernetes_io")) ? "infra" : "worker";
        }

        List<Map<String, Object>> storageRows() {
            Map<List<String>, Set<Place>> placesOfPods = placesOfPods();
            Map<String, Set<String>> nodesOfVolumes = new HashMap<>();
            for (NaiveRow line : storageLines) {
                for (Place place : placesOfPods.getOrDefault(mountingPod(line), Set.of())) {
                    nodesOfVolumes
                            .computeIfAbsent(line.text("persistentvolume"), any -> new HashSet<>())
                            .add(place.node());
                }
            }
            Map<List<Object>, List<NaiveRow>> groups = new LinkedHashMap<>();
            for (NaiveRow line : storageLines) {
                for (Place place : placesOfPods.getOrDefault(mountingPod(line), Set.of(Place.NONE))) {
                    Map<String, String> labels = merged(
                            nodeLabels.get(place.node()),
                            namespaceLabels.get(line.text("namespace")),
                            parsed(line.text("persistentvolume_labels")),
                            parsed(line.text("persistentvolumeclaim_labels")));
                    List<Object> key = Arrays.asList(
                            place,
                            line.text("namespace"),
                            line.text("persistentvolumeclaim"),
                            line.text("persistentvolume"),
                            line.text("storageclass"),
                            line.text("csi_volume_handle"),
                            labels);
                    groups.computeIfAbsent(key, any -> new ArrayList<>()).add(line);
                }
            }
            double month = 86400.0 * day.lengthOfMonth() * GIB;
            List<Map<String, Object>> storage = new ArrayList<>();
            groups.forEach((key, lines) -> {
                Place place = (Place) key.get(0);
                NaiveRow any = lines.get(0);
                int nodes = nodesOfVolumes
                        .getOrDefault(any.text("persistentvolume"), Set.of(""))
                        .size();
                Map<String, Object> row = row("Storage", any.text("namespace"), place.node());
                row.put("resource_id", place.resourceId());
                row.put("persistentvolumeclaim", any.text("persistentvolumeclaim"));
                row.put("persistentvolume", any.text("persistentvolume"));
                row.put("storageclass", any.text("storageclass"));
                row.put("volume_labels", key.get(6));
                row.put("all_labels", key.get(6));
                row.put(
                        "persistentvolumeclaim_capacity_gigabyte",
                        max(lines, "persistentvolumeclaim_capacity_bytes") / GIB);
                row.put(
                        "persistentvolumeclaim_capacity_gigabyte_months",
                        sum(lines, "persistentvolumeclaim_capacity_byte_seconds") / month);
                row.put(
                        "volume_request_storage_gigabyte_months",
                        sum(lines, "volume_request_storage_byte_seconds") / nodes / month);
                row.put(
                        "persistentvolumeclaim_usage_gigabyte_months",
                        sum(lines, "persistentvolumeclaim_usage_byte_seconds") / nodes / month);
                storage.add(row);
            });
            return storage;
        }

        /** By namespace and pod: the nodes it ran on this day, a pod without a node on the one without a name. */
        Map<List<String>, Set<Place>> placesOfPods() {
            Map<List<Object>, String> resourceIds = new HashMap<>();
            for (NaiveRow line : podLines) {
                List<Object> daily = List.of(
                        line.text("namespace"), line.text("pod"), line.text("node"), parsed(line.text("pod_labels")));
                resourceIds.merge(daily, line.text("resource_id"), (a, b) -> a.compareTo(b) > 0 ? a : b);
            }
            Map<List<String>, Set<Place>> places = new HashMap<>();
            resourceIds.forEach((daily, resourceId) -> places.computeIfAbsent(
                            List.of((String) daily.get(0), (String) daily.get(1)), any -> new HashSet<>())
                    .add(new Place((String) daily.get(2), resourceId)));
            return places;
        }

        Map<String, Object> row(String dataSource, String namespace, String node) {
            Map<String, Object> row = new LinkedHashMap<>();
            SummaryComparison.COLUMNS.forEach(column -> row.put(column, null));
            row.put("usage_start", day.toString());
            row.put("usage_end", day.toString());
            row.put("cluster_alias", alias);
            row.put("data_source", dataSource);
            row.put("namespace", namespace);
            row.put("node", node);
            row.put("cost_category_id", isPlatform(namespace) ? "categorised" : null);
            return row;
        }
    }

    /** A node as a pod saw it. */
    private record Place(String node, String resourceId) {
        static final Place NONE = new Place(null, null);
    }

    private static List<String> mountingPod(NaiveRow storageLine) {
        return List.of(storageLine.text("namespace"), storageLine.text("pod"));
    }

    private static String unallocatedNamespace(String role) {
        return switch (role) {
            case "master", "infra" -> "Platform unallocated";
            case "worker" -> "Worker unallocated";
            default -> null;
        };
    }

    private static boolean isPlatform(String namespace) {
        return namespace != null
                && (namespace.startsWith("openshift-")
                        || namespace.startsWith("kube-")
                        || namespace.equals("openshift")
                        || namespace.equals("Platform unallocated"));
    }

    /**
     * {@code label_app:cart|label_tier:front}: an item without exactly one colon is no label, every {@code label_} in a
     * key goes, an empty value stays, of two equal keys the later wins.
     */
    static Map<String, String> parsed(String text) {
        Map<String, String> labels = new TreeMap<>();
        for (String item : text.split("\\|")) {
            String[] parts = item.split(":", -1);
            if (parts.length == 2) {
                labels.put(parts[0].replace("label_", ""), parts[1]);
            }
        }
        return labels;
    }

    /** The enabled ones of several sets of labels, any of which may be null; the later wins. */
    @SafeVarargs
    private Map<String, String> merged(Map<String, String>... sets) {
        Map<String, String> merged = new TreeMap<>();
        for (Map<String, String> labels : sets) {
            if (labels != null) {
                merged.putAll(labels);
            }
        }
        merged.keySet().retainAll(enabledKeys);
        return merged;
    }

    private static ToDoubleFunction<NaiveRow> greater(String one, String other) {
        return row -> Math.max(row.measure(one), row.measure(other));
    }

    private static double sum(Collection<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).sum();
    }

    private static double sum(List<NaiveRow> lines, String measure) {
        return lines.stream().mapToDouble(line -> line.measure(measure)).sum();
    }

    private static double max(List<NaiveRow> lines, String measure) {
        return lines.stream().mapToDouble(line -> line.measure(measure)).max().orElseThrow();
    }

    private static String greatest(List<NaiveRow> lines, String column) {
        return lines.stream()
                .map(line -> line.text(column))
                .filter(Objects::nonNull)
                .max(Comparator.naturalOrder())
                .orElse(null);
    }
}
