package dev.caravan.ledger;

import dev.caravan.CaravanSettings;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.Body;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Declares manifests incomplete whose missing files were waited for long enough, so that what came of them counts for days
 * that nobody else delivered. Times are the database's, which wrote down when the files came.
 */
@Component("manifestWatch")
public final class ManifestWatch {
    private static final Logger LOG = LoggerFactory.getLogger(ManifestWatch.class);
    private static final String LOCK_NOT_AVAILABLE = "55P03";

    private final JdbcTemplate database;
    private final TransactionTemplate transaction;
    private final BoundedTransaction bounded;
    private final Organisations organisations;
    private final Resummarizing resummarizing;
    private final CaravanSettings.Manifests settings;
    private final String workMem;
    /** Those that could not be declared by this process wait behind the others. */
    private final Set<Key> failed = ConcurrentHashMap.newKeySet();

    public ManifestWatch(
            JdbcTemplate database,
            TransactionTemplate transaction,
            BoundedTransaction bounded,
            Organisations organisations,
            Resummarizing resummarizing,
            CaravanSettings settings) {
        this.database = database;
        this.transaction = transaction;
        this.bounded = bounded;
        this.organisations = organisations;
        this.resummarizing = resummarizing;
        this.settings = settings.manifests();
        this.workMem = settings.database().loadWorkMem();
    }

    /**
     * A manifest that waits for files.
     *
     * @param alias of its source
     * @param arrivedAt when the last of its files came
     */
    public record Overdue(
            Organisation organisation, UUID source, String alias, UUID manifest, OffsetDateTime arrivedAt) {
        private Key key() {
            return new Key(source, manifest);
        }
    }

    /** Clusters make up their manifests' uuids by themselves. */
    private record Key(UUID source, UUID manifest) {}

    /** The manifests that wait longest, as many as one round takes. */
    public List<Overdue> overdue() {
        List<Overdue> overdue = new ArrayList<>();
        bounded.call(organisations::list).forEach(organisation -> overdue.addAll(overdue(organisation)));
        return overdue.stream()
                .sorted(Comparator.<Overdue, Boolean>comparing(manifest -> failed.contains(manifest.key()))
                        .thenComparing(Overdue::arrivedAt))
                .limit(settings.manifestsPerRound())
                .toList();
    }

    /**
     * Declares a manifest incomplete and summarises the days that changed by it, in one transaction. One whose last file came
     * meanwhile is left alone; one whose source another transaction has waits for a later round.
     *
     * @throws DataAccessException when it failed; it waits behind the others then
     */
    public void declare(@Body Overdue overdue) {
        try {
            Integer days = transaction.execute(status -> declared(overdue));
            failed.remove(overdue.key());
            if (days != null) {
                LOG.info(
                        "manifest {} of {} of organisation {} declared incomplete: its last file came at {}, {} days"
                                + " summarised",
                        overdue.manifest(),
                        overdue.alias(),
                        overdue.organisation().id(),
                        overdue.arrivedAt(),
                        days);
            }
        } catch (DataAccessException e) {
            if (isLocked(e)) {
                return;
            }
            failed.add(overdue.key());
            throw e;
        }
    }

    /** The number of days summarised; null when there is nothing to declare any more. */
    private Integer declared(Overdue overdue) {
        database.queryForList(
                "select set_config('search_path', ?, true), set_config('work_mem', ?, true),"
                        + " set_config('statement_timeout', '0', true), caravan.lock_source(?, 0)",
                overdue.organisation().searchPath(),
                workMem,
                overdue.source());
        // A source may be removed while its manifests wait for their turn.
        if (!resummarizing.isKept(overdue.source())) {
            return null;
        }
        String changed = database.queryForObject(
                "select caravan.declare_incomplete(?, ?, ?)::text",
                String.class,
                overdue.source(),
                overdue.manifest(),
                settings.incompleteAfter().toSeconds());
        if (changed == null) {
            return null;
        }
        return database.queryForObject(
                "select caravan.summarize_changes(?, ?::jsonb)", Integer.class, overdue.source(), changed);
    }

    private List<Overdue> overdue(Organisation organisation) {
        Map<UUID, String> aliases = resummarizing.aliases(organisation);
        return bounded.call(
                organisation,
                () -> database.query(
                        "select source, manifest_uuid, arrived_at from caravan.find_overdue_manifests(?, ?, ?)",
                        (row, number) -> {
                            UUID source = row.getObject(1, UUID.class);
                            return new Overdue(
                                    organisation,
                                    source,
                                    aliases.get(source),
                                    row.getObject(2, UUID.class),
                                    row.getObject(3, OffsetDateTime.class));
                        },
                        aliases.keySet().toArray(UUID[]::new),
                        settings.incompleteAfter().toSeconds(),
                        settings.manifestsPerRound() + failed.size()));
    }

    private static boolean isLocked(DataAccessException failure) {
        return failure.getRootCause() instanceof SQLException sql && LOCK_NOT_AVAILABLE.equals(sql.getSQLState());
    }
}
