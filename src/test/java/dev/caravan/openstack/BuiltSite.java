package dev.caravan.openstack;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.springframework.jdbc.core.JdbcTemplate;

/** What stands in the database for a site once its timelines are built, beside what the naive implementation makes of it. */
final class BuiltSite {
    private static final double NEAR = 1e-9;

    private static final String SPANS =
            """
            select count_type, source_table, source_id, entity_id, hypervisor_hostname, node_type, blazar_host_id,
                reservation_id, starts, ends, original_start, original_end, coerce_action,
                nodes, vcpus, vcpus_overcommit, memory_mb, disk_gb
            from openstack.span
            where site = ?
            """;
    private static final String REJECTS =
            "select source_table, source_id, reason from openstack.span_reject where site = ?";
    private static final String CHANGES =
            """
            select collector_type, count_type, changed_at, nodes, vcpus, vcpus_overcommit, memory_mb, disk_gb
            from openstack.usage_change
            where site = ?
            """;
    private static final String USAGE =
            "select collector_type, metric, resource, \"timestamp\", value from openstack.usage where site = ?";
    private static final String LEASES =
            "select lease_id, created_at, requested_seconds, effective_seconds from openstack.lease_lead_time where site = ?";
    private static final String LEAD_TIMES =
            "select leadtime_type, \"timestamp\", value from openstack.lead_time where site = ?";
    private static final String LISTED =
            """
            select collector_type, metric, resource, "timestamp", value
            from caravan.list_usage(?, ?, ?, ?::interval, ?)
            where collector_type = 'current'
                and metric = any (?)
            """;
    private static final int MEAN_SECONDS = 2 * 86_400;

    /**
     * A row of a table.
     *
     * @param key all columns but numbers
     * @param numbers that may differ by what rounding costs
     */
    record Row(String key, List<Double> numbers) {
        static Row of(List<?> key, Double... numbers) {
            List<Double> values = new ArrayList<>();
            for (Double number : numbers) {
                values.add(number);
            }
            return new Row(
                    key.stream()
                            .map(value -> value == null ? "-" : value.toString())
                            .reduce((a, b) -> a + " " + b)
                            .orElse(""),
                    values);
        }

        private boolean near(Row other) {
            if (!key.equals(other.key) || numbers.size() != other.numbers.size()) {
                return false;
            }
            for (int i = 0; i < numbers.size(); i++) {
                Double one = numbers.get(i);
                Double two = other.numbers.get(i);
                if (!Objects.equals(one, two) && (Math.abs((one == null ? 0 : one) - (two == null ? 0 : two)) > NEAR)) {
                    return false;
                }
            }
            return true;
        }
    }

    private final JdbcTemplate database;
    private final String site;

    BuiltSite(JdbcTemplate database, String site) {
        this.database = database;
        this.site = site;
    }

    void build() {
        database.queryForList(
                "select caravan.build_timelines(?, ?, ?, ?)",
                site,
                Timestamp.from(RandomSite.FROM),
                Timestamp.from(RandomSite.TO),
                Timestamp.from(RandomSite.REPORT_TIME));
    }

    /** All that was built, in one order. */
    Map<String, List<Row>> rows() {
        Map<String, List<Row>> rows = new LinkedHashMap<>();
        for (String table : List.of(SPANS, REJECTS, CHANGES, USAGE, LEASES, LEAD_TIMES)) {
            rows.put(table, sorted(database.query(table, BuiltSite::row, site)));
        }
        return rows;
    }

    /** Rows that only one of the two has, or which they do not agree on. */
    List<String> differences(RawSite raw) {
        var naive = new NaiveSite(raw);
        var timeline = new NaiveTimeline(naive, raw);
        var leadTimes = NaiveLeadTimes.of(raw, RandomSite.REPORT_TIME);
        Map<String, List<Row>> built = rows();
        List<String> differences = new ArrayList<>();
        compare("span", spans(naive), built.get(SPANS), differences);
        compare("span_reject", rejects(naive), built.get(REJECTS), differences);
        compare("usage_change", changes(timeline), built.get(CHANGES), differences);
        compare("usage", usage(timeline), built.get(USAGE), differences);
        compare("lease_lead_time", leases(leadTimes), built.get(LEASES), differences);
        compare("lead_time", leadTimes(leadTimes), built.get(LEAD_TIMES), differences);
        compare(
                "list_usage at every change",
                atEveryChange(timeline),
                listed(null, "last", NaiveTimeline.metrics()),
                differences);
        compare(
                "list_usage of means",
                means(timeline),
                listed(MEAN_SECONDS + " s", "mean", NaiveTimeline.COUNT_TYPES),
                differences);
        return differences;
    }

    private static void compare(String table, List<Row> naive, List<Row> built, List<String> differences) {
        Map<String, List<Row>> left = new TreeMap<>();
        built.forEach(
                row -> left.computeIfAbsent(row.key(), key -> new ArrayList<>()).add(row));
        for (Row row : naive) {
            List<Row> alike = left.getOrDefault(row.key(), new ArrayList<>());
            var same = alike.stream().filter(row::near).findFirst();
            if (same.isPresent()) {
                alike.remove(same.get());
            } else {
                differences.add(table + " expected " + row);
            }
        }
        left.values().forEach(rows -> rows.forEach(row -> differences.add(table + " built    " + row)));
    }

