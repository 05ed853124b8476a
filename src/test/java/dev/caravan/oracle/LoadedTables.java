package dev.caravan.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.TestDatabase;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * What loading leaves in an organisation's tables, less what differs from one load of the same payloads to the next:
 * numbers from sequences, random ids, times of day, and whence and in which order the payloads came.
 */
public final class LoadedTables {
    /** The ledger and the hourly rows; sums may differ in their last digit, and are compared as a summary. */
    private static final String TABLES =
            """
            select relname
            from pg_class
            where relnamespace = 'org1234567'::regnamespace
                and relkind in ('r', 'p')
                and not relispartition
                and (relname in ('manifest', 'manifest_file', 'payload_claim', 'day_delivery', 'row_reject', 'outbox')
                    or relname like '%\\_line\\_items')
            """;

    private static final String ROWS =
            """
            select ((to_jsonb(t) #- '{message,request_id}') - array[
                'manifest_id', 'manifest_file', 'outbox_id', 'payload_sha256', 'origin', 'request_id', 'destination',
                'members', 'created_at', 'completed_at', 'declared_incomplete_at', 'claimed_at', 'decided_at', 'sent_at', 'next_attempt_at', 'attempts',
                'last_error'
            ])::text
            from org1234567.%s t
            where to_jsonb(t) ->> 'kind' is distinct from 'object-move'
            """;

    private LoadedTables() {}

    /** The rows of one database are those of the other, table by table. */
    public static void assertSame(TestDatabase expected, TestDatabase found) {
        Map<String, List<String>> tables = read(found);
        read(expected).forEach((table, rows) -> assertThat(tables.get(table))
                .as(table)
                .hasSameSizeAs(rows)
                .isEqualTo(rows));
    }

    private static Map<String, List<String>> read(TestDatabase database) {
        var jdbc = new JdbcTemplate(database.dataSource());
        // A source is told by its cluster: its id is made up where it is registered.
        List<Map<String, Object>> sources =
                jdbc.queryForList("select source_uuid::text as id, cluster_id as cluster from caravan.source");
        Map<String, List<String>> tables = new TreeMap<>();
        for (String table : jdbc.queryForList(TABLES, String.class)) {
            tables.put(
                    table,
                    jdbc.queryForList(ROWS.formatted(table), String.class).stream()
                            .map(row -> named(row, sources))
                            .sorted()
                            .toList());
        }
        return tables;
    }

    private static String named(String row, List<Map<String, Object>> sources) {
        String named = row;
        for (Map<String, Object> source : sources) {
            named = named.replace((String) source.get("id"), (String) source.get("cluster"));
        }
        return named;
    }
}
