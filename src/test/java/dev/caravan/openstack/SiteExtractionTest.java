package dev.caravan.openstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.caravan.RouteApplication;
import dev.caravan.TestCaravan;
import dev.caravan.TestMariaDb;
import dev.caravan.openstack.ExtractionFailure.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Tables of a site's database, on a real MariaDB. */
@ExtendWith(OutputCaptureExtension.class)
class SiteExtractionTest {
    private static final String PASSWORD = "pass@word/1";

    @TempDir
    static Path folder;

    private static TestMariaDb server;
    private static TestCaravan caravan;
    private final List<TableOutcome> outcomes = new ArrayList<>();

    @BeforeAll
    static void start() {
        server = TestMariaDb.shared();
        caravan = TestCaravan.start(RouteApplication.OPENSTACK_IMPORT, settings());
    }

    private static Map<String, Object> settings() {
        return Map.of(
                "caravan.openstack.sites-file",
                folder.resolve("sites.yaml"),
                "caravan.openstack.poll-interval",
                50,
                "logging.level.dev.caravan",
                "info");
    }

    @BeforeEach
    void prepare() throws IOException {
        SiteDump.createTables(server);
        server.execute("create or replace user 'reader'@'%' identified by '" + PASSWORD + "'");
        listed(PASSWORD);
        for (SiteTable table : SiteTable.values()) {
            caravan.jdbc().execute("truncate openstack." + table.rawTable());
        }
        caravan.jdbc().execute("truncate openstack.site, openstack.table_import, openstack.row_reject");
    }

    private void listed(String password) throws IOException {
        Files.writeString(
                folder.resolve("sites.yaml"),
                "sites: {chi: {db_uri: 'mysql://127.0.0.1:" + server.port() + "/?sslMode=disable', db_username: reader,"
                        + " db_password: '" + password + "'}}");
    }

    @AfterAll
    static void stop() {
        caravan.close();
    }

    @Test
    void theDemoSiteIsStoredByWhatThePrintedGrantsAllow() {
        server.execute(ReadGrants.statements("reader", "%"));
        SiteDump.insertDemo(server);
        extract();
        assertThat(failures()).isEmpty();
        for (TableOutcome outcome : outcomes) {
            long rows = SiteDump.DEMO_ROWS.getOrDefault(outcome.table().title(), 0L);
            assertThat(outcome.rowsStored()).as(outcome.table().title()).isEqualTo(rows);
            assertThat(rows("openstack." + outcome.table().rawTable())).isEqualTo(rows);
        }
        assertThat(
                        rows(
                                "openstack.nova_api_request_specs where hinted_reservation = 'r2' and flavor_name = 'baremetal'"))
                .isOne();
        assertThat(caravan.jdbc().queryForList("select distinct origin from openstack.table_import", String.class))
                .containsExactly("database 127.0.0.1:" + server.port());
    }

    @Test
    void thePrintedGrantsAllowNothingMore() throws SQLException {
        server.execute(ReadGrants.statements("reader", "%"));
        server.execute("create table nova.key_pairs (id int)");
        for (String denied : List.of(
                "select * from nova.key_pairs",
                "select * from mysql.user",
                "insert into nova.instances (uuid) values ('x')",
                "delete from blazar.leases",
                "drop table nova.instances",
                "create table nova.x (id int)")) {
            try (var connection = server.connect("reader", PASSWORD);
                    var statement = connection.createStatement()) {
                assertThat(catchThrowableOfType(SQLException.class, () -> statement.execute(denied))
                                .getErrorCode())
                        .as(denied)
                        .isIn(1142, 1044);
            }
        }
    }

