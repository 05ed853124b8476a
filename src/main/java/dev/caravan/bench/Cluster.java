package dev.caravan.bench;

import java.io.IOException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * An imaginary cluster and what a metrics operator reports of it: every figure follows from the seed. Rows are made when they
 * are written, any number of times; none is kept.
 */
final class Cluster {
    static final LocalDate FIRST_DAY = LocalDate.of(2025, 1, 1);
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");
    private static final String DATES = "report_period_start,report_period_end,interval_start,interval_end,";
    private static final long GIB = 1L << 30;
    private static final int SECONDS = 3600;

    /** The reports of a day, in the order of an operator's file names. */
    enum Report {
        NAMESPACES("namespace-usage", "namespace,namespace_labels"),
        NODES("node-usage", "node,node_labels"),
        PODS(
                "pod-usage",
                "node,namespace,pod,pod_usage_cpu_core_seconds,pod_request_cpu_core_seconds,"
                        + "pod_limit_cpu_core_seconds,pod_usage_memory_byte_seconds,pod_request_memory_byte_seconds,"
                        + "pod_limit_memory_byte_seconds,node_capacity_cpu_cores,node_capacity_cpu_core_seconds,"
                        + "node_capacity_memory_bytes,node_capacity_memory_byte_seconds,node_role,resource_id,pod_labels"),
        STORAGE(
                "storage-usage",
                "namespace,pod,node,persistentvolumeclaim,persistentvolume,storageclass,csi_driver,csi_volume_handle,"
                        + "persistentvolumeclaim_capacity_bytes,persistentvolumeclaim_capacity_byte_seconds,"
                        + "volume_request_storage_byte_seconds,persistentvolumeclaim_usage_byte_seconds,"
                        + "persistentvolume_labels,persistentvolumeclaim_labels");

        private final String fileName;
        private final String header;

        Report(String fileName, String columns) {
            this.fileName = fileName;
            this.header = DATES + columns + "\n";
        }

        String fileName() {
            return fileName;
        }

        /** The first line of its CSV, line feed included. */
        String header() {
            return header;
        }
    }

    /** Takes one row of a CSV after the other, line feed included, ASCII only. */
    interface Lines {
        void line(CharSequence line) throws IOException;
    }

    private record Node(String name, int cores, String role, String resourceId, String labels) {}

    /** Requests of an hour: core-seconds and bytes times seconds; limits are twice that. */
    private record Pod(
            String name,
            int node,
            int namespace,
            long coreSeconds,
            long byteSeconds,
            boolean requests,
            String labels) {}

    private final ClusterSize size;
    private final long seed;
    private final List<Node> nodes = new ArrayList<>();
    private final List<String> namespaces = new ArrayList<>();
    private final List<Pod> pods = new ArrayList<>();

    Cluster(ClusterSize size, long seed) {
        this.size = size;
        this.seed = seed;
        var random = new Random(seed);
        for (int i = 0; i < size.nodes(); i++) {
            nodes.add(node(i, random));
        }
        for (int i = 0; i < size.namespaces(); i++) {
            namespaces.add(i == 1 ? "openshift-monitoring" : i == 2 ? "kube-system" : "team-" + i);
        }
        for (int i = 0; i < size.pods(); i++) {
            pods.add(pod(i, random));
        }
    }

    ClusterSize size() {
        return size;
    }

    /**
     * Writes the rows of a report of a day.
     *
     * @param day counted from 0
     * @param zone what ends every time: an operator writes " +0000 UTC", PostgreSQL reads "+00"
     */
    void write(Report report, int day, String zone, Lines to) throws IOException {
        var random = new Random(seed + 31L * day + report.ordinal());
        var line = new StringBuilder(1024);
        long left = report == Report.PODS ? size.podRows(day) : Long.MAX_VALUE;
        for (int hour = 0; hour < size.hours(day); hour++) {
            String dates = dates(FIRST_DAY.plusDays(day).atTime(hour, 0), zone);
            for (int entity = 0; entity < entities(report) && left > 0; entity++, left--) {
                line.setLength(0);
                line.append(dates);
                switch (report) {
                    case NAMESPACES ->
                        line.append(namespaces.get(entity))
                                .append(",label_team:t")
                                .append(entity % 5);
                    case NODES ->
                        cells(line, nodes.get(entity).name(), nodes.get(entity).labels());
                    case PODS -> pod(line, pods.get(entity), random);
                    case STORAGE -> volume(line, entity, random);
                }
                to.line(line.append('\n'));
            }
        }
    }

