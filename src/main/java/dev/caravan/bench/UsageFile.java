package dev.caravan.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A right-sizing report as a metrics operator writes it: what the containers of an imaginary cluster used, by intervals of 15
 * minutes. A workload has one container, and every tenth two pods.
 *
 * @param rows one for each pod and interval
 */
record UsageFile(Path path, long rows) {
    static final int INTERVAL_SECONDS = 900;
    private static final int SECONDS_A_DAY = 86_400;
    private static final int TWO_PODS = 10;
    private static final int WORKLOADS_A_NAMESPACE = 12;
    private static final int WORKLOADS_A_NODE = 20;
    private static final long MILLION = 1_000_000;
    /** A mebibyte in millionths of a byte. */
    private static final long MEBIBYTE = MILLION << 20;

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss '+0000 UTC'");
    private static final String HEADER = "report_period_start,report_period_end,interval_start,interval_end,"
            + "container_name,pod,owner_name,owner_kind,workload,workload_type,namespace,image_name,node,resource_id,"
            + "cpu_request_container_avg,cpu_request_container_sum,cpu_limit_container_avg,cpu_limit_container_sum,"
            + "cpu_usage_container_avg,cpu_usage_container_min,cpu_usage_container_max,cpu_usage_container_sum,"
            + "cpu_throttle_container_avg,cpu_throttle_container_max,cpu_throttle_container_sum,"
            + "memory_request_container_avg,memory_request_container_sum,"
            + "memory_limit_container_avg,memory_limit_container_sum,"
            + "memory_usage_container_avg,memory_usage_container_min,memory_usage_container_max,memory_usage_container_sum,"
            + "memory_rss_usage_container_avg,memory_rss_usage_container_min,memory_rss_usage_container_max,"
            + "memory_rss_usage_container_sum\n";

    /**
     * Its usage goes up and down once a day.
     *
     * @param names cells from the container's name to the resource id
     * @param cores requested, in millionths; the limit is twice that
     * @param memory requested, in millionths of bytes; the limit is twice that
     * @param load mean usage, in thousandths of what is requested
     * @param peak when it uses most, in seconds of the day
     */
    private record Pod(String names, long cores, long memory, int load, int peak) {}

    /** Rows of so many workloads and intervals. */
    static long rows(int workloads, int intervals) {
        return (workloads + (workloads + TWO_PODS - 1L) / TWO_PODS) * intervals;
    }

    /**
     * Writes it; the same arguments give the same bytes.
     *
     * @param until end of the last interval
     */
    static UsageFile write(Path target, int workloads, int intervals, Instant until, long seed) throws IOException {
        var random = new Random(seed);
        List<Pod> pods = pods(workloads, random);
        var line = new StringBuilder(1024);
        try (var out = Files.newBufferedWriter(target, StandardCharsets.ISO_8859_1)) {
            out.write(HEADER);
            for (long interval = intervals - 1L; interval >= 0; interval--) {
                var end = until.minusSeconds(interval * INTERVAL_SECONDS).atZone(ZoneOffset.UTC);
                String dates = dates(end);
                for (Pod pod : pods) {
                    line.setLength(0);
                    line.append(dates).append(pod.names());
                    measures(line, pod, end.toLocalTime().toSecondOfDay(), random);
                    out.append(line.append('\n'));
                }
            }
        }
        return new UsageFile(target, rows(workloads, intervals));
    }

    private static List<Pod> pods(int workloads, Random random) {
        List<Pod> pods = new ArrayList<>();
        for (int number = 0; number < workloads; number++) {
            boolean stateful = number % 3 == 2;
            String workload = "app-" + number;
            String owner = stateful ? workload : workload + "-6b8f9c7d54";
            long cores = (1 + random.nextInt(40)) * MILLION / 20;
            long memory = (1 + random.nextInt(32)) * 64 * MEBIBYTE;
            int load = 100 + random.nextInt(900);
            int peak = random.nextInt(SECONDS_A_DAY);
            for (int pod = 0; pod < (number % TWO_PODS == 0 ? 2 : 1); pod++) {
                int node = random.nextInt(1 + workloads / WORKLOADS_A_NODE);
                String names = String.join(
                        ",",
                        "main",
                        owner + "-" + pod,
                        owner,
                        stateful ? "StatefulSet" : "ReplicaSet",
                        workload,
                        stateful ? "statefulset" : "deployment",
                        "team-" + number / WORKLOADS_A_NAMESPACE,
                        "quay.io/bench/" + workload + ":1.0",
                        "ip-10-0-" + node / 250 + "-" + node % 250,
                        "i-%012x".formatted(node));
                pods.add(new Pod(names, cores, memory, load, peak));
            }
        }
        return pods;
    }

    private static void measures(StringBuilder line, Pod pod, int second, Random random) {
        double wave = 1 + 0.6 * Math.cos(2 * Math.PI * (second - pod.peak()) / SECONDS_A_DAY);
        long cores = (long) (pod.cores() / 1000.0 * pod.load() * wave * (0.9 + 0.2 * random.nextDouble()));
        long throttled = Math.max(0, cores - pod.cores()) / 10;
        long memory = pod.memory() / 1_000_000 * pod.load() * (900 + random.nextInt(200));
        long resident = memory / 5 * 4;
        numbers(line, pod.cores(), pod.cores(), 2 * pod.cores(), 2 * pod.cores());
        numbers(line, cores, cores / 2, cores / 4 * 5, cores);
        numbers(line, throttled, 2 * throttled, throttled);
        numbers(line, pod.memory(), pod.memory(), 2 * pod.memory(), 2 * pod.memory());
        numbers(line, memory, memory / 10 * 9, memory / 20 * 21, memory);
        numbers(line, resident, resident / 10 * 9, resident / 20 * 21, resident);
    }

    private static void numbers(StringBuilder line, long... millionths) {
        for (long number : millionths) {
            String fraction = Long.toString(MILLION + number % MILLION).substring(1);
            line.append(',').append(number / MILLION).append('.').append(fraction);
        }
    }

    private static String dates(ZonedDateTime end) {
        ZonedDateTime start = end.minusSeconds(INTERVAL_SECONDS - 1L);
        ZonedDateTime month = start.truncatedTo(ChronoUnit.DAYS).withDayOfMonth(1);
        return TIME.format(month) + "," + TIME.format(month.plusMonths(1)) + "," + TIME.format(start) + ","
                + TIME.format(end) + ",";
    }
}