    @Test
    void whatIsNotToBeHadIsNamedByItsClassAndTheRestGoesOnAndStaysAsItWas(CapturedOutput output) {
        server.execute(ReadGrants.statements("reader", "%"));
        SiteDump.insertDemo(server);
        extract();
        server.execute(
                "revoke select on nova.instances from 'reader'@'%'",
                "drop table blazar.devices",
                "alter table blazar.leases drop column end_date",
                "delete from blazar.reservations where id = 'r1'");
        outcomes.clear();
        extract();
        assertThat(failures())
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        SiteTable.INSTANCES, Kind.PERMISSION_ERROR,
                        SiteTable.DEVICES, Kind.MISSING,
                        SiteTable.LEASES, Kind.PROGRAMMING_ERROR));
        assertThat(rows("openstack.nova_instances")).isEqualTo(10);
        assertThat(rows("openstack.blazar_leases")).isEqualTo(8);
        assertThat(rows("openstack.blazar_reservations")).isEqualTo(7);
        assertThat(output.getAll())
                .contains("nova.instances of site chi from database 127.0.0.1:" + server.port()
                        + ": PERMISSION_ERROR: SELECT command denied to user 'reader'@")
                .contains("have the site run what `openstack print-grants` prints; what was there before stays")
                .contains("blazar.leases of site chi")
                .contains("PROGRAMMING_ERROR: it has no column end_date that this account may read")
                .doesNotContain(PASSWORD);
    }

    @Test
    void anAccountThatIsNotLetInIsTriedOnceAndItsPasswordIsInNoLog(CapturedOutput output) throws IOException {
        listed("wrong$secret");
        extract();
        assertThat(failures().values()).hasSize(SiteTable.values().length).containsOnly(Kind.AUTH_ERROR);
        assertThat(output.getAll()).contains("Access denied for user 'reader'").doesNotContain("wrong$secret");
    }

    @Test
    void aServerThatIsNotThereIsAConnectionError() throws IOException {
        Files.writeString(
                folder.resolve("sites.yaml"),
                "sites: {chi: {db_uri: 'mysql://reader:geheim@127.0.0.1:1/?sslMode=disable'}}");
        extract();
        assertThat(failures().values()).hasSize(SiteTable.values().length).containsOnly(Kind.CONNECTION_ERROR);
        assertThat(outcomes).noneMatch(outcome -> outcome.failure().toString().contains("geheim"));
    }

    @Test
    void zeroDatesAreNoneAndBadRowsAreCountedAndTheOthersStored() {
        server.execute(ReadGrants.statements("reader", "%"));
        server.execute(
                "alter table nova.compute_nodes modify created_at timestamp null",
                "set time_zone = '-08:00'",
                "insert into nova.compute_nodes (id, hypervisor_hostname, created_at, deleted_at, updated_at, vcpus) values"
                        + " (1, 'bm01', '2023-12-31 16:00:00', '0000-00-00 00:00:00', '2024-01-02 03:04:05', 48),"
                        + " (2, 'bm02', null, '2024-00-10 00:00:00', null, 48),"
                        + " (3, 'bm03', null, null, null, -1)",
                "insert into blazar.devices (id, reservable) values ('d1', 1), ('d2', 0), ('d3', null)");
        extract();
        assertThat(caravan.jdbc()
                        .queryForList(
                                "select id || ' ' || (created_at at time zone 'UTC')::text || ' ' || coalesce(deleted_at::text,"
                                        + " 'none') from openstack.nova_compute_nodes",
                                String.class))
                .containsExactly("1 2024-01-01 00:00:00 none");
        assertThat(caravan.jdbc()
                        .queryForList(
                                "select row_number || ' ' || reason || ' ' || column_name from openstack.row_reject"
                                        + " order by 1",
                                String.class))
                .containsExactly("2 not-a-time deleted_at", "3 negative-number vcpus");
        assertThat(rows("openstack.table_import where table_name = 'nova.compute_nodes' and rows_read = 3 and"
                        + " rows_stored = 1 and rows_rejected = 2"))
                .isOne();
        assertThat(caravan.jdbc()
                        .queryForList(
                                "select coalesce(reservable::text, 'none') from openstack.blazar_devices order by id",
                                String.class))
                .containsExactly("true", "false", "none");
    }

    @Test
    void aReaderSeesAllRowsBeforeOrAllThoseAfter() throws Exception {
        server.execute(ReadGrants.statements("reader", "%"));
        SiteDump.insertDemo(server);
        extract();
        server.execute("delete from nova.instances where uuid = 'i1'");
        try (var other = caravan.database().dataSource().getConnection();
                var statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("select from openstack.table_import where table_name = 'nova.instances' for update");
            var replacing = CompletableFuture.runAsync(this::extract);
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> rows("pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
                                    + " and query like '%record_table_import%'")
                            == 1);
            assertThat(rows("openstack.nova_instances")).isEqualTo(10);
            other.rollback();
            replacing.join();
        }
        assertThat(rows("openstack.nova_instances")).isEqualTo(9);
    }

    @Test
    void aFailureOfOurOwnInTheMidstLeavesTheTableAsItWasAndEndsTheWhole() {
        server.execute(ReadGrants.statements("reader", "%"));
        SiteDump.insertDemo(server);
        extract();
        server.execute("delete from nova.instances", "delete from blazar.leases");
        caravan.jdbc()
                .execute(
                        "alter table openstack.table_import add constraint broken check (table_name <> 'nova.instances')"
                                + " not valid");
        try {
            outcomes.clear();
            assertThat(send().getException()).hasMessageContaining("broken");
        } finally {
            caravan.jdbc().execute("alter table openstack.table_import drop constraint broken");
        }
        assertThat(outcomes).extracting(TableOutcome::table).containsExactly(SiteTable.COMPUTE_NODES);
        assertThat(rows("openstack.nova_instances")).isEqualTo(10);
        assertThat(rows("openstack.blazar_leases")).isEqualTo(8);
    }

    @Test
    void aLargeTableIsNeverHeldInMemory() {
        server.execute(ReadGrants.statements("reader", "%"));
        server.execute("insert into nova_api.request_specs (instance_uuid, spec) select seq, repeat('x', 400) from"
                + " nova.seq_1_to_300000");
        SiteDatabase database = site().database().orElseThrow();
        try (TextRows rows = database.read(SiteTable.REQUEST_SPECS)) {
            long before = heldBytes();
            int count = 0;
            while (rows.next()) {
                count++;
                if (count % 60_000 == 1) {
                    assertThat(heldBytes() - before).as("after %d rows", count).isLessThan(30L << 20);
                }
            }
            assertThat(count).isEqualTo(300_000);
        }
    }

    /** What is left once the collector has been there. */
    private static long heldBytes() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    @Test
    void sitesAreReadWhenTheirTimeHasComeAndByOneReplicaOnly() {
        server.execute(ReadGrants.statements("reader", "%"));
        SiteDump.insertDemo(server);
        var here = caravan.bean(SiteExtractions.class);
        SiteExtraction due = here.due().get(0);
        try (var replica = caravan.replica(List.of("openstack/*.yaml", "operations/on-*.yaml"), settings())) {
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> rows("openstack.table_import") == SiteTable.values().length);
            assertThat(rows("openstack.nova_instances")).isEqualTo(10);
            // What was due a moment ago has been done meanwhile.
            assertThat(take(here, due)).isFalse();
            assertThat(here.due()).isEmpty();
            caravan.jdbc().update("update openstack.table_import set imported_at = imported_at - interval '25 hours'");
            assertThat(here.due()).hasSize(1);
            assertThat(replica.bean(SiteExtractions.class).due()).isEmpty();
        }
    }

    /** In an exchange that ends at once, and the lock with it. */
    private static boolean take(SiteExtractions extractions, SiteExtraction extraction) {
        return caravan.bean(ProducerTemplate.class)
                .send("mock:taken", exchange -> exchange.setProperty("taken", extractions.take(extraction, exchange)))
                .getProperty("taken", Boolean.class);
    }

    private Map<SiteTable, Kind> failures() {
        return outcomes.stream()
                .filter(outcome -> outcome.failure() != null)
                .collect(Collectors.toMap(
                        TableOutcome::table, outcome -> outcome.failure().kind()));
    }

    private void extract() {
        Exchange done = send();
        if (done.getException() != null) {
            throw new IllegalStateException(done.getException());
        }
    }

    private Exchange send() {
        Site site = site();
        return caravan.bean(ProducerTemplate.class).send("direct:extract-tables", exchange -> exchange.getMessage()
                .setBody(new SiteExtraction(site, outcomes::add)));
    }

    private Site site() {
        return caravan.bean(SitesFile.class).read().get("chi");
    }

    private long rows(String table) {
        return caravan.jdbc().queryForObject("select count(*) from " + table, Long.class);
    }
}
