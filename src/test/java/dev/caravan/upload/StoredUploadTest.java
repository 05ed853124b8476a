package dev.caravan.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.caravan.RouteApplication;
import dev.caravan.TestCaravan;
import dev.caravan.oracle.ClusterModel;
import dev.caravan.oracle.Hours;
import dev.caravan.oracle.PayloadWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.camel.CamelContext;
import org.apache.camel.api.management.ManagedCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Uploads by HTTP where there is neither Kafka nor a bucket. */
class StoredUploadTest {
    private static final List<String> RECEIVING =
            List.of("api/*.yaml", "intake/receive-upload.yaml", "intake/stage-upload.yaml", "operations/on-*.yaml");
    private static final Hours DAY = Hours.day("2026-10-05");
    private static final String ORGANISATION = TestCaravan.ORGANISATION;

    @TempDir
    Path folder;

    private final String cluster = UUID.randomUUID().toString();
    private TestCaravan caravan;
    private Path directory;
    private Map<String, Object> settings;

    @BeforeEach
    void choose() {
        directory = folder.resolve("uploads");
        settings = Map.of(
                "camel.main.jmx-enabled",
                true,
                "caravan.uploads.directory",
                directory,
                "caravan.uploads.poll-interval",
                100,
                "caravan.replay-interval",
                100);
    }

    @AfterEach
    void stop() {
        caravan.close();
    }

    @Test
    void anUploadIsKeptInTheDirectoryUntilItIsLoaded() throws IOException {
        caravan = TestCaravan.start(RouteApplication.ALL, settings);
        caravan.addSource(cluster, "uploading");
        assertThat(upload("stored-1", payload(1)).status()).isEqualTo(202);
        await().atMost(Duration.ofSeconds(20)).until(() -> status("stored-1").equals("done"));
        assertThat(track("stored-1").at("/payload/rows_loaded").asLong()).isPositive();
        await().until(() -> files().isEmpty());
        assertThat(caravan.jdbc().queryForObject("select origin from org1234567.payload_claim", String.class))
                .isEqualTo("http stored-1");
    }

    /** A process that ends after its answer leaves a file, and the next one finds it. */
    @Test
    void whatWasAcknowledgedSurvivesTheProcess() throws IOException {
        caravan = TestCaravan.start(RECEIVING, settings);
        caravan.addSource(cluster, "uploading");
        assertThat(upload("stored-2", payload(2)).status()).isEqualTo(202);
        assertThat(status("stored-2")).isEqualTo("staged");
        assertThat(files()).singleElement().satisfies(file -> {
            assertThat(file.getFileName().toString()).matches("[0-9a-f-]{36}\\.tar\\.gz");
            assertThat(file).hasSameBinaryContentAs(payload(2));
        });
        try (var next = caravan.replica(RouteApplication.ALL, settings)) {
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> status("stored-2").equals("done"));
            await().until(() -> files().isEmpty());
            assertThat(next.bean(CamelContext.class).getRoute("receive-stored-upload"))
                    .isNotNull();
        }
    }

    @Test
    void whatCannotBeLoadedIsInQuarantineWithItsBytesAndWhoSentIt() throws IOException {
        caravan = TestCaravan.start(RouteApplication.ALL, settings);
        assertThat(upload("stored-3", payload(3)).status()).isEqualTo(202);
        await().atMost(Duration.ofSeconds(20)).until(() -> status("stored-3").equals("failed"));
        assertThat(track("stored-3").at("/reason").asText()).isEqualTo("unknown-source");
        assertThat(caravan.jdbc()
                        .queryForMap("select org_id, request_id, arrival_kind, remote_address, size_bytes"
                                + " from caravan.quarantine"))
                .containsEntry("org_id", ORGANISATION)
                .containsEntry("request_id", "stored-3")
                .containsEntry("arrival_kind", "http")
                .containsEntry("remote_address", "127.0.0.1")
                .containsEntry("size_bytes", Files.size(payload(3)));
        await().until(() -> files().isEmpty());
        caravan.addSource(cluster, "registered late");
        await().atMost(Duration.ofSeconds(30)).until(() -> status("stored-3").equals("done"));
    }

    /** Before anything is known of it but its name. */
    @Test
    void anUploadWaitsInTheDirectoryWhileTheDatabaseIsAway() throws IOException {
        caravan = TestCaravan.start(RECEIVING, settings);
        caravan.addSource(cluster, "uploading");
        assertThat(upload("stored-5", payload(5)).status()).isEqualTo(202);
        caravan.jdbc().execute("alter table caravan.upload rename to upload_away");
        try (var next = caravan.replica(RouteApplication.ALL, settings)) {
            var route = next.bean(CamelContext.class)
                    .getCamelContextExtension()
                    .getContextPlugin(ManagedCamelContext.class)
                    .getManagedRoute("receive-stored-upload");
            await().atMost(Duration.ofSeconds(20)).until(() -> route.getExchangesFailed() > 1);
            assertThat(files()).hasSize(1);
            caravan.jdbc().execute("alter table caravan.upload_away rename to upload");
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> status("stored-5").equals("done"));
            assertThat(caravan.jdbc().queryForObject("select count(*) from caravan.quarantine", Integer.class))
                    .isZero();
        }
    }

    @Test
    void aDirectoryThatCannotBeWrittenDelaysAndKeepsNothing() throws IOException {
        Files.writeString(directory, "no directory");
        caravan = TestCaravan.start(RECEIVING, settings);
        var refused = upload("stored-4", payload(4));
        assertThat(refused.status()).isEqualTo(503);
        assertThat(status("stored-4")).isEqualTo("failed");
        assertThat(track("stored-4").at("/status_msg").asText())
                .isEqualTo("it could not be stored or announced: send it again");
    }

    private UploadRequest.Answer upload(String requestId, Path payload) {
        return UploadRequest.from(ORGANISATION, caravan.http("/api/ingress/v1/upload"))
                .header("x-rh-insights-request-id", requestId)
                .file(payload)
                .send();
    }

    private JsonNode track(String requestId) throws IOException {
        return JsonMapper.builder()
                .build()
                .readTree(UploadRequest.from(ORGANISATION, caravan.http("/api/ingress/v1/track/" + requestId))
                        .get()
                        .body());
    }

    private String status(String requestId) throws IOException {
        return track(requestId).at("/status").asText();
    }

    private List<Path> files() throws IOException {
        try (var files = Files.list(directory)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    private Path payload(int number) {
        Path file = folder.resolve("made-" + number + ".tar.gz");
        return Files.exists(file)
                ? file
                : PayloadWriter.of(cluster, PayloadWriter.uuid(number))
                        .date("2026-10-06T00:04:59Z")
                        .covering(DAY)
                        .reports(ClusterModel.small(1).reports(DAY.first(2)))
                        .writeTo(file);
    }
}
