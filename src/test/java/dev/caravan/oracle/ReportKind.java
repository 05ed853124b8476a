package dev.caravan.oracle;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The six cost reports, in the order in which a header is tried against them, with the operator's columns.
 *
 * <p>A column's mark: {@code #} a measure, {@code ?} optional, {@code -} written by the newest operators and read by
 * nobody.
 */
public enum ReportKind {
    STORAGE(
            "storage_usage",
            "storage-usage",
            "persistentvolume",
            "persistentvolumeclaim_labels",
            "namespace pod node? persistentvolumeclaim persistentvolume storageclass csi_driver? csi_volume_handle?"
                    + " persistentvolumeclaim_capacity_bytes# persistentvolumeclaim_capacity_byte_seconds#"
                    + " volume_request_storage_byte_seconds# persistentvolumeclaim_usage_byte_seconds#"
                    + " persistentvolume_labels persistentvolumeclaim_labels"),
    POD(
            "pod_usage",
            "pod-usage",
            "pod",
            "pod_labels",
            "node namespace pod pod_usage_cpu_core_seconds# pod_request_cpu_core_seconds# pod_limit_cpu_core_seconds#"
                    + " pod_usage_memory_byte_seconds# pod_request_memory_byte_seconds# pod_limit_memory_byte_seconds#"
                    + " node_capacity_cpu_cores# node_capacity_cpu_core_seconds# node_capacity_memory_bytes#"
                    + " node_capacity_memory_byte_seconds# node_role? resource_id pod_labels"),
    NODE_LABELS("node_labels", "node-usage", "node", "node_labels", "node node_labels"),
    NAMESPACE_LABELS(
            "namespace_labels", "namespace-usage", "namespace", "namespace_labels", "namespace namespace_labels"),
    VM(
            "vm_usage",
            "vm-usage",
            "vm_name",
            "vm_labels",
            "node resource_id namespace vm_name vm_instance_type vm_os vm_guest_os_arch vm_guest_os_name"
                    + " vm_guest_os_version vm_uptime_total_seconds# vm_cpu_limit_cores# vm_cpu_limit_core_seconds#"
                    + " vm_cpu_request_cores# vm_cpu_request_core_seconds# vm_cpu_request_sockets#"
                    + " vm_cpu_request_socket_seconds# vm_cpu_request_threads# vm_cpu_request_thread_seconds#"
                    + " vm_cpu_usage_total_seconds# vm_memory_limit_bytes# vm_memory_limit_byte_seconds#"
                    + " vm_memory_request_bytes# vm_memory_request_byte_seconds# vm_memory_usage_byte_seconds#"
                    + " vm_device vm_volume_mode vm_persistentvolumeclaim_name vm_disk_allocated_size_byte_seconds#"
                    + " vm_labels"),
    GPU(
            "gpu_usage",
            "nvidia-gpu-usage",
            "gpu_uuid",
            null,
            "node namespace pod gpu_uuid gpu_model_name gpu_vendor_name gpu_memory_capacity_mib# gpu_pod_uptime#"
                    + " gpu_pod_utilization- gpu_max_slices?# mig_instance_id? mig_profile? mig_strategy?");

    private static final String DATE_COLUMNS = "report_period_start report_period_end interval_start interval_end ";

    /** The columns every report begins with. */
    public static final List<String> DATES = List.of(DATE_COLUMNS.split(" "));

    private final String typeName;
    private final String fileName;
    private final String entity;
    private final String labels;
    private final List<String> header;
    private final Set<String> required;
    private final List<String> measures;
    private final List<String> texts;

    ReportKind(String typeName, String fileName, String entity, String labels, String columns) {
        this.typeName = typeName;
        this.fileName = fileName;
        this.entity = entity;
        this.labels = labels;
        List<String> marked = List.of((DATE_COLUMNS + columns).split(" "));
        this.header = marked.stream().map(ReportKind::unmarked).toList();
        this.required = marked.stream()
                .filter(column -> !column.contains("?") && !column.contains("-"))
                .map(ReportKind::unmarked)
                .collect(Collectors.toUnmodifiableSet());
        this.measures = marked.stream()
                .filter(column -> column.contains("#"))
                .map(ReportKind::unmarked)
                .toList();
        this.texts = marked.stream()
                .filter(column -> !column.contains("#") && !column.contains("-"))
                .map(ReportKind::unmarked)
                .filter(column -> !DATE_COLUMNS.contains(column + " "))
                .toList();
    }

    private static String unmarked(String marked) {
        return marked.replaceAll("[#?-]", "");
    }

    /** The first kind all of whose required columns the header has; the order of the columns is free. */
    public static Optional<ReportKind> of(Collection<String> header) {
        return Arrays.stream(values())
                .filter(kind -> header.containsAll(kind.required))
                .findFirst();
    }

    public static ReportKind named(String typeName) {
        return Arrays.stream(values())
                .filter(kind -> kind.typeName.equals(typeName))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no report type " + typeName));
    }

    /** {@code pod_usage}, {@code storage_usage} and so on. */
    public String typeName() {
        return typeName;
    }

    /** The part of the operator's file name that tells its reports apart. */
    public String fileName() {
        return fileName;
    }

    /** The column that names what a row is about. */
    public String entity() {
        return entity;
    }

    /** The column with that entity's labels. */
    public String labels() {
        if (labels == null) {
            throw new IllegalStateException(typeName + " has no labels");
        }
        return labels;
    }

    /** All columns in the operator's order. */
    public List<String> header() {
        return header;
    }

    public Set<String> required() {
        return required;
    }

    public List<String> measures() {
        return measures;
    }

    /** What is read of a row besides measures and dates. */
    public List<String> texts() {
        return texts;
    }
}
