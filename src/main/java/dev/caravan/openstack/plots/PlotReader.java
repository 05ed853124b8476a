package dev.caravan.openstack.plots;

import dev.caravan.ledger.BoundedTransaction;
import dev.caravan.openstack.plots.PlotData.Counts;
import dev.caravan.openstack.plots.PlotData.LeadTime;
import dev.caravan.openstack.plots.PlotData.Site;
import dev.caravan.openstack.plots.PlotData.Utilization;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Reads what plots show, as the database has it at one moment: a row for each shown step, thinned out there. */
@Component
public final class PlotReader {
    /** Told apart by colour. */
    private static final int NODE_TYPES = 6;

    /** Lead times of a kind that are drawn one by one. */
    private static final int SINGLE_POINTS = 1500;

    /** Parts of the time shown in which more than these are counted. */
    private static final int COLUMNS = 60;

    private final JdbcTemplate database;
    private final BoundedTransaction transaction;

    public PlotReader(JdbcTemplate database, BoundedTransaction transaction) {
        this.database = database;
        this.transaction = transaction;
    }

    /** @throws PlotException when one of the sites asked for is not there */
    public PlotData read(PlotRequest request) {
        return transaction.read(() -> find(request));
    }

    private PlotData find(PlotRequest request) {
        Map<String, String> names = names(request.sites());
        String[] sites = names.keySet().toArray(String[]::new);
        PlotRange range = range(sites, request);
        if (range == null) {
            List<Site> empty = names.entrySet().stream()
                    .map(site -> new Site(site.getKey(), site.getValue(), List.of(), List.of(), List.of()))
                    .toList();
            return new PlotData(request, null, empty, List.of(), List.of());
        }
        Map<String, List<Counts>> current = counts(sites, range, "current");
        Map<String, List<Counts>> legacy = counts(sites, range, "legacy");
        Map<String, List<Utilization>> utilization = utilization(sites, range);
        List<Site> found = names.entrySet().stream()
                .map(site -> new Site(
                        site.getKey(),
                        site.getValue(),
                        current.getOrDefault(site.getKey(), List.of()),
                        legacy.getOrDefault(site.getKey(), List.of()),
                        utilization.getOrDefault(site.getKey(), List.of())))
                .toList();
        return new PlotData(request, range, found, utilization.getOrDefault(null, List.of()), leadTimes(sites, range));
    }

    private Map<String, String> names(List<String> wanted) {
        Map<String, String> names = new LinkedHashMap<>();
        database.query("select site, name from openstack.site order by site collate \"C\"", row -> {
            names.put(row.getString("site"), row.getString("name"));
        });
        for (String site : wanted) {
            if (!names.containsKey(site)) {
                throw new PlotException("there is no site " + site + ": "
                        + (names.isEmpty()
                                ? "none was imported yet"
                                : "there are " + String.join(", ", names.keySet())));
            }
        }
        if (!wanted.isEmpty()) {
            names.keySet().retainAll(wanted);
        }
        names.keySet().forEach(PlotRequest::requireSite);
        return names;
    }

    /** Null when there is no day at all. */
    private PlotRange range(String[] sites, PlotRequest request) {
        return database.query(
                """
                select min(d.first), max(d.last)
                from unnest(?) s(site)
                cross join lateral (
                    select min((u."timestamp" at time zone 'UTC')::date) as first,
                        max((u."timestamp" at time zone 'UTC')::date) as last
                    from openstack.usage u
                    where u.site = s.site
                    union all
                    select min((l.created_at at time zone 'UTC')::date), max((l.created_at at time zone 'UTC')::date)
                    from openstack.lease_lead_time l
                    where l.site = s.site
                        and not exists (select from openstack.usage u where u.site = s.site)
                ) d
                """,
                row -> {
                    row.next();
                    LocalDate from = Objects.requireNonNullElse(
                            request.from(),
                            Objects.requireNonNullElse(row.getObject(1, LocalDate.class), LocalDate.MAX));
                    LocalDate to = Objects.requireNonNullElse(
                            request.to(), Objects.requireNonNullElse(row.getObject(2, LocalDate.class), LocalDate.MIN));
                    return from.isAfter(to) ? null : PlotRange.of(from, to, request.bucket());
                },
                (Object) sites);
    }

    private Map<String, List<Counts>> counts(String[] sites, PlotRange range, String collector) {
        Map<String, List<Counts>> counts = new LinkedHashMap<>();
        database.query(
                """
                select site, "timestamp",
                    max(value) filter (where metric = 'total') as total,
                    max(value) filter (where metric = 'reservable') as reservable,
                    max(value) filter (where metric = 'committed') as committed,
                    max(value) filter (where metric = 'occupied_reservation') as occupied_reservation,
                    max(value) filter (where metric = 'occupied_ondemand') as occupied_ondemand,
                    max(value) filter (where metric = 'available_reservable') as available,
                    max(value) filter (where metric = 'idle') as idle
                from openstack.usage
                where site = any (?)
                    and collector_type = ?
                    and resource = 'nodes'
                    and "timestamp" >= ?::timestamp at time zone 'UTC'
                    and "timestamp" < ?::timestamp at time zone 'UTC'
                    and (("timestamp" at time zone 'UTC')::date - ?::date) % ? = 0
                group by site, "timestamp"
                order by site, "timestamp"
                """,
                row -> {
                    counts.computeIfAbsent(row.getString("site"), site -> new ArrayList<>())
                            .add(new Counts(
                                    moment(row, "timestamp"),
                                    number(row, "total"),
                                    number(row, "reservable"),
                                    number(row, "committed"),
                                    number(row, "occupied_reservation"),
                                    number(row, "occupied_ondemand"),
                                    number(row, "available"),
                                    number(row, "idle")));
                },
                sites,
                collector,
                range.from(),
                range.to().plusDays(1),
                range.from(),
                range.bucket());
        return counts;
    }

    private Map<String, List<Utilization>> utilization(String[] sites, PlotRange range) {
        Map<String, List<Utilization>> utilization = new LinkedHashMap<>();
        database.query(
                "select * from caravan.list_utilization(?, ?, ?, ?)",
                row -> {
                    utilization
                            .computeIfAbsent(row.getString("site"), site -> new ArrayList<>())
                            .add(new Utilization(
                                    moment(row, "timestamp"),
                                    row.getDouble("capacity"),
                                    row.getDouble("used"),
                                    row.getDouble("available"),
                                    number(row, "percent")));
                },
                sites,
                range.from(),
                range.to(),
                range.bucket());
        return utilization;
    }

    private List<LeadTime> leadTimes(String[] sites, PlotRange range) {
        return database.query(
                "select * from caravan.list_lead_times(?, ?, ?, ?, ?, ?)",
                (row, number) -> new LeadTime(
                        row.getString("leadtime_type").equals("requested"),
                        row.getString("node_type"),
                        row.getBoolean("listed"),
                        moment(row, "asked_at"),
                        row.getDouble("hours"),
                        row.getLong("leases")),
                sites,
                range.from(),
                range.to(),
                NODE_TYPES,
                SINGLE_POINTS,
                COLUMNS);
    }

    private static Instant moment(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    private static Double number(ResultSet row, String column) throws SQLException {
        return row.getObject(column, Double.class);
    }
}
