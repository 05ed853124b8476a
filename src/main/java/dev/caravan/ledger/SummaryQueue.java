package dev.caravan.ledger;

import dev.caravan.CaravanSettings;
import dev.caravan.ledger.Resummarizing.Month;
import dev.caravan.ledger.Resummarizing.Summarized;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.camel.Body;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** The marked days of all organisations, as months that wait to be summarised again. */
@Component("summaryQueue")
public final class SummaryQueue {
    private static final Logger LOG = LoggerFactory.getLogger(SummaryQueue.class);
    private static final String LOCK_NOT_AVAILABLE = "55P03";

    private final JdbcTemplate database;
    private final BoundedTransaction transaction;
    private final Organisations organisations;
    private final Resummarizing resummarizing;
    private final int monthsPerRound;

    public SummaryQueue(
            JdbcTemplate database,
            BoundedTransaction transaction,
            Organisations organisations,
            Resummarizing resummarizing,
            CaravanSettings settings) {
        this.database = database;
        this.transaction = transaction;
        this.organisations = organisations;
        this.resummarizing = resummarizing;
        this.monthsPerRound = settings.summaries().monthsPerRound();
    }

    /**
     * A month that waits.
     *
     * @param since when the oldest of its marks was set
     */
    public record Waiting(Organisation organisation, Month month, OffsetDateTime since) {}

    /** The months that wait longest, as many as one round takes. */
    public List<Waiting> waiting() {
        List<Waiting> waiting = new ArrayList<>();
        organisations.list().forEach(organisation -> waiting.addAll(waiting(organisation)));
        return waiting.stream()
                .sorted(Comparator.comparing(Waiting::since))
                .limit(monthsPerRound)
                .toList();
    }

    /**
     * Summarises a month again; one whose source another transaction has keeps its marks.
     *
     * @throws DataAccessException when it failed; it waits behind the others then
     */
    public void workOff(@Body Waiting waiting) {
        Month month = waiting.month();
        try {
            Summarized done = resummarizing.summarize(waiting.organisation(), month, Duration.ZERO);
            if (done.days() > 0) {
                LOG.info(
                        "{} {} of organisation {}: {} days summarised again in {} ms",
                        month.alias(),
                        month.month(),
                        waiting.organisation().id(),
                        done.days(),
                        done.took().toMillis());
            }
        } catch (DataAccessException e) {
            if (isLocked(e)) {
                return;
            }
            putOff(waiting, e);
            throw e;
        }
    }

    private List<Waiting> waiting(Organisation organisation) {
        Map<UUID, String> aliases = resummarizing.aliases(organisation);
        return transaction.call(
                organisation,
                () -> database.query(
                        """
                        select source, array_agg(usage_start::text order by usage_start), min(requested_at)
                        from summary_mark
                        where source = any (?)
                        group by source, date_trunc('month', usage_start::timestamp)
                        order by min(requested_at), min(usage_start)
                        limit ?
                        """,
                        (row, number) -> {
                            UUID source = row.getObject(1, UUID.class);
                            List<LocalDate> days = Arrays.stream(
                                            (String[]) row.getArray(2).getArray())
                                    .map(LocalDate::parse)
                                    .toList();
                            var month = new Month(source, aliases.get(source), YearMonth.from(days.get(0)), days);
                            return new Waiting(organisation, month, row.getObject(3, OffsetDateTime.class));
                        },
                        aliases.keySet().toArray(UUID[]::new),
                        monthsPerRound));
    }

    /** Marked anew, it is the one that has waited least. */
    private void putOff(Waiting waiting, DataAccessException failure) {
        try {
            transaction.call(
                    waiting.organisation(),
                    () -> resummarizing.mark(
                            waiting.month().source(), waiting.month().days()));
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    private static boolean isLocked(DataAccessException failure) {
        return failure.getRootCause() instanceof SQLException sql && LOCK_NOT_AVAILABLE.equals(sql.getSQLState());
    }
}
