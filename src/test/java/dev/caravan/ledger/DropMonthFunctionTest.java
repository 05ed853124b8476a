package dev.caravan.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.database.OrganisationDatabase;
import java.sql.Connection;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DropMonthFunctionTest {
    private static final String TABLE = "openshift_pod_usage_hours";
    private static final String DROP = "select caravan.drop_month(?, ?, ?::date)";

    private static OrganisationDatabase database;

    @BeforeAll
    static void create() {
        database = OrganisationDatabase.create();
        database.jdbc()
                .queryForList("select caravan.ensure_month('org1234567', m::date)"
                        + " from unnest(array['2025-10-01', '2025-11-01', '2025-12-01']) m");
        database.commit();
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
    @CsvSource({"2025-11-01", "2025-11-17", "2025-11-30"})
    void oneMonthOfOneTableGoesAndAllElseStays(String day) {
        List<String> before = partitions();
        assertThat(database.text(DROP, "org1234567", TABLE, day)).isEqualTo("t");
        assertThat(partitions())
                .hasSize(before.size() - 1)
                .doesNotContain(TABLE + "_2025_11")
                .contains(TABLE + "_2025_10", TABLE + "_2025_12", "openshift_pod_usage_line_items_daily_2025_11");
        assertThat(database.text(DROP, "org1234567", TABLE, day))
                .as("once more there is nothing to drop")
                .isEqualTo("f");
    }

    @Test
    void theMonthCanBeMadeAgain() {
        database.text(DROP, "org1234567", TABLE, "2025-11-01");
        database.text("select caravan.ensure_month('org1234567', '2025-11-01')");
        assertThat(partitions()).contains(TABLE + "_2025_11");
    }

    @Test
    void onlyPartitionedTablesOfRegisteredOrganisationsAreTouched() throws Exception {
        assertThat(database.stateOf(DROP, "caravan", TABLE, "2025-11-01")).isEqualTo("3F000");
        assertThat(database.stateOf(DROP, "pg_catalog", "pg_class", "2025-11-01"))
                .isEqualTo("3F000");
        assertThat(database.stateOf(DROP, "org1234567", "manifest", "2025-11-01"))
                .isEqualTo("42P01");
        assertThat(database.stateOf(DROP, "org1234567", TABLE + "_2025_11", "2025-11-01"))
                .as("a partition is no partitioned table")
                .isEqualTo("42P01");
        assertThat(database.stateOf(DROP, "org1234567", "no\"such; drop table manifest", "2025-11-01"))
                .isEqualTo("42P01");
    }

    @Test
    void aPartitionOfOtherBoundsStaysWhateverItsName() {
        database.jdbc()
                .execute("create table " + TABLE + "_2024_01 partition of " + TABLE
                        + " for values from ('2024-01-01') to ('2024-03-01')");
        assertThat(database.text(DROP, "org1234567", TABLE, "2024-01-01")).isEqualTo("f");
        assertThat(partitions()).contains(TABLE + "_2024_01");
    }

    @Test
    void itGivesUpSoonWhenTheTableIsInUse() throws Exception {
        try (Connection reader = database.anotherSession();
                var statement = reader.createStatement()) {
            statement.executeQuery("select count(*) from " + TABLE).close();
            long start = System.nanoTime();
            assertThat(database.stateOf(DROP, "org1234567", TABLE, "2025-11-01"))
                    .isEqualTo("55P03");
            assertThat((System.nanoTime() - start) / 1_000_000).isBetween(150L, 1_000L);
            reader.rollback();
        }
        assertThat(database.text(DROP, "org1234567", TABLE, "2025-11-01")).isEqualTo("t");
    }

    @Test
    void theApplicationsRoleMayCallItAndNobodyElse() {
        assertThat(database.rows("select grantee from information_schema.routine_privileges"
                        + " where routine_schema = 'caravan' and routine_name = 'drop_month'"))
                .doesNotContain("PUBLIC");
    }

    private static List<String> partitions() {
        return database.rows("select relname from pg_class where relispartition and relkind = 'r' order by 1");
    }
}