    private static List<Row> spans(NaiveSite naive) {
        return naive.spans().stream()
                .map(span -> {
                    var amounts = span.amounts();
                    List<Object> key = new ArrayList<>();
                    key.add(span.countType());
                    key.add(span.table());
                    key.add(span.id());
                    key.add(span.entity());
                    key.add(span.host());
                    key.add(span.nodeType());
                    key.add(span.blazarHost());
                    key.add(span.reservation());
                    key.add(span.period().starts());
                    key.add(end(span.period()));
                    key.add(span.original().starts());
                    key.add(end(span.original()));
                    key.add(span.clipped() ? "clipped" : "none");
                    return Row.of(
                            key,
                            amounts.nodes(),
                            amounts.vcpus(),
                            amounts.vcpusOvercommit(),
                            amounts.memoryMb(),
                            amounts.diskGb());
                })
                .toList();
    }

    private static List<Row> rejects(NaiveSite naive) {
        return naive.rejects().stream()
                .map(reject -> Row.of(List.of(reject.table(), reject.id(), reject.reason())))
                .toList();
    }

    private static List<Row> changes(NaiveTimeline timeline) {
        List<Row> rows = new ArrayList<>();
        for (String type : NaiveTimeline.COUNT_TYPES) {
            for (Instant moment : timeline.changes(type)) {
                rows.add(Row.of(
                        List.of("current", type, moment),
                        NaiveTimeline.RESOURCES.stream()
                                .map(resource ->
                                        timeline.isKnown(type, resource) ? timeline.at(type, resource, moment) : null)
                                .toArray(Double[]::new)));
            }
        }
        for (Instant moment : timeline.legacyChanges()) {
            for (String type : List.of("total", "reservable", "committed", "occupied_reservation")) {
                rows.add(Row.of(
                        List.of("legacy", type, moment), timeline.legacyAt(type, moment), null, null, null, null));
            }
        }
        return rows;
    }

    private static List<Row> usage(NaiveTimeline timeline) {
        List<Row> rows = new ArrayList<>();
        for (Instant day = RandomSite.FROM; day.isBefore(RandomSite.TO); day = day.plusSeconds(86_400)) {
            for (String metric : NaiveTimeline.metrics()) {
                for (String resource : timeline.isPresent(metric) ? NaiveTimeline.RESOURCES : List.<String>of()) {
                    rows.add(Row.of(List.of("current", metric, resource, day), timeline.at(metric, resource, day)));
                }
            }
            for (String metric : NaiveTimeline.legacyMetrics()) {
                if (!timeline.legacyChanges().isEmpty()) {
                    rows.add(Row.of(List.of("legacy", metric, "nodes", day), timeline.legacyAt(metric, day)));
                }
            }
        }
        return rows;
    }

    private static List<Row> atEveryChange(NaiveTimeline timeline) {
        SortedSet<Instant> moments = new TreeSet<>();
        NaiveTimeline.COUNT_TYPES.forEach(type -> moments.addAll(timeline.changes(type)));
        moments.addAll(timeline.legacyChanges());
        List<Row> rows = new ArrayList<>();
        // What counts already when the time asked for begins.
        moments.add(RandomSite.FROM);
        for (Instant moment : moments.subSet(RandomSite.FROM, RandomSite.TO)) {
            for (String metric : NaiveTimeline.metrics()) {
                for (String resource : timeline.isPresent(metric) ? NaiveTimeline.RESOURCES : List.<String>of()) {
                    rows.add(Row.of(
                            List.of("current", metric, resource, moment), timeline.at(metric, resource, moment)));
                }
            }
        }
        return rows;
    }

    private static List<Row> means(NaiveTimeline timeline) {
        List<Row> rows = new ArrayList<>();
        for (Instant from = RandomSite.FROM; from.isBefore(RandomSite.TO); from = from.plusSeconds(MEAN_SECONDS)) {
            var bucket = new Period(from, from.plusSeconds(MEAN_SECONDS));
            for (String type : NaiveTimeline.COUNT_TYPES) {
                for (String resource : timeline.isPresent(type) ? NaiveTimeline.RESOURCES : List.<String>of()) {
                    rows.add(Row.of(List.of("current", type, resource, from), timeline.mean(type, resource, bucket)));
                }
            }
        }
        return rows;
    }

    private List<Row> listed(String bucket, String mode, List<String> metrics) {
        return database.query(
                LISTED,
                BuiltSite::row,
                site,
                Timestamp.from(RandomSite.FROM),
                Timestamp.from(RandomSite.TO),
                bucket,
                mode,
                metrics.toArray(String[]::new));
    }

    private static List<Row> leases(List<NaiveLeadTimes.LeadTime> all) {
        return all.stream()
                .map(lease -> Row.of(List.of(lease.lease(), lease.createdAt()), lease.requested(), lease.effective()))
                .toList();
    }

    private static List<Row> leadTimes(List<NaiveLeadTimes.LeadTime> all) {
        List<Row> rows = new ArrayList<>();
        NaiveLeadTimes.means(all, NaiveLeadTimes.LeadTime::requested)
                .forEach((moment, mean) -> rows.add(Row.of(List.of("requested", moment), mean)));
        NaiveLeadTimes.means(all, NaiveLeadTimes.LeadTime::effective)
                .forEach((moment, mean) -> rows.add(Row.of(List.of("effective", moment), mean)));
        return rows;
    }

    private static Instant end(Period period) {
        return period.ends().equals(Period.NEVER) ? null : period.ends();
    }

    private static List<Row> sorted(List<Row> rows) {
        return rows.stream().sorted(Comparator.comparing(Row::toString)).toList();
    }

    private static Row row(ResultSet row, int number) throws SQLException {
        List<Object> key = new ArrayList<>();
        List<Double> numbers = new ArrayList<>();
        for (int column = 1; column <= row.getMetaData().getColumnCount(); column++) {
            Object value = row.getObject(column);
            if (row.getMetaData().getColumnType(column) == Types.DOUBLE) {
                numbers.add((Double) value);
            } else {
                key.add(value instanceof Timestamp time ? time.toInstant() : value);
            }
        }
        return Row.of(key, numbers.toArray(Double[]::new));
    }
}
