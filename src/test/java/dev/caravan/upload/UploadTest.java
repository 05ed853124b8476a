package dev.caravan.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.atlassian.oai.validator.OpenApiInteractionValidator;
import com.atlassian.oai.validator.model.Request;
import com.atlassian.oai.validator.model.SimpleResponse;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.caravan.RouteApplication;
import dev.caravan.TestCaravan;
import dev.caravan.TestKafka;
import dev.caravan.TestS3;
import dev.caravan.oracle.ClusterModel;
import dev.caravan.oracle.Hours;
import dev.caravan.oracle.PayloadWriter;
import dev.caravan.upload.UploadRequest.Answer;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.apache.commons.codec.digest.DigestUtils;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.s3.model.MultipartUpload;

/** Uploads by HTTP that go through the bucket and Kafka. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UploadTest {
    private static final String ORGANISATION = TestCaravan.ORGANISATION;
    private static final String CLUSTER = "3f2a8d6e-1111-4222-8333-444455556666";
    private static final Hours DAY = Hours.day("2026-10-05");
    private static final JsonMapper JSON = JsonMapper.builder().build();
    /** Of a part that is sent to the bucket; the least that servers want. */
    private static final int PART = 5 << 20;

    @TempDir
    static Path folder;

    private TestS3 s3;
    private TestKafka kafka;
    private TestCaravan caravan;
    private long keptBefore;
    private long announcedBefore;

    @BeforeAll
    void start() {
        s3 = new TestS3();
        kafka = new TestKafka();
        caravan = TestCaravan.start(RouteApplication.ALL, settings(Map.of()));
        caravan.addSource(CLUSTER, "uploading");
    }

    private Map<String, Object> settings(Map<String, Object> changed) {
        Map<String, Object> settings = new HashMap<>(s3.settings());
        settings.putAll(kafka.settings());
        settings.put("caravan.s3.intake-bucket", "");
        settings.put("caravan.uploads.bucket", s3.bucket());
        settings.put("caravan.uploads.part-bytes", PART);
        settings.put("caravan.uploads.denied-organisations", "denied,alsodenied");
        settings.put("caravan.limits.payload-bytes", 20 << 20);
        settings.putAll(changed);
        return settings;
    }

    @AfterAll
    void stop() {
        caravan.close();
        kafka.close();
        s3.close();
    }

    @BeforeEach
    void look() {
        keptBefore = s3.keys().size();
        announcedBefore = kafka.announced();
    }

    @Test
    void anUploadIsStoredAnnouncedAndLoadedAndCanBeFollowedUntilItIsDone() throws IOException {
        Path payload = payload(1);
        Answer answer = upload().header("x-rh-insights-request-id", "followed-1")
                .file(payload)
                .field(
                        "metadata",
                        "{\"account\": \"7\", \"queue_key\": \"k\", \"custom_metadata\": {\"a\": \"b\"}, \"x\": 1}")
                .send();

        assertThat(answer.status()).isEqualTo(202);
        assertThat(json(answer))
                .isEqualTo(JSON.readTree(
                        """
                {"request_id": "followed-1", "upload": {"org_id": "1234567"}}"""));
        assertFollows("POST", "/upload", answer);
        await(() -> status("followed-1").equals("done"));
        Answer tracked = track(ORGANISATION, "followed-1");
        assertFollows("GET", "/track/followed-1", tracked);
        assertThat(json(tracked).at("/payload/rows_loaded").asLong())
                .isEqualTo(rows("select count(*) from org1234567.openshift_pod_usage_line_items")
                        + rows("select count(*) from org1234567.openshift_node_labels_line_items")
                        + rows("select count(*) from org1234567.openshift_namespace_labels_line_items")
                        + rows("select count(*) from org1234567.openshift_storage_usage_line_items")
                        + rows("select count(*) from org1234567.openshift_vm_usage_line_items")
                        + rows("select count(*) from org1234567.openshift_gpu_usage_line_items"));
        assertThat(json(tracked).at("/payload/days")).map(JsonNode::asText).containsExactly("2026-10-05");
        assertThat(json(tracked).at("/sha256").asText()).isEqualTo(DigestUtils.sha256Hex(Files.readAllBytes(payload)));

        var stored = caravan.jdbc()
                .queryForMap("select stored_in, stored_as from caravan.upload where request_id = 'followed-1'");
        assertThat(stored.get("stored_in")).isEqualTo("s3://" + s3.bucket());
        String key = stored.get("stored_as").toString();
        assertThat(s3.bytes(key)).isEqualTo(Files.readAllBytes(payload));
        var object = s3.client().headObject(head -> head.bucket(s3.bucket()).key(key));
        assertThat(object.contentType()).isEqualTo("application/gzip");
        assertThat(object.metadata()).containsEntry("requestid", "followed-1").containsEntry("org", ORGANISATION);

        var message = kafka.announcements().stream()
                .filter(announced -> announced.value().contains("followed-1"))
                .findFirst()
                .orElseThrow();
        assertThat(message.key()).isEqualTo(ORGANISATION);
        assertThat(message.headers().toArray()).singleElement().satisfies(header -> assertThat(
                        header.key() + "=" + new String(header.value(), StandardCharsets.UTF_8))
                .isEqualTo("service=hccm"));
        JsonNode announced = JSON.readTree(message.value());
        assertThat(announced.fieldNames())
                .toIterable()
                .containsExactlyInAnyOrder(
                        "account",
                        "category",
                        "content_type",
                        "metadata",
                        "request_id",
                        "principal",
                        "org_id",
                        "service",
                        "size",
                        "url",
                        "b64_identity",
                        "timestamp");
        assertThat(announced.at("/size").asLong()).isEqualTo(Files.size(payload));
        assertThat(announced.at("/category").asText()).isEqualTo("tar");
        assertThat(announced.at("/principal").asText()).isEqualTo(ORGANISATION);
        assertThat(announced.at("/b64_identity").asText()).isEqualTo(TestKafka.identity(ORGANISATION));
        assertThat(announced.at("/metadata/reporter").asText()).isEqualTo("ingress");
        assertThat(announced.at("/metadata/queue_key").asText()).isEqualTo("k");
        assertThat(announced.at("/metadata/custom_metadata/a").asText()).isEqualTo("b");
        await(() -> kafka.statuses("followed-1").equals(List.of("received", "success")));
    }

    @Test
    void bothMountPointsAndATrailingSlashLeadToTheSame() {
        for (String mount : List.of("/api/ingress/v1", "/r/insights/platform/ingress/v1")) {
            for (String path : List.of("", "/", "/version", "/version/", "/openapi.json")) {
                assertThat(request(mount + path).get().status())
                        .as(mount + path)
                        .isEqualTo(200);
            }
            assertThat(request(mount + "/upload/").field("test", "test").send().status())
                    .isEqualTo(200);
        }
    }

    @Test
    void aProbeIsAnsweredToAnybodyAtTheRootAndToThoseWithAnIdentityAtTheMountPoint() {
        assertThat(anonymous("/").get().body()).isEqualTo("lubdub");
        assertThat(request("/api/ingress/v1/").get().body()).isEqualTo("lubdub");
        assertThat(anonymous("/api/ingress/v1/").get().status()).isEqualTo(400);
        assertThat(anonymous("/api/ingress/v1/version").get().status()).isEqualTo(200);
        assertThat(anonymous("/api/ingress/v1/openapi.json").get().body()).startsWith("{");
    }

    @Test
    void aTestIsAnsweredAndKeepsNothing() throws IOException {
        for (var answer : List.of(
                upload().field("test", "test").send(),
                upload().send("application/json", " { \"test\" : \"test\" } "))) {
            assertThat(answer.status()).isEqualTo(200);
            assertThat(json(answer).at("/upload/org_id").asText()).isEqualTo(ORGANISATION);
            assertFollows("POST", "/upload", answer);
        }
        assertNothingKept();
    }

    /** A text body is what acceptance test 2 of the hosted service sends. */
    @Test
    void aRequestWithoutAFileIsRefused() {
        assertRefused(upload().send("text/plain", "no archive"), 400, "File or upload field not found");
        assertRefused(upload().send("application/json", "{\"test\": 1}"), 400, "File or upload field not found");
        assertRefused(upload().send("multipart/form-data", "x"), 400, "File or upload field not found");
        assertRefused(
                upload().file("other", "a.tar.gz", UploadRequest.OUR_TYPE, new byte[1])
                        .send(),
                400,
                "File or upload field not found");
        assertRefused(upload().field("test", "no").send(), 400, "File or upload field not found");
        assertNothingKept();
    }

    @Test
    void severalFilesAreRefusedAsAWhole() {
        assertRefused(
                upload().file(payload(20)).file(payload(21)).send(),
                400,
                "one file at a time: the request has several");
        assertNothingKept();
    }

    @Test
    void withoutAnIdentityNothingIsTaken() {
        assertRefused(
                UploadRequest.anonymous(caravan.http("/api/ingress/v1/upload"))
                        .file(payload(2))
                        .send(),
                400,
                "Bad Request: missing x-rh-identity header");
        assertNothingKept();
    }

    @Test
    void deniedOrganisationsAreTurnedAway() {
        assertRefused(
                UploadRequest.from("denied", caravan.http("/api/ingress/v1/upload"))
                        .file(payload(2))
                        .send(),
                403,
                "Upload denied. Please contact Red Hat Support.");
        assertThat(UploadRequest.from("denied", caravan.http("/api/ingress/v1/upload"))
                        .field("test", "test")
                        .send()
                        .status())
                .isEqualTo(200);
        assertNothingKept();
    }

    @ParameterizedTest
    @CsvSource({
        "text/csv, a.tar.gz",
        "application/vnd.redhat.advisor.collection+tgz, a.tar.gz",
        "application/octet-stream, a.zip",
        "application/gzip, a.gz",
        "application/vnd.redhat.hccm, a.tar.gz"
    })
    void otherContentIsOfAnUnsupportedType(String type, String fileName) {
        assertRefused(upload().file("file", fileName, type, new byte[1]).send(), 415, "");
        assertNothingKept();
    }

    /** The line of the design document's manual test, which names no content type. */
    @ParameterizedTest
    @CsvSource({
        "file, application/octet-stream, cost-mgmt.tar.gz",
        "upload, application/gzip, cost-mgmt.tgz",
        "file, application/x-gzip, COST.TAR.GZ",
        "file, , cost-mgmt.tar.gz",
        "file, application/vnd.redhat.hccm.filename+tgz, anything"
    })
    void archivesAreTakenForOursByTheirEnding(String name, String type, String fileName) throws IOException {
        Answer answer = upload().header("x-rh-request-id", "by-ending")
                .file(name, fileName, type, Files.readAllBytes(payload(3)))
                .send();
        assertThat(answer.status()).isEqualTo(202);
        assertThat(json(answer).at("/request_id").asText()).isEqualTo("by-ending");
        await(() -> status("by-ending").equals("done"));
    }

    @Test
    void aStrictFrontDoorWantsTheHostedServicesTypes() {
        try (var strict = caravan.replica(
                RouteApplication.ALL, settings(Map.of("caravan.http.strict", true, "caravan.kafka.group", "strict")))) {
            URI address = strict.http("/api/ingress/v1/upload");
            assertRefused(
                    UploadRequest.from(ORGANISATION, address)
                            .file("file", "a.tar.gz", "application/gzip", new byte[1])
                            .send(),
                    415,
                    "");
            assertRefused(
                    UploadRequest.from(ORGANISATION, address)
                            .file("file", "a.tar.gz", "application/octet-stream", new byte[1])
                            .send(),
                    415,
                    "");
            assertThat(UploadRequest.from(ORGANISATION, address)
                            .file("file", "a", "application/vnd.redhat.hccm.filename+tgz", new byte[1])
                            .send()
                            .status())
                    .isEqualTo(202);
        }
    }

    @Test
    void aFileThatIsTooLargeIsRefusedBeforeOrWhileItComes() {
        byte[] large = new byte[(20 << 20) + 1];
        assertRefused(upload().file("file", "a", UploadRequest.OUR_TYPE, large).send(), 413, "File exceeds maximum");
        assertRefused(
                upload().file("file", "a", UploadRequest.OUR_TYPE, large).send(),
                413,
                "File exceeds maximum file size (20971520) for upload: more than 20971520");
        assertThat(upload().file("file", "a", UploadRequest.OUR_TYPE, new byte[22 << 20])
                        .send()
                        .body())
                .startsWith("File exceeds maximum file size (20971520) for upload: 230");
        assertNothingKept();
    }

    @Test
    void aLargeFileArrivesInPartsAndIntact() {
        byte[] large = new byte[2 * PART + 12_345];
        new Random(1).nextBytes(large);
        for (byte[] content : List.of(large, Arrays.copyOf(large, PART))) {
            String request = UUID.randomUUID().toString();
            assertThat(upload().header("x-rh-request-id", request)
                            .endlessFile(content)
                            .send()
                            .status())
                    .isEqualTo(202);
            String key = caravan.jdbc()
                    .queryForObject("select stored_as from caravan.upload where request_id = ?", String.class, request);
            assertThat(DigestUtils.sha256Hex(s3.bytes(key))).isEqualTo(DigestUtils.sha256Hex(content));
            await(() ->
                    json(track(ORGANISATION, request)).at("/reason").asText().equals("not-a-tar-gz"));
        }
        assertThat(s3.client()
                        .listMultipartUploads(list -> list.bucket(s3.bucket()))
                        .uploads())
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {100, PART + 1_000_000, 3 * PART})
    void aConnectionCutInTheMiddleLeavesNoObjectAndNoAnnouncement(int bytes) throws Exception {
        String request = UUID.randomUUID().toString();
        URI address = caravan.http("/api/ingress/v1/upload");
        try (var socket = new Socket("127.0.0.1", address.getPort())) {
            String head = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\nContent-Type: "
                    + UploadRequest.OUR_TYPE + "\r\n\r\n";
            var out = socket.getOutputStream();
            out.write(("POST " + address.getPath() + " HTTP/1.1\r\nHost: x\r\nx-rh-identity: "
                            + TestKafka.identity(ORGANISATION) + "\r\nx-rh-request-id: " + request
                            + "\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 18000000\r\n\r\n"
                            + head)
                    .getBytes(StandardCharsets.US_ASCII));
            out.write(new byte[bytes]);
            out.flush();
            await(() -> status(request).equals("received"));
        }
        await(() -> status(request).equals("failed"));
        assertThat(json(track(ORGANISATION, request)).at("/status_msg").asText())
                .contains("broke off");
        assertNothingKept();
        assertThat(s3.client()
                        .listMultipartUploads(list -> list.bucket(s3.bucket()))
                        .uploads())
                .isEmpty();
        assertThat(caravan.spooled()).isEmpty();
    }

    @Test
    void whereKafkaIsAwayNothingIsHalfDone() throws IOException {
        Map<String, Object> away = settings(kafka.proxiedSettings());
        away.put("caravan.uploads.bucket", s3.bucket());
        away.put("caravan.uploads.acknowledge-timeout", 1000);
        away.put("caravan.kafka.group", "away");
        try (var replica = caravan.replica(
                List.of("api/*.yaml", "intake/*upload*.yaml", "operations/on-request-failure.yaml"), away)) {
            kafka.proxy().cut();
            try {
                var answer = UploadRequest.from(ORGANISATION, replica.http("/api/ingress/v1/upload"))
                        .header("x-rh-request-id", "kafka-away")
                        .file(payload(4))
                        .send();
                assertRefused(answer, 503, "a server needed for this is away: try again later");
                assertThat(answer.header("Retry-After")).isPresent();
                assertThat(json(UploadRequest.from(ORGANISATION, replica.http("/api/ingress/v1/track/kafka-away"))
                                        .get())
                                .at("/status")
                                .asText())
                        .isEqualTo("failed");
            } finally {
                kafka.proxy().restore();
            }
        }
        assertNothingKept();
    }

    @Test
    void aBucketThatCannotBeWrittenIsOurFailure() {
        try (var replica = caravan.replica(
                List.of("api/*.yaml", "intake/*upload*.yaml", "operations/on-request-failure.yaml"),
                settings(Map.of("caravan.uploads.bucket", "there-is-no-such-bucket")))) {
            assertRefused(
                    UploadRequest.from(ORGANISATION, replica.http("/api/ingress/v1/upload"))
                            .file(payload(5))
                            .send(),
                    500,
                    "");
        }
        assertNothingKept();
    }

    @Test
    void whatAKilledProcessLeftIsTakenBack() throws IOException {
        Map<String, String> begun = new HashMap<>();
        for (String age : List.of("3 hours", "1 minute")) {
            UUID id = UUID.randomUUID();
            caravan.jdbc()
                    .update(
                            "insert into caravan.upload (upload_id, request_id, org_id, identity, content_type,"
                                    + " remote_address, received_at) values (?, ?, ?, '', '', '', now() - ?::interval)",
                            id,
                            age.replace(' ', '-'),
                            ORGANISATION,
                            age);
            s3.client()
                    .createMultipartUpload(create -> create.bucket(s3.bucket()).key(id.toString()));
            begun.put(age, id.toString());
        }

        caravan.bean(Uploads.class).tidy();

        assertThat(s3.client()
                        .listMultipartUploads(list -> list.bucket(s3.bucket()))
                        .uploads())
                .extracting(MultipartUpload::key)
                .containsExactly(begun.get("1 minute"));
        assertThat(json(track(ORGANISATION, "3-hours")).at("/status_msg").asText())
                .isEqualTo("the process that received it ended: send it again");
        assertThat(status("1-minute")).isEqualTo("received");
        s3.client()
                .listMultipartUploads(list -> list.bucket(s3.bucket()))
                .uploads()
                .forEach(left -> s3.client()
                        .abortMultipartUpload(abort ->
                                abort.bucket(s3.bucket()).key(left.key()).uploadId(left.uploadId())));
    }

    @Test
    void moreAtOnceThanMayBeAreSentAwayForNow() throws Exception {
        try (var replica = caravan.replica(
                List.of("api/*.yaml", "intake/*upload*.yaml", "operations/on-request-failure.yaml"),
                settings(Map.of("caravan.uploads.at-once", 1)))) {
            URI address = replica.http("/api/ingress/v1/upload");
            try (var slow = new Socket("127.0.0.1", address.getPort())) {
                slow.getOutputStream()
                        .write(("POST " + address.getPath() + " HTTP/1.1\r\nHost: x\r\nx-rh-identity: "
                                        + TestKafka.identity(ORGANISATION) + "\r\nx-rh-request-id: slow"
                                        + "\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 1000\r\n\r\n"
                                        + "--b\r\nContent-Disposition: form-data; name=\"file\"\r\nContent-Type: "
                                        + UploadRequest.OUR_TYPE + "\r\n\r\n")
                                .getBytes(StandardCharsets.US_ASCII));
                await(() -> status("slow").equals("received"));
                assertRefused(
                        UploadRequest.from(ORGANISATION, address)
                                .file(payload(6))
                                .send(),
                        503,
                        "as many requests");
            }
            await(() -> UploadRequest.from(ORGANISATION, address)
                            .file(payload(6))
                            .send()
                            .status()
                    == 202);
        }
    }

    @Test
    void anUploadThatTakesTooLongIsGivenUp() throws Exception {
        try (var replica = caravan.replica(
                List.of("api/*.yaml", "intake/*upload*.yaml", "operations/on-request-failure.yaml"),
                settings(Map.of("caravan.uploads.total-timeout", -1)))) {
            assertRefused(
                    UploadRequest.from(ORGANISATION, replica.http("/api/ingress/v1/upload"))
                            .file(payload(7))
                            .send(),
                    408,
                    "the request's body took longer than");
        }
        assertNothingKept();
    }

    @Test
    void anotherOrganisationIsToldNothingOfAnUpload() {
        assertThat(upload().header("x-rh-request-id", "private")
                        .file(payload(8))
                        .send()
                        .status())
                .isEqualTo(202);
        assertRefused(track("7654321", "private"), 404, "nothing is known of this request id");
        assertThat(track(ORGANISATION, "private").status()).isEqualTo(200);
        assertRefused(track(ORGANISATION, "never-sent"), 404, "nothing is known of this request id");
        assertRefused(track(ORGANISATION, "%22;drop"), 400, "that is no request id");
        assertRefused(
                UploadRequest.anonymous(caravan.http("/api/ingress/v1/track/private"))
                        .get(),
                400,
                "Bad Request: missing x-rh-identity header");
    }

    /** The same id from two organisations, and twice from one: each is told of its own latest. */
    @Test
    void aRequestIdNamesTheLatestUploadOfItsOrganisation() throws IOException {
        upload().header("x-rh-request-id", "shared")
                .file("file", "a.tgz", null, new byte[1])
                .send();
        await(() -> status("shared").equals("failed"));
        UploadRequest.from("7654321", caravan.http("/api/ingress/v1/upload"))
                .header("x-rh-request-id", "shared")
                .file(payload(9))
                .send();
        await(() -> json(track("7654321", "shared")).at("/reason").asText().equals("unknown-source"));
        upload().header("x-rh-request-id", "shared").file(payload(9)).send();
        await(() -> status("shared").equals("done"));
        assertThat(json(track("7654321", "shared")).at("/reason").asText()).isEqualTo("unknown-source");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../../etc/passwd", "a b", "${bean:caravan}", "-x", "x'; drop table upload", " "})
    void aRequestIdThatIsNoneIsReplacedByOneOfOurs(String hostile) throws IOException {
        Answer answer = upload().header("x-rh-insights-request-id", hostile)
                .file(payload(10))
                .send();
        assertThat(answer.status()).isEqualTo(202);
        assertThat(UUID.fromString(json(answer).at("/request_id").asText())).isNotNull();
    }

    /** Headers and parameters steer Camel's producers. */
    @Test
    void headersParametersAndNamesOfFilesSteerNothing() throws IOException {
        var address = caravan.http("/api/ingress/v1/upload?CamelKafkaTopic=elsewhere&kafka.OVERRIDE_TOPIC=elsewhere"
                + "&CamelHttpResponseCode=500&CamelFileName=..%2Fx");
        Answer answer = UploadRequest.from(ORGANISATION, address)
                .header("x-rh-request-id", "steered")
                .header("CamelKafkaTopic", "elsewhere")
                .header("kafka.OVERRIDE_TOPIC", "elsewhere")
                .header("CamelHttpResponseCode", "500")
                .header("CamelAwsS3Key", "elsewhere")
                .header("service", "advisor")
                .file("file", "../../x/${bean:caravan}.tar.gz", UploadRequest.OUR_TYPE, Files.readAllBytes(payload(11)))
                .send();
        assertThat(answer.status()).isEqualTo(202);
        assertThat(answer.headers()).doesNotContain("service", "OVERRIDE", "x-rh");
        await(() -> status("steered").equals("done"));
        assertThat(s3.keys()).noneMatch(key -> key.contains("x") && key.contains("/"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"no JSON", "[]", "{\"ip_addresses\": 1}", "null", ""})
    void metadataThatCannotBeReadIsNoReasonToRefuseAnUpload(String metadata) throws IOException {
        String request = UUID.randomUUID().toString();
        assertThat(upload().header("x-rh-request-id", request)
                        .field("metadata", metadata)
                        .file(payload(12))
                        .send()
                        .status())
                .isEqualTo(202);
        JsonNode announced = JSON.readTree(kafka.announcements().stream()
                .filter(message -> message.value().contains(request))
                .findFirst()
                .orElseThrow()
                .value());
        assertThat(announced.at("/metadata"))
                .isEqualTo(JSON.readTree(
                        """
                {"reporter": "", "stale_timestamp": "0001-01-01T00:00:00Z"}"""));
    }

    private UploadRequest upload() {
        return request("/api/ingress/v1/upload");
    }

    private UploadRequest request(String path) {
        return UploadRequest.from(ORGANISATION, caravan.http(path));
    }

    private UploadRequest anonymous(String path) {
        return UploadRequest.anonymous(caravan.http(path));
    }

    private Answer track(String organisation, String requestId) {
        return UploadRequest.from(organisation, caravan.http("/api/ingress/v1/track/" + requestId))
                .get();
    }

    private String status(String requestId) throws IOException {
        var answer = track(ORGANISATION, requestId);
        return answer.status() == 200 ? json(answer).at("/status").asText() : "";
    }

    private static JsonNode json(Answer answer) throws IOException {
        return JSON.readTree(answer.body());
    }

    private static void assertRefused(Answer answer, int status, String text) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.body()).startsWith(text);
        if (text.isEmpty()) {
            assertThat(answer.body()).isEmpty();
        }
    }

    /** What is promised in the contract: status, type and shape. */
    private static void assertFollows(String method, String path, Answer answer) throws IOException {
        String contract = Files.readString(Path.of("src/main/resources/openapi/ingress.json"));
        var report = OpenApiInteractionValidator.createForInlineApiSpecification(contract)
                .withBasePathOverride("/api/ingress/v1")
                .build()
                .validateResponse(
                        "/api/ingress/v1" + path,
                        Request.Method.valueOf(method),
                        new SimpleResponse.Builder(answer.status())
                                .withContentType(answer.contentType())
                                .withBody(answer.body())
                                .build());
        assertThat(report.getMessages()).as(answer.body()).isEmpty();
    }

    private void assertNothingKept() {
        assertThat(s3.keys()).hasSize((int) keptBefore);
        assertThat(kafka.announced()).isEqualTo(announcedBefore);
    }

    private Path payload(int number) {
        Path file = folder.resolve("made-" + number + ".tar.gz");
        return Files.exists(file)
                ? file
                : PayloadWriter.of(CLUSTER, PayloadWriter.uuid(number))
                        .date("2026-10-06T00:04:" + (10 + number) + "Z")
                        .covering(DAY)
                        .reports(ClusterModel.small(1).reports(DAY.first(2)))
                        .writeTo(file);
    }

    private long rows(String query) {
        return caravan.jdbc().queryForObject(query, Long.class);
    }

    private static void await(Callable<Boolean> condition) {
        org.awaitility.Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(50))
                .until(condition);
    }
}
