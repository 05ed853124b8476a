package dev.caravan.cli;

import static dev.caravan.cli.Shell.FIRST_CLUSTER;
import static dev.caravan.cli.Shell.FIRST_SAMPLE;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.caravan.TestDatabase;
import dev.caravan.cli.Shell.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator sees and does with payloads that could not be loaded. */
class QuarantineCommandsTest {
    private static final String SIGNED =
            "https://user:hidden-1@s3.example:9000/a/b.tar.gz?X-Amz-Signature=hidden-2\\u0026k=hidden-3";

    @TempDir
    private Path folder;

    private TestDatabase database;
    private Shell shell;

    @BeforeEach
    void start() {
        database = TestDatabase.createMigrated();
        shell = Shell.on(database, folder);
    }

    @AfterEach
    void stop() {
        database.close();
    }

    @Test
    void everythingKnownOfAPayloadIsShown() throws IOException {
        Path text = poison("no archive");
        long id = onlyEntry();

        Result shown = shell.run("quarantine", "show", id);
        assertThat(shown.code()).as(shown.err()).isZero();
        assertThat(shown.lines())
                .contains(
                        "id: " + id,
                        "reason: not-a-tar-gz",
                        "origin: file " + text,
                        "organisation: 1234567",
                        "cluster: -",
                        "came by: file",
                        "path: " + text,
                        "bytes: 10",
                        "attempts: 1",
                        "stored: yes, as " + stored().get(0))
                .anyMatch(line -> line.matches("sha256: [0-9a-f]{64}"))
                .anyMatch(line -> line.matches("request id: [0-9a-f-]{36}"))
                .anyMatch(line -> line.matches("first: \\d{4}-\\d\\d-\\d\\dT.*Z"))
                .noneMatch(line -> line.startsWith("header") || line.startsWith("stack"));

        JsonNode json = json("quarantine", "show", id, "--json");
        assertThat(json.get("id").asLong()).isEqualTo(id);
        assertThat(json.get("reason").asText()).isEqualTo("not-a-tar-gz");
        assertThat(json.get("stored").asBoolean()).isTrue();
        assertThat(json.get("stored_at").asText()).isEqualTo(stored().get(0).toString());
        assertThat(json.get("last_at").asText()).matches("\\d{4}-\\d\\d-\\d\\dT.*Z");

        Files.delete(stored().get(0));
        assertThat(shell.run("quarantine", "show", id).out()).contains("stored: no: missing from ");
    }

    @Test
    void whatGivesAccessToAnAnnouncedPayloadIsNeverShown() {
        long id = refusedDownload();

        Result shown = shell.run("quarantine", "show", id);
        assertThat(shown.lines())
                .contains(
                        "header message: {\"url\": \"https://********@s3.example:9000/a/b.tar.gz?********\",  \"b\": 1}",
                        "stored: no: none were received",
                        "stack:",
                        "  java.io.IOException:  [31m of https://s3.example/?********",
                        "    at dev.caravan.Somewhere");
        assertThat(shown.out()).doesNotContain("hidden", "\u001b");
        Result json = shell.run("quarantine", "show", id, "--json");
        assertThat(json.out()).contains("a/b.tar.gz?********").doesNotContain("hidden", "\u001b");
    }

    @Test
    void aNumberNobodyHasIsWrongUse() throws IOException {
        poison("no archive");
        long id = onlyEntry();
        for (List<Object> command : List.<List<Object>>of(
                List.of("quarantine", "show", 4711),
                List.of("quarantine", "replay", id, 4711),
                List.of("quarantine", "drop", "--yes", id, 4711))) {
            Result result = shell.run(command.toArray());
            assertThat(result.code()).isEqualTo(2);
            assertThat(result.err())
                    .isEqualToIgnoringNewLines("caravan: no payload in quarantine has id 4711: see `quarantine list`");
            assertThat(result.out()).isEmpty();
        }
        assertThat(onlyEntry()).isEqualTo(id);
        assertThat(attempts(id)).isEqualTo(1);
    }

