package dev.caravan.ledger;

import dev.caravan.CaravanSettings;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Removes what is older than the retention, in steps none of which keeps a reader or a loader waiting for long: partitions
 * one by one, ledger rows a bounded number at a time. Stopped in between, the next purge does the rest.
 */
@Component("purging")
public final class Purging {
    private static final Logger LOG = LoggerFactory.getLogger(Purging.class);
    private static final String LOCK = "caravan purge";

    private final JdbcTemplate database;
    private final TransactionTemplate transaction;
    private final BoundedTransaction bounded;
    private final Organisations organisations;
    private final Retention retention;
    private final SourceRemoval removal;
    private final QuarantineRemoval quarantine;
    private final ReplicaLock lock;
    private final CaravanSettings.Purge settings;
    private final Duration sourceWait;

    public Purging(
            JdbcTemplate database,
            TransactionTemplate transaction,
            BoundedTransaction bounded,
            Organisations organisations,
            Retention retention,
            SourceRemoval removal,
            QuarantineRemoval quarantine,
            ReplicaLock lock,
            CaravanSettings settings) {
        this.database = database;
        this.transaction = transaction;
        this.bounded = bounded;
        this.organisations = organisations;
        this.retention = retention;
        this.removal = removal;
        this.quarantine = quarantine;
        this.lock = lock;
        this.settings = settings.purge();
        this.sourceWait = settings.database().lockWait();
    }

    /**
     * What goes of a month.
     *
     * @param everything whether summaries and ledger go too, and not the hourly line items only
     * @param tables those that have a partition of the month
     * @param bytes size of these partitions with their indexes
     */
    public record Expired(
            Organisation organisation,
            YearMonth month,
            boolean everything,
            List<String> tables,
            long bytes,
            long ledgerRows) {}

    /** What a purge would remove now, by organisation and month. */
    public List<Expired> plan() {
        return bounded.call(organisations::list).stream()
                .flatMap(organisation -> bounded.call(organisation, () -> plan(organisation)).stream())
                .toList();
    }

    private List<Expired> plan(Organisation organisation) {
        YearMonth firstMonth = YearMonth.from(retention.firstDay());
        YearMonth firstHourlyMonth = retention.firstHourlyMonth();
        Set<String> hourly = Set.copyOf(database.queryForList(
                "select distinct 'openshift_' || report_type || '_hours' from caravan.report_column", String.class));
        Map<YearMonth, Long> ledger = new TreeMap<>();
        database.query(
                "select usage_start, ledger_rows from caravan.count_expired_rows(?::date)",
                row -> {
                    ledger.put(YearMonth.from(row.getObject(1, LocalDate.class)), row.getLong(2));
                },
                retention.firstDay());
        Set<YearMonth> months = new TreeSet<>(ledger.keySet());
        Map<YearMonth, List<String>> tables = new TreeMap<>();
        Map<YearMonth, Long> bytes = new TreeMap<>();
        database.query(
                """
                select parent.relname, coalesce(pg_total_relation_size(part.oid), 0),
                    substring(pg_get_expr(part.relpartbound, part.oid) from '\\d{4}-\\d\\d-\\d\\d')::date
                from pg_inherits i
                join pg_class parent
                    on parent.oid = i.inhparent
                    and parent.relkind = 'p'
                join pg_class part
                    on part.oid = i.inhrelid
                join pg_namespace n
                    on n.oid = parent.relnamespace
                where n.nspname = current_schema()
                order by parent.relname
                """,
                row -> {
                    String table = row.getString(1);
                    YearMonth month = YearMonth.from(row.getObject(3, LocalDate.class));
                    if (month.isBefore(firstMonth) || (hourly.contains(table) && month.isBefore(firstHourlyMonth))) {
                        months.add(month);
                        tables.computeIfAbsent(month, key -> new ArrayList<>()).add(table);
                        bytes.merge(month, row.getLong(2), Long::sum);
                    }
                });
        // Stopped between dropping and writing it down.
        database.query("select usage_start from dropped_hourly_month where dropped_at is null", row -> {
            months.add(YearMonth.from(row.getObject(1, LocalDate.class)));
        });
        return months.stream()
                .map(month -> new Expired(
                        organisation,
                        month,
                        month.isBefore(firstMonth),
                        tables.getOrDefault(month, List.of()),
                        bytes.getOrDefault(month, 0L),
                        ledger.getOrDefault(month, 0L)))
                .toList();
    }

