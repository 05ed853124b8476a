package dev.caravan.sources;

import dev.caravan.ledger.BoundedTransaction;
import dev.caravan.ledger.Source;
import dev.caravan.ledger.SourceRegistry;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The active sources by their numbers. */
@Component
final class SourceDirectory {
    private static final String ENTRIES =
            """
            from caravan.source s
            join caravan.organisation o using (org_id)
            where s.retired_at is null
            """;
    private static final String SELECT =
            """
            select s.source_uuid, s.source_id, s.org_id, o.schema_name, s.cluster_id, s.alias, s.from_file, s.created_at
            """
                    + ENTRIES;
    private static final String MATCHING =
            """
            and s.org_id = :organisation
                and (:alias::text is null or s.alias = :alias)
                and (:cluster::text is null or s.cluster_id = :cluster)
                and (:id::bigint is null or s.source_id = :id)
            """;

    private final JdbcClient database;
    private final BoundedTransaction transaction;

    SourceDirectory(JdbcTemplate database, BoundedTransaction transaction) {
        this.database = JdbcClient.create(database);
        this.transaction = transaction;
    }

    /** @param fromFile whether config/sources.yaml owns it */
    record Entry(Source source, boolean fromFile, OffsetDateTime createdAt) {}

    /** @param count entries of the whole list */
    record Part(long count, List<Entry> entries) {}

    /**
     * What sources are looked for.
     *
     * @param alias null for any, as the others
     */
    record Wanted(String organisation, String alias, String clusterId, Long id) {
        Map<String, Object> parameters() {
            Map<String, Object> parameters = new HashMap<>();
            parameters.put("organisation", organisation);
            parameters.put("alias", alias);
            parameters.put("cluster", clusterId);
            parameters.put("id", id);
            return parameters;
        }
    }

    /** Lists sources by number. */
    Part list(Wanted wanted, int limit, int offset) {
        return transaction.call(() -> new Part(
                database.sql("select count(*) " + ENTRIES + MATCHING)
                        .params(wanted.parameters())
                        .query(Long.class)
                        .single(),
                database.sql(SELECT + MATCHING + "order by s.source_id limit :limit offset :offset")
                        .params(wanted.parameters())
                        .param("limit", limit)
                        .param("offset", offset)
                        .query(SourceDirectory::entry)
                        .list()));
    }

    /** Finds a source of whatever organisation. */
    Optional<Entry> find(long id) {
        return transaction.call(() -> database.sql(SELECT + "and s.source_id = :id")
                .param("id", id)
                .query(SourceDirectory::entry)
                .optional());
    }

    private static Entry entry(ResultSet row, int number) throws SQLException {
        return new Entry(
                SourceRegistry.SOURCE.mapRow(row, number), row.getBoolean(7), row.getObject(8, OffsetDateTime.class));
    }
}
