package dev.caravan.ledger;

import dev.caravan.CaravanSettings;
import dev.caravan.optimization.WorkloadRemoval;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Removes a source with all it brought, a day of a table or a bounded number of rows in each transaction. The source is
 * retired first and its row goes last: a payload in flight either has the source's lock and its rows are removed, or finds
 * the source retired; and what was stopped in between is known and finished later.
 */
@Component("sourceRemoval")
public final class SourceRemoval {
    private static final Logger LOG = LoggerFactory.getLogger(SourceRemoval.class);

    private final JdbcTemplate database;
    private final TransactionTemplate transaction;
    private final QuarantineRemoval quarantine;
    private final WorkloadRemoval workloads;
    private final CaravanSettings settings;
    private final String topic;

    public SourceRemoval(
            JdbcTemplate database,
            TransactionTemplate transaction,
            QuarantineRemoval quarantine,
            WorkloadRemoval workloads,
            CaravanSettings settings) {
        this.database = database;
        this.transaction = transaction;
        this.quarantine = quarantine;
        this.workloads = workloads;
        this.settings = settings;
        this.topic = settings.topics().sourceEvents();
    }

    /** A source on its way out. */
    private record Leaving(Source source, OffsetDateTime since) {}

    /**
     * Retires sources for good, and has everybody told once; from now on the removal can be finished by anybody.
     *
     * @return false when all of them were on their way out before
     */
    public boolean begin(List<Source> sources, Runnable audit) {
        return begin(sources, true, audit);
    }

    /** The same, where it was somebody else who told everybody. */
    public boolean beginUnannounced(Source source, Runnable audit) {
        return begin(List.of(source), false, audit);
    }

    private boolean begin(List<Source> sources, boolean announced, Runnable audit) {
        return Boolean.TRUE.equals(transaction.execute(status -> {
            boolean begun = false;
            for (Source source : sources) {
                boolean retired = retire(source);
                if (retired && announced) {
                    announce(source);
                }
                begun |= retired;
            }
            audit.run();
            return begun;
        }));
    }

    private boolean retire(Source source) {
        return database.update(
                        """
                        update caravan.source
                        set retired_at = coalesce(retired_at, now()),
                            removing_since = now()
                        where source_uuid = ?
                            and removing_since is null
                        """,
                        source.uuid())
                > 0;
    }

    private void announce(Source source) {
        database.queryForList("select set_config('search_path', 'caravan, pg_temp', true)");
        database.queryForList(
                """
                select caravan.queue_message('source-event', null, ?, jsonb_build_object(
                    'id', ?::bigint, 'source_id', ?::bigint, 'application_type_id', ?::integer, 'tenant', ?::text))
                """,
                topic,
                source.id(),
                source.id(),
                Source.APPLICATION_TYPE,
                source.organisation());
    }

    /** Finishes the removal of one source, and says so. */
    public void remove(Source source) {
        finish(source, line -> LOG.info("cluster {}: {}", source.clusterId(), line));
        LOG.info("removed cluster {} of organisation {}", source.clusterId(), source.organisation());
    }

    /** Finishes every removal that was begun. */
    public void finishAll(Consumer<String> progress) {
        leaving(null).forEach(leaving -> finish(leaving, progress));
    }

    /** Finishes the removal of one source. */
    public void finish(Source source, Consumer<String> progress) {
        leaving(source.uuid()).forEach(leaving -> finish(leaving, progress));
    }

    private void finish(Leaving leaving, Consumer<String> progress) {
        Source source = leaving.source();
        int kept = quarantine.forget(source, leaving.since());
        if (kept > 0) {
            progress.accept("quarantine: " + kept + " payloads deleted");
        }
        List<String> tables =
                within(source, () -> database.queryForList("select caravan.find_source_tables()", String.class));
        // Whoever summarises just now may write to a table that was empty before: over again until none has anything
        // left.
        boolean empty = false;
        while (!empty) {
            empty = pass(source, tables, progress);
        }
    }

    /** Empties each table; true when there was nothing left in any, and then the source itself is gone. */
    private boolean pass(Source source, List<String> tables, Consumer<String> progress) {
        for (String table : tables) {
            long rows = 0;
            for (long step = step(source, table); step > 0; step = step(source, table)) {
                rows += step;
            }
            if (rows > 0) {
                progress.accept(table + ": " + rows + " rows deleted");
            }
        }
        long rightSizing = workloads.remove(source.organisation(), source.id());
        if (rightSizing > 0) {
            progress.accept("right-sizing: " + rightSizing + " rows deleted");
        }
        return Boolean.TRUE.equals(withLock(source, () -> {
            for (String table : tables) {
                if (remove(source, table) > 0) {
                    return false;
                }
            }
            if (workloads.removeSome(source.organisation(), source.id()) > 0) {
                return false;
            }
            database.update("delete from caravan.source where source_uuid = ?", source.uuid());
            return true;
        }));
    }

    private long step(Source source, String table) {
        return withLock(source, () -> remove(source, table));
    }

    private long remove(Source source, String table) {
        return database.queryForObject(
                "select caravan.remove_source_rows(?, ?, ?)",
                Long.class,
                source.uuid(),
                table,
                settings.purge().rowsPerStep());
    }

    private List<Leaving> leaving(UUID source) {
        return database.query(
                """
                select s.source_uuid, s.source_id, s.org_id, o.schema_name, s.cluster_id, s.alias, s.removing_since
                from caravan.source s
                join caravan.organisation o using (org_id)
                where s.removing_since is not null
                    and (?::uuid is null or s.source_uuid = ?)
                order by s.removing_since
                """,
                (row, number) ->
                        new Leaving(SourceRegistry.SOURCE.mapRow(row, number), row.getObject(7, OffsetDateTime.class)),
                source,
                source);
    }

    private <T> T withLock(Source source, Supplier<T> work) {
        return within(source, () -> {
            Duration wait = settings.database().lockWait();
            database.queryForList("select caravan.lock_source(?, ?)", source.uuid(), (int) wait.toSeconds());
            return work.get();
        });
    }

    private <T> T within(Source source, Supplier<T> work) {
        return transaction.execute(status -> {
            database.queryForList("select set_config('search_path', ?, true)", source.searchPath());
            return work.get();
        });
    }
}