    /** What the timer calls: nothing while another replica purges; this one may until the exchange ends. */
    public void run(Exchange exchange) throws SQLException, IOException {
        if (lock.take(LOCK, exchange)) {
            removal.finishAll(line -> LOG.info("{}", line));
            purge(plan(), line -> LOG.info("{}", line));
            forgetMetrics(line -> LOG.info("{}", line));
            tidy(line -> LOG.info("{}", line));
        }
    }

    /**
     * Removes what was planned.
     *
     * @param progress told of each month, in a line
     * @return the partitions that stayed because they were in use all the time; the next purge takes them
     */
    public List<String> purge(List<Expired> plan, Consumer<String> progress) {
        List<String> inUse = new ArrayList<>();
        Set<Organisation> forgetting = new LinkedHashSet<>();
        for (Expired expired : plan) {
            List<String> kept = expired.everything() ? drop(expired) : dropHours(expired);
            kept.forEach(table -> inUse.add(expired.organisation().schema() + "." + table + " " + expired.month()));
            progress.accept("organisation " + expired.organisation().id() + ", " + expired.month() + ": "
                    + (expired.tables().size() - kept.size()) + " partitions dropped, "
                    + (expired.everything() ? "everything" : "hourly line items only"));
            if (expired.everything()) {
                forgetting.add(expired.organisation());
            }
        }
        for (Organisation organisation : forgetting) {
            progress.accept("organisation " + organisation.id() + ": " + forget(organisation) + " ledger rows deleted");
        }
        return inUse;
    }

    /**
     * Removes what belongs to no organisation: replies and source events of long ago, locks on dropped files whose process ended between
     * moving the file and giving up its lock, and bytes that no payload in quarantine needs.
     *
     * @param progress told of each, in a line
     */
    public void tidy(Consumer<String> progress) throws IOException {
        long replies = untilNothingIsLeft(() -> transaction.execute(status -> {
            database.queryForList("select set_config('search_path', 'caravan, pg_temp', true)");
            return forgetSentMessages(retention.firstDay());
        }));
        if (replies > 0) {
            progress.accept("replies for payloads of no organisation, and source events: " + replies + " deleted");
        }
        // A lock in use is renewed all the time.
        database.update(
                "delete from caravan.dropped_file_lock where createdat < (now() at time zone 'UTC') - interval '1 day'");
        quarantine.sweep(progress);
    }

    /** Rows of metrics and of the history of recommendations that {@link #forgetMetrics} would delete now. */
    public long expiredMetrics() {
        OffsetDateTime before = firstMetrics();
        return bounded.call(() -> database.queryForObject(
                """
                select (select count(*) from ros.workload_metrics where interval_end < ?)
                    + (select count(*) from ros.historical_recommendation_sets where monitoring_end_time < ?)
                    + (select count(*) from ros.historical_namespace_recommendation_sets where monitoring_end_time < ?)
                """,
                Long.class,
                before,
                before,
                before));
    }

    /**
     * Deletes the metrics and the history of recommendations that right-sizing keeps no longer; workloads stay with their
     * latest recommendations.
     *
     * @param progress told of it, in a line
     * @return rows deleted
     */
    public long forgetMetrics(Consumer<String> progress) {
        OffsetDateTime before = firstMetrics();
        long rows = untilNothingIsLeft(() -> database.queryForObject(
                "select caravan.forget_metrics(?, ?)", Long.class, before, settings.rowsPerStep()));
        if (rows > 0) {
            progress.accept("right-sizing: " + rows + " rows of metrics and history deleted");
        }
        return rows;
    }

    private OffsetDateTime firstMetrics() {
        return retention.firstMetrics().atOffset(ZoneOffset.UTC);
    }

