package dev.caravan.ledger;

import dev.caravan.CaravanSettings;
import dev.caravan.database.Migrations;
import dev.caravan.payload.Delivery;
import dev.caravan.payload.PoisonPayloadException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.camel.ExchangeProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Which clusters may send, and for which organisation. */
@Component("sourceRegistry")
public final class SourceRegistry {
    private static final Logger LOG = LoggerFactory.getLogger(SourceRegistry.class);
    private static final int ALIAS_LENGTH = 8;
    private static final String SELECT_ANY =
            """
            select s.source_uuid, s.source_id, s.org_id, o.schema_name, s.cluster_id, s.alias, s.from_file, s.retired_at,
                s.removing_since
            from caravan.source s
            join caravan.organisation o using (org_id)
            where true
            """;
    private static final String SELECT = SELECT_ANY + " and s.retired_at is null";
    /** Reads source_uuid, source_id, org_id, schema_name, cluster_id and alias, the first six columns of a row. */
    public static final RowMapper<Source> SOURCE = (row, number) -> new Source(
            row.getObject(1, UUID.class),
            row.getLong(2),
            row.getString(3),
            row.getString(4),
            row.getString(5),
            row.getString(6));

    private final JdbcTemplate database;
    private final TransactionTemplate transaction;
    private final Migrations migrations;
    private final Organisations organisations;
    private final CaravanSettings settings;

    public SourceRegistry(
            JdbcTemplate database,
            TransactionTemplate transaction,
            Migrations migrations,
            Organisations organisations,
            CaravanSettings settings) {
        this.database = database;
        this.transaction = transaction;
        this.migrations = migrations;
        this.organisations = organisations;
        this.settings = settings;
    }

    /**
     * A source as the registry has it.
     *
     * @param fromFile whether config/sources.yaml lists it
     * @param retiredAt since when it takes no payload; null while it is active
     * @param removingSince since when it is being removed; null for those that stay
     */
    public record Registered(Source source, boolean fromFile, OffsetDateTime retiredAt, OffsetDateTime removingSince) {
        public boolean active() {
            return retiredAt == null;
        }
    }

    /** What {@link #add} did. */
    public record Added(Source source, boolean isNew, int payloadsToReplay) {}

    /**
     * Registers a cluster, making the organisation and its schema first; a known one only gets the new alias,
     * unless config/sources.yaml lists it: then its alias is the file's.
     *
     * <p>Payloads of that cluster that wait in quarantine are marked for replay.
     */
    public Added add(String organisation, String clusterId, String alias) {
        if (organisations.find(organisation).isEmpty()) {
            migrations.createOrganisation(organisation);
        }
        // In one transaction, since others may be removing the source just now.
        return transaction.execute(status -> register(organisation, clusterId, alias));
    }

    private Added register(String organisation, String clusterId, String alias) {
        boolean isNew = database.update(
                        """
                        insert into caravan.source (org_id, cluster_id, alias)
                        values (?, ?, ?)
                        on conflict (org_id, cluster_id) where retired_at is null do nothing
                        """,
                        organisation,
                        clusterId,
                        alias)
                > 0;
        if (!isNew) {
            database.update(
                    """
                    update caravan.source
                    set alias = ?
                    where org_id = ?
                        and cluster_id = ?
                        and retired_at is null
                        and not from_file
                    """,
                    alias,
                    organisation,
                    clusterId);
        }
        int waiting = database.update(
                """
                update caravan.quarantine
                set replay_requested_at = now()
                where cluster_id = ?
                    and reason = 'unknown-source'
                    and (org_id is null or org_id = ?)
                    and resolved_at is null
                """,
                clusterId,
                organisation);
        return new Added(find(organisation, clusterId).orElseThrow(), isNew, waiting);
    }

    /** What {@link #follow} did, in sources. */
    public record FileChange(int changed, int retired) {
        boolean any() {
            return changed + retired > 0;
        }
    }

    /**
     * Makes the sources of config/sources.yaml what the file lists: new ones are added, aliases follow, and those it no
     * longer lists are retired. Sources that only {@link #add} registered stay as they are.
     */
    FileChange follow(List<SourcesFile.Entry> entries) {
        int changed = 0;
        for (var entry : entries) {
            var known = find(entry.organisation(), entry.clusterId());
            if (known.isEmpty()) {
                add(entry.organisation(), entry.clusterId(), entry.alias());
            }
            boolean owned = database.update(
                            """
                            update caravan.source
                            set alias = ?,
                                from_file = true
                            where org_id = ?
                                and cluster_id = ?
                                and retired_at is null
                                and (alias <> ? or not from_file)
                            """,
                            entry.alias(),
                            entry.organisation(),
                            entry.clusterId(),
                            entry.alias())
                    > 0;
            changed += owned ? 1 : 0;
        }
        List<String> listed = entries.stream()
                .map(entry -> entry.organisation() + " " + entry.clusterId())
                .toList();
        int retired = database.update(
                """
                update caravan.source
                set retired_at = now()
                where from_file
                    and retired_at is null
                    and org_id || ' ' || cluster_id <> all (?)
                """,
                (Object) listed.toArray(String[]::new));
        return new FileChange(changed, retired);
    }

