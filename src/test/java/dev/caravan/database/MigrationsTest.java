package dev.caravan.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caravan.RouteApplication;
import dev.caravan.TestCaravan;
import dev.caravan.TestDatabase;
import dev.caravan.TestSettings;
import dev.caravan.ledger.Purging;
import dev.caravan.payload.Delivery.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;

class MigrationsTest {
    private static final Path SAMPLE = Path.of("src/test/resources/samples/openshift/S1");

    private static TestDatabase database;
    private static JdbcTemplate jdbc;
    private static Migrations migrations;

    @BeforeAll
    static void create() {
        database = TestDatabase.create();
        jdbc = new JdbcTemplate(database.dataSource());
        migrations = migrations(database);
        migrations.migrate();
    }

    @AfterAll
    static void drop() {
        database.close();
    }

    @Test
    void anEmptyDatabaseBecomesCurrentAndTwiceIsNoChange() {
        try (TestDatabase empty = TestDatabase.create()) {
            Migrations fresh = migrations(empty);
            assertThat(fresh.pending()).isTrue();
            assertThat(fresh.migrate()).isPositive();
            assertThat(fresh.pending()).isFalse();
            assertThat(fresh.migrate()).isZero();
            assertThat(new JdbcTemplate(empty.dataSource())
                            .queryForList(
                                    "select table_name from information_schema.tables where table_schema = 'caravan'"
                                            + " and table_name in ('source', 'quarantine', 'outbox')",
                                    String.class))
                    .hasSize(3);
        }
    }

    @Test
    void anOrganisationGetsItsSchemaAndKeepsWhatIsInIt() {
        migrations.createOrganisation("1234567");
        migrations.createOrganisation("acme_corp");
        assertThat(jdbc.queryForList(
                        "select org_id || ' ' || schema_name from caravan.organisation"
                                + " where org_id in ('1234567', 'acme_corp') order by 1",
                        String.class))
                .containsExactly("1234567 org1234567", "acme_corp orgacme_corp");
        jdbc.update("insert into org1234567.reporting_enabledtagkeys (key) values ('app')");
        migrations.createOrganisation("1234567");
        assertThat(migrations.migrate()).isZero();
        assertThat(jdbc.queryForList("select key from org1234567.reporting_enabledtagkeys", String.class))
                .containsExactly("app");
        assertThat(jdbc.queryForList("select key from orgacme_corp.reporting_enabledtagkeys", String.class))
                .isEmpty();
        String columns = "select table_name || '.' || column_name || ' ' || data_type from information_schema.columns"
                + " where table_schema = ? order by 1";
        List<String> first = jdbc.queryForList(columns, String.class, "org1234567");
        assertThat(first).hasSizeGreaterThan(400).isEqualTo(jdbc.queryForList(columns, String.class, "orgacme_corp"));
    }

    /** The longest name is fifty characters. */
    @Test
    void aNewOrganisationHasOneCategoryAndNoEnabledKey() {
        String name = "x".repeat(50);
        migrations.createOrganisation(name);
        assertThat(jdbc.queryForList("select name from org" + name + ".reporting_ocp_cost_category", String.class))
                .containsExactly("Platform");
        assertThat(jdbc.queryForList(
                        "select namespace from org" + name + ".reporting_ocp_cost_category_namespace", String.class))
                .containsExactlyInAnyOrder("openshift-%", "kube-%", "openshift", "Platform unallocated");
        assertThat(jdbc.queryForList("select key from org" + name + ".reporting_enabledtagkeys", String.class))
                .isEmpty();
    }

    @Test
    void anOrganisationThatWaitsForAMigrationIsBroughtUpToDate() {
        migrations.createOrganisation("late");
        jdbc.execute("drop schema orglate cascade");
        assertThat(migrations.pending()).isTrue();
        assertThat(migrations.migrate()).isPositive();
        assertThat(migrations.pending()).isFalse();
    }

    @Test
    void rightSizingThatWaitsForAMigrationIsBroughtUpToDate() {
        try (TestDatabase waiting = TestDatabase.create()) {
            Migrations fresh = migrations(waiting);
            fresh.migrate();
            new JdbcTemplate(waiting.dataSource()).execute("drop schema ros cascade");
            assertThat(fresh.pending()).isTrue();
            assertThat(fresh.migrate()).isPositive();
            assertThat(fresh.pending()).isFalse();
        }
    }