    @Test
    void replayAfterTheSourceWasRegisteredEmptiesTheQuarantine() throws IOException {
        shell.run("ingest", FIRST_SAMPLE);
        assertThat(open()).hasSize(2);
        register();

        Result result = shell.run("quarantine", "replay", "--all", "--reason", "unknown-source");

        assertThat(result.code()).as(result.out() + result.err()).isZero();
        assertThat(result.err()).isEmpty();
        assertThat(result.lines()).hasSize(5);
        assertThat(result.lines().get(0))
                .matches("\\d+ file \\S+/00_\\S+: 576 rows loaded, 0 rejected, 1 days summarised, \\d+\\.\\d s");
        assertThat(result.lines().get(1)).matches("\\d+ file \\S+/01_\\S+: 576 rows loaded, .*");
        assertThat(result.lines().get(4)).matches("total +2 +1152 +0 +2 +\\d+\\.\\d");
        assertThat(shell.run("quarantine", "list").out()).isEqualToIgnoringNewLines("quarantine is empty");
        assertThat(audited("quarantine replay")).hasSize(1);
        assertThat(shell.run("quarantine", "replay", "--all").out()).isEqualToIgnoringNewLines("quarantine is empty");

        long first = jdbcLong("select min(quarantine_id) from caravan.quarantine");
        Result again = shell.run("quarantine", "replay", first);
        assertThat(again.code()).isZero();
        assertThat(again.out()).contains("a replay settled it before");
        assertThat(stored()).isEmpty();
        assertThat(shell.run("quarantine", "show", first).out()).contains("stored: no: removed, a replay settled it");
    }

    @Test
    void poisonStaysPoison() throws IOException {
        poison("no archive");
        long id = onlyEntry();

        Result result = shell.run("quarantine", "replay", id);

        assertThat(result.code()).isEqualTo(1);
        assertThat(result.lines().get(0)).startsWith(id + " file ").contains(": QUARANTINED not-a-tar-gz: ");
        assertThat(onlyEntry()).isEqualTo(id);
        assertThat(attempts(id)).isEqualTo(2);
        assertThat(stored()).hasSize(1);
    }

    @Test
    void anotherReasonMakesAnotherEntry() {
        shell.run("ingest", Shell.payloads(FIRST_SAMPLE).get(0));
        long id = onlyEntry();
        shell.run("source", "add", "--org", "one", "--cluster", FIRST_CLUSTER, "--alias", "first");
        shell.run("source", "add", "--org", "two", "--cluster", FIRST_CLUSTER, "--alias", "first");

        Result result = shell.run("quarantine", "replay", id);

        assertThat(result.code()).isEqualTo(1);
        assertThat(result.lines().get(0)).contains("QUARANTINED ambiguous-source");
        long other = onlyEntry();
        assertThat(other).isNotEqualTo(id);
        assertThat(shell.run("quarantine", "show", other).out()).contains("reason: ambiguous-source");
        assertThat(shell.run("quarantine", "show", id).out()).contains("settled by replay: ");
    }

    @Test
    void aPayloadOfWhichNothingIsKeptNamesTheNextStepAndTheOthersAreReplayed() {
        long refused = refusedDownload();
        Shell.jdbc(database).update("update caravan.quarantine set headers = '{}', arrival_kind = 'file'");
        shell.run("ingest", FIRST_SAMPLE);
        register();

        Result result = shell.run("quarantine", "replay", "--all");

        assertThat(result.code()).isEqualTo(1);
        assertThat(result.lines())
                .contains(
                        refused + " kafka topic/0/1: cannot be replayed, none of its bytes were kept; the file is where"
                                + " it was, or in failed/ of the inbox: hand it in again, then `quarantine drop "
                                + refused + "`");
        assertThat(result.out()).containsPattern("loaded +2 +1152 ");
        assertThat(onlyEntry()).isEqualTo(refused);
    }

