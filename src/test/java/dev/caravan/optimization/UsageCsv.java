package dev.caravan.optimization;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A right-sizing report as an operator writes it, row by row. */
public final class UsageCsv {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss '+0000 UTC'").withZone(ZoneOffset.UTC);

    private final Map<String, String> usual = new LinkedHashMap<>();
    private final StringBuilder text = new StringBuilder();
    private long rows;

    private UsageCsv() {}

    /** Of containers: one of a deployment, called {@code web} in {@code shop/cart}, requesting 1 core and 1 GiB. */
    public static UsageCsv containers() {
        var csv = new UsageCsv();
        csv.usual.put("report_period_start", "2026-03-01 00:00:00 +0000 UTC");
        csv.usual.put("report_period_end", "2026-04-01 00:00:00 +0000 UTC");
        csv.usual.put("interval_start", "2026-03-11 05:45:01 +0000 UTC");
        csv.usual.put("interval_end", "2026-03-11 06:00:00 +0000 UTC");
        csv.usual.put("container_name", "web");
        csv.usual.put("pod", "cart-1");
        csv.usual.put("owner_name", "cart-7d9f");
        csv.usual.put("owner_kind", "ReplicaSet");
        csv.usual.put("workload", "cart");
        csv.usual.put("workload_type", "deployment");
        csv.usual.put("namespace", "shop");
        csv.usual.put("image_name", "quay.io/shop/cart");
        csv.usual.put("node", "node-1");
        csv.usual.put("resource_id", "i-1");
        UsageReportType.CONTAINER.measures().forEach(measure -> csv.usual.put(measure.name(), usual(measure.name())));
        csv.writeHeader();
        return csv;
    }

    /** Of namespaces: one called {@code shop}. */
    public static UsageCsv namespaces() {
        var csv = new UsageCsv();
        csv.usual.put("report_period_start", "2026-03-01 00:00:00 +0000 UTC");
        csv.usual.put("report_period_end", "2026-04-01 00:00:00 +0000 UTC");
        csv.usual.put("interval_start", "2026-03-11 05:45:01 +0000 UTC");
        csv.usual.put("interval_end", "2026-03-11 06:00:00 +0000 UTC");
        csv.usual.put("namespace", "shop");
        UsageReportType.NAMESPACE.measures().forEach(measure -> csv.usual.put(measure.name(), usual(measure.name())));
        csv.writeHeader();
        return csv;
    }

    private static String usual(String measure) {
        if (measure.startsWith("namespace_")) {
            return "2";
        }
        if (measure.startsWith("memory")) {
            return measure.contains("usage") ? "536870912" : "1073741824";
        }
        return measure.contains("throttle") ? "0" : measure.contains("usage") ? "0.25" : "1";
    }

    private void writeHeader() {
        text.append(String.join(",", usual.keySet())).append('\n');
    }

    /** Adds a row; names and values in turn that differ from the usual ones. */
    public UsageCsv row(Object... namesAndValues) {
        Map<String, String> row = new LinkedHashMap<>(usual);
        for (int i = 0; i < namesAndValues.length; i += 2) {
            if (row.replace((String) namesAndValues[i], String.valueOf(namesAndValues[i + 1])) == null) {
                throw new IllegalArgumentException("no column " + namesAndValues[i]);
            }
        }
        text.append(String.join(",", row.values())).append('\n');
        rows++;
        return this;
    }

    /** The same for the 15 minutes that end at an instant. */
    public UsageCsv at(Instant end, Object... namesAndValues) {
        List<Object> all = new ArrayList<>(
                List.of("interval_start", TIME.format(end.minusSeconds(899)), "interval_end", TIME.format(end)));
        all.addAll(List.of(namesAndValues));
        return row(all.toArray());
    }

    public long rows() {
        return rows;
    }

    public byte[] bytes() {
        return text().getBytes(StandardCharsets.UTF_8);
    }

    public String text() {
        return text.toString();
    }
}
