package dev.caravan.bench;

import com.zaxxer.hikari.HikariDataSource;
import dev.caravan.bench.BenchReport.FunctionTime;
import dev.caravan.database.Migrations;
import dev.caravan.ledger.BoundedTransaction;
import dev.caravan.ledger.Organisations;
import dev.caravan.ledger.TagKeys;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.postgresql.PGConnection;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;

/** What a benchmark does to its database besides loading. */
final class BenchDatabase {
    /** Its schema is orgbench. */
    static final String ORGANISATION = "bench";

    private static final int BUFFER = 1 << 16;
    private static final String COPY_TABLE =
            """
            create table public.pod_rows (
                report_period_start timestamptz,
                report_period_end timestamptz,
                interval_start timestamptz,
                interval_end timestamptz,
                node text,
                namespace text,
                pod text,
                pod_usage_cpu_core_seconds double precision,
                pod_request_cpu_core_seconds double precision,
                pod_limit_cpu_core_seconds double precision,
                pod_usage_memory_byte_seconds double precision,
                pod_request_memory_byte_seconds double precision,
                pod_limit_memory_byte_seconds double precision,
                node_capacity_cpu_cores double precision,
                node_capacity_cpu_core_seconds double precision,
                node_capacity_memory_bytes double precision,
                node_capacity_memory_byte_seconds double precision,
                node_role text,
                resource_id text,
                pod_labels text
            )
            """;
    private static final String TABLE_BYTES =
            """
            select
                coalesce(sum(bytes) filter (where name like 'openshift%\\_hours'), 0),
                coalesce(sum(bytes) filter (where name like 'openshift%daily' or name = 'openshift_node_day'), 0),
                coalesce(sum(bytes) filter (where name like 'reporting%' or name = 'openshift_label_value'), 0)
            from (
                select root.relname as name, pg_total_relation_size(c.oid) as bytes
                from pg_class c
                join pg_class root
                    on root.oid = coalesce(pg_partition_root(c.oid), c.oid)
                where c.relkind = 'r'
                    and c.relnamespace = 'orgbench'::regnamespace
            ) tables
            """;

    /** Quoted where need be; all but the history of the migrations. */
    private static final String SITE_TABLES =
            """
            select format('%I.%I', table_schema, table_name)
            from information_schema.tables
            where table_schema in ('openstack', 'usage_compat')
                and table_type = 'BASE TABLE'
                and table_name not like 'flyway%'
            """;

    private final ApplicationContext routes;
    private final JdbcTemplate database;

    BenchDatabase(ApplicationContext routes) {
        this.routes = routes;
        this.database = routes.getBean(JdbcTemplate.class);
    }

    /** Bytes of tables with their indexes: hourly line items, daily line items, summaries. */
    record TableBytes(long staging, long daily, long summary) {}

    /** Makes the organisation that sends, unless it is there, and enables label keys. */
    void prepare(List<String> labelKeys) {
        routes.getBean(Migrations.class).createOrganisation(ORGANISATION);
        var organisation =
                routes.getBean(Organisations.class).find(ORGANISATION).orElseThrow();
        if (!labelKeys.isEmpty()) {
            routes.getBean(BoundedTransaction.class)
                    .call(organisation, () -> routes.getBean(TagKeys.class).enable(labelKeys));
        }
    }

    /** Removes the organisation with all its rows, and what sessions have learnt of them: plans made for other tables. */
    void forget() {
        pool().getHikariPoolMXBean().softEvictConnections();
        database.execute("drop schema orgbench cascade");
        database.execute("delete from caravan.source");
        database.execute("delete from caravan.organisation");
        database.execute("drop table public.pod_rows");
    }

    void register(String cluster) {
        // As `source add` does, without a look at all migrations each time.
        database.update(
                "insert into caravan.source (org_id, cluster_id, alias) values (?, ?, ?)",
                ORGANISATION,
                cluster,
                cluster);
    }

    /** How many of these clusters have a manifest whose summary is committed. */
    int committed(List<String> clusters) {
        return database.queryForObject(
                "select count(*)::integer from orgbench.manifest where completed_at is not null and cluster_id = any (?)",
                Integer.class,
                (Object) clusters.toArray(String[]::new));
    }

