package dev.caravan.openshift;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.RouteApplication;
import dev.caravan.TestCaravan;
import dev.caravan.ledger.ManifestWatch;
import dev.caravan.oracle.Conservation;
import dev.caravan.oracle.Hours;
import dev.caravan.oracle.NaiveDelivery;
import dev.caravan.oracle.NaiveSummary;
import dev.caravan.oracle.PayloadWriter;
import dev.caravan.oracle.Report;
import dev.caravan.oracle.ReportKind;
import dev.caravan.oracle.SummaryComparison;
import dev.caravan.payload.Delivery;
import dev.caravan.payload.Delivery.Outcome;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * A Caravan with one organisation, for a whole test class, and the clusters that send to it. Each test registers clusters
 * of its own, so that tests do not disturb one another; the enabled keys are the organisation's and set before each.
 */
final class Scenario implements AutoCloseable {
    static final Set<String> KEYS = Set.of("app", "environment", "team", "zone", "storage_tier");

    private static final String SCHEMA = TestCaravan.SCHEMA + ".";

    private final TestCaravan caravan = TestCaravan.start(
            RouteApplication.INGEST,
            Map.of("caravan.manifests.incomplete-after", "0h", "caravan.manifests.manifests-per-round", 10_000));
    private final Path directory;
    private Set<String> enabledKeys = Set.of();
    private int clusters;
    private int files;

    Scenario(Path directory) {
        this.directory = directory;
        // The first source makes the organisation's tables.
        caravan.addSource("silent", "a cluster that sends nothing");
    }

    @Override
    public void close() {
        caravan.close();
    }

    JdbcTemplate jdbc() {
        return caravan.jdbc();
    }

    /** From now on exactly these keys are enabled; nothing is summarised again. */
    void enable(Set<String> keys) {
        jdbc().update("update " + SCHEMA + "reporting_enabledtagkeys set enabled = false");
        for (String key : keys) {
            jdbc().update(
                            "insert into " + SCHEMA + "reporting_enabledtagkeys (key) values (?)"
                                    + " on conflict (key, provider_type) do update set enabled = true",
                            key);
        }
        enabledKeys = Set.copyOf(keys);
    }

    /** A registered cluster that has sent nothing yet. */
    Cluster cluster() {
        String id = "cluster-" + ++clusters;
        caravan.addSource(id, "alias of " + id);
        return new Cluster(id);
    }

    /** A path nothing was written to yet. */
    Path next() {
        return directory.resolve(++files + ".tar.gz");
    }

    /** One cluster and what it sent, in order. */
    final class Cluster {
        private final String id;
        private final UUID source;
        private final List<Path> sent = new ArrayList<>();

        private Cluster(String id) {
            this.id = id;
            this.source = jdbc().queryForObject(
                            "select source_uuid from caravan.source where cluster_id = ?", UUID.class, id);
        }

        String id() {
            return id;
        }

        UUID source() {
            return source;
        }

        /** A manifest packed at {@code date} that covers these hours. */
        PayloadWriter manifest(int number, String date, Hours hours) {
            return PayloadWriter.of(id, PayloadWriter.uuid(number)).date(date).covering(hours);
        }

        /** Everything in one tarball, which is to be loaded. */
        Delivery send(PayloadWriter payload) {
            return send(payload.writeTo(next()), Outcome.LOADED);
        }

        Delivery send(Path payload, Outcome expected) {
            Delivery delivery = send(payload);
            assertThat(delivery.outcome())
                    .as(delivery.reason() + " " + delivery.explanation())
                    .isEqualTo(expected);
            return delivery;
        }

        Delivery send(Path payload) {
            sent.add(payload);
            return caravan.ingest(payload);
        }

        /** All manifests that wait for files are declared incomplete; nothing else ever does that here. */
        void declareIncomplete() {
            sent.add(NaiveDelivery.DECLARATION);
            ManifestWatch watch = caravan.bean(ManifestWatch.class);
            watch.overdue().stream()
                    .filter(overdue -> overdue.source().equals(source))
                    .forEach(watch::declare);
        }

        /** Replaces an earlier load of the same members; for the second implementation nothing new came. */
        Delivery sendAgain(Path payload) {
            return caravan.ingest(new Delivery("again " + payload, null, "request-2", true), payload);
        }

        /** The tables say what the second implementation makes of all payloads sent so far. */
        void assertAgrees() throws SQLException {
            assertAgrees(sent);
        }

        /** The same, but as if these payloads had been sent. */
        void assertAgrees(List<Path> payloads) throws SQLException {
            var expected = NaiveDelivery.of(payloads);
            assertThat(owners()).as("owners").isEqualTo(described(expected.owners()));
            assertThat(complete()).as("complete manifests").isEqualTo(List.copyOf(expected.complete()));
            assertThat(countedRows()).as("counted rows").isEqualTo(countedRows(expected));
            try (Connection connection = caravan.database().dataSource().getConnection()) {
                SummaryComparison.assertSame(
                        NaiveSummary.of(expected, "alias of " + id, enabledKeys), connection, TestCaravan.SCHEMA, id);
                Conservation.assertHolds(expected, connection, TestCaravan.SCHEMA, id);
            }
        }

