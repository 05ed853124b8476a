package dev.caravan.optimization.api;

import dev.caravan.http.Access;
import dev.caravan.ledger.BoundedTransaction;
import java.math.BigDecimal;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Recommendations and workloads of an organisation, as far as a user may see them. Whatever a request brings is a parameter
 * of the statements and never a part of them.
 */
@Component
final class RecommendationDirectory {
    private static final String PERCENTAGES =
            Variation.columns().map(column -> "s." + column).collect(Collectors.joining(", "));
    private static final String SET_COLUMNS =
            "s.id, c.cluster_uuid, c.cluster_alias, c.source_id, c.last_reported_at, w.namespace, ";
    /** Box plots are most of the bytes, and only details show them. */
    private static final String WITHOUT_PLOTS =
            """
            s.recommendations
                #- '{recommendation_terms,short_term,plots}'
                #- '{recommendation_terms,medium_term,plots}'
                #- '{recommendation_terms,long_term,plots}'
            """;

    private static final String WORKLOAD_COLUMNS =
            """
            select w.id, c.cluster_uuid, c.cluster_alias, c.source_id, w.namespace, w.workload_name, w.workload_type,
                w.containers, w.metrics_upload_at
            """;
    private static final String WORKLOADS =
            """
            from ros.workloads w
            join ros.clusters c
                on c.id = w.cluster_id
            where w.org_id = :organisation
            """;

    private final JdbcClient database;
    private final BoundedTransaction transaction;

    RecommendationDirectory(JdbcTemplate database, BoundedTransaction transaction) {
        this.database = JdbcClient.create(database);
        this.transaction = transaction;
    }

    /**
     * A part of a list.
     *
     * @param count entries of the whole list
     */
    record Part<T>(long count, List<T> entries) {}

    /** Lists sets without their box plots. */
    Part<RecommendationSet> list(RecommendationQuery query, String organisation, Access access) {
        Map<String, Object> parameters = new HashMap<>();
        String matching = matching(query, organisation, access, parameters);
        String part = select(query.kind(), WITHOUT_PLOTS) + matching + "order by " + query.order() + ", s.id";
        return list(matching, part, query.paging(), parameters, RecommendationDirectory::set);
    }

    Optional<RecommendationSet> find(SetKind kind, UUID id, String organisation, Access access) {
        Map<String, Object> parameters = new HashMap<>();
        String statement = select(kind, "s.recommendations")
                + sets(kind)
                + visible(organisation, access, parameters)
                + "and s.id = :id";
        parameters.put("id", id);
        return transaction.call(() -> database.sql(statement)
                .params(parameters)
                .query(RecommendationDirectory::set)
                .optional());
    }

    /** Lists workloads in the order they first came. */
    Part<Workload> workloads(List<Filter> filters, Paging paging, String organisation, Access access) {
        Map<String, Object> parameters = new HashMap<>();
        String matching = WORKLOADS + visible(organisation, access, parameters) + conditions(filters, parameters);
        String part = WORKLOAD_COLUMNS + matching + "order by w.id";
        return list(matching, part, paging, parameters, RecommendationDirectory::workload);
    }

    private <T> Part<T> list(
            String matching, String part, Paging paging, Map<String, Object> parameters, RowMapper<T> mapper) {
        parameters.put("limit", paging.limit());
        parameters.put("offset", paging.offset());
        return transaction.call(() -> new Part<>(
                database.sql("select count(*)\n" + matching)
                        .params(parameters)
                        .query(Long.class)
                        .single(),
                database.sql(part + "\nlimit :limit\noffset :offset")
                        .params(parameters)
                        .query(mapper)
                        .list()));
    }

    private static String select(SetKind kind, String recommendations) {
        return "select " + SET_COLUMNS + kind.workloadColumns() + ", " + PERCENTAGES + ", " + recommendations
                + " as recommendations\n";
    }

    private static String sets(SetKind kind) {
        return """
            from %s s
            join ros.workloads w
                on w.id = s.workload_id
            join ros.clusters c
                on c.id = w.cluster_id
            where w.org_id = :organisation
            """
                .formatted(kind.table());
    }

    private static String matching(
            RecommendationQuery query, String organisation, Access access, Map<String, Object> parameters) {
        parameters.put("from", query.from().atOffset(ZoneOffset.UTC));
        parameters.put("until", query.until().atOffset(ZoneOffset.UTC));
        return sets(query.kind())
                + visible(organisation, access, parameters)
                + "and s.monitoring_end_time >= :from\nand s.monitoring_end_time < :until\n"
                + conditions(query.filters(), parameters);
    }

    private static String conditions(List<Filter> filters, Map<String, Object> parameters) {
        return filters.stream().map(filter -> filter.condition(parameters)).collect(Collectors.joining());
    }

    private static String visible(String organisation, Access access, Map<String, Object> parameters) {
        parameters.put("organisation", organisation);
        StringBuilder condition = new StringBuilder();
        if (access.clusters() != null) {
            condition.append("and c.cluster_uuid = any (:visible_clusters)\n");
            parameters.put("visible_clusters", access.clusters().toArray(String[]::new));
        }
        if (access.projects() != null) {
            condition.append("and w.namespace = any (:visible_projects)\n");
            parameters.put("visible_projects", access.projects().toArray(String[]::new));
        }
        return condition.toString();
    }

    private static RecommendationSet set(ResultSet row, int number) throws SQLException {
        Map<Variation, BigDecimal> percentages = new HashMap<>();
        for (Variation variation : Variation.ALL) {
            BigDecimal percentage = row.getBigDecimal(variation.column());
            if (percentage != null) {
                percentages.put(variation, percentage);
            }
        }
        return new RecommendationSet(
                row.getObject(1, UUID.class),
                row.getString(2),
                row.getString(3),
                row.getString(4),
                row.getObject(5, OffsetDateTime.class),
                row.getString(6),
                row.getString(7),
                row.getString(8),
                row.getString(9),
                row.getString("recommendations"),
                percentages);
    }

    private static Workload workload(ResultSet row, int number) throws SQLException {
        Array containers = row.getArray(8);
        return new Workload(
                row.getLong(1),
                row.getString(2),
                row.getString(3),
                row.getString(4),
                row.getString(5),
                row.getString(6),
                row.getString(7),
                containers == null ? List.of() : List.of((String[]) containers.getArray()),
                row.getObject(9, OffsetDateTime.class));
    }
}