    /** How many containers of a cluster have recommendations. */
    int recommended(String cluster) {
        return database.queryForObject(
                """
                select count(*)::integer
                from ros.clusters c
                join ros.workloads w
                    on w.cluster_id = c.id
                join ros.recommendation_sets r
                    on r.workload_id = w.id
                where c.cluster_uuid = ?
                """,
                Integer.class,
                cluster);
    }

    /** Removes all that is known for right-sizing, and what sessions have learnt of it. */
    void forgetUsage() {
        pool().getHikariPoolMXBean().softEvictConnections();
        database.execute("truncate ros.usage_row, ros.rh_accounts cascade");
    }

    long countSpans() {
        return database.queryForObject("select count(*) from openstack.span", Long.class);
    }

    long countDailyCounts() {
        return database.queryForObject("select count(*) from openstack.usage", Long.class);
    }

    /** Removes all rows of all sites, and what sessions have learnt of them. */
    void forgetSites() {
        pool().getHikariPoolMXBean().softEvictConnections();
        database.queryForList(SITE_TABLES, String.class).forEach(table -> database.execute("truncate " + table));
    }

    /** Reasons of the payloads in quarantine. */
    List<String> quarantined() {
        return database.queryForList("select distinct reason from caravan.quarantine", String.class);
    }

    void checkpoint() {
        database.execute("checkpoint");
    }

    /** Seconds of one plain copy of a CSV with the pod report's columns into a new table. */
    double copy(Path csv) throws SQLException, IOException {
        database.execute("drop table if exists public.pod_rows");
        database.execute(COPY_TABLE);
        checkpoint();
        try (Connection connection = pool().getConnection();
                InputStream in = Files.newInputStream(csv)) {
            long start = System.nanoTime();
            connection
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyIn("copy public.pod_rows from stdin (format csv, header)", in, BUFFER);
            return (System.nanoTime() - start) / 1e9;
        }
    }

    TableBytes tableBytes() {
        return database.queryForObject(
                TABLE_BYTES, (row, number) -> new TableBytes(row.getLong(1), row.getLong(2), row.getLong(3)));
    }

    /** What every stored function took since the server started, by name. */
    Map<String, FunctionTime> functions() throws SQLException {
        flushStatistics();
        Map<String, FunctionTime> times = new LinkedHashMap<>();
        database.query(
                "select funcname, calls, total_time, self_time from pg_stat_user_functions order by self_time desc",
                row -> {
                    times.put(
                            row.getString(1),
                            new FunctionTime(
                                    row.getString(1),
                                    row.getLong(2),
                                    row.getDouble(3) / 1000,
                                    row.getDouble(4) / 1000));
                });
        return times;
    }

    /** What the stored functions took since then, the longest first. */
    List<FunctionTime> functionsSince(Map<String, FunctionTime> before) throws SQLException {
        return functions().values().stream()
                .map(function -> {
                    var since = before.getOrDefault(function.name(), new FunctionTime(function.name(), 0, 0, 0));
                    return new FunctionTime(
                            function.name(),
                            function.calls() - since.calls(),
                            function.totalSeconds() - since.totalSeconds(),
                            function.selfSeconds() - since.selfSeconds());
                })
                .filter(function -> function.calls() > 0)
                .sorted((a, b) -> Double.compare(b.selfSeconds(), a.selfSeconds()))
                .toList();
    }

    /**
     * Sessions keep what they counted for some seconds; each is told to hand it over, those among them that are opened or come
     * free meanwhile.
     */
    private void flushStatistics() throws SQLException {
        List<Connection> all = new ArrayList<>();
        try {
            while (all.size() < pool().getHikariPoolMXBean().getTotalConnections()) {
                Connection connection = pool().getConnection();
                all.add(connection);
                try (var statement = connection.createStatement()) {
                    statement.execute("select pg_stat_force_next_flush()");
                }
            }
        } finally {
            for (Connection connection : all) {
                connection.close();
            }
        }
    }

    private HikariDataSource pool() {
        return (HikariDataSource) database.getDataSource();
    }
}