        /** {@code <day> <type>: <manifest> <hours>}. */
        List<String> owners() {
            return strings("select format('%s %s: %s %s', usage_start, report_type, manifest_uuid, hours) from "
                    + SCHEMA + "day_delivery where source = ? and owns");
        }

        private List<String> described(Map<NaiveDelivery.TypeDay, NaiveDelivery.Owner> owners) {
            return owners.entrySet().stream()
                    .map(owner -> "%s %s: %s %d"
                            .formatted(
                                    owner.getKey().day(),
                                    owner.getKey().kind().typeName(),
                                    owner.getValue().manifest(),
                                    owner.getValue().hours()))
                    .sorted()
                    .toList();
        }

        private List<String> complete() {
            return strings("select manifest_uuid::text from " + SCHEMA
                    + "manifest where source = ? and completed_at is not null");
        }

        private Map<String, Integer> countedRows() {
            Map<String, Integer> counts = new TreeMap<>();
            for (ReportKind kind : ReportKind.values()) {
                jdbc().query(
                                "select usage_start::text, count(*)::integer from " + SCHEMA + "openshift_"
                                        + kind.typeName() + "_counted_line_items where source = ? group by 1",
                                row -> {
                                    counts.put(row.getString(1) + " " + kind.typeName(), row.getInt(2));
                                },
                                source.toString());
            }
            return counts;
        }

        private static Map<String, Integer> countedRows(NaiveDelivery expected) {
            Map<String, Integer> counts = new TreeMap<>();
            for (var day : expected.days()) {
                for (ReportKind kind : ReportKind.values()) {
                    int rows = expected.rowsOf(kind.typeName(), day);
                    if (rows > 0) {
                        counts.put(day + " " + kind.typeName(), rows);
                    }
                }
            }
            return counts;
        }

        /**
         * All that is stored of this cluster's deliveries, but for what tells the cluster or the moment: hourly rows,
         * daily rows without their sums, which depend on the order of adding in the last digit, and day_delivery.
         */
        List<String> stored() {
            List<String> stored = new ArrayList<>(
                    strings("select (to_jsonb(d) - array['source', 'decided_at', 'members'])::text from " + SCHEMA
                            + "day_delivery d where source = ?"));
            for (ReportKind kind : ReportKind.values()) {
                stored.addAll(lines(kind));
                stored.addAll(strings(
                        "select format('%s daily: %s rows', usage_start, count(*)) from " + SCHEMA + "openshift_"
                                + kind.typeName() + "_line_items_daily where source = ?::text group by usage_start"));
            }
            return stored;
        }

        /** The hourly rows of a type as JSON, but for the ledger's number of their member. */
        List<String> lines(ReportKind kind) {
            return strings("select (to_jsonb(h) - 'source' - 'manifest_file')::text from " + SCHEMA + "openshift_"
                    + kind.typeName() + "_line_items h where source = ?::text");
        }

        /** An expression over each of this cluster's hourly rows of a type. */
        List<String> hourly(ReportKind kind, String expression) {
            return strings("select (" + expression + ")::text from " + SCHEMA + "openshift_" + kind.typeName()
                    + "_line_items where source = ?::text");
        }

        /** An expression over each of this cluster's daily rows of a type. */
        List<String> daily(ReportKind kind, String expression) {
            return strings("select (" + expression + ")::text from " + SCHEMA + "openshift_" + kind.typeName()
                    + "_line_items_daily where source = ?::text");
        }

        /** An expression over what the ledger says about each of this cluster's members. */
        List<String> members(String expression) {
            return strings("select (" + expression + ")::text from " + SCHEMA + "manifest_file where source = ?");
        }

        /** {@code line reason column}, by line. */
        List<String> rejects() {
            return jdbc().queryForList(
                            "select concat_ws(' ', r.line, r.reason, r.column_name) from " + SCHEMA
                                    + "row_reject r join " + SCHEMA
                                    + "manifest_file f using (manifest_file) where f.source = ? order by f.name, r.line",
                            String.class,
                            source);
        }

        /** What a query with one parameter, the source, answers, sorted. */
        List<String> strings(String sql) {
            return jdbc().queryForList(sql, String.class, source).stream()
                    .sorted()
                    .toList();
        }

        /** How many summary rows this cluster has. */
        int summaryRows() {
            return jdbc().queryForObject(
                            "select count(*)::integer from " + SCHEMA
                                    + "reporting_ocpusagelineitem_daily_summary where source_uuid = ?",
                            Integer.class,
                            source);
        }
    }

    /** Reports with one of them changed. */
    static List<Report> changing(List<Report> reports, ReportKind kind, UnaryOperator<Report> change) {
        return reports.stream()
                .map(report -> report.kind() == kind ? change.apply(report) : report)
                .toList();
    }

    static List<Report> scaled(List<Report> reports, double factor) {
        return reports.stream().map(report -> report.scaled(factor)).toList();
    }

    /** All orders of some things. */
    static <T> List<List<T>> orders(List<T> things) {
        if (things.isEmpty()) {
            return List.of(List.of());
        }
        List<List<T>> orders = new ArrayList<>();
        for (int i = 0; i < things.size(); i++) {
            List<T> rest = new ArrayList<>(things);
            T first = rest.remove(i);
            for (List<T> order : orders(rest)) {
                List<T> whole = new ArrayList<>(List.of(first));
                whole.addAll(order);
                orders.add(whole);
            }
        }
        return orders;
    }
}