    public List<Source> list() {
        return database.query(SELECT + " order by s.org_id, s.alias, s.cluster_id", SOURCE);
    }

    /** All sources, retired ones too. */
    public List<Registered> listAll() {
        return database.query(
                SELECT_ANY + " order by s.org_id, s.alias, s.cluster_id, s.retired_at nulls first",
                SourceRegistry::registered);
    }

    /** All sources of an organisation: the active ones first, then those that were retired, latest first. */
    public List<Registered> listAll(String organisation) {
        return database.query(
                SELECT_ANY + " and s.org_id = ? order by s.retired_at desc nulls first, s.cluster_id",
                SourceRegistry::registered,
                organisation);
    }

    private static Registered registered(ResultSet row, int number) throws SQLException {
        return new Registered(
                SOURCE.mapRow(row, number),
                row.getBoolean(7),
                row.getObject(8, OffsetDateTime.class),
                row.getObject(9, OffsetDateTime.class));
    }

    /**
     * Has a cluster send to another organisation from now on. What it sent stays where it is; so that a payload is never
     * without a source, and never has two, both change in the caller's transaction.
     *
     * @return empty when the source was retired meanwhile: then nothing is changed
     */
    public Optional<Added> move(Source source, String organisation, String alias) {
        int retired = database.update(
                """
                update caravan.source
                set retired_at = now()
                where source_uuid = ?
                    and retired_at is null
                """,
                source.uuid());
        return retired == 0 ? Optional.empty() : Optional.of(add(organisation, source.clusterId(), alias));
    }

    public Optional<Source> find(String organisation, String clusterId) {
        return database
                .query(SELECT + " and s.org_id = ? and s.cluster_id = ?", SOURCE, organisation, clusterId)
                .stream()
                .findFirst();
    }

    /** Active sources of an organisation; empty when it is not registered. */
    public List<Source> of(String organisation) {
        return database.query(SELECT + " and s.org_id = ? order by s.cluster_id", SOURCE, organisation);
    }

    /**
     * Finds the source of a delivery: of the organisation it names, else of the only one that registered its cluster. Where
     * there is a demo organisation, a cluster that was never registered is registered for it.
     *
     * @throws UnknownSourceException when nobody registered the cluster
     * @throws PoisonPayloadException {@code ambiguous-source} when several organisations did
     */
    public void identify(@ExchangeProperty(Delivery.PROPERTY) Delivery delivery) {
        String cluster = delivery.manifest().clusterId();
        if (delivery.organisation() != null) {
            delivery.identified(find(delivery.organisation(), cluster)
                    .or(() -> adopt(delivery.organisation(), cluster))
                    .orElseThrow(() -> new UnknownSourceException("cluster " + cluster
                            + " is not registered for organisation " + delivery.organisation()
                            + ": run `source add --org " + delivery.organisation() + " --cluster " + cluster
                            + " --alias NAME`; the payload is kept and loaded then")));
            return;
        }
        List<Source> candidates = database.query(SELECT + " and s.cluster_id = ?", SOURCE, cluster);
        if (candidates.isEmpty()) {
            delivery.identified(settings.demoOrganisation()
                    .flatMap(demo -> adopt(demo, cluster))
                    .orElseThrow(() -> new UnknownSourceException("cluster " + cluster
                            + " is not registered: run `source add --org ORG --cluster " + cluster
                            + " --alias NAME`; the payload is kept and loaded then")));
            return;
        }
        if (candidates.size() > 1) {
            throw new PoisonPayloadException(
                    "ambiguous-source",
                    "cluster " + cluster + " is registered for several organisations: name one with --org, or drop the"
                            + " file into a folder org=<id>");
        }
        delivery.identified(candidates.get(0));
    }

    /** Registers a cluster for the demo organisation; one that was retired stays so. */
    private Optional<Source> adopt(String organisation, String cluster) {
        boolean forDemo =
                settings.demoOrganisation().filter(organisation::equals).isPresent();
        if (!forDemo || wasKnown(organisation, cluster)) {
            return Optional.empty();
        }
        String alias = settings.demo()
                .aliases()
                .getOrDefault(cluster, cluster.substring(0, Math.min(ALIAS_LENGTH, cluster.length())));
        Added added = add(organisation, cluster, alias);
        if (added.isNew()) {
            LOG.info("registered cluster {} as {} for the demo organisation {}", cluster, alias, organisation);
        }
        return Optional.of(added.source());
    }

    private boolean wasKnown(String organisation, String cluster) {
        return Boolean.TRUE.equals(database.queryForObject(
                "select exists (select from caravan.source where org_id = ? and cluster_id = ?)",
                Boolean.class,
                organisation,
                cluster));
    }
}