    @Test
    void alteredAndMissingBytesAreSaidAndNotReplayed() throws IOException {
        poison("no archive");
        long id = onlyEntry();
        Path kept = stored().get(0);
        Files.writeString(kept, "something else");

        Result altered = shell.run("quarantine", "replay", id);
        assertThat(altered.code()).isEqualTo(1);
        assertThat(altered.lines().get(0))
                .contains("QUARANTINED stored-bytes-altered: its bytes were altered: " + kept
                        + " has no longer SHA-256 ");
        assertThat(shell.run("quarantine", "show", id).out()).contains("stored: no: altered, " + kept);
        assertThat(json("quarantine", "show", id, "--json").get("stored_state").asText())
                .isEqualTo("altered");

        Files.delete(kept);
        Result missing = shell.run("quarantine", "replay", id);
        assertThat(missing.code()).isEqualTo(1);
        assertThat(missing.lines().get(0))
                .contains("QUARANTINED stored-bytes-missing: its bytes are missing from " + kept + ", SHA-256 ");
        assertThat(onlyEntry()).isEqualTo(id);
        assertThat(attempts(id)).isEqualTo(1);
    }

    @Test
    void bytesCarriedToTheDirectoryThatIsSetNowAreFound() throws IOException {
        poison("no archive");
        var moved = shell.with("caravan.quarantine.directory", folder.resolve("elsewhere"));
        assertThat(moved.run("quarantine", "show", onlyEntry()).out())
                .as("where they were put")
                .contains("stored: yes, as " + folder.resolve("quarantine"));

        Files.move(folder.resolve("quarantine"), folder.resolve("elsewhere"));

        assertThat(moved.run("quarantine", "replay", onlyEntry()).lines().get(0))
                .contains("QUARANTINED not-a-tar-gz");
    }

    @Test
    void limitsThatArePassedAreSaid() throws IOException {
        poison("no archive");
        assertThat(shell.run("quarantine", "list").out()).doesNotContain("alert");
        Shell small = shell.with("caravan.quarantine.alert-bytes", 9).with("caravan.quarantine.alert-age", "1d");
        Shell.jdbc(database).update("update caravan.quarantine set first_at = now() - interval '3 days'");

        for (Result result : List.of(small.run("quarantine", "list"), small.run("status"))) {
            assertThat(result.out())
                    .contains("quarantine holds 10 bytes, more than caravan.quarantine.alert-bytes (9)")
                    .contains(
                            "the oldest payload in quarantine came 3 d ago, longer than caravan.quarantine.alert-age (1 d)");
        }
    }

    @Test
    void inProductionSomethingMustSayWhereBytesAreKeptAndNotOnTheSpool() throws IOException {
        Path text = Files.writeString(folder.resolve("text.tar.gz"), "no archive");
        Shell production = shell.with("caravan.profile", "production");

        Result nowhere = production.with("caravan.quarantine.directory", "").run("ingest", text);
        assertThat(nowhere.code()).isEqualTo(2);
        assertThat(nowhere.err())
                .contains("CARAVAN_QUARANTINE_BUCKET", "CARAVAN_QUARANTINE_DIR")
                .hasLineCount(1);
        Result onTheSpool = production
                .with("caravan.quarantine.directory", folder.resolve("spool/quarantine"))
                .run("ingest", text);
        assertThat(onTheSpool.code()).isEqualTo(2);
        assertThat(onTheSpool.err()).contains("lies on the spool").hasLineCount(1);
        assertThat(open()).isEmpty();
    }

