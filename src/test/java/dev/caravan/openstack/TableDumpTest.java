package dev.caravan.openstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caravan.TestCaravan;
import dev.caravan.TestS3;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.util.FileSystemUtils;

/** Tables of sites in the drop directory and in the intake bucket. */
@ExtendWith(OutputCaptureExtension.class)
class TableDumpTest {
    private static final List<String> ROUTES = List.of(
            "intake/receive-dropped-file.yaml",
            "intake/watch-bucket.yaml",
            "intake/receive-bucket-object.yaml",
            "intake/fetch-object.yaml",
            "openshift/*.yaml",
            "openstack/receive-*.yaml",
            "openstack/load-table-dump.yaml",
            "openstack/import-table.yaml",
            "openstack/replace-rows.yaml",
            "openstack/on-refused-dump.yaml",
            "openstack/watch-timelines.yaml",
            "openstack/build-timelines.yaml",
            "openstack/replace-timelines.yaml",
            "operations/on-*.yaml",
            "operations/deliver-outbox.yaml",
            "operations/move-object.yaml");

    @TempDir
    static Path folder;

    private static Path inbox;
    private static TestS3 s3;
    private static TestCaravan caravan;

    @BeforeAll
    static void start() throws IOException {
        inbox = Files.createDirectories(folder.resolve("inbox"));
        s3 = new TestS3();
        Map<String, Object> all = new HashMap<>(s3.settings());
        all.putAll(Map.of(
                "caravan.inbox.directory",
                inbox,
                "caravan.inbox.poll-interval",
                50,
                "caravan.inbox.settle-time",
                200,
                "caravan.openstack.sites-file",
                folder.resolve("sites.yaml"),
                "caravan.openstack.timelines.poll-interval",
                50,
                "caravan.openstack.timelines.settle-time",
                500,
                "caravan.limits.compression-ratio",
                50,
                "logging.level.dev.caravan",
                "info"));
        caravan = TestCaravan.start(ROUTES, all);
    }

    @BeforeEach
    void prepare() throws IOException {
        Files.writeString(folder.resolve("sites.yaml"), "sites: {demo: {site_name: Demo}, other: {}}");
        FileSystemUtils.deleteRecursively(inbox.resolve("done"));
        FileSystemUtils.deleteRecursively(inbox.resolve("failed"));
        caravan.jdbc()
                .execute("truncate openstack.site, openstack.table_import, openstack.blazar_extra_capabilities,"
                        + " openstack.nova_instances, caravan.quarantine");
    }

    @AfterAll
    static void stop() {
        caravan.close();
        s3.close();
    }

    @Test
    void theDemoSiteDroppedIsStoredTableByTableAndItsTimelinesAreBuilt() throws IOException {
        Path site = Files.createDirectories(inbox.resolve("demo"));
        for (String table : SiteDump.DEMO_ROWS.keySet()) {
            byte[] csv = Files.readAllBytes(SiteDump.DEMO.resolve(table + ".csv"));
            boolean packed = table.startsWith("blazar");
            Files.write(site.resolve(table + (packed ? ".csv.gz" : ".csv")), packed ? gzip(csv) : csv);
        }
        eventually(() -> files("done").size() == SiteDump.DEMO_ROWS.size());
        SiteDump.DEMO_ROWS.forEach((table, rows) -> assertThat(rows("openstack." + table.replace('.', '_')))
                .as(table)
                .isEqualTo(rows));
        assertThat(files("done"))
                .anyMatch(name -> name.matches("\\d{4}-\\d\\d-\\d\\d/\\d{9}/demo/nova\\.instances\\.csv"));
        assertThat(rows("caravan.quarantine")).isZero();
        assertThat(rows("openstack.table_import where rows_stored = rows_read")).isEqualTo(SiteDump.DEMO_ROWS.size());
        eventually(() -> rows("openstack.site where built_at > imported_at") == 1);
        assertThat(rows("openstack.usage_timeline where site = 'demo' and collector_type = 'current'"
                        + " and timestamp = '2024-01-06Z'"))
                .isEqualTo(9);
        assertThat(rows("openstack.row_balance where rows_read = unreadable + counted + rejected"))
                .isEqualTo(5);
        assertThat(caravan.jdbc().queryForList("select name from openstack.site", String.class))
                .containsExactly("Demo");
    }

    @Test
    void whatCannotBeTakenGoesToFailedWithItsReasonAndWhatWasThereStays(CapturedOutput output) throws IOException {
        drop("demo/blazar.extra_capabilities.csv", "id,capability_name\n1,node_type\n");
        eventually(() -> files("done").size() == 1);

        drop("unlisted/nova.instances.csv", "uuid\n");
        drop("Not A Site;drop/nova.instances.csv", "uuid\n");
        drop("demo/nova.instances;drop.csv", "uuid\n");
        drop("demo/blazar.extra_capabilities.csv", "id,other\n1,x\n");
        drop("demo/blazar.leases.csv", "id,start_date,end_date\n\"open");
        drop("demo/nova.compute_nodes.csv.gz", gzip("id,created_at,hypervisor_hostname\n" + "x\n".repeat(10 << 20)));
        byte[] whole = gzip("id,property_name\n1,node_type\n");
        drop("demo/blazar.resource_properties.csv.gz", Arrays.copyOf(whole, whole.length - 9));

        eventually(() -> files("failed").size() == 7);
        assertThat(rows("openstack.blazar_extra_capabilities")).isOne();
        assertThat(rows("openstack.table_import")).isOne();
        assertThat(rows("caravan.quarantine")).isZero();
        assertThat(output.getAll())
                .contains("site unlisted is not listed: list the site in " + folder.resolve("sites.yaml"))
                .contains("its folder is no site: ")
                .contains("its name is that of no table that is read; those are nova.compute_nodes, ")
                .contains("blazar.extra_capabilities must have the column capability_name")
                .contains("unpacks to more than 50 times its size")
                .contains("Unclosed quoted field")
                .contains("the table is no whole gzip")
                .doesNotContain("ERROR");
    }

