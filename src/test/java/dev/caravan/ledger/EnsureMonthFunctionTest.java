package dev.caravan.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.database.OrganisationDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnsureMonthFunctionTest {
    private static final String PARTITIONS =
            """
            select p.relname, c.relname, pg_get_expr(c.relpartbound, c.oid)
            from pg_inherits i
            join pg_class p on p.oid = i.inhparent and p.relkind = 'p'
            join pg_class c on c.oid = i.inhrelid
            where c.relname like ?
            order by 1, 2
            """;

    private static OrganisationDatabase database;

    @BeforeAll
    static void create() {
        database = OrganisationDatabase.create();
    }

    @AfterAll
    static void drop() {
        database.close();
    }

    @AfterEach
    void rollBack() {
        database.rollBack();
    }

    @ParameterizedTest
    @CsvSource({
        "2025-11-01, 2025_11, 2025-11-01, 2025-12-01",
        "2025-11-30, 2025_11, 2025-11-01, 2025-12-01",
        "2025-12-31, 2025_12, 2025-12-01, 2026-01-01",
        "2024-02-29, 2024_02, 2024-02-01, 2024-03-01"
    })
    void everyPartitionedTableGetsTheMonthWithExactBounds(String day, String suffix, String first, String next) {
        List<String> parents = database.rows(
                "select relname from pg_class where relnamespace = 'org1234567'::regnamespace and relkind = 'p' order by 1");
        assertThat(parents)
                .hasSize(27)
                .contains("openshift_pod_usage_hours", "reporting_ocpusagelineitem_daily_summary");
        assertThat(ensure(day)).isEqualTo(27);
        List<String> expected = new ArrayList<>();
        for (String parent : parents) {
            expected.add("%s|%s_%s|FOR VALUES FROM ('%s') TO ('%s')".formatted(parent, parent, suffix, first, next));
        }
        assertThat(database.rows(PARTITIONS, "%" + suffix)).isEqualTo(expected);
    }

    @Test
    void everyIndexOfAParentHasItsPart() {
        ensure("2025-11-01");
        assertThat(
                        database.rows(
                                """
                        select x.indexrelid::regclass
                        from pg_index x
                        join pg_class p on p.oid = x.indrelid and p.relkind = 'p'
                        where not x.indisvalid
                            or (select count(*) from pg_inherits i where i.inhparent = x.indexrelid)
                                <> (select count(*) from pg_inherits i where i.inhparent = x.indrelid)
                        """))
                .isEmpty();
        assertThat(database.count("pg_index x join pg_class p on p.oid = x.indrelid and p.relkind = 'p'"))
                .isGreaterThanOrEqualTo(28);
    }

    @Test
    void theMonthsThatAreThereAreLeftAlone() {
        ensure("2025-11-01");
        database.jdbc()
                .update("insert into openshift_node_labels_hours (interval_start, usage_start, manifest_file)"
                        + " values ('2025-11-01 00:00Z', '2025-11-01', 1)");
        assertThat(ensure("2025-11-17")).isZero();
        assertThat(database.count("openshift_node_labels_hours_2025_11")).isOne();
    }

    @Test
    void aMonthThatIsHalfThereIsMadeWhole() {
        ensure("2025-11-01");
        database.jdbc().execute("drop table org1234567.openshift_vm_usage_hours_2025_11");
        assertThat(ensure("2025-11-01")).isOne();
        assertThat(database.rows(PARTITIONS, "openshift_vm_usage_hours_2025_11"))
                .hasSize(1);
    }

    @Test
    void aSchemaOfNoOrganisationIsRefused() throws Exception {
        for (String schema :
                new String[] {"caravan", "public", "pg_catalog", "org999", "org1234567; drop schema caravan", ""}) {
            assertThat(database.stateOf("select caravan.ensure_month(?, '2025-11-01')", schema))
                    .as(schema)
                    .isEqualTo("3F000");
        }
        assertThat(database.stateOf("select caravan.ensure_month(null, '2025-11-01')"))
                .isEqualTo("3F000");
    }

    @Test
    void onlyRolesThatWereGrantedItMayCallIt() {
        assertThat(database.rows(
                        "select grantee::regrole from pg_proc p cross join aclexplode(p.proacl) a(grantor, grantee, privilege, grantable)"
                                + " where p.proname = 'ensure_month'"))
                .containsOnly("postgres");
    }

    @Test
    void fourAtOnceMakeEachPartitionOnce() throws Exception {
        var pool = Executors.newFixedThreadPool(4);
        try {
            List<Future<Integer>> made = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                made.add(pool.submit(inItsOwnTransaction("2023-05-01")));
            }
            int sum = 0;
            for (Future<Integer> one : made) {
                sum += one.get();
            }
            assertThat(sum).isEqualTo(27);
            assertThat(database.rows(PARTITIONS, "%2023_05")).hasSize(27);
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void readersAndLoadersOfAnotherMonthAreNotBlocked() throws Exception {
        inItsOwnTransaction("2023-06-01").call();
        try (Connection loader = database.anotherSession();
                var statement = loader.createStatement()) {
            statement.execute("set local lock_timeout = '1s'");
            for (String table : database.rows(
                    "select relname from pg_class where relnamespace = 'org1234567'::regnamespace and relkind = 'p'")) {
                statement.executeQuery("select count(*) from " + table).close();
                statement.execute("delete from " + table);
            }
            String insert = "insert into openshift_node_labels_hours (interval_start, usage_start, manifest_file)"
                    + " values ('2023-06-01 00:00Z', '2023-06-01', 1)";
            statement.execute(insert);
            // The open transaction does not keep the month from being made ...
            try (Connection maker = database.anotherSession()) {
                assertThat(ensure(maker, "2023-07-01")).isEqualTo(27);
                // ... and the making, not yet committed, does not keep it from reading and loading.
                statement.execute(insert);
                statement
                        .executeQuery("select count(*) from openshift_pod_usage_hours")
                        .close();
                maker.commit();
            }
            loader.rollback();
        }
    }

    @Test
    void aLockThatIsNotHadInTimeEndsTheCall() throws Exception {
        try (Connection blocker = database.anotherSession();
                var statement = blocker.createStatement()) {
            statement.execute("lock table openshift_pod_usage_hours in access exclusive mode");
            assertThat(database.stateOf("select caravan.ensure_month('org1234567', '2022-01-01')"))
                    .isEqualTo("55P03");
            blocker.rollback();
        }
    }

    private static int ensure(String day) {
        return database.jdbc().queryForObject("select caravan.ensure_month('org1234567', ?::date)", Integer.class, day);
    }

    private static int ensure(Connection session, String day) throws SQLException {
        try (var statement = session.createStatement();
                var result = statement.executeQuery("select caravan.ensure_month('org1234567', '" + day + "')")) {
            result.next();
            return result.getInt(1);
        }
    }

    private static Callable<Integer> inItsOwnTransaction(String day) {
        return () -> {
            try (Connection session = database.anotherSession()) {
                int made = ensure(session, day);
                session.commit();
                return made;
            }
        };
    }
}
