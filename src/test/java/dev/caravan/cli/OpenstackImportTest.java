package dev.caravan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.TestDatabase;
import dev.caravan.TestMariaDb;
import dev.caravan.cli.Shell.Result;
import dev.caravan.openstack.ReadGrants;
import dev.caravan.openstack.SiteDump;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What `openstack import` and `openstack print-grants` say, and the exit codes they end with. */
class OpenstackImportTest {
    @TempDir
    private Path folder;

    private TestDatabase database;
    private Shell shell;

    @BeforeEach
    void start() {
        database = TestDatabase.createMigrated();
        shell = Shell.on(database, folder).with("caravan.openstack.sites-file", folder.resolve("sites.yaml"));
    }

    @AfterEach
    void stop() {
        database.close();
    }

    @Test
    void theDemoSiteIsALineATableAndTheTotalsAreATable() {
        Path plots = folder.resolve("plots");
        Result result = shell.run(
                "openstack",
                "import",
                "--site",
                "demo",
                "--name",
                "Demo",
                "--plots",
                plots,
                "--from",
                "2024-01-01",
                "--to",
                "2024-01-20",
                SiteDump.DEMO);
        assertThat(result.code()).as(result.out() + result.err()).isZero();
        assertThat(result.err()).isEmpty();
        assertThat(result.lines().get(0))
                .isEqualTo(SiteDump.DEMO.resolve("expected_daily_nodes_strict.csv")
                        + ": left alone, its name is that of no table that is read");
        assertThat(result.lines().get(1)).matches("nova\\.compute_nodes: 6 rows stored, 0 rejected, \\d+\\.\\d s");
        assertThat(result.lines().get(12)).isEqualTo("outcome   tables  rows stored  rows rejected  seconds");
        assertThat(result.lines().get(13)).matches("replaced +11 +78 +0 +\\d+\\.\\d");
        assertThat(result.lines().get(14)).matches("total +11 +78 +0 +\\d+\\.\\d");
        assertThat(result.lines().get(15))
                .matches(
                        "timelines built: 28 spans, 7 rows that count nothing \\(see openstack.span_reject\\), \\d+\\.\\d s");
        assertThat(result.lines().subList(16, 24))
                .containsExactlyInAnyOrderElementsOf(
                        Stream.of("demo_legacy_facets", "demo_usage_stack", "cross_site_usage", "lead_time")
                                .flatMap(name -> Stream.of(name + ".png", name + ".svg"))
                                .map(name -> plots.resolve(name).toString())
                                .toList())
                .allSatisfy(file -> assertThat(Path.of(file)).isNotEmptyFile());
        assertThat(rows("openstack.usage where site = 'demo' and timestamp = '2024-01-06Z'"))
                .isEqualTo(51);
        assertThat(rows("openstack.row_balance where rows_read = unreadable + counted + rejected"))
                .isEqualTo(5);
        assertThat(name()).isEqualTo("Demo");

        assertThat(shell.run("openstack", "import", "--site", "demo", SiteDump.DEMO.resolve("nova.instances.csv"))
                        .code())
                .isZero();
        assertThat(name()).isEqualTo("Demo");
        assertThat(rows("openstack.nova_instances")).isEqualTo(10);
        assertThat(rows("caravan.audit where action = 'openstack import'")).isEqualTo(2);
    }

