package dev.caravan.optimization;

import dev.caravan.oracle.NaiveRecommendation.Interval;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Intervals of one container or namespace as a cluster may send them: gaps, drift, several pods, missing measures. */
final class RandomMetrics {
    private static final double[] CORES = {0, 0.0004, 0.001, 0.02, 0.6, 0.999, 1, 3, 40};

    private final Random random;
    private final boolean namespace;
    private final double cores;
    private final double bytes;
    private final boolean flat;
    private final double missing;

    RandomMetrics(Random random, boolean namespace) {
        this(random, namespace, random.nextInt(3) == 0 ? 0.2 : 0);
    }

    /** @param missing share of the measures that are */
    RandomMetrics(Random random, boolean namespace, double missing) {
        this.random = random;
        this.namespace = namespace;
        cores = CORES[random.nextInt(CORES.length)];
        bytes = random.nextInt(8) == 0 ? 0 : Math.rint(1e6 * Math.exp(8 * random.nextDouble()));
        flat = random.nextInt(4) == 0;
        this.missing = missing;
    }

    /** Newest first; ends differ. */
    List<Interval> intervals(Instant newest) {
        int kind = random.nextInt(100);
        int count = kind < 55 ? 1 + random.nextInt(40) : kind < 85 ? 50 + random.nextInt(150) : kind < 95 ? 500 : 1460;
        double gap = random.nextInt(3) == 0 ? 0.3 * random.nextDouble() : 0;
        int drift = random.nextInt(3) == 0 ? random.nextInt(41) - 20 : 0;
        int jitter = random.nextInt(3) == 0 ? 1 + random.nextInt(35) : 0;
        List<Interval> intervals = new ArrayList<>();
        long end = newest.getEpochSecond();
        for (int i = 0; i < count; i++) {
            if (i == 0 || random.nextDouble() >= gap) {
                long off = jitter == 0 || i == 0 ? 0 : random.nextInt(2 * jitter + 1) - jitter;
                Instant instant = Instant.ofEpochSecond(end + off);
                intervals.add(
                        new Interval(instant.minusSeconds(random.nextBoolean() ? 899 : 900), instant, measures()));
            }
            end -= 900 + drift;
            if (random.nextInt(600) == 0) {
                end -= random.nextInt(100_000);
            }
        }
        return intervals;
    }

    private Map<String, Double> measures() {
        Map<String, Double> measures = new LinkedHashMap<>();
        int pods = flat ? 1 : 1 + random.nextInt(3);
        usage(measures, "cpu_usage", flat ? cores : cores * random.nextDouble(), pods);
        if (random.nextInt(3) > 0) {
            usage(measures, "cpu_throttle", random.nextBoolean() ? 0 : cores / 10 * random.nextDouble(), pods);
        }
        usage(measures, "memory_usage", flat ? bytes : bytes * (0.9 + random.nextDouble()), pods);
        usage(measures, "memory_rss_usage", flat ? bytes : bytes * random.nextDouble(), pods);
        for (String item : List.of("cpu_request", "cpu_limit", "memory_request", "memory_limit")) {
            double usual = item.startsWith("cpu") ? cores : bytes;
            double value =
                    switch (random.nextInt(5)) {
                        case 0 -> 0;
                        case 1 -> usual * 1.0009;
                        case 2 -> usual * 2;
                        default -> usual;
                    };
            if (random.nextInt(5) > 0) {
                measures.put(item + "_avg", value);
                measures.put(item + "_sum", value * pods);
            }
        }
        if (namespace && random.nextInt(4) > 0) {
            measures.put("total_pods_avg", random.nextInt(3) * 1.5);
        }
        measures.keySet().removeIf(column -> random.nextDouble() < missing);
        return measures;
    }

    private void usage(Map<String, Double> measures, String name, double average, int pods) {
        double spread = flat ? 0 : average * random.nextDouble();
        measures.put(name + "_avg", average);
        measures.put(name + "_sum", average * pods);
        measures.put(name + "_min", average - spread);
        measures.put(name + "_max", random.nextInt(10) == 0 ? 0 : average + spread);
    }
}
