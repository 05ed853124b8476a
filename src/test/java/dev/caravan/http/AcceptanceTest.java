package dev.caravan.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import dev.caravan.RouteApplication;
import dev.caravan.TestCaravan;
import dev.caravan.TestKafka;
import dev.caravan.TestS3;
import dev.caravan.oracle.ClusterModel;
import dev.caravan.oracle.Hours;
import dev.caravan.oracle.PayloadWriter;
import dev.caravan.upload.UploadRequest;
import dev.caravan.upload.UploadRequest.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The checks by which the hosted service's own chart is accepted, those of uploads, sources and recommendations, under their numbers. Tokens
 * are checked here and not by a gateway in front, and the header of no network is believed.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AcceptanceTest {
    private static final String ORGANISATION = TestCaravan.ORGANISATION;
    private static final String UPLOAD = "/api/ingress/v1/upload";
    private static final String SOURCES = "/api/cost-management/v1/sources";
    private static final String RECOMMENDATIONS = "/api/cost-management/v1/recommendations/openshift";
    private static final String STATUS = "/api/cost-management/v1/status/";
    private static final String CLUSTER = "9a6ff6a8-6e0f-4d5b-9d0e-0a1b2c3d4e5f";
    private static final Hours DAY = Hours.day("2026-10-05");

    @TempDir
    static Path folder;

    private TestIssuer issuer;
    private TestS3 s3;
    private TestKafka kafka;
    private TestAccessService access;
    private TestCaravan caravan;

    @BeforeAll
    void start() {
        issuer = new TestIssuer();
        s3 = new TestS3();
        kafka = new TestKafka();
        Map<String, Object> settings = new HashMap<>(s3.settings());
        settings.putAll(kafka.settings());
        settings.putAll(issuer.settings());
        access = new TestAccessService();
        settings.putAll(access.settings());
        settings.put("caravan.s3.intake-bucket", "");
        settings.put("caravan.uploads.bucket", s3.bucket());
        settings.put("caravan.http.strict", true);
        settings.put("caravan.http.trusted-networks", "10.0.0.0/8");
        settings.put("caravan.http.requests-per-minute", 200);
        caravan = TestCaravan.start(RouteApplication.ALL, settings);
        caravan.addSource(CLUSTER, "accepted");
    }

    @AfterAll
    void stop() {
        caravan.close();
        access.close();
        kafka.close();
        s3.close();
        issuer.close();
    }

    @BeforeEach
    void allowEverything() {
        access.allow(TestAccessService.permission("cost-management:*:read"));
    }

    @Test
    void check1AValidArchiveIsAccepted() {
        assertThat(request(UPLOAD)
                        .file("file", "cost.tgz", "application/vnd.redhat.hccm.filename+tgz", bytes(1))
                        .send()
                        .status())
                .isEqualTo(202);
    }

    @Test
    void check2ABodyOfTextIsABadRequest() {
        assertThat(request(UPLOAD).send("text/plain", "no archive").status()).isEqualTo(400);
    }

    @Test
    void check3AnArchiveWithoutAServiceIsOfAnUnsupportedType() {
        assertThat(request(UPLOAD)
                        .file("file", "cost.tar.gz", "application/gzip", bytes(1))
                        .send()
                        .status())
                .isEqualTo(415);
    }

    /** The header counts for nothing here, since it does not come from the gateway. */
    @Test
    void check5WithoutATokenNothingIsAnswered() {
        for (String path : List.of(UPLOAD, SOURCES, "/api/ingress/v1/track/x")) {
            Answer answer = UploadRequest.from(ORGANISATION, caravan.http(path)).get();
            assertThat(answer.status()).as(path).isIn(401, 405);
            assertUnauthorised(UploadRequest.anonymous(caravan.http(SOURCES)).get());
        }
        assertUnauthorised(
                UploadRequest.anonymous(caravan.http(UPLOAD)).file(payload(1)).send());
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "a.b.c", "Bearer", "eyJhbGciOiJSUzI1NiJ9.e30."})
    void check6AMalformedTokenIsNone(String token) {
        assertUnauthorised(with(token, SOURCES).get());
    }

    @Test
    void check7AForgedSignatureIsNone() throws Exception {
        var stranger = TestIssuer.anotherKey();
        String forged = TestIssuer.signed(
                new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(issuer.key().getKeyID()),
                claims -> claims.claim("org_id", ORGANISATION),
                new RSASSASigner(stranger));
        assertUnauthorised(with(forged, SOURCES).get());
        assertUnauthorised(with(forged, UPLOAD).file(payload(1)).send());
    }

    @Test
    void check8AnExpiredTokenIsNone() {
        assertUnauthorised(with(
                        issuer.token(claims -> claims.claim("org_id", ORGANISATION)
                                .expirationTime(Date.from(Instant.now().minusSeconds(3600)))),
                        SOURCES)
                .get());
    }

    @Test
    void check9ATokenWithoutTheOrganisationIsNone() {
        assertUnauthorised(with(issuer.token(UnaryOperator.identity()), SOURCES).get());
    }

    @Test
    void check10AValidTokenReachesTheStatus() throws IOException {
        Answer answer = request(STATUS).get();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(json(answer).at("/api_version").asInt()).isOne();
    }

    @Test
    void check11RecommendationsAreForThoseWithAToken() {
        assertUnauthorised(
                UploadRequest.anonymous(caravan.http(RECOMMENDATIONS)).get());
        assertUnauthorised(with("x", RECOMMENDATIONS).get());
    }

    @Test
    void check12AUserWithoutPermissionSeesNoRecommendations() {
        access.allow();
        assertThat(request(RECOMMENDATIONS).get().status()).isEqualTo(403);
    }

    @Test
    void check13WhileTheAccessServiceFailsNobodySeesRecommendations() {
        for (int status : new int[] {500, 503}) {
            access.answer(status, "away");
            assertThat(request(RECOMMENDATIONS).get().status()).isEqualTo(403);
        }
    }

    @Test
    void check14APermissionThatIsRevokedCountsNoMore() {
        assertThat(request(RECOMMENDATIONS).get().status()).isEqualTo(200);
        access.allow();
        assertThat(request(RECOMMENDATIONS).get().status()).isEqualTo(403);
    }

    @Test
    void check15AnotherOrganisationReachesNothing() throws IOException {
        String id = json(request(SOURCES).get()).at("/data/0/id").asText();
        assertThat(request(SOURCES + "/" + id).get().status()).isEqualTo(200);
        for (String other : List.of("7654321", "12345678", "123456", "0", "-1234567", "org1234567")) {
            assertThat(with(issuer.token(other), SOURCES + "/" + id).get().status())
                    .as(other)
                    .isEqualTo(404);
            assertThat(json(with(issuer.token(other), SOURCES).get()).at("/data"))
                    .isEmpty();
        }
    }

    @Test
    void check16SixSessionsAtOnceAreAnswered() throws Exception {
        List<Callable<Integer>> sessions = new ArrayList<>();
        for (int session = 0; session < 6; session++) {
            String path = session % 2 == 0 ? SOURCES : RECOMMENDATIONS;
            sessions.add(() -> request(path).get().status());
        }
        var threads = Executors.newFixedThreadPool(6);
        try {
            for (Future<Integer> answered : threads.invokeAll(sessions)) {
                assertThat(answered.get()).isEqualTo(200);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    /** 17 and 45: the list; 18 to 22: its filters, 23: together; 24 to 26: its parts; 27: its shape. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "?cluster=edge",
                "?project=shop",
                "?workload=cart",
                "?workload_type=deployment",
                "?container=web",
                "?cluster=edge&project=shop&workload_type=deployment",
                "?limit=1",
                "?limit=5",
                "?limit=50",
                "?offset=0",
                "?offset=5",
                "?limit=10&offset=5"
            })
    void checks17To27And45RecommendationsAreAListWithItsParts(String query) throws IOException {
        Answer answer = request(RECOMMENDATIONS + query).get();
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(json(answer).at("/data").isArray()).isTrue();
        assertThat(json(answer).at("/meta").fieldNames()).toIterable().containsExactly("count", "limit", "offset");
        assertThat(json(answer).at("/links").isObject()).isTrue();
    }

    /** 4: an upload of a day; 35: the topics; 38: the bucket; 40 to 42: manifest, file and daily summary in the database. */
    @Test
    void checks4And35To42AnUploadEndsInTheDailySummary() {
        assertThat(request(UPLOAD)
                        .header("x-rh-insights-request-id", "e2e")
                        .file(payload(2))
                        .send()
                        .status())
                .isEqualTo(202);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> json(request("/api/ingress/v1/track/e2e").get())
                        .at("/status")
                        .asText()
                        .equals("done"));
        assertThat(kafka.announcements()).anyMatch(message -> message.value().contains("e2e"));
        assertThat(s3.keys()).isNotEmpty();
        assertThat(caravan.jdbc()
                        .queryForList(
                                "select status from org1234567.manifest_file f join org1234567.manifest m"
                                        + " using (source, manifest_uuid) where m.completed_at is not null",
                                String.class))
                .isNotEmpty()
                .allMatch(status -> status.equals("loaded") || status.equals("empty"));
        assertThat(caravan.jdbc()
                        .queryForObject(
                                "select count(*) from org1234567.reporting_ocpusagelineitem_daily_summary",
                                Integer.class))
                .isPositive();
    }

    @Test
    void tooManyRequestsOfAnOrganisationAreHeldBackUntilLater() {
        Answer last = with(issuer.token("busy"), SOURCES).get();
        for (int request = 0; request < 200 && last.status() == 200; request++) {
            last = with(issuer.token("busy"), SOURCES).get();
        }
        assertThat(last.status()).isEqualTo(429);
        assertThat(last.header("Retry-After")).isPresent();
        assertThat(request(SOURCES).get().status()).isEqualTo(200);
    }

    private UploadRequest request(String path) {
        return with(issuer.token(ORGANISATION), path);
    }

    private UploadRequest with(String token, String path) {
        return UploadRequest.anonymous(caravan.http(path)).header("Authorization", "Bearer " + token);
    }

    private static void assertUnauthorised(Answer answer) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(401);
        assertThat(answer.header("WWW-Authenticate")).contains("Bearer");
    }

    private static JsonNode json(Answer answer) throws IOException {
        return JsonMapper.builder().build().readTree(answer.body());
    }

    private static byte[] bytes(int number) {
        try {
            return Files.readAllBytes(payload(number));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static Path payload(int number) {
        Path file = folder.resolve("made-" + number + ".tar.gz");
        return Files.exists(file)
                ? file
                : PayloadWriter.of(CLUSTER, PayloadWriter.uuid(number))
                        .date("2026-10-06T00:04:" + (10 + number) + "Z")
                        .covering(DAY)
                        .reports(ClusterModel.small(1).reports(DAY.first(2)))
                        .writeTo(file);
    }
}