    @Test
    void aFileThatTakesThePlaceOfOneBeingReadIsReadAsWell() throws Exception {
        try (var other = caravan.jdbc().getDataSource().getConnection()) {
            other.setAutoCommit(false);
            other.createStatement().execute("select caravan.lock_site('demo', 0)");
            drop("demo/blazar.extra_capabilities.csv", "id,capability_name\n1,node_type\n");
            eventually(() -> rows("pg_stat_activity where datname = current_database() and state = 'active'"
                            + " and query like 'select caravan.lock_site%'")
                    > 0);
            drop("demo/blazar.extra_capabilities.csv", "id,capability_name\n7,uid\n");
            other.rollback();
        }
        eventually(() -> rows("openstack.blazar_extra_capabilities where id = '7'") == 1);
        eventually(() -> files("done").size() == 1);
    }

    @Test
    void aDatabaseAwayDelaysAndCostsNothing() throws IOException {
        caravan.jdbc()
                .execute(
                        """
                create sequence openstack.failures;
                create function openstack.fail_at_first() returns trigger language plpgsql as $$
                begin
                    if nextval('openstack.failures') < 5 then
                        raise exception 'the server is shutting down' using errcode = '57P01';
                    end if;
                    return new;
                end $$;
                create trigger away before insert on openstack.table_import
                for each row execute function openstack.fail_at_first();
                """);
        drop("demo/blazar.extra_capabilities.csv", "id,capability_name\n1,node_type\n");
        eventually(() -> files("done").size() == 1);
        assertThat(caravan.jdbc().queryForObject("select last_value from openstack.failures", Long.class))
                .isEqualTo(5);
        assertThat(rows("openstack.blazar_extra_capabilities")).isOne();
        caravan.jdbc().execute("drop trigger away on openstack.table_import");
    }

    /** Else it would be the site's fault. */
    @Test
    void aListOfSitesThatCannotBeUsedPutsNothingAside() throws IOException {
        Files.writeString(folder.resolve("sites.yaml"), "sites: {demo: {unknown: 1}}");
        drop("demo/blazar.extra_capabilities.csv", "id,capability_name\n1,node_type\n");
        await().during(Duration.ofMillis(600)).atMost(Duration.ofSeconds(5)).until(() -> files("failed")
                .isEmpty());
        Files.writeString(folder.resolve("sites.yaml"), "sites: {demo: {}}");
        eventually(() -> files("done").size() == 1);
    }

    @Test
    void objectsOfTheBucketAreTakenLikewise(CapturedOutput output) {
        s3.put("demo/nova.instances.csv", SiteDump.DEMO.resolve("nova.instances.csv"));
        s3.put("unlisted/nova.instances.csv", SiteDump.DEMO.resolve("nova.instances.csv"));
        s3.put("demo/nova.instances;drop.csv", "uuid\n");
        s3.put("demo/text.csv", "a payload, and none");
        eventually(() ->
                s3.keys().stream().filter(key -> key.startsWith("failed/")).count() == 3
                        && s3.keys().size() == 4);
        assertThat(s3.keys()).anyMatch(key -> key.matches("done/[0-9a-f]{32}/demo/nova\\.instances\\.csv"));
        assertThat(rows("openstack.nova_instances where site = 'demo'")).isEqualTo(10);
        assertThat(caravan.jdbc().queryForList("select origin from openstack.table_import", String.class))
                .containsExactly("s3 " + s3.bucket() + "/demo/nova.instances.csv");
        // Whatever has not the name of a table is a payload, and this one is none.
        assertThat(caravan.jdbc().queryForList("select reason from caravan.quarantine", String.class))
                .containsExactly("not-a-tar-gz");
        eventually(
                () -> rows("caravan.settled_object") == 0 && caravan.spooled().isEmpty());
        assertThat(output.getAll()).contains("site unlisted is not listed").doesNotContain("ERROR");
    }

    private void drop(String path, String text) throws IOException {
        drop(path, text.getBytes(StandardCharsets.UTF_8));
    }

    private void drop(String path, byte[] bytes) throws IOException {
        Path file = inbox.resolve(path);
        Files.createDirectories(file.getParent());
        Files.write(file, bytes);
    }

    private static byte[] gzip(String text) throws IOException {
        return gzip(text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        var packed = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(packed)) {
            out.write(bytes);
        }
        return packed.toByteArray();
    }

    /** Paths below a folder of moved files. */
    private List<String> files(String kind) {
        Path kept = inbox.resolve(kind);
        if (!Files.exists(kept)) {
            return List.of();
        }
        try (var found = Files.walk(kept)) {
            return found.filter(Files::isRegularFile)
                    .map(file -> kept.relativize(file).toString())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private long rows(String table) {
        return caravan.jdbc().queryForObject("select count(*) from " + table, Long.class);
    }

    private static void eventually(Callable<Boolean> condition) {
        await().atMost(Duration.ofSeconds(30)).until(condition);
    }
}
