package dev.caravan.cli;

import static dev.caravan.cli.Shell.FIRST_CLUSTER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.TestDatabase;
import dev.caravan.cli.Shell.Result;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** The commands of an empty database, in the order a person meets them. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RegistryCommandsTest {
    private static TestDatabase database;
    private static Shell shell;

    @BeforeAll
    static void start(@TempDir Path folder) {
        database = TestDatabase.create();
        shell = Shell.on(database, folder);
    }

    @AfterAll
    static void stop() {
        database.close();
    }

    @Test
    @Order(1)
    void commandsThatNeedAnOrganisationNameSourceAdd() {
        String line = "caravan: organisation 1234567 is not registered: run `source add --org 1234567 --cluster ID";
        for (Result result : List.of(
                shell.run("tags", "enable", "--org", "1234567", "app"),
                shell.run("tags", "disable", "--org", "1234567", "app"),
                shell.run("tags", "list", "--org", "1234567"),
                shell.run("tags", "map", "--org", "1234567", "--to", "app", "team"),
                shell.run("tags", "unmap", "--org", "1234567", "team"),
                shell.run("category", "add", "--org", "1234567", "tools"),
                shell.run("category", "remove", "--org", "1234567", "tools"),
                shell.run("category", "list", "--org", "1234567"),
                shell.run("export", "--org", "1234567", "--from", "2025-11-01", "--to", "2025-11-30"),
                shell.run(
                        "summarize",
                        "--org",
                        "1234567",
                        "--cluster",
                        "c",
                        "--from",
                        "2025-11-01",
                        "--to",
                        "2025-11-30"))) {
            assertThat(result.err()).startsWith(line).hasLineCount(1);
            assertThat(result.code()).isEqualTo(2);
        }
    }

    @Test
    @Order(2)
    void commandsThatOnlyReadNameMigrate() {
        for (Result result :
                List.of(shell.run("status"), shell.run("source", "list"), shell.run("quarantine", "list"))) {
            assertThat(result.err())
                    .contains("the database is empty or older than this Caravan", "run `migrate`")
                    .hasLineCount(1);
            assertThat(result.code()).isEqualTo(2);
        }
    }

    @Test
    @Order(3)
    void inProductionPendingMigrationsAreLeftToMigrate(@TempDir Path empty) {
        var production = shell.with("caravan.profile", "production")
                .with("caravan.kafka.brokers", "none")
                .with("caravan.s3.endpoint", "none");

        for (Result result : List.of(production.run("ingest", empty), production.run("run"))) {
            assertThat(result.err())
                    .isEqualToIgnoringNewLines(
                            "caravan: the database is empty or older than this Caravan: run `migrate` first");
            assertThat(result.code()).isEqualTo(2);
        }
    }

    @Test
    @Order(4)
    void sourceAddMigratesAnEmptyDatabase() {
        Result result = shell.run("source", "add", "--org", "1234567", "--cluster", FIRST_CLUSTER, "--alias", "first");

        assertThat(result.code()).as(result.err()).isZero();
        assertThat(result.lines())
                .containsExactly(
                        "registered cluster " + FIRST_CLUSTER + " of organisation 1234567 as first, schema org1234567",
                        "no payload of this cluster waits in quarantine");
    }

    @Test
    @Order(5)
    void sourceAddIsDoneWhenTheSourceExists() {
        Result result =
                shell.run("source", "add", "--org", "1234567", "--cluster", FIRST_CLUSTER, "--alias", "renamed");

        assertThat(result.code()).isZero();
        assertThat(result.out()).startsWith("already registered: cluster " + FIRST_CLUSTER);
        Result list = shell.run("source", "list");
        assertThat(list.code()).isZero();
        assertThat(list.lines()).hasSize(2);
        assertThat(list.lines().get(1)).startsWith("1234567").contains(FIRST_CLUSTER, "renamed");
    }

    @Test
    @Order(6)
    void migrateHasNothingLeftToDo() {
        Result result = shell.run("migrate");

        assertThat(result.code()).isZero();
        assertThat(result.lines()).containsExactly("the database is up to date");
    }

    @Test
    @Order(7)
    void sourceAddRefusesWhatNoPayloadCouldSay() {
        assertThat(shell.run("source", "add", "--org", "1", "--cluster", "c".repeat(51), "--alias", "a")
                        .err())
                .startsWith("caravan: --cluster must have 1 to 50 characters");
        assertThat(shell.run("source", "add", "--org", "1", "--cluster", "c", "--alias", " ")
                        .code())
                .isEqualTo(2);
        assertThat(Shell.jdbc(database).queryForList("select org_id from caravan.organisation", String.class))
                .containsExactly("1234567");
    }

    @Test
    @Order(8)
    void anUnknownClusterIsNamed() {
        for (String command : List.of("summarize", "export")) {
            Result result = shell.run(
                    command, "--org", "1234567", "--cluster", "other", "--from", "2025-11-01", "--to", "2025-11-30");
            assertThat(result.err())
                    .startsWith("caravan: organisation 1234567 has no cluster other: see `source list`")
                    .hasLineCount(1);
            assertThat(result.code()).isEqualTo(2);
        }
    }

    @Test
    @Order(9)
    void keysCanBeEnabledBeforeTheyAreMet() {
        Result enable = shell.run("tags", "enable", "--org", "1234567", "app", "team", "app");

        assertThat(enable.code()).isZero();
        assertThat(enable.lines())
                .containsExactly(
                        "enabled: app, team",
                        "label keys enabled for organisation 1234567: 2 of 200",
                        "stored days to summarise again: 0");
        assertThat(shell.run("tags", "disable", "--org", "1234567", "team", "never-met")
                        .lines())
                .startsWith("disabled: team", "not enabled before: never-met");
        assertThat(shell.run("tags", "list", "--org", "1234567").lines())
                .containsExactly("state     key   shown as", "enabled   app   app", "disabled  team  -");
    }

    @Test
    @Order(10)
    void keysAreShownUnderTheNameOfAnother() {
        shell.run("tags", "enable", "--org", "1234567", "env", "stage");

        assertThat(shell.run("tags", "map", "--org", "1234567", "--to", "env", "stage", "stage")
                        .lines())
                .containsExactly("shown as env: stage", "stored days to summarise again: 0");
        assertThat(shell.run("tags", "map", "--org", "1234567", "--to", "env", "stage")
                        .lines())
                .startsWith("shown as env already: stage");
        assertThat(shell.run("tags", "list", "--org", "1234567").lines())
                .contains("enabled   env    env", "enabled   stage  env");
        shell.run("tags", "disable", "--org", "1234567", "env");
        assertThat(shell.run("tags", "list", "--org", "1234567").lines())
                .as("without the one whose name it has a key has its own")
                .contains("enabled   stage  stage", "disabled  env    -");
        shell.run("tags", "enable", "--org", "1234567", "env");

        Result unmapped = shell.run("tags", "unmap", "--org", "1234567", "stage", "app");
        assertThat(unmapped.lines()).startsWith("shown under their own names: stage", "not mapped before: app");
        assertThat(shell.run("tags", "list", "--org", "1234567").lines()).contains("enabled   stage  stage");
    }

    @Test
    @Order(11)
    void aMappingThatCannotBeIsOneLine() {
        Result disabled = shell.run("tags", "map", "--org", "1234567", "--to", "app", "team");
        assertThat(disabled.err())
                .isEqualToIgnoringNewLines(
                        "caravan: label key team is not enabled: enable it first with `tags enable`");
        assertThat(disabled.code()).isEqualTo(2);

        Result itself = shell.run("tags", "map", "--org", "1234567", "--to", "app", "app");
        assertThat(itself.err())
                .startsWith("caravan: label key app would be both parent and child")
                .hasLineCount(1);
        assertThat(itself.code()).isEqualTo(2);
        shell.run("tags", "disable", "--org", "1234567", "env", "stage");
    }

    @Test
    @Order(12)
    void namespacesGoIntoCategoriesAndOutOfThem() {
        assertThat(shell.run("category", "add", "--org", "1234567", "monitoring", "logging-%")
                        .lines())
                .containsExactly(
                        "in category Platform now: logging-%, monitoring", "stored days to summarise again: 0");
        assertThat(shell.run("category", "add", "--org", "1234567", "--name", "Shared", "tools")
                        .lines())
                .startsWith("in category Shared now: tools");
        assertThat(shell.run("category", "add", "--org", "1234567", "--name", "Shared", "tools")
                        .lines())
                .startsWith("in category Shared already: tools");
        assertThat(shell.run("category", "list", "--org", "1234567").lines())
                .containsExactly(
                        "category  namespaces            origin",
                        "Platform  Platform unallocated  every organisation",
                        "Platform  kube-%                every organisation",
                        "Platform  logging-%             added",
                        "Platform  monitoring            added",
                        "Platform  openshift             every organisation",
                        "Platform  openshift-%           every organisation",
                        "Shared    tools                 added");

        assertThat(shell.run(
                                "category",
                                "remove",
                                "--org",
                                "1234567",
                                "tools",
                                "monitoring",
                                "logging-%",
                                "never-there")
                        .lines())
                .startsWith("in no category now: logging-%, monitoring, tools", "in no category before: never-there");
        assertThat(shell.run("category", "list", "--org", "1234567").lines()).hasSize(5);
    }

    @Test
    @Order(13)
    void categoriesThatEveryOrganisationHasStayAsTheyAre() {
        for (Result result : List.of(
                shell.run("category", "remove", "--org", "1234567", "kube-%"),
                shell.run("category", "add", "--org", "1234567", "--name", "Shared", "kube-%"))) {
            assertThat(result.err())
                    .isEqualToIgnoringNewLines(
                            "caravan: namespaces kube-% are in a category of every organisation and stay there");
            assertThat(result.code()).isEqualTo(2);
        }
    }

    @Test
    @Order(14)
    void twoHundredKeysCanBeEnabledAndNoMore() {
        Object[] most = new Object[4 + 199];
        System.arraycopy(new Object[] {"tags", "enable", "--org", "1234567"}, 0, most, 0, 4);
        for (int i = 0; i < 199; i++) {
            most[4 + i] = "key" + i;
        }
        assertThat(shell.run(most).out()).contains("1234567: 200 of 200");

        Result tooMany = shell.run("tags", "enable", "--org", "1234567", "one-more", "app");
        assertThat(tooMany.code()).isEqualTo(2);
        assertThat(tooMany.err())
                .isEqualToIgnoringNewLines(
                        "caravan: 201 label keys would be enabled, 200 at most may be: disable some first");
        assertThat(shell.run("tags", "list", "--org", "1234567").out()).doesNotContain("one-more");
        assertThat(shell.run("tags", "enable", "--org", "1234567", "app").lines())
                .startsWith("enabled already: app");
    }

    @Test
    @Order(15)
    void whoChangedWhatIsWrittenDown() {
        List<String> rows = Shell.jdbc(database)
                .queryForList(
                        "select format('%s %s', action, details ->> 'org') from caravan.audit order by audit_id",
                        String.class);

        assertThat(rows)
                .startsWith("source add 1234567", "source add 1234567", "tags enable 1234567", "tags disable 1234567");
        assertThat(Shell.jdbc(database).queryForList("select distinct actor from caravan.audit", String.class))
                .containsExactly(System.getProperty("user.name"));
        assertThat(Shell.jdbc(database)
                        .queryForObject(
                                "select details -> 'keys' = '[\"app\", \"team\"]' from caravan.audit"
                                        + " where action = 'tags enable' order by audit_id limit 1",
                                Boolean.class))
                .isTrue();
    }

    @Test
    @Order(16)
    void aWrongPasswordIsSaidForEachRole() {
        // One line for one role, above those that trust everybody.
        Shell.jdbc(database)
                .execute(
                        """
                        do $$
                        declare
                            v_file text := current_setting('hba_file');
                            v_rules text := pg_read_file(v_file);
                        begin
                            if not exists (select from pg_roles where rolname = 'locked_out') then
                                create role locked_out login password 'right';
                                execute format('copy (select unnest(string_to_array(%L, E''\\n''))) to %L',
                                    'host all locked_out all scram-sha-256' || E'\\n' || v_rules, v_file);
                            end if;
                            perform pg_reload_conf();
                        end
                        $$
                        """);

        Result application = shell.with("caravan.database.username", "locked_out")
                .with("caravan.database.password", "wrong")
                .run("status");
        assertThat(application.err())
                .startsWith("caravan: the database refused user locked_out (FATAL: password authentication failed")
                .contains("check CARAVAN_DATABASE_USERNAME and CARAVAN_DATABASE_PASSWORD")
                .hasLineCount(1)
                .doesNotContain("wrong");
        assertThat(application.code()).isEqualTo(2);
        assertThat(shell.with("caravan.database.username", "locked_out")
                        .run("status")
                        .err())
                .startsWith("caravan: the database refused user locked_out")
                .hasLineCount(1);

        Result migration = shell.with("caravan.database.migration-username", "locked_out")
                .with("caravan.database.migration-password", "wrong")
                .run("migrate");
        assertThat(migration.err())
                .startsWith("caravan: the database refused user locked_out")
                .contains("check CARAVAN_DATABASE_MIGRATION_USERNAME and CARAVAN_DATABASE_MIGRATION_PASSWORD")
                .hasLineCount(1);
        assertThat(migration.code()).isEqualTo(2);
    }

    @Test
    @Order(17)
    void aDatabaseOrUserThatDoesNotExistIsNamed() {
        assertThat(shell.with("caravan.database.url", database.url() + "_other")
                        .run("status")
                        .err())
                .contains("_other does not exist: create it, or correct CARAVAN_DATABASE_URL")
                .hasLineCount(1);
        assertThat(shell.with("caravan.database.username", "nobody_here")
                        .run("status")
                        .err())
                .startsWith("caravan: the database refused user nobody_here")
                .hasLineCount(1);
    }
}
