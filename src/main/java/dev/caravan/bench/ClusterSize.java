package dev.caravan.bench;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How large a cluster is, and for how many days it reports.
 *
 * @param podRows hourly pod rows of all days: the last day ends with the last of them
 * @param labels labels of a pod
 * @param claims share of pods that claim a volume, 0 to 1
 */
public record ClusterSize(String name, int nodes, int pods, int days, long podRows, int labels, double claims) {
    public static final int HOURS = 24;
    private static final int LARGE_NODES = 200;
    private static final int LARGE_PODS = 2000;
    private static final int MONTH = 30;
    private static final int PODS_PER_NODE = 10;
    private static final int PODS_PER_NAMESPACE = 24;
    private static final Pattern ROWS = Pattern.compile("(\\d{1,6})([kKmM])");

    /** What is to differ from what a name or a number of rows stands for; null for nothing. */
    public record Changes(Integer nodes, Integer pods, Integer podsPerNode, Integer days, int labels, double claims) {}

    /**
     * One of small, medium, large and month, or thousands or millions of pod rows, as 20k or 1M.
     *
     * @throws IllegalArgumentException when it is none of these
     */
    public static ClusterSize named(String name, Changes changes) {
        ClusterSize base =
                switch (name.toLowerCase(Locale.ROOT)) {
                    case "small" -> new ClusterSize(name, 10, 100, 1, 0, 0, 0);
                    case "medium" -> new ClusterSize(name, 50, 500, 1, 0, 0, 0);
                    case "large" -> new ClusterSize(name, LARGE_NODES, LARGE_PODS, 1, 0, 0, 0);
                    case "month" -> new ClusterSize(name, LARGE_NODES, LARGE_PODS, MONTH, 0, 0, 0);
                    default -> ofRows(name, rows(name), new Changes(null, null, null, null, 0, 0));
                };
        boolean same = changes.pods == null && changes.podsPerNode == null && changes.days == null;
        int nodes = or(changes.nodes, base.nodes);
        int pods = or(changes.pods, changes.podsPerNode == null ? base.pods : nodes * changes.podsPerNode);
        int days = or(changes.days, base.days);
        long rows = same && base.podRows > 0 ? base.podRows : (long) pods * days * HOURS;
        return new ClusterSize(base.name, nodes, pods, days, rows, changes.labels, changes.claims);
    }

    /**
     * So many pod rows: of the large cluster, for as many days as that takes, or of a smaller one for a day.
     *
     * @throws IllegalArgumentException when pods and days are given that have another number of rows
     */
    public static ClusterSize ofRows(long rows, Changes changes) {
        return ofRows(Long.toString(rows), rows, changes);
    }

    private static ClusterSize ofRows(String name, long rows, Changes changes) {
        Integer given = changes.pods;
        if (changes.podsPerNode != null && changes.nodes != null) {
            given = changes.nodes * changes.podsPerNode;
        }
        int days;
        int pods;
        if (given == null) {
            days = or(changes.days, Math.toIntExact(ceil(rows, LARGE_PODS * HOURS)));
            pods = Math.toIntExact(ceil(rows, (long) days * HOURS));
            pods = changes.days == null && days > 1 ? LARGE_PODS : pods;
        } else {
            pods = given;
            days = Math.toIntExact(ceil(rows, (long) pods * HOURS));
            if (changes.days != null && changes.days != days) {
                throw new IllegalArgumentException(
                        rows + " rows of " + pods + " pods are " + days + " days, not " + changes.days);
            }
        }
        int perNode = or(changes.podsPerNode, PODS_PER_NODE);
        int nodes = or(changes.nodes, Math.toIntExact(ceil(pods, perNode)));
        return new ClusterSize(name, nodes, pods, days, rows, changes.labels, changes.claims);
    }

    /** The cluster of a warm-up: large enough for the compiler to notice. */
    static ClusterSize warmUp(ClusterSize size) {
        int pods = Math.min(500, size.pods);
        return new ClusterSize("warm-up", 50, pods, 4, 4L * pods * HOURS, size.labels, size.claims);
    }

    public int namespaces() {
        return Math.toIntExact(Math.max(6, ceil(pods, PODS_PER_NAMESPACE)));
    }

    public int volumes() {
        return (int) Math.round(pods * claims);
    }

    /** Pod rows of a day, counted from 0. */
    public long podRows(int day) {
        long whole = (long) pods * HOURS;
        return Math.max(0, Math.min(whole, podRows - day * whole));
    }

    /** Hours of a day that have rows. */
    int hours(int day) {
        return (int) ceil(podRows(day), pods);
    }

    private static long rows(String name) {
        Matcher rows = ROWS.matcher(name);
        if (!rows.matches()) {
            throw new IllegalArgumentException(
                    "no size: small, medium, large, month, or pod rows as 20k, 100k, 336k, 1M or 2M");
        }
        long number = Long.parseLong(rows.group(1)) * (rows.group(2).equalsIgnoreCase("k") ? 1000 : 1_000_000);
        if (number == 0) {
            throw new IllegalArgumentException("no size: one row at least");
        }
        return number;
    }

    private static long ceil(long number, long by) {
        return (number + by - 1) / by;
    }

    private static int or(Integer given, int otherwise) {
        return given == null ? otherwise : given;
    }
}
