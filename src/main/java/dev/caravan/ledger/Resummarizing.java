package dev.caravan.ledger;

import dev.caravan.CaravanSettings;
import java.time.Duration;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Rebuilds the summaries of stored days, a month of a source in each transaction. */
@Component
public final class Resummarizing {
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

    /**
     * A stored UTC day.
     *
     * @param rows counted hourly rows of all report types
     */
    public record StoredDay(LocalDate day, long rows) {}

    /** Days between two UTC days, both included, for which counted rows were delivered; ascending. */
    public List<StoredDay> storedDays(Organisation organisation, UUID source, LocalDate from, LocalDate to) {
        return within(
                organisation,
                () -> database.query(
                        """
                        select usage_start, sum(rows_loaded)
                        from day_delivery
                        where source = ?
                            and usage_start between ? and ?
                            and (owns or (additive and complete))
                        group by usage_start
                        order by usage_start
                        """,
                        (row, number) -> new StoredDay(row.getObject(1, LocalDate.class), row.getLong(2)),
                        source,
                        from,
                        to));
    }

    /**
     * Stored days whose line items carry any of some label keys, by source and month.
     *
     * @param from first UTC day to look at, null for all
     */
    public List<Month> monthsWithKeys(Organisation organisation, List<String> keys, LocalDate from) {
        Map<UUID, List<LocalDate>> days = within(organisation, () -> {
            Map<UUID, List<LocalDate>> bySource = new TreeMap<>();
            database.query(
                    "select source, usage_start from caravan.find_days_with_keys(?, ?::date)",
                    row -> {
                        bySource.computeIfAbsent(row.getObject(1, UUID.class), source -> new ArrayList<>())
                                .add(row.getObject(2, LocalDate.class));
                    },
                    keys.toArray(String[]::new),
                    from);
            return bySource;
        });
        List<Month> months = new ArrayList<>();
        // Data of retired sources stays, and stays right.
        database.query(
                "select source_uuid, alias from caravan.source where org_id = ? order by alias, source_uuid",
                row -> {
                    UUID source = row.getObject(1, UUID.class);
                    months.addAll(months(source, row.getString(2), days.getOrDefault(source, List.of())));
                },
                organisation.id());
        return months;
    }

    /** Sorts ascending days into months. */
    public static List<Month> months(UUID source, String alias, List<LocalDate> days) {
        Map<YearMonth, List<LocalDate>> byMonth = new TreeMap<>();
        days.forEach(day -> byMonth.computeIfAbsent(YearMonth.from(day), month -> new ArrayList<>())
                .add(day));
        return byMonth.entrySet().stream()
                .map(entry -> new Month(source, alias, entry.getKey(), entry.getValue()))
                .toList();
    }

    /**
     * Rebuilds the summaries of one month's days in a transaction of its own; readers see the old figures until it
     * commits. Not bounded by the statement timeout.
     *
     * @return how long it took
     */
    public Duration summarize(Organisation organisation, Month month) {
        long start = System.nanoTime();
        within(organisation, () -> {
            database.queryForList(
                    "select set_config('work_mem', ?, true), set_config('statement_timeout', '0', true),"
                            + " caravan.lock_source(?, ?)",
                    settings.loadWorkMem(),
                    month.source(),
                    (int) settings.lockWait().toSeconds());
            return database.queryForObject(
                    "select caravan.summarize_days(?, ?::date[])",
                    Integer.class,
                    month.source(),
                    month.days().stream().map(LocalDate::toString).toArray(String[]::new));
        });
        return Duration.ofNanos(System.nanoTime() - start);
    }

    private <T> T within(Organisation organisation, java.util.function.Supplier<T> work) {
        return transaction.execute(status -> {
            database.queryForList("select set_config('search_path', ?, true)", organisation.searchPath());
            return work.get();
        });
    }
}
