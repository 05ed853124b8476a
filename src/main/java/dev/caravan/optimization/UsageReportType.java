package dev.caravan.optimization;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Kinds of right-sizing reports. Which one a CSV is, its header says: all columns of the kind are there, in any order, and
 * whatever else newer operators add.
 */
enum UsageReportType {
    CONTAINER(
            "_container",
            List.of(
                    "report_period_start",
                    "report_period_end",
                    "interval_start",
                    "interval_end",
                    "container_name",
                    "pod",
                    "owner_name",
                    "owner_kind",
                    "workload",
                    "workload_type",
                    "namespace",
                    "image_name",
                    "node",
                    "resource_id"),
            List.of(
                    "cpu_request_container_avg",
                    "cpu_request_container_sum",
                    "cpu_limit_container_avg",
                    "cpu_limit_container_sum",
                    "cpu_usage_container_avg",
                    "cpu_usage_container_min",
                    "cpu_usage_container_max",
                    "cpu_usage_container_sum",
                    "cpu_throttle_container_avg",
                    "cpu_throttle_container_max",
                    "cpu_throttle_container_sum",
                    "memory_request_container_avg",
                    "memory_request_container_sum",
                    "memory_limit_container_avg",
                    "memory_limit_container_sum",
                    "memory_usage_container_avg",
                    "memory_usage_container_min",
                    "memory_usage_container_max",
                    "memory_usage_container_sum",
                    "memory_rss_usage_container_avg",
                    "memory_rss_usage_container_min",
                    "memory_rss_usage_container_max",
                    "memory_rss_usage_container_sum")),
    NAMESPACE(
            "_namespace",
            List.of("report_period_start", "report_period_end", "interval_start", "interval_end", "namespace"),
            List.of(
                    "cpu_request_namespace_sum",
                    "cpu_limit_namespace_sum",
                    "cpu_usage_namespace_avg",
                    "cpu_usage_namespace_max",
                    "cpu_usage_namespace_min",
                    "cpu_throttle_namespace_avg",
                    "cpu_throttle_namespace_max",
                    "cpu_throttle_namespace_min",
                    "memory_request_namespace_sum",
                    "memory_limit_namespace_sum",
                    "memory_usage_namespace_avg",
                    "memory_usage_namespace_max",
                    "memory_usage_namespace_min",
                    "memory_rss_usage_namespace_avg",
                    "memory_rss_usage_namespace_max",
                    "memory_rss_usage_namespace_min",
                    "namespace_running_pods_max",
                    "namespace_running_pods_avg",
                    "namespace_total_pods_max",
                    "namespace_total_pods_avg"));

    /** A column of a report with a number in it. */
    record MeasureColumn(String name, String stored, boolean bytes, boolean required) {}

    private final List<String> texts;
    private final List<MeasureColumn> measures;

    /** @param infix by which a report's columns differ from those of ros.usage_row */
    UsageReportType(String infix, List<String> texts, List<String> measures) {
        this.texts = texts;
        this.measures = measures.stream()
                .map(name -> new MeasureColumn(
                        name,
                        name.replace(infix, "").replace("namespace_", ""),
                        name.startsWith("memory"),
                        name.contains("usage")))
                .toList();
    }

    List<MeasureColumn> measures() {
        return measures;
    }

    /** Empty when the header has not all columns of any kind. */
    static Optional<UsageReportType> detect(List<String> header) {
        return Arrays.stream(values())
                .filter(type -> type.missingFrom(header).isEmpty())
                .findFirst();
    }

    /** Columns of the kind that a header comes closest to, without those it has. */
    static List<String> missing(List<String> header) {
        List<String> container = CONTAINER.missingFrom(header);
        List<String> namespace = NAMESPACE.missingFrom(header);
        return container.size() < namespace.size() ? container : namespace;
    }

    private List<String> missingFrom(List<String> header) {
        Set<String> there = Set.copyOf(header);
        List<String> missing = new ArrayList<>();
        Stream.concat(texts.stream(), measures.stream().map(MeasureColumn::name))
                .filter(column -> !there.contains(column))
                .forEach(missing::add);
        return missing;
    }
}