    private int entities(Report report) {
        return switch (report) {
            case NAMESPACES -> namespaces.size();
            case NODES -> nodes.size();
            case PODS -> pods.size();
            case STORAGE -> size.volumes();
        };
    }

    private static Node node(int number, Random random) {
        String role = number % 10 == 0 ? "master" : number % 10 == 1 ? "infra" : "worker";
        return new Node(
                "ip-10-0-" + number / 250 + "-" + number % 250,
                4 << random.nextInt(4),
                role,
                "i-%08x%04x".formatted(random.nextInt(), number),
                "label_kubernetes_io_arch:amd64|label_zone:z" + number % 3);
    }

    private Pod pod(int number, Random random) {
        var labels = new StringBuilder();
        for (int i = 0; i < size.labels(); i++) {
            labels.append(i == 0 ? "label_" : "|label_")
                    .append(
                            switch (i) {
                                case 0 -> "app:app" + random.nextInt(8);
                                case 1 -> "environment:" + (number % 2 == 0 ? "prod" : "dev");
                                case 2 -> "version:v" + number;
                                default -> "extra_" + i + ":x" + random.nextInt(50);
                            });
        }
        return new Pod(
                "pod-" + number,
                random.nextInt(nodes.size()),
                number % namespaces.size(),
                (long) (1 + random.nextInt(40)) * SECONDS / 20,
                (1 + random.nextInt(64)) * (GIB / 16) * SECONDS,
                number % 7 != 3,
                labels.toString());
    }

    private void pod(StringBuilder line, Pod pod, Random random) {
        Node node = nodes.get(pod.node());
        long bytes = node.cores() * 4 * GIB;
        cells(line, node.name(), namespaces.get(pod.namespace()), pod.name());
        measures(line, pod.coreSeconds(), pod.requests(), random);
        measures(line, pod.byteSeconds(), pod.requests(), random);
        number(line, node.cores());
        number(line, (long) node.cores() * SECONDS);
        number(line, bytes);
        number(line, bytes * SECONDS);
        line.append(',');
        cells(line, node.role(), node.resourceId(), pod.labels());
    }

    /** Usage, request and limit; a pod without a request has no limit either. */
    private static void measures(StringBuilder line, long request, boolean requests, Random random) {
        long thousandths = request * (200 + random.nextInt(1600));
        String fraction = Long.toString(1000 + thousandths % 1000).substring(1);
        line.append(',').append(thousandths / 1000).append('.').append(fraction);
        for (int i = 1; i <= 2; i++) {
            if (requests) {
                number(line, request * i);
            } else {
                line.append(',');
            }
        }
    }

    private void volume(StringBuilder line, int number, Random random) {
        Pod pod = pods.get((int) ((long) number * pods.size() / size.volumes()));
        long bytes = (1 + number % 100) * GIB;
        cells(
                line,
                namespaces.get(pod.namespace()),
                pod.name(),
                nodes.get(pod.node()).name());
        line.append(",claim-").append(number).append(",pv-").append(number);
        line.append(number % 2 == 0 ? ",fast" : ",slow")
                .append(",ebs.csi.aws.com,vol-")
                .append(number);
        number(line, bytes);
        number(line, bytes * SECONDS);
        number(line, bytes * SECONDS);
        number(line, bytes * SECONDS / 1000 * random.nextInt(1000));
        line.append(",label_storage_tier:gold,label_app:data");
    }

    private static String dates(LocalDateTime hour, String zone) {
        LocalDateTime month = hour.toLocalDate().withDayOfMonth(1).atStartOfDay();
        return TIME.format(month) + zone + "," + TIME.format(month.plusMonths(1)) + zone + "," + TIME.format(hour)
                + zone + "," + TIME.format(hour.plusSeconds(SECONDS - 1)) + zone + ",";
    }

    private static void cells(StringBuilder line, String... cells) {
        line.append(String.join(",", cells));
    }

    private static void number(StringBuilder line, long number) {
        line.append(',').append(number).append(".000000");
    }
}
