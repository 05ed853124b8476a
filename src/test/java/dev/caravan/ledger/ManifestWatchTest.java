package dev.caravan.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caravan.RouteApplication;
import dev.caravan.TestCaravan;
import dev.caravan.ledger.ManifestWatch.Overdue;
import dev.caravan.oracle.ClusterModel;
import dev.caravan.oracle.Hours;
import dev.caravan.oracle.PayloadWriter;
import dev.caravan.payload.Delivery.Outcome;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.dao.DataAccessException;

/** Who declares manifests incomplete, and when not. */
class ManifestWatchTest {
    private static final Hours HOURS = Hours.day("2026-10-05").first(2);
    private static final List<String> WATCH =
            List.of("intake/watch-manifests.yaml", "operations/on-watch-failure.yaml");
    private static final Map<String, Object> AT_ONCE =
            Map.of("caravan.manifests.incomplete-after", "0h", "caravan.manifests.poll-interval", 50);

    @TempDir
    Path folder;

    private TestCaravan caravan;
    private ManifestWatch watch;

    @BeforeEach
    void start() {
        caravan = TestCaravan.start(RouteApplication.INGEST, AT_ONCE);
        watch = caravan.bean(ManifestWatch.class);
        List.of("one", "two").forEach(cluster -> caravan.addSource(cluster, cluster));
    }

    @AfterEach
    void stop() {
        caravan.close();
    }

    @Test
    void theRouteDeclaresWhatWaitedLongEnough() {
        assertThat(caravan.ingest(part("one", 0)).outcome()).isEqualTo(Outcome.WAITING);
        assertThat(caravan.ingest(part("two", 0)).outcome()).isEqualTo(Outcome.WAITING);
        caravan.jdbc()
                .update("update org1234567.manifest_file set completed_at = now() - interval '25 hours'"
                        + " where source = (select source_uuid from caravan.source where cluster_id = 'one')");
        caravan.jdbc().update("update org1234567.manifest set created_at = now() - interval '25 hours'");

        try (var running = caravan.replica(
                WATCH, Map.of("caravan.manifests.incomplete-after", "24h", "caravan.manifests.poll-interval", 50))) {
            await().atMost(Duration.ofSeconds(20))
                    .until(() ->
                            declared().equals(List.of("one")) && summarized().equals(List.of("one")));
            assertThat(running.bean(ManifestWatch.class).overdue()).isEmpty();
        }
    }

    @Test
    void twoReplicasDeclareEachManifestOnce() {
        try (var second = caravan.replica(WATCH, AT_ONCE);
                var third = caravan.replica(WATCH, AT_ONCE)) {
            for (int number = 1; number <= 5; number++) {
                caravan.ingest(part("one", number, 0));
                caravan.ingest(part("two", number, 0));
            }
            await().atMost(Duration.ofSeconds(30)).until(() -> declared().size() == 10);
        }
        assertThat(caravan.jdbc()
                        .queryForObject(
                                "select count(*) from org1234567.day_delivery where owns and not complete",
                                Integer.class))
                .isEqualTo(2);
        assertThat(summarized()).containsExactly("one", "two");
    }

    @Test
    void twoThatDeclareTheSameManifestAtOnceDoItOnce() {
        caravan.ingest(part("one", 0));
        Overdue overdue = watch.overdue().get(0);
        CompletableFuture.allOf(
                        CompletableFuture.runAsync(() -> watch.declare(overdue)),
                        CompletableFuture.runAsync(() -> watch.declare(overdue)))
                .join();
        assertThat(declared()).containsExactly("one");
        assertThat(ownersComplete()).containsExactly("false");
    }