    @Test
    void whereAPayloadOverTheLimitIsIsSaid() throws IOException {
        Path text = Files.writeString(folder.resolve("text.tar.gz"), "no archive");

        Result result = shell.with("caravan.limits.payload-bytes", 5).run("ingest", text);

        assertThat(result.out()).contains("QUARANTINED over-limit", "any other stays where it is");
        assertThat(shell.run("quarantine", "show", onlyEntry()).out()).contains("stored: no: none were received");
    }

    @Test
    void aPurgeRemovesWhatBelongsToNoPayloadAndRepliesSentLongAgo() throws IOException {
        poison("no archive");
        Path needed = stored().get(0);
        Path orphan = Files.writeString(folder.resolve("quarantine/" + "0".repeat(64) + ".tar.gz"), "left over");
        Path foreign = Files.writeString(folder.resolve("quarantine/foreign"), "not ours");
        Shell.jdbc(database).update("update caravan.outbox set sent_at = '2001-01-01'");
        assertThat(shell.run("purge").out()).doesNotContain("belong to no payload");

        Result result = shell.with("caravan.quarantine.orphan-age", "0s").run("purge");

        assertThat(result.out()).contains("bytes that belong to no payload removed: " + orphan);
        assertThat(stored()).containsExactlyInAnyOrder(needed, foreign);
        assertThat(jdbcLong("select count(*) from caravan.outbox")).isZero();
    }

    @Test
    void aPurgeFinishesWhatASettledReplayLeft() throws IOException {
        poison("no archive");
        Shell.jdbc(database).update("update caravan.quarantine set resolved_at = now()");

        assertThat(shell.run("purge").out()).contains("bytes of a settled payload removed: ");

        assertThat(stored()).isEmpty();
        assertThat(jdbcLong("select count(*) from caravan.quarantine where stored_as is null"))
                .isOne();
    }

    @Test
    void aSourceIsNotRemovedBeforeTheReplayOfItsPayloadHasEnded() throws Exception {
        shell.run("ingest", Shell.payloads(FIRST_SAMPLE).get(0));
        long id = onlyEntry();
        register();
        Shell impatient = shell.with("caravan.database.lock-wait", "1s");
        try (var other = database.dataSource().getConnection();
                var statement = other.createStatement()) {
            statement.execute("select pg_advisory_lock(hashtextextended('caravan replay " + id + "', 0))");

            Result early = impatient.run("source", "remove", "--org", "1234567", "--cluster", FIRST_CLUSTER, "--yes");
            assertThat(early.code()).isEqualTo(2);
            assertThat(early.err()).contains("try again when that one has ended");
            assertThat(onlyEntry()).isEqualTo(id);
        }
        assertThat(impatient
                        .run("source", "remove", "--org", "1234567", "--cluster", FIRST_CLUSTER, "--yes")
                        .code())
                .isZero();
        assertThat(open()).isEmpty();
        assertThat(stored()).isEmpty();
    }

    @Test
    void theAnnouncementStaysWithAReplayedPayload() throws IOException {
        poison("no archive");
        Shell.jdbc(database).update("update caravan.quarantine set headers = '{\"message\": \"announced\"}'");

        assertThat(shell.run("quarantine", "replay", "--all").code()).isEqualTo(1);

        assertThat(shell.run("quarantine", "show", onlyEntry()).lines()).contains("header message: announced");
    }

    @Test
    void whatAnotherProcessReplaysIsLeftToIt() throws Exception {
        poison("no archive");
        long id = onlyEntry();
        try (var other = database.dataSource().getConnection();
                var statement = other.createStatement()) {
            statement.execute("select pg_advisory_lock(hashtextextended('caravan replay " + id + "', 0))");

            Result replay = shell.run("quarantine", "replay", id);
            assertThat(replay.code()).isEqualTo(1);
            assertThat(replay.lines().get(0))
                    .endsWith("another process replays or drops it just now: see" + " `quarantine list` in a while");
            Result drop = shell.run("quarantine", "drop", id, "--yes");
            assertThat(drop.code()).isEqualTo(1);
            assertThat(drop.lines().get(0)).endsWith("is replayed just now and stays: try again when that has ended");
        }
        assertThat(attempts(id)).isEqualTo(1);
        assertThat(stored()).hasSize(1);
        assertThat(audited("quarantine drop")).isEmpty();
    }

