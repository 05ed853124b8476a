package dev.caravan.database;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the tables of an organisation and of right-sizing promise to those who read them, and the report types to both. */
class SchemaTest {
    private static final String COLUMNS =
            """
            (
                select c.relname as table_name, a.attname as column_name, a.atttypid::regtype::text as type,
                    col_description(c.oid, a.attnum) as comment
                from pg_class c
                join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
                where c.relnamespace = 'org1234567'::regnamespace
                    and (c.relkind = 'p' or (c.relkind = 'v' and c.relname ~ '_line_items$' and c.relname !~ 'counted'))
            ) x
            """;
    /** Columns that come from the ledger, not from a report. */
    private static final String LEDGER_COLUMNS =
            "('usage_start', 'source', 'year', 'month', 'manifestid', 'reportnumhours', 'manifest_file', 'latest_interval_start')";

    private final OrganisationDatabase database = OrganisationDatabase.shared();

    @AfterEach
    void rollBack() {
        database.rollBack();
    }

    @Test
    void everyMeasureOfALineItemSaysItsUnit() {
        assertThat(
                        database.rows(
                                "select table_name, column_name from " + COLUMNS
                                        + " where table_name like 'openshift%' and type = 'double precision'"
                                        + " and (comment is null or comment !~* '(core|byte|second|mib|thread|socket|gib)') order by 1, 2"))
                .isEmpty();
    }

    @Test
    void everyMeasureOfTheSummarySaysItsUnit() {
        assertThat(
                        database.rows(
                                "select table_name, column_name from " + COLUMNS
                                        + " where table_name like 'reporting%' and type = 'numeric'"
                                        + " and column_name !~ '(cost|infrastructure_data)' and (comment is null or comment !~ '(ore|GiB|GB)') order by 1, 2"))
                .isEmpty();
    }

    @Test
    void everyNumberForRightSizingSaysItsUnit() {
        assertThat(
                        database.rows(
                                "select c.relname, a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0"
                                        + " where c.relnamespace = 'ros'::regnamespace and c.relkind = 'r'"
                                        + " and a.atttypid in ('double precision'::regtype, 'numeric'::regtype)"
                                        + " and coalesce(col_description(c.oid, a.attnum), '') !~ '(Cores|Bytes|[Pp]ods|percent)' order by 1, 2"))
                .isEmpty();
    }

    @Test
    void everyNumberOfASiteSaysItsUnit() {
        assertThat(
                        database.rows(
                                "select c.relname, a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0"
                                        + " where c.relnamespace in ('openstack'::regnamespace, 'usage_compat'::regnamespace) and c.relkind = 'r'"
                                        + " and c.relname !~ 'flyway' and a.attname not in ('id', 'action_id')"
                                        + " and a.atttypid in ('double precision'::regtype, 'bigint'::regtype)"
                                        + " and coalesce(col_description(c.oid, a.attnum), '') !~* '(cores|MiB|GiB|hosts|nodes|seconds|hours|rows)' order by 1, 2"))
                .isEmpty();
    }

    @Test
    void everyTableOfALineItemOrTheSummaryIsExplained() {
        assertThat(
                        database.rows(
                                "select relname from pg_class where relnamespace = 'org1234567'::regnamespace and relkind = 'p' and obj_description(oid) is null"
                                        + " or relnamespace in ('ros'::regnamespace, 'openstack'::regnamespace, 'usage_compat'::regnamespace) and relkind in ('r', 'v') and relname !~ 'flyway' and obj_description(oid) is null"))
                .isEmpty();
    }

    @Test
    void everyColumnOfAReportTypeIsInBothItsTables() {
        assertThat(database.rows(
                        "select report_type, column_name, twin from caravan.report_column cross join (values ('_hours'), ('_line_items'), ('_line_items_daily')) t(twin)"
                                + " where not exists (select from " + COLUMNS
                                + " where x.table_name = 'openshift_' || report_type || twin"
                                + " and x.column_name = report_column.column_name) order by 1, 2, 3"))
                .isEmpty();
    }

    @Test
    void everyColumnOfALineItemTableIsInItsReportTypeOrTheLedgers() {
        assertThat(
                        database.rows(
                                "select table_name, column_name from " + COLUMNS
                                        + " where table_name ~ '^openshift_.*_(hours|line_items|line_items_daily)$' and column_name not in "
                                        + LEDGER_COLUMNS
                                        + " and not exists (select from caravan.report_column r where table_name in ('openshift_' || r.report_type || '_hours', 'openshift_' || r.report_type || '_line_items',"
                                        + " 'openshift_' || r.report_type || '_line_items_daily') and r.column_name = x.column_name) order by 1, 2"))
                .isEmpty();
    }

    @Test
    void theTypeOfAColumnFitsItsKind() {
        assertThat(database.rows("select distinct r.kind, x.type from caravan.report_column r join " + COLUMNS
                        + " on x.table_name in ('openshift_' || r.report_type || '_hours', 'openshift_' || r.report_type || '_line_items_daily')"
                        + " and x.column_name = r.column_name where r.kind <> 'derived' order by 1, 2"))
                .containsExactly(
                        "bytes|double precision",
                        "integer|integer",
                        "labels|text",
                        "number|double precision",
                        "text|text",
                        "timestamp|timestamp with time zone");
    }

    @Test
    void everyColumnButTheIntervalHasADailyRuleThatFitsItsKind() {
        assertThat(database.rows(
                        "select distinct column_name from caravan.report_column where daily_rule is null order by 1"))
                .containsExactly("interval_end", "interval_start");
        assertThat(database.rows("select report_type, column_name, kind, daily_rule from caravan.report_column"
                        + " where daily_rule = 'sum' and kind not in ('number', 'bytes', 'derived')"
                        + " or kind = 'labels' and daily_rule <> 'key'"
                        + " or daily_rule = 'sum' and column_name !~ '(_seconds|gpu_pod_uptime)$'"
                        + " or daily_rule <> 'sum' and column_name ~ '_seconds$'"))
                .isEmpty();
    }

    @Test
    void textsOfAReportAreBounded() {
        assertThat(
                        database.rows(
                                "select report_type, column_name from caravan.report_column where (kind = 'text') <> (max_length is not null)"))
                .isEmpty();
    }

    @Test
    void byteColumnsHaveTheLimitOfBytes() {
        assertThat(
                        database.rows(
                                "select report_type, column_name, kind from caravan.report_column"
                                        + " where kind in ('bytes', 'number') and (kind = 'bytes') <> (column_name ~ '_bytes?(_seconds)?$')"))
                .isEmpty();
    }

    @Test
    void noForeignKeyTriggerOrDefaultPartitionStandsInTheWayOfGrowth() {
        assertThat(database.rows(
                        "select conname from pg_constraint f join pg_class a on a.oid = f.conrelid join pg_class b on b.oid = f.confrelid"
                                + " where f.contype = 'f' and a.relnamespace <> b.relnamespace"))
                .isEmpty();
        assertThat(database.rows("select tgname from pg_trigger where not tgisinternal"))
                .isEmpty();
        assertThat(database.rows("select partrelid::regclass from pg_partitioned_table where partdefid <> 0"))
                .isEmpty();
        assertThat(database.rows(
                        "select attrelid::regclass, attname from pg_attribute a join pg_class c on c.oid = a.attrelid"
                                + " where attidentity <> '' and c.relnamespace = 'org1234567'::regnamespace"))
                .isEmpty();
    }
}