    @Test
    void hourlyRowsAndLabelsOfAnEarlierVersionAreReadAsBefore() {
        migrations.createOrganisation("first");
        Flyway.configure()
                .dataSource(database.dataSource())
                .schemas("orgearlier")
                .locations("classpath:db/organisation")
                .placeholders(Map.of("applicationRole", database.username()))
                .target("10")
                .load()
                .migrate();
        jdbc.update("insert into caravan.organisation (org_id, schema_name) values ('earlier', 'orgearlier')");
        jdbc.update(
                "insert into caravan.flyway_schema_history (installed_rank, description, type, script, checksum,"
                        + " installed_by, execution_time, success) values (10000, 'gone', 'SQL', 'ledger/R__gone.sql', 1, 'x', 1, true)");
        jdbc.queryForList("select caravan.ensure_month('orgearlier', '2025-11-01')");
        UUID source = UUID.randomUUID();
        UUID manifest = UUID.randomUUID();
        String row = "('2025-11-03 %02d:00Z', 'pod', '2025-11-03', '" + source + "', '2025', '11', '" + manifest
                + "', 2, 7)";
        jdbc.update(
                "insert into orgearlier.openshift_pod_usage_line_items (interval_start, pod, usage_start, source, year,"
                        + " month, manifestid, reportnumhours, manifest_file) values " + row.formatted(0) + ", "
                        + row.formatted(1));
        jdbc.update(
                "insert into orgearlier.manifest_file (manifest_file, source, manifest_uuid, name, sha256, payload_sha256,"
                        + " size_bytes, role, report_type) values (7, ?, ?, 'a.csv', '', '', 1, 'report', 'pod_usage')",
                source,
                manifest);
        jdbc.update(
                "insert into orgearlier.day_delivery (source, report_type, usage_start, manifest_uuid, hours, manifest_date,"
                        + " complete, additive, owns, rows_loaded, interval_starts)"
                        + " values (?, 'pod_usage', '2025-11-03', ?, 2, now(), true, false, true, 2, '{}')",
                source,
                manifest);
        jdbc.update("insert into orgearlier.openshift_summary_day values (?, '2025-11-03', now())", source);
        jdbc.update(
                "insert into orgearlier.reporting_ocpusagelineitem_daily_summary (source_uuid, usage_start, usage_end,"
                        + " data_source, namespace, node, all_labels) values (?, '2025-11-03', '2025-11-03', 'Pod', 'a', 'n',"
                        + " '{\"app\": \"x\"}')",
                source);
        String rows = "select concat_ws('|', interval_start, pod, usage_start, source, year, month, manifestid,"
                + " reportnumhours, manifest_file) from orgearlier.openshift_pod_usage_%sline_items order by 1";
        List<String> before = jdbc.queryForList(rows.formatted(""), String.class);

        migrations.migrate();

        assertThat(jdbc.queryForList(rows.formatted(""), String.class))
                .hasSize(2)
                .isEqualTo(before);
        assertThat(jdbc.queryForList(rows.formatted("counted_"), String.class)).isEqualTo(before);
        assertThat(jdbc.queryForList(
                        "select concat_ws('|', usage_start, data_source, key, value, namespace, nodes)"
                                + " from orgearlier.openshift_label_value",
                        String.class))
                .containsExactly("2025-11-03|Pod|app|x|a|{n}");
        assertThat(jdbc.queryForObject("select caravan.ensure_month('orgearlier', '2025-11-01')", Integer.class))
                .as("the months that are there are known by their new names")
                .isZero();
        assertThat(migrations.pending()).isFalse();
        jdbc.execute("drop schema orgearlier cascade");
        jdbc.update("delete from caravan.organisation where org_id = 'earlier'");
    }

    @Test
    void sourcesOfAnEarlierVersionGetNumbersOfTheirOwn() {
        try (TestDatabase earlier = TestDatabase.create()) {
            Flyway.configure()
                    .dataSource(earlier.dataSource())
                    .schemas("caravan")
                    .locations("classpath:db/migration")
                    .placeholders(Map.of("applicationRole", earlier.username()))
                    .target("6")
                    .load()
                    .migrate();
            var there = new JdbcTemplate(earlier.dataSource());
            there.update("insert into caravan.organisation (org_id, schema_name) values ('one', 'orgone')");
            String register = "insert into caravan.source (org_id, cluster_id, alias) values ('one', ?, 'alias')";
            there.update(register, "first");
            there.update(register, "second");

            migrations(earlier).migrate();

            there.update(register, "third");
            assertThat(there.queryForList("select source_id from caravan.source order by cluster_id", Long.class))
                    .containsExactly(1L, 2L, 3L);
        }
    }

