package dev.caravan.ledger;

import dev.caravan.CaravanSettings;
import java.time.Duration;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Rebuilds the summaries of stored days. A change marks the days it concerns in its own transaction; the marks are then worked
 * off, a month of a source in each transaction, by whoever comes first.
 */
@Component
public final class Resummarizing {
    private static final RowMapper<MarkedDay> MARKED_DAY =
            (row, number) -> new MarkedDay(row.getObject(1, UUID.class), row.getObject(2, LocalDate.class));

    private final JdbcTemplate database;
    private final TransactionTemplate transaction;
    private final CaravanSettings.Database settings;

    public Resummarizing(JdbcTemplate database, TransactionTemplate transaction, CaravanSettings settings) {
        this.database = database;
        this.transaction = transaction;
        this.settings = settings.database();
    }

    /**
     * Stored days of one source in one calendar month.
     *
     * @param days UTC days, ascending
     */
    public record Month(UUID source, String alias, YearMonth month, List<LocalDate> days) {}

    /** A UTC day that is to be summarised again. */
    public record MarkedDay(UUID source, LocalDate day) {}

    /**
     * A stored UTC day.
     *
     * @param hourlyRows counted hourly rows of all report types, whether or not they are still kept
     * @param dailyRows daily line items, which a summary reads
     */
    public record StoredDay(LocalDate day, long hourlyRows, long dailyRows) {}

    /**
     * What became of a month.
     *
     * @param days summarised now; those missing were summarised by somebody else
     */
    public record Summarized(int days, Duration took) {}

    /** Finds the days between two UTC days, both included, for which counted rows were delivered. */
    public SummaryPlan plan(Organisation organisation, Source source, LocalDate from, LocalDate to) {
        List<StoredDay> stored = within(
                organisation,
                () -> database.query(
                        "select usage_start, hourly_rows, daily_rows from caravan.count_stored_rows(?, ?, ?)",
                        (row, number) ->
                                new StoredDay(row.getObject(1, LocalDate.class), row.getLong(2), row.getLong(3)),
                        source.uuid(),
                        from,
                        to));
        return new SummaryPlan(source, from, to, stored);
    }

    /**
     * Marks the stored days whose line items carry any of some label keys. Callers hold the transaction that changes what these
     * keys mean.
     *
     * @param from first UTC day to look at, null for all
     */
    public List<MarkedDay> markKeys(List<String> keys, LocalDate from) {
        liftStatementTimeout();
        return database.query(
                "select source, usage_start from caravan.mark_days_with_keys(?, ?::date)",
                MARKED_DAY,
                keys.toArray(String[]::new),
                from);
    }

    /**
     * Marks the stored days that have any of some namespaces. Callers hold the transaction that changes their category.
     *
     * @param patterns names, % standing for any text
     */
    public List<MarkedDay> markNamespaces(List<String> patterns) {
        liftStatementTimeout();
        return database.query(
                "select source, usage_start from caravan.mark_days_with_namespaces(?, null)", MARKED_DAY, (Object)
                        patterns.toArray(String[]::new));
    }

    /** Marks days of a source. Callers hold a transaction on its organisation's tables. */
    public List<MarkedDay> mark(UUID source, List<LocalDate> days) {
        database.queryForObject("select caravan.mark_days(?, ?::date[])", Integer.class, source, texts(days));
        return days.stream().map(day -> new MarkedDay(source, day)).toList();
    }

    /** Sorts days into months, in the order of the sources' aliases; days of sources that are not registered are left out. */
    public List<Month> months(Organisation organisation, List<MarkedDay> marked) {
        Map<UUID, Map<YearMonth, TreeSet<LocalDate>>> bySource = new TreeMap<>();
        marked.forEach(mark -> bySource.computeIfAbsent(mark.source(), source -> new TreeMap<>())
                .computeIfAbsent(YearMonth.from(mark.day()), month -> new TreeSet<>())
                .add(mark.day()));
        List<Month> months = new ArrayList<>();
        aliases(organisation).forEach((source, alias) -> bySource.getOrDefault(source, Map.of())
                .forEach((month, days) -> months.add(new Month(source, alias, month, List.copyOf(days)))));
        return months;
    }

    /** All sources of an organisation, ordered by alias: data of retired ones stays, and stays right. */
    Map<UUID, String> aliases(Organisation organisation) {
        Map<UUID, String> aliases = new LinkedHashMap<>();
        database.query(
                """
                select source_uuid, alias
                from caravan.source
                where org_id = ?
                    and removing_since is null
                order by alias, source_uuid
                """,
                row -> {
                    aliases.put(row.getObject(1, UUID.class), row.getString(2));
                },
                organisation.id());
        return aliases;
    }

    /** Works off the marks of one month, waiting for a payload of the source that is being loaded. */
    public Summarized summarize(Organisation organisation, Month month) {
        return summarize(organisation, month, settings.lockWait());
    }

    /**
     * Works off the marks of one month in a transaction of its own; readers see the old figures until it commits. Not bounded by
     * the statement timeout.
     *
     * @param lockWait how long to wait for another transaction of the source
     */
    Summarized summarize(Organisation organisation, Month month, Duration lockWait) {
        long start = System.nanoTime();
        int days = within(organisation, () -> {
            database.queryForList(
                    "select set_config('work_mem', ?, true), set_config('statement_timeout', '0', true),"
                            + " caravan.lock_source(?, ?)",
                    settings.loadWorkMem(),
                    month.source(),
                    (int) lockWait.toSeconds());
            // A source may be removed while its months wait for their turn.
            if (!isKept(month.source())) {
                return 0;
            }
            return database.queryForObject(
                    "select caravan.summarize_marked(?, ?::date[])",
                    Integer.class,
                    month.source(),
                    texts(month.days()));
        });
        return new Summarized(days, Duration.ofNanos(System.nanoTime() - start));
    }

    /** A change must not fail for the number of days it has to look through. */
    private void liftStatementTimeout() {
        database.queryForList("select set_config('statement_timeout', '0', true)");
    }

    private static String[] texts(List<LocalDate> days) {
        return days.stream().map(LocalDate::toString).toArray(String[]::new);
    }

    /** Whether a source is registered and not being removed. */
    boolean isKept(UUID source) {
        return Boolean.TRUE.equals(database.queryForObject(
                "select exists (select from caravan.source where source_uuid = ? and removing_since is null)",
                Boolean.class,
                source));
    }

    private <T> T within(Organisation organisation, java.util.function.Supplier<T> work) {
        return transaction.execute(status -> {
            database.queryForList("select set_config('search_path', ?, true)", organisation.searchPath());
            return work.get();
        });
    }
}