    @Test
    void whatLastsBeyondTheRetriesStopsAndTheEntryStaysAsItWas() throws Exception {
        shell.run("ingest", FIRST_SAMPLE);
        register();
        try (var other = database.dataSource().getConnection();
                var statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute(
                    "select pg_advisory_xact_lock(hashtextextended(source_uuid::text, 0)) from caravan.source");

            Result result = shell.with("caravan.database.lock-wait", "0s").run("quarantine", "replay", "--all");

            assertThat(result.code()).isEqualTo(2);
            assertThat(result.out()).containsPattern("not loaded +2 +-");
            assertThat(result.err()).contains("caravan: stopped at quarantined payload " + open().get(0) + ": ");
        }
        assertThat(open()).hasSize(2);
        assertThat(
                        jdbcLong(
                                "select count(*) from caravan.quarantine where replay_requested_at is not null and attempts = 1"))
                .isEqualTo(2);
    }

    @Test
    void twoProcessesReplayingTheSameDoNoHarm() throws Exception {
        shell.run("ingest", FIRST_SAMPLE);
        List<Long> ids = open();
        register();
        var together = new CyclicBarrier(2);
        var threads = Executors.newFixedThreadPool(2);
        try {
            List<Future<Result>> results = Stream.of(1, 2)
                    .map(number -> threads.submit(() -> {
                        together.await();
                        return shell.run("quarantine", "replay", ids.get(0), ids.get(1));
                    }))
                    .toList();
            for (Future<Result> result : results) {
                assertThat(result.get().code()).isBetween(0, 1);
                assertThat(result.get().err()).isEmpty();
            }
        } finally {
            threads.shutdownNow();
        }
        // One of them may have met the other's payload in the middle of it; nothing is left over, and nothing is new.
        assertThat(open()).isEmpty();
        assertThat(jdbcLong("select count(*) from caravan.quarantine")).isEqualTo(2);
        assertThat(jdbcLong("select count(*) from org1234567.payload_claim")).isEqualTo(2);
        assertThat(shell.run("status").out()).containsPattern("cluster-S1 +\\S+ +2 +2 ");
    }

    @Test
    void dropDeletesTheBytesUnlessAnotherPayloadNeedsThem() throws IOException {
        Path text = poison("no archive");
        shell.run("ingest", "--org", "7654321", text);
        List<Long> ids = open();
        assertThat(ids).hasSize(2);
        assertThat(stored()).hasSize(1);

        Result unconfirmed = shell.run("quarantine", "drop", ids.get(0));
        assertThat(unconfirmed.code()).isEqualTo(2);
        assertThat(unconfirmed.err())
                .contains("Nobody can be asked here: add --yes")
                .hasLineCount(1);
        assertThat(open()).hasSize(2);

        Result first = shell.run("quarantine", "drop", ids.get(0), "--yes");
        assertThat(first.code()).as(first.err()).isZero();
        assertThat(first.lines())
                .containsExactly(ids.get(0) + " file " + text
                        + " (not-a-tar-gz): dropped; its bytes stay, another payload in quarantine has the same");
        assertThat(stored()).hasSize(1);

        Result second = shell.run("quarantine", "drop", "--yes", ids.get(1));
        assertThat(second.lines()).containsExactly(ids.get(1) + " file " + text + " (not-a-tar-gz): dropped");
        assertThat(open()).isEmpty();
        assertThat(stored()).isEmpty();
        assertThat(audited("quarantine drop")).hasSize(2).allSatisfy(details -> assertThat(details)
                .contains("not-a-tar-gz", text.toString(), "\"bytes\": 10"));
    }