    @Test
    void otherNamesOfOrganisationsAreRefusedBeforeAnythingIsMade() {
        String schemas = "select nspname from pg_namespace order by 1";
        List<String> before = jdbc.queryForList(schemas, String.class);
        for (String name : List.of(
                "",
                " ",
                "ABC",
                "a-b",
                "a b",
                "a.b",
                "a\"b",
                "a'; drop schema caravan; --",
                "é",
                "../x",
                "a\n",
                "x".repeat(51))) {
            assertThatThrownBy(() -> migrations.createOrganisation(name))
                    .as(name)
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(jdbc.queryForList(schemas, String.class)).isEqualTo(before);
    }

    @Test
    void applicationRoleNeedsNoDdl() throws Exception {
        String role = "application_" + ProcessHandle.current().pid();
        TestDatabase database = TestDatabase.create();
        var jdbc = new JdbcTemplate(database.dataSource());
        jdbc.execute("create role " + role + " login nosuperuser nocreatedb nocreaterole");
        String name = jdbc.queryForObject("select current_database()", String.class);
        jdbc.execute("revoke all on database " + name + " from public");
        jdbc.execute("grant connect on database " + name + " to " + role);
        try (var caravan = TestCaravan.start(
                RouteApplication.INGEST,
                Map.of(
                        "caravan.database.url",
                        database.url(),
                        "caravan.database.username",
                        role,
                        "caravan.database.migration-username",
                        database.username(),
                        "caravan.hourly-retention-days",
                        7))) {
            String cluster = Files.readString(SAMPLE.resolve("cluster_id.txt")).strip();
            caravan.addSource(cluster, "cluster-S1");
            assertThat(caravan.jdbc().queryForObject("select current_user", String.class))
                    .isEqualTo(role);
            caravan.jdbc()
                    .update(
                            "insert into org1234567.reporting_enabledtagkeys (key) select unnest(array['app', 'environment', 'team', 'zone'])");
            try (var payloads = Files.list(SAMPLE.resolve("payloads"))) {
                for (Path payload : payloads.sorted().toList()) {
                    var delivery = caravan.ingest(payload);
                    assertThat(delivery.outcome())
                            .as(delivery.reason() + " " + delivery.explanation())
                            .isEqualTo(Outcome.LOADED);
                }
            }
            assertThat(caravan.jdbc()
                            .queryForObject(
                                    "select count(*) from org1234567.reporting_ocpusagelineitem_daily_summary",
                                    Integer.class))
                    .isEqualTo(32);
            assertThat(caravan.ingest(Files.writeString(caravan.folder().resolve("poison.tar.gz"), "x"))
                            .outcome())
                    .isEqualTo(Outcome.QUARANTINED);

            assertThat(caravan.jdbc()
                            .queryForObject("select caravan.store_recommendations(array[1::bigint])", Integer.class))
                    .isZero();
            caravan.jdbc().update("insert into ros.rh_accounts (org_id) values ('1234567')");
            caravan.jdbc().update("insert into openstack.site (site, name) values ('demo', 'Demo')");
            caravan.jdbc().queryForList("select * from usage_compat.usage_wide");

            for (String schema : new String[] {"caravan", "ros", "openstack", "usage_compat", "org1234567", "public"}) {
                assertThatThrownBy(() -> caravan.jdbc().execute("create table " + schema + ".t (a integer)"))
                        .as(schema)
                        .rootCause()
                        .hasMessageStartingWith("ERROR: permission denied for schema " + schema);
            }
            for (String ddl : new String[] {
                "drop table org1234567.openshift_pod_usage_hours_2025_11",
                "alter table org1234567.openshift_pod_usage_hours add column a integer",
                "alter table org1234567.openshift_pod_usage_hours detach partition org1234567.openshift_pod_usage_hours_2025_11",
                "drop function caravan.map_labels",
                "create schema mine",
                "create temporary table t (a integer)"
            }) {
                assertThatThrownBy(() -> caravan.jdbc().execute(ddl))
                        .as(ddl)
                        .rootCause()
                        .hasMessageMatching("(?s)ERROR: (permission denied|must be owner).*");
            }
            assertThat(jdbc.queryForList(
                            "select c.oid::regclass::text from pg_class c where c.relowner = ?::regrole",
                            String.class,
                            role))
                    .as("owned by the application's role")
                    .isEmpty();

            var purging = caravan.bean(Purging.class);
            assertThat(purging.purge(purging.plan(), line -> {})).isEmpty();
            assertThat(jdbc.queryForList(
                            "select relname from pg_class where relname = 'openshift_pod_usage_hours_2025_11'"))
                    .isEmpty();
        } finally {
            jdbc.execute("drop owned by " + role);
            jdbc.execute("drop role " + role);
            database.close();
        }
    }

    private static Migrations migrations(TestDatabase database) {
        var all = TestSettings.with(TestCaravan.settings(database));
        return new Migrations(new DatabaseServer(all), all);
    }
}