    /** The load has the source's lock: the declaration does not wait for it, and afterwards there is nothing to declare. */
    @Test
    void aManifestThatGetsItsLastFileMeanwhileIsNotDeclared() throws SQLException {
        caravan.ingest(part("one", 0));
        Overdue overdue = watch.overdue().get(0);
        try (Connection loading = caravan.database().dataSource().getConnection();
                var statement = loading.createStatement()) {
            loading.setAutoCommit(false);
            statement.execute(
                    "select caravan.lock_source(source_uuid, 0) from caravan.source where cluster_id = 'one'");
            watch.declare(overdue);
            loading.rollback();
        }
        assertThat(declared()).isEmpty();
        assertThat(caravan.ingest(part("one", 1)).outcome()).isEqualTo(Outcome.LOADED);

        watch.declare(overdue);

        assertThat(declared()).isEmpty();
        assertThat(ownersComplete()).containsExactly("true");
    }

    /** The other way round: the last file waits for the declaration, whoever comes first. */
    @Test
    void theLastFileAndTheDeclarationAtOnceGiveACompleteManifest() {
        for (int number = 1; number <= 3; number++) {
            caravan.ingest(part("one", number, 0));
            Overdue overdue = watch.overdue().get(0);
            Path last = part("one", number, 1);
            CompletableFuture<Void> declaring = CompletableFuture.runAsync(() -> watch.declare(overdue));
            assertThat(caravan.ingest(last).outcome()).isEqualTo(Outcome.LOADED);
            declaring.join();
            assertThat(ownersComplete()).containsExactly("true");
            assertThat(watch.overdue()).isEmpty();
        }
    }

    @Test
    void oneThatFailsKeepsNoOtherFromBeingDeclared() {
        caravan.ingest(part("one", 0));
        caravan.ingest(part("two", 0));
        caravan.jdbc()
                .execute("alter table org1234567.reporting_ocpusagelineitem_daily_summary"
                        + " add constraint nothing_of_one check (cluster_id <> 'one') not valid");
        try (var running = caravan.replica(
                WATCH,
                Map.of(
                        "caravan.manifests.incomplete-after",
                        "0h",
                        "caravan.manifests.poll-interval",
                        50,
                        "caravan.manifests.manifests-per-round",
                        1,
                        "logging.level.dev.caravan.on-watch-failure",
                        "off"))) {
            await().atMost(Duration.ofSeconds(20)).until(() -> declared().equals(List.of("two")));
            caravan.jdbc()
                    .execute("alter table org1234567.reporting_ocpusagelineitem_daily_summary"
                            + " drop constraint nothing_of_one");
            await().atMost(Duration.ofSeconds(20)).until(() -> declared().equals(List.of("one", "two")));
        }
    }

    @Test
    void aSourceThatIsBeingRemovedIsLeftAloneAndARetiredOneIsNot() throws DataAccessException {
        caravan.ingest(part("one", 0));
        caravan.ingest(part("two", 0));
        List<Overdue> before = watch.overdue();
        caravan.jdbc().update("update caravan.source set retired_at = now()");
        caravan.jdbc().update("update caravan.source set removing_since = now() where cluster_id = 'two'");

        assertThat(watch.overdue()).extracting(Overdue::alias).containsExactly("one");
        before.forEach(watch::declare);

        assertThat(declared()).containsExactly("one");
    }

    private Path part(String cluster, int member) {
        return part(cluster, 1, member);
    }

    /** One of the two files of a manifest. */
    private Path part(String cluster, int number, int member) {
        return PayloadWriter.of(cluster, PayloadWriter.uuid(number))
                .date("2026-10-06T00:04:59Z")
                .covering(HOURS)
                .reports(
                        ClusterModel.small(number).podUsage(HOURS),
                        ClusterModel.small(number).nodeLabels(HOURS))
                .writeTo(folder.resolve(cluster + number + member + ".tar.gz"), member);
    }

    private List<String> declared() {
        return strings(
                "select cluster_id from org1234567.manifest where declared_incomplete_at is not null order by 1");
    }

    private List<String> summarized() {
        return strings(
                "select distinct cluster_id from org1234567.reporting_ocpusagelineitem_daily_summary order by 1");
    }

    private List<String> ownersComplete() {
        return strings("select distinct complete::text from org1234567.day_delivery where owns");
    }

    private List<String> strings(String sql) {
        return caravan.jdbc().queryForList(sql, String.class);
    }
}
