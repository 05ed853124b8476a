package dev.caravan.oracle;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What is recommended for one container or namespace, by loops over its intervals.
 *
 * <ul>
 *   <li>Of the intervals that end within 15 days up to an instant, the newest end closes the windows of 1, 7 and 15 days;
 *       an interval that ends exactly where a window opens is in it.
 *   <li>A term takes part when steps of 15 minutes back from the newest end find 2, 192 or 768 ends, each within 30 s.
 *       What an end lies off its step is added to the length of all later steps.
 *   <li>CPU below one core is the greatest seen, above it a percentile; memory is the greatest seen with a margin.
 *   <li>Numbers are doubles. What is 0 is left out of the document.
 * </ul>
 */
public final class NaiveRecommendation {
    private static final DateTimeFormatter MILLISECONDS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);
    private static final Instant NEVER = Instant.parse("0001-01-01T00:00:00Z");

    /** Measures by column of {@code ros.workload_metrics}, cores and bytes; a missing one is absent. */
    public record Interval(Instant start, Instant end, Map<String, Double> measures) {
        double value(String column) {
            return measures.getOrDefault(column, 0.0);
        }
    }

    /** Percentages by term and engine, such as {@code cpu_variation_short_cost_pct}; none of terms without engines. */
    public record Recommendation(
            Instant monitoringStart,
            Instant monitoringEnd,
            boolean storable,
            ObjectNode document,
            double cpuRequest,
            double memoryRequest,
            Map<String, Double> percents) {}

    private enum Term {
        SHORT(1, 30, 4, "Short"),
        MEDIUM(7, 2880, 7, "Medium"),
        LONG(15, 11520, 15, "Long");

        private final int days;
        private final double minutes;
        private final int boxes;
        private final String title;

        Term(int days, double minutes, int boxes, String title) {
            this.days = days;
            this.minutes = minutes;
            this.boxes = boxes;
            this.title = title;
        }

        String key() {
            return title.toLowerCase(Locale.ROOT);
        }
    }

    private record Engine(String name, double cpuPercentile) {}

    /** Cores and bytes; the least are those of box plots. */
    private record Point(double cpu, double cpuLeast, double memory, double memoryLeast, double spike, double pods) {}

    private final boolean namespace;
    private final TreeMap<Instant, Interval> results = new TreeMap<>();
    private final Instant until;

    private NaiveRecommendation(boolean namespace, List<Interval> intervals, Instant until) {
        this.namespace = namespace;
        this.until = until;
        for (Interval interval : intervals) {
            if (!interval.end().isBefore(until.minus(Duration.ofDays(15)))
                    && !interval.end().isAfter(until)) {
                results.put(interval.end(), interval);
            }
        }
    }

    /** Empty when no interval counts. */
    public static Optional<Recommendation> of(boolean namespace, List<Interval> intervals, Instant until) {
        var naive = new NaiveRecommendation(namespace, intervals, until);
        return naive.results.isEmpty() ? Optional.empty() : Optional.of(naive.recommend());
    }

    private Recommendation recommend() {
        Instant newest = results.lastKey();
        Double[] current = current(results.get(newest));
        Set<Integer> notices = new TreeSet<>();
        int[] absent = {523001, 423001, 524001, 524002};
        for (int item = 0; item < 4; item++) {
            int section = item < 2 ? 223000 : 224000;
            if (current[item] == null) {
                notices.add(absent[item]);
                notices.add(section + 1);
            } else if (current[item] <= 0) {
                notices.add(section + 2);
                current[item] = null;
            }
        }
        ObjectNode document = object();
        ObjectNode terms = document.putObject("recommendation_terms");
        Map<String, Double> percents = new LinkedHashMap<>();
        Instant monitoringStart = NEVER;
        boolean any = false;
        for (Term term : Term.values()) {
            ObjectNode shown = terms.putObject(term.key() + "_term");
            shown.put("duration_in_hours", duration(term));
            if (minutesOfData(newest, term) < term.minutes - 0.5) {
                shown.put("monitoring_start_time", NEVER.toString());
                shown.set("notifications", notifications(Set.of(120001)));
                continue;
            }
            any = true;
            Instant start = newest.minus(Duration.ofDays(term.days));
            if (term == Term.SHORT) {
                monitoringStart = start;
            }
            shown.put("monitoring_start_time", start.toString());
            shown.set("notifications", notifications(Set.of(112101, 112102)));
            notices.add(111101 + term.ordinal());
            List<Point> window = new ArrayList<>();
            for (Interval interval : results.values()) {
                if (!interval.end().isBefore(start)) {
                    window.add(point(interval));
                }
            }
            ObjectNode engines = shown.putObject("recommendation_engines");
            for (Engine engine : List.of(new Engine("cost", 60), new Engine("performance", 98))) {
                engines.set(engine.name(), engine(engine, window, current, term, percents));
            }
            shown.set("plots", plots(term, start));
        }
        document.put("monitoring_end_time", newest.toString());
        document.set("current", configuration(current));
        document.set("notifications", notifications(notices));
        return new Recommendation(
                monitoringStart,
                newest,
                any && newest.equals(until),
                document,
                clamp(orZero(current[0]), "999999.9999"),
                clamp(orZero(current[2]), "9999999999999999.9999"),
                percents);
    }

    /** CPU request and limit, memory request and limit. */
    private Double[] current(Interval interval) {
        String kind = namespace ? "_sum" : "_avg";
        return new Double[] {
            interval.measures().get("cpu_request" + kind),
            interval.measures().get("cpu_limit" + kind),
            interval.measures().get("memory_request" + kind),
            interval.measures().get("memory_limit" + kind)
        };
    }

    private double minutesOfData(Instant newest, Term term) {
        long end = newest.getEpochSecond();
        long opening = end - term.days * 86400L;
        long step = 900;
        double minutes = 0;
        for (long instant = end; instant > opening; instant -= step) {
            Long found = null;
            for (Instant key : results.subMap(
                            Instant.ofEpochSecond(instant - 30), true, Instant.ofEpochSecond(instant + 30), true)
                    .keySet()) {
                found = key.getEpochSecond();
            }
            if (found != null) {
                minutes += 15;
                step = Math.max(1, step + instant - found);
            }
        }
        return minutes;
    }

    private double duration(Term term) {
        long seconds = 0;
        for (Interval interval : results.values()) {
            seconds += Duration.between(interval.start(), interval.end()).toSeconds();
        }
        if (namespace) {
            double minutes = BigDecimal.valueOf(seconds)
                    .divide(BigDecimal.valueOf(60), 1, RoundingMode.HALF_UP)
                    .doubleValue();
            return Math.min(minutes, term.days * 1440.0) / 60;
        }
        return BigDecimal.valueOf(Math.min(seconds, term.days * 86400L))
                .divide(BigDecimal.valueOf(3600), 2, RoundingMode.HALF_UP)
                .doubleValue();
    }

    private Point point(Interval interval) {
        double usage =
                interval.value("cpu_usage_max") > 0 ? interval.value("cpu_usage_max") : interval.value("cpu_usage_avg");
        double throttle = interval.value("cpu_throttle_max") > 0
                ? interval.value("cpu_throttle_max")
                : interval.value("cpu_throttle_avg");
        double total = usage + throttle;
        double spike = Math.max(
                Math.ceil(interval.value("memory_usage_max") - interval.value("memory_usage_min")),
                Math.ceil(interval.value("memory_rss_usage_max") - interval.value("memory_rss_usage_min")));
        double cpuLeast = interval.value("cpu_usage_min") + interval.value("cpu_throttle_min");
        double memory = interval.value("memory_usage_max");
        double memoryLeast = interval.value("memory_usage_min");
        if (namespace) {
            return new Point(
                    total,
                    leastPositive(total, cpuLeast),
                    memory,
                    leastPositive(memory, memoryLeast),
                    spike,
                    Math.ceil(interval.value("total_pods_avg")));
        }
        double pods = 0;
        if (interval.value("cpu_usage_avg") != 0) {
            pods = interval.value("cpu_usage_sum") / interval.value("cpu_usage_avg");
        }
        double counted = Math.ceil(pods);
        if (pods == 0 && interval.value("memory_usage_avg") != 0) {
            pods = interval.value("memory_usage_sum") / interval.value("memory_usage_avg");
        }
        double cpuShare = 0;
        if (total >= 1 && pods > 0) {
            cpuShare = (interval.value("cpu_usage_sum") + interval.value("cpu_throttle_sum")) / pods;
        }
        double memoryShare = pods > 0 ? interval.value("memory_usage_sum") / pods : 0;
        double memoryGreatest = Math.max(memoryShare, memory);
        return new Point(
                total < 1 ? total : Math.max(cpuShare, total),
                leastPositive(cpuShare, total, cpuLeast),
                memoryGreatest,
                leastPositive(memoryShare, memoryGreatest, memoryLeast),
                spike,
                counted);
    }

    private ObjectNode engine(
            Engine engine, List<Point> window, Double[] current, Term term, Map<String, Double> percents) {
        List<Double> cpus = new ArrayList<>();
        double memoryGreatest = 0;
        double spikeGreatest = Double.NEGATIVE_INFINITY;
        double pods = 0;
        for (Point point : window) {
            cpus.add(point.cpu());
            memoryGreatest = Math.max(memoryGreatest, point.memory());
            spikeGreatest = Math.max(spikeGreatest, point.spike());
            pods = Math.max(pods, point.pods());
        }
        Set<Integer> notices = new TreeSet<>();
        if (pods == 0) {
            notices.add(221001);
        }
        Double cpu = Collections.max(cpus);
        if (cpu >= 1) {
            cpu = percentile(engine.cpuPercentile(), cpus);
        }
        if (cpu == 0) {
            notices.add(323002);
            cpu = null;
        } else if (cpu <= 0.001) {
            notices.add(323001);
            cpu = null;
        }
        Double memory = Math.min(
                memoryGreatest + memoryGreatest * 0.2, memoryGreatest + (spikeGreatest + spikeGreatest * 0.05));
        if (memory == 0) {
            notices.add(324001);
        }
        if (memory <= 0) {
            memory = null;
        }
        Double[] recommended = {cpu, cpu, memory, memory};
        Double[] shown = recommended.clone();
        Double[] variation = new Double[4];
        int[] optimised = {323004, 323005, 324003, 324004};
        for (int item = 0; item < 4; item++) {
            if (recommended[item] == null) {
                continue;
            }
            double value = orZero(current[item]);
            variation[item] = recommended[item] - value;
            if (value > 0 && Math.abs((recommended[item] - value) / value * 100) <= 0.1) {
                variation[item] = 0.0;
                notices.add(optimised[item]);
                int request = item / 2 * 2;
                shown[request] = value;
                shown[request + 1] = value;
            }
        }
        percents.put(
                "cpu_variation_" + term.key() + "_" + engine.name() + "_pct",
                percent(thousandths(orZero(variation[0])), thousandths(orZero(current[0]))));
        percents.put(
                "memory_variation_" + term.key() + "_" + engine.name() + "_pct",
                percent(mebibytes(orZero(variation[2])), mebibytes(orZero(current[2]))));
        ObjectNode node = object();
        node.set("config", configuration(shown));
        node.set("variation", configuration(variation));
        node.set("notifications", notifications(notices));
        return node;
    }

    private ObjectNode plots(Term term, Instant start) {
        ObjectNode plots = object();
        plots.put("datapoints", term.boxes);
        ObjectNode data = plots.putObject("plots_data");
        Duration width = Duration.ofDays(term.days).dividedBy(term.boxes);
        for (int box = 0; box < term.boxes; box++) {
            Instant left = start.plus(width.multipliedBy(box));
            Instant right = left.plus(width);
            List<Point> inside = new ArrayList<>();
            for (Interval interval : results.subMap(left, false, right, true).values()) {
                inside.add(point(interval));
            }
            ObjectNode node = data.putObject(MILLISECONDS.format(right));
            if (inside.isEmpty()) {
                continue;
            }
            node.set(
                    "cpuUsage",
                    box(
                            inside.stream().map(Point::cpu).toList(),
                            inside.stream().map(Point::cpuLeast).toList(),
                            "cores"));
            node.set(
                    "memoryUsage",
                    box(
                            inside.stream().map(Point::memory).toList(),
                            inside.stream().map(Point::memoryLeast).toList(),
                            "bytes"));
        }
        return plots;
    }

    private static ObjectNode box(List<Double> values, List<Double> least, String format) {
        ObjectNode node = object().put("format", format);
        put(node, "min", Collections.min(least));
        put(node, "q1", percentile(25, values));
        put(node, "median", percentile(50, values));
        put(node, "q3", percentile(75, values));
        put(node, "max", Collections.max(values));
        return node;
    }

    private static ObjectNode configuration(Double[] items) {
        ObjectNode node = object();
        ObjectNode requests = node.putObject("requests");
        requests.set("cpu", amount(items[0], "cores"));
        requests.set("memory", amount(items[2], "bytes"));
        ObjectNode limits = node.putObject("limits");
        limits.set("cpu", amount(items[1], "cores"));
        limits.set("memory", amount(items[3], "bytes"));
        return node;
    }

    private static ObjectNode amount(Double amount, String format) {
        ObjectNode node = object();
        if (amount != null) {
            node.put("format", format);
            put(node, "amount", amount);
        }
        return node;
    }

    /** Codes and types; what a message says is not compared. */
    private static ObjectNode notifications(Set<Integer> codes) {
        ObjectNode node = object();
        for (int code : codes) {
            node.putObject(Integer.toString(code))
                    .put("code", code)
                    .put(
                            "type",
                            List.of("info", "error", "notice", "warning", "critical")
                                    .get(code / 100000 - 1));
        }
        return node;
    }

    private static double percentile(double percent, List<Double> values) {
        List<Double> sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        return sorted.get((int) Math.round(percent / 100.0 * (sorted.size() - 1)));
    }

    private static double leastPositive(double... values) {
        double least = 0;
        for (double value : values) {
            if (value > 0 && (least == 0 || value < least)) {
                least = value;
            }
        }
        return least;
    }

    private static double percent(double change, double current) {
        if (change == 0 || current == 0) {
            return 0;
        }
        return clamp(thousandths(change / current * 100), "999999.9999");
    }

    private static double thousandths(double value) {
        if (new BigDecimal(Double.toString(value)).stripTrailingZeros().scale() <= 3) {
            return value;
        }
        double scaled = value * 1000;
        return (scaled < 0 ? Math.ceil(scaled) : Math.floor(scaled)) / 1000;
    }

    private static double mebibytes(double bytes) {
        double scaled = bytes / 1048576 * 100;
        return (scaled < 0 ? Math.ceil(scaled) : Math.floor(scaled)) / 100;
    }

    private static double clamp(double value, String limit) {
        double greatest = Double.parseDouble(limit);
        return Math.max(-greatest, Math.min(greatest, value));
    }

    private static double orZero(Double value) {
        return value == null ? 0 : value;
    }

    private static void put(ObjectNode node, String name, double value) {
        if (value != 0) {
            node.put(name, value);
        }
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }
}