    private List<String> drop(Expired expired) {
        return expired.tables().stream()
                .filter(table -> !drop(expired.organisation(), table, expired.month()))
                .toList();
    }

    /** Written down first, so that nobody adds to a day of which rows are missing, and again for those who were at it. */
    private List<String> dropHours(Expired expired) {
        Organisation organisation = expired.organisation();
        LocalDate month = expired.month().atDay(1);
        List<UUID> sources = sources(organisation);
        within(
                organisation,
                () -> database.update(
                        """
                insert into dropped_hourly_month (usage_start)
                values (?)
                on conflict (usage_start) do update
                set dropped_at = null
                """,
                        month));
        mark(organisation, sources, month);
        List<String> kept = drop(expired);
        mark(organisation, sources(organisation), month);
        if (kept.isEmpty()) {
            within(
                    organisation,
                    () -> database.update(
                            "update dropped_hourly_month set dropped_at = now() where usage_start = ?", month));
        }
        return kept;
    }

    private void mark(Organisation organisation, List<UUID> sources, LocalDate month) {
        for (UUID source : sources) {
            withLock(
                    organisation,
                    source,
                    () -> database.queryForObject(
                            "select caravan.mark_hours_dropped(?, ?)", Integer.class, source, month));
        }
    }

    /** Drops one partition; false when it was in use all the time. */
    private boolean drop(Organisation organisation, String table, YearMonth month) {
        long start = System.nanoTime();
        while (true) {
            try {
                database.queryForObject(
                        "select caravan.drop_month(?, ?, ?)",
                        Boolean.class,
                        organisation.schema(),
                        table,
                        month.atDay(1));
                return true;
            } catch (DataAccessException e) {
                if (!isInUse(e)) {
                    throw e;
                }
                if (Duration.ofNanos(System.nanoTime() - start).toMillis() >= settings.lockWait()) {
                    return false;
                }
                pause();
            }
        }
    }

    /** The lock was not had in time, or this was the one chosen to end a deadlock. */
    private static boolean isInUse(DataAccessException failure) {
        return failure.getRootCause() instanceof SQLException cause
                && ("55P03".equals(cause.getSQLState()) || "40P01".equals(cause.getSQLState()));
    }

    /** Those who came while the last try waited for its lock get on meanwhile. */
    private void pause() {
        try {
            Thread.sleep(settings.lockPause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("stopped while waiting for a partition that is in use", e);
        }
    }

    private long forget(Organisation organisation) {
        LocalDate before = retention.firstDay();
        long total = 0;
        for (UUID source : sources(organisation)) {
            total += untilNothingIsLeft(() -> withLock(
                    organisation,
                    source,
                    () -> database.queryForObject(
                            "select caravan.forget_expired_rows(?, ?, ?)",
                            Long.class,
                            source,
                            before,
                            settings.rowsPerStep())));
        }
        total += untilNothingIsLeft(() -> within(organisation, () -> forgetSentMessages(before)));
        within(organisation, () -> database.update("delete from dropped_hourly_month where usage_start < ?", before));
        return total;
    }

    private Long forgetSentMessages(LocalDate before) {
        return database.queryForObject(
                "select caravan.forget_sent_messages(?, ?)", Long.class, before, settings.rowsPerStep());
    }

    private static long untilNothingIsLeft(Supplier<Long> step) {
        long total = 0;
        for (long rows = step.get(); rows > 0; rows = step.get()) {
            total += rows;
        }
        return total;
    }

    /** Retired ones too. */
    private List<UUID> sources(Organisation organisation) {
        return database.queryForList(
                "select source_uuid from caravan.source where org_id = ? order by source_uuid",
                UUID.class,
                organisation.id());
    }

    private <T> T withLock(Organisation organisation, UUID source, Supplier<T> work) {
        return within(organisation, () -> {
            database.queryForList("select caravan.lock_source(?, ?)", source, (int) sourceWait.toSeconds());
            return work.get();
        });
    }

    private <T> T within(Organisation organisation, Supplier<T> work) {
        return transaction.execute(status -> {
            database.queryForList("select set_config('search_path', ?, true)", organisation.searchPath());
            return work.get();
        });
    }
}