    @Test
    void bytesThatOnlyASettledPayloadHadGoWithTheLastOneInQuarantine() throws IOException {
        shell.run("ingest", Shell.payloads(FIRST_SAMPLE).get(0));
        long settled = onlyEntry();
        shell.run("source", "add", "--org", "one", "--cluster", FIRST_CLUSTER, "--alias", "first");
        shell.run("source", "add", "--org", "two", "--cluster", FIRST_CLUSTER, "--alias", "first");
        shell.run("quarantine", "replay", settled);

        assertThat(shell.run("quarantine", "drop", "--yes", onlyEntry()).code()).isZero();

        assertThat(stored()).isEmpty();
        assertThat(shell.run("quarantine", "show", settled).out()).contains("stored: no");
    }

    @Test
    void theListIsFilteredAndSummedUp() throws IOException {
        poison("no archive");
        poison("no archive either");
        refusedDownload();

        assertThat(shell.run("quarantine", "list").lines()).hasSize(5).endsWith("total: 3 payloads, 27 bytes");
        assertThat(shell.run("quarantine", "list", "--reason", "download-refused")
                        .lines())
                .hasSize(3)
                .endsWith("total: 1 payload, 0 bytes");
        assertThat(shell.run("quarantine", "list", "--org", "1234567").lines()).endsWith("total: 2 payloads, 27 bytes");
        assertThat(shell.run("quarantine", "list", "--org", "1234567", "--reason", "download-refused")
                        .lines())
                .containsExactly("nothing in quarantine is of that reason and organisation");
        assertThat(json("quarantine", "list", "--json", "--org", "1234567")).hasSize(2);
    }

    private void register() {
        shell.run("source", "add", "--org", "1234567", "--cluster", FIRST_CLUSTER, "--alias", "cluster-S1");
    }

    /** A payload that is none, in quarantine. */
    private Path poison(String content) throws IOException {
        Path text = Files.writeString(folder.resolve(content.length() + ".tar.gz"), content);
        assertThat(shell.run("ingest", "--org", "1234567", text).out()).contains("QUARANTINED not-a-tar-gz");
        return text;
    }

    /** A payload that was announced and never handed out. */
    private long refusedDownload() {
        return Shell.jdbc(database)
                .queryForObject(
                        """
                        insert into caravan.quarantine (reason, message, origin, headers, stack)
                        values ('download-refused', 's3.example answered 403', 'kafka topic/0/1',
                            jsonb_build_object('message', ?::text), ?)
                        returning quarantine_id
                        """,
                        Long.class,
                        "{\"url\": \"" + SIGNED + "\",\n \"b\": 1}",
                        "java.io.IOException: \u001b[31m of https://s3.example/?hidden=4\n\tat dev.caravan.Somewhere\n");
    }

    private JsonNode json(Object... arguments) throws IOException {
        Result result = shell.run(arguments);
        assertThat(result.code()).as(result.err()).isZero();
        return JsonMapper.builder().build().readTree(result.out());
    }

    private long onlyEntry() {
        assertThat(open()).hasSize(1);
        return open().get(0);
    }

    private List<Long> open() {
        return Shell.jdbc(database)
                .queryForList(
                        "select quarantine_id from caravan.quarantine where resolved_at is null order by 1",
                        Long.class);
    }

    private int attempts(long id) {
        return Shell.jdbc(database)
                .queryForObject("select attempts from caravan.quarantine where quarantine_id = ?", Integer.class, id);
    }

    private List<String> audited(String action) {
        return Shell.jdbc(database)
                .queryForList("select details::text from caravan.audit where action = ?", String.class, action);
    }

    private long jdbcLong(String question) {
        return Shell.jdbc(database).queryForObject(question, Long.class);
    }

    private List<Path> stored() throws IOException {
        try (var files = Files.list(folder.resolve("quarantine"))) {
            return files.toList();
        }
    }
}