    @Test
    void rowsAndFilesThatCannotBeTakenTellInTheExitCodeAndTheOthersAreTaken() throws IOException {
        Path dumps = Files.createDirectories(folder.resolve("dumps"));
        Files.writeString(dumps.resolve("nova.instances.csv"), "uuid,created_at,launched_at\ni1,,\ni2,never,\n");
        Files.writeString(dumps.resolve("blazar.leases.csv"), "id\nl1\n");
        Result result = shell.run("openstack", "import", "--site", "demo", dumps);
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.lines().get(0)).startsWith("nova.instances: 1 rows stored, 1 rejected, ");
        assertThat(result.lines().get(1))
                .isEqualTo(
                        "blazar.leases.csv: REFUSED blazar.leases must have the columns start_date, end_date: take the"
                                + " table as it is, with all of its columns; what was there before stays");
    }

    @Test
    void wrongUseIsALineAndChangesNothing() throws IOException {
        Path empty = Files.writeString(folder.resolve("nova.instances;drop.csv"), "uuid\n");
        Path twice = Files.createDirectories(folder.resolve("twice"));
        Files.writeString(twice.resolve("nova.instances.csv"), "");
        Files.writeString(twice.resolve("nova.instances.csv.gz"), "");
        refused("--site must be a lower-case letter", "--site", "../x", SiteDump.DEMO);
        refused("does not exist", "--site", "demo", folder.resolve("nothing"));
        refused("is no table that is read", "--site", "demo", empty);
        refused("are nova.instances: nothing was imported; give one", "--site", "demo", twice);
        refused("nothing says where the tables of site demo are", "--site", "demo");
        refused("--database-uri must be an address", "--site", "demo", "--database-uri", "x://u:geheim@h");
        refused("--database-uri goes without paths", "--site", "demo", "--database-uri", "mysql://h", SiteDump.DEMO);
        Files.writeString(folder.resolve("sites.yaml"), "sites: {demo: {db_url: x}}");
        refused("nothing is called db_url", "--site", "demo", SiteDump.DEMO);
        assertThat(rows("openstack.site")).isZero();
    }

    private void refused(String message, Object... arguments) {
        Object[] all = new Object[arguments.length + 2];
        all[0] = "openstack";
        all[1] = "import";
        System.arraycopy(arguments, 0, all, 2, arguments.length);
        Result result = shell.run(all);
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err()).contains(message).doesNotContain("geheim").doesNotContain("internal error");
        assertThat(result.err().lines()).hasSize(1);
    }

    @Test
    void withoutAPathTheDirectoryOrTheDatabaseOfTheSiteIsRead() throws IOException {
        Files.writeString(
                folder.resolve("sites.yaml"),
                "sites: {files: {site_name: Files, data_dir: '" + SiteDump.DEMO.toAbsolutePath() + "'},"
                        + " data: {db_uri: 'mysql://127.0.0.1:1/?sslMode=disable', db_username: reader, db_password: geheim}}");
        assertThat(shell.run("openstack", "import", "--site", "files").code()).isZero();
        assertThat(name()).isEqualTo("Files");

        Result away = shell.run("openstack", "import", "--site", "data");
        assertThat(away.code()).isEqualTo(2);
        assertThat(away.lines().get(0)).startsWith("nova.compute_nodes: CONNECTION_ERROR: ");
        assertThat(away.out() + away.err()).doesNotContain("geheim");

        TestMariaDb server = TestMariaDb.shared();
        SiteDump.createTables(server);
        SiteDump.insertDemo(server);
        server.execute("create or replace user 'reader'@'%' identified by 'geheim'", "drop table blazar.devices");
        server.execute(ReadGrants.statements("reader", "%").stream()
                .filter(grant -> !grant.contains("blazar.devices "))
                .toList());
        String uri = "mysql://127.0.0.1:" + server.port() + "/?sslMode=disable";
        Result option = shell.run("openstack", "import", "--site", "data", "--database-uri", uri);
        assertThat(option.code()).as(option.out() + option.err()).isEqualTo(1);
        assertThat(option.lines()).anyMatch(line -> line.startsWith("nova.instances: 10 rows stored, 0 rejected, "));
        assertThat(option.lines()).anyMatch(line -> line.startsWith("blazar.devices: PERMISSION_ERROR: "));

        server.execute("grant select on *.* to 'reader'@'%'");
        Result environment = shell.with("caravan.openstack.database-uri", uri)
                .run("openstack", "import", "--site", "files", "--database-uri", uri.replace("//", "//reader:geheim@"));
        assertThat(environment.code()).as(environment.out() + environment.err()).isZero();
        assertThat(environment.lines()).anyMatch(line -> line.startsWith("blazar.devices: MISSING: "));
    }

    @Test
    void grantsArePrintedOneATableForTheUserOfTheSite() throws IOException {
        Files.writeString(folder.resolve("sites.yaml"), "sites: {demo: {db_uri: 'mysql://h', db_username: o'reader}}");
        Result result = shell.run("openstack", "print-grants", "--site", "demo", "--host", "10.0.0.7");
        assertThat(result.code()).as(result.err()).isZero();
        assertThat(result.lines())
                .contains("--   create user 'o''reader'@'10.0.0.7' identified by '...';")
                .contains("grant select on nova.instances to 'o''reader'@'10.0.0.7';");
        assertThat(result.lines().stream().filter(line -> !line.startsWith("--")))
                .hasSize(19)
                .allMatch(line -> line.matches("grant select on [a-z_]+\\.[a-z_]+ to .*;"));
        assertThat(shell.run("openstack", "print-grants").out()).contains("to 'caravan'@'%';");
        assertThat(shell.run("openstack", "print-grants", "--site", "other").code())
                .isEqualTo(2);
        assertThat(shell.run("openstack", "print-grants", "--user", "a\nb").code())
                .isEqualTo(2);
    }

    private String name() {
        return Shell.jdbc(database).queryForObject("select name from openstack.site", String.class);
    }

    private long rows(String table) {
        return Shell.jdbc(database).queryForObject("select count(*) from " + table, Long.class);
    }
}
