package dev.caravan.sources;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.RouteApplication;
import dev.caravan.TestCaravan;
import dev.caravan.TestKafka;
import dev.caravan.oracle.ClusterModel;
import dev.caravan.oracle.Hours;
import dev.caravan.oracle.PayloadWriter;
import dev.caravan.payload.Delivery;
import dev.caravan.payload.Delivery.Outcome;
import dev.caravan.sources.SourcesClient.Answer;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The sources registry over HTTP, as metrics operators and others call it. */
class SourcesApiTest {
    private static final String OTHER_ORGANISATION = "7654321";
    private static final String COST = "/api/cost-management/v1";
    private static final Hours DAY = Hours.day("2026-10-05");

    private static TestCaravan caravan;

    @TempDir
    Path folder;

    private final String cluster = UUID.randomUUID().toString();
    private SourcesClient client;

    @BeforeAll
    static void start() {
        caravan = TestCaravan.start(RouteApplication.ALL, Map.of("caravan.replay-interval", 100));
    }

    @AfterAll
    static void stop() {
        caravan.close();
    }

    @BeforeEach
    void forget() {
        for (String table : List.of("audit", "outbox", "quarantine")) {
            caravan.jdbc().update("delete from caravan." + table);
        }
        caravan.jdbc().update("update caravan.source set retired_at = now() where retired_at is null");
        client = client(TestCaravan.ORGANISATION);
    }

    /** The calls of its release 4.4, in its order, with its parameters escaped as it does. */
    @ParameterizedTest
    @CsvSource({
        "/api/sources/v1.0,''",
        "/api/sources/v1.0,/",
        "/api/sources/v3.1,''",
        "/api/cost-management/v1,''",
        "/api/cost-management/v1,/"
    })
    void aMetricsOperatorLooksForItsSourceAndRegistersIt(String prefix, String suffix) {
        var operator = new SourcesClient(caravan.http(prefix), suffix, TestCaravan.ORGANISATION);

        JsonNode types = operator.get("/source_types?filter%5Bname%5D=openshift");
        assertThat(types.at("/meta/count").asInt()).isOne();
        String type = types.at("/data/0/id").asText();
        String named = "filter%5Bname%5D=My+cluster+%2F+1";
        String byCluster = "filter%5Bsource_ref%5D=" + cluster;
        String ofType = "filter%5Bsource_type_id%5D=" + type;
        String wanted = "/sources?" + named + "&" + byCluster + "&" + ofType;
        assertThat(count(operator.get(wanted))).isZero();
        assertThat(count(operator.get("/sources?" + byCluster + "&" + ofType))).isZero();
        assertThat(count(operator.get("/sources?" + named))).isZero();
        JsonNode applications =
                operator.get("/application_types?filter%5Bname%5D=%2Finsights%2Fplatform%2Fcost-management");
        assertThat(applications.at("/meta/count").asInt()).isOne();
        JsonNode source = operator.post(
                "/sources",
                "{\"name\":\"My cluster / 1\",\"source_ref\":\"%s\",\"source_type_id\":\"%s\"}"
                        .formatted(cluster, type));
        operator.post(
                "/applications",
                "{\"application_type_id\":\"%s\",\"source_id\":\"%s\"}"
                        .formatted(
                                applications.at("/data/0/id").asText(),
                                source.get("id").asText()));

        JsonNode found = operator.get(wanted);
        assertThat(count(found)).isOne();
        assertThat(found.at("/data/0/id")).isEqualTo(source.get("id"));
        assertThat(found.at("/data/0/name").asText()).isEqualTo("My cluster / 1");
        assertThat(found.at("/data/0/source_type_id").asText()).isEqualTo(type);
        assertThat(found.at("/data/0/source_ref").asText()).isEqualTo(cluster);
    }

    @Test
    void typesAreWhatTheHostedServiceCallsThem() {
        assertThat(client.get("/source_types").get("data").toString())
                .isEqualTo("[{\"id\":\"1\",\"name\":\"openshift\",\"product_name\":\"OpenShift Container Platform\","
                        + "\"vendor\":\"Red Hat\"}]");
        assertThat(client.get("/application_types").get("data").toString())
                .isEqualTo("[{\"id\":\"2\",\"name\":\"/insights/platform/cost-management\","
                        + "\"display_name\":\"Cost Management\",\"supported_source_types\":[\"openshift\"]}]");
        assertThat(count(client.get("/source_types?name=amazon"))).isZero();
        assertThat(client.get("/application_types?filter[name][eq]=/insights/platform/catalog")
                        .get("data"))
                .isEmpty();
    }

    @Test
    void aSourceIsShownInBothVocabularies() {
        Answer created = client.send(
                "POST",
                "/sources",
                """
                {"name": "Köln ✓", "source_type": "OCP", "authentication": {"credentials": {"cluster_id": "%s"}},
                "billing_source": {}}"""
                        .formatted(cluster));
        JsonNode source = created.ok(201);
        String id = source.get("id").asText();
        assertThat(created.whole().headers().firstValue("Location")).hasValue(COST + "/sources/" + id);
        assertThat(source.get("payloads_to_replay").asInt()).isZero();

        Map<String, Object> row =
                caravan.jdbc().queryForMap("select * from caravan.source where source_id = ?", Long.parseLong(id));
        JsonNode shown = client.get("/sources/" + id);
        assertThat(shown.toString())
                .isEqualTo(
                        """
                        {"id":"%1$s","uuid":"%2$s","name":"Köln ✓","source_type":"OCP","source_type_id":"1",\
                        "source_ref":"%3$s","authentication":{"credentials":{"cluster_id":"%3$s"}},"active":true,\
                        "created_at":"%4$s","tenant":"1234567","applications":["%1$s"]}"""
                                .formatted(
                                        id,
                                        row.get("source_uuid"),
                                        cluster,
                                        shown.get("created_at").asText()));
        assertThat(count(client.get("/sources?name=K%C3%B6ln%20%E2%9C%93"))).isOne();
        JsonNode application =
                client.get("/applications?filter[source_id]=" + id).at("/data/0");
        assertThat(application.get("id").asText()).isEqualTo(id);
        assertThat(application.get("application_type_id").asText()).isEqualTo("2");
        assertThat(client.post("/applications", application(id))).isEqualTo(application);
        assertThat(audited()).containsExactly("http:1234567 source add " + cluster);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{\"source_type_id\": \"1\", \"source_ref\": \"c\"} | name",
                "{\"name\": \"\", \"source_type_id\": \"1\", \"source_ref\": \"c\"} | too short",
                "{\"name\": \"  \", \"source_type_id\": \"1\", \"source_ref\": \"c\"} | 1 to 256 characters",
                "{\"name\": \"a\\u0000b\", \"source_type_id\": \"1\", \"source_ref\": \"c\"} | control characters",
                "{\"name\": \"a\\nb\", \"source_type_id\": \"1\", \"source_ref\": \"c\"} | control characters",
                "{\"name\": \"\\ud800\", \"source_type_id\": \"1\", \"source_ref\": \"c\"} | control characters",
                "{\"name\": 7, \"source_type_id\": \"1\", \"source_ref\": \"c\"} | type",
                "{\"name\": null, \"source_type_id\": \"1\", \"source_ref\": \"c\"} | type",
                "{\"name\": \"n\", \"source_ref\": \"c\"} | source_type_id or source_type is missing",
                "{\"name\": \"n\", \"source_type_id\": \"2\", \"source_ref\": \"c\"} | enum",
                "{\"name\": \"n\", \"source_type_id\": 1, \"source_ref\": \"c\"} | type",
                "{\"name\": \"n\", \"source_type\": \"AWS\", \"source_ref\": \"c\"} | enum",
                "{\"name\": \"n\", \"source_type_id\": \"1\"} | source_ref or authentication",
                "{\"name\": \"n\", \"source_type_id\": \"1\", \"source_ref\": \"\"} | too short",
                "{\"name\": \"n\", \"source_type_id\": \"1\", \"source_ref\": \"c\\td\"} | control characters",
                "{\"name\": \"n\", \"source_type\": \"OCP\", \"authentication\": {}} | credentials",
                "{\"name\": \"n\", \"source_type\": \"OCP\", \"authentication\": {\"credentials\": {}}} | cluster_id",
                "{\"name\": \"n\", \"source_type\": \"OCP\", \"authentication\": [\"c\"]} | type",
                "{\"name\": \"n\", \"source_type_id\": \"1\", \"source_ref\": \"c\","
                        + " \"authentication\": {\"credentials\": {\"cluster_id\": \"d\"}}} | different clusters",
                "[] | type",
                "null | type",
                "\"name\" | type",
                "{\"name\": | parse",
                "{\"name\": \"n\", \"source_type_id\": \"1\", \"source_ref\": \"c\"} {} | no JSON object",
                "name=n&source_type_id=1&source_ref=c | parse"
            })
    void whatIsNoSourceIsRefusedWithTheReason(String body, String reason) {
        assertThat(client.send("POST", "/sources", body).refusal(400)).contains(reason);
        assertNothingIsRegistered();
    }

    @Test
    void namesAndClustersMayBeAsLongAsTheyMayAndNoLonger() {
        assertThat(client.send("POST", "/sources", source("n".repeat(257), "c")).refusal(400))
                .contains("maximum allowed: 256")
                .hasSizeLessThan(300);
        assertThat(client.send("POST", "/sources", source("n", "c".repeat(51))).refusal(400))
                .contains("maximum allowed: 50");
        assertNothingIsRegistered();
        assertThat(client.post("/sources", source("n".repeat(256), "c".repeat(50)))
                        .get("name")
                        .asText())
                .hasSize(256);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/sources?limit=0",
                "/sources?limit=1001",
                "/sources?limit=10.0",
                "/sources?limit=99999999999999999999",
                "/sources?limit=",
                "/sources?limit=1&limit=2",
                "/sources?offset=-1",
                "/sources?offset=1000000001",
                "/sources?name=a&filter[name]=b",
                "/sources?filter[name]=a&filter[name][eq]=a",
                "/sources?filter[source_id]=x",
                "/sources?filter[source_id]=9999999999999999999",
                "/sources?filter[colour]=red",
                "/sources?filter[name][contains]=a",
                "/sources?nmae=a",
                "/source_types?filter[source_ref]=a",
                "/applications?name=a",
                "/sources/x",
                "/sources/-1",
                "/sources/9999999999999999999",
                "/sources/1?id=2"
            })
    void whatIsNoQuestionIsRefusedWithTheReason(String path) {
        assertThat(client.send("GET", path, null).refusal(400)).isNotBlank();
    }

    @Test
    void bodiesHaveALimitAndOnlyOneForm() {
        String tooLong = " ".repeat((1 << 20) + 1);
        assertThat(client.send("POST", "/sources", tooLong).refusal(413)).contains("1048576");
        var chunked =
                BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(tooLong.getBytes(StandardCharsets.UTF_8)));
        assertThat(SourcesClient.send(asked("/sources").POST(chunked)).refusal(413))
                .contains("1048576");
        String deep = "{\"name\": \"n\", \"more\": " + "[".repeat(900) + "]".repeat(900) + "}";
        assertThat(client.send("POST", "/sources", deep).refusal(400)).contains("missing");
        String deeper = "{\"more\": " + "[".repeat(200_000);
        assertThat(client.send("POST", "/sources", deeper).refusal(400)).contains("nesting");
        assertThat(SourcesClient.send(asked("/sources")
                                .setHeader("Content-Type", "text/plain")
                                .POST(BodyPublishers.ofString(source("n", cluster))))
                        .refusal(400))
                .contains("text/plain");
        assertNothingIsRegistered();
    }

    @Test
    void whoeverDoesNotSayWhoHeIsIsToldSoAndNothingElse() {
        for (String path : List.of("/sources", "/sources?limit=0", "/source_types", "/sources/x")) {
            assertThat(SourcesClient.send(client.request(path)).refusal(400)).contains("x-rh-identity");
        }
        assertThat(SourcesClient.send(client.request("/sources").POST(BodyPublishers.ofString("no JSON")))
                        .refusal(400))
                .contains("x-rh-identity");
    }

    @Test
    void nothingOfARequestGoesBackWithTheAnswer() {
        for (String path :
                List.of("/sources", "/sources?limit=0", "/sources/4711", "/sources/1/nowhere", "/openapi.json")) {
            HttpRequest request = asked(path).header("x-secret", "s").build();
            assertThat(SourcesClient.sendUnchecked(request).headers().map().keySet())
                    .as(path)
                    .isSubsetOf("connection", "content-length", "content-type", "date", "transfer-encoding");
        }
    }

    @Test
    void theContractIsShownToAnybody() {
        assertThat(SourcesClient.send(client.request("/openapi.json")).ok(200).at("/servers/0/url"))
                .hasToString("\"" + COST + "\"");
    }

    @Test
    void aClusterIsRegisteredOnceForAnOrganisation() {
        String id = client.post("/sources", source("first", cluster)).get("id").asText();
        assertThat(client.send("POST", "/sources", source("second", cluster)).refusal(409))
                .isEqualTo("cluster " + cluster + " is registered already, as source " + id);
        assertThat(client.get("/sources/" + id).get("name").asText()).isEqualTo("first");

        assertThat(audited()).containsExactly("http:1234567 source add " + cluster);
    }

    @Test
    void whoRegistersAClusterAtTheSameTimeIsToldThatOthersWereFirst() throws Exception {
        SourcesClient others = client("fresh");
        List<Callable<Integer>> requests = IntStream.range(0, 8)
                .<Callable<Integer>>mapToObj(
                        number -> () -> others.send("POST", "/sources", source("name " + number, cluster))
                                .status())
                .toList();
        List<Integer> answers = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(requests.size());
        try {
            for (Future<Integer> answer : threads.invokeAll(requests)) {
                answers.add(answer.get());
            }
        } finally {
            threads.shutdown();
        }
        assertThat(answers).containsOnlyOnce(201).containsOnly(201, 409);
        assertThat(audited()).containsExactly("http:fresh source add " + cluster);
    }

    @Test
    void listsAreFilteredAndCutIntoPagesThatLeadToEachOther() {
        List<String> ids = IntStream.range(0, 7)
                .mapToObj(number -> client.post("/sources", source("name " + number % 2, cluster + "-" + number))
                        .get("id")
                        .asText())
                .toList();
        assertThat(ids(client.get("/sources"))).isEqualTo(ids);
        assertThat(client.get("/sources?limit=3&offset=2&filter[name]=name%200").toString())
                .contains("\"meta\":{\"count\":4,\"limit\":3,\"offset\":2}")
                .contains("\"links\":{\"first\":\"" + COST
                        + "/sources?filter%5Bname%5D=name%200&limit=3&offset=0\",\"next\":null,");
        JsonNode second = client.get("/sources?limit=3&offset=3");
        assertThat(ids(second)).isEqualTo(ids.subList(3, 6));
        assertThat(ids(follow(second, "first"))).isEqualTo(ids.subList(0, 3));
        assertThat(ids(follow(second, "previous"))).isEqualTo(ids.subList(0, 3));
        assertThat(ids(follow(second, "next"))).isEqualTo(ids.subList(6, 7));
        assertThat(ids(follow(second, "last"))).isEqualTo(ids.subList(6, 7));
        assertThat(ids(client.get("/sources?limit=1000&offset=1000000000"))).isEmpty();

        for (String field : List.of("name", "source_ref", "source_type_id", "source_id", "application_type_id")) {
            String value =
                    switch (field) {
                        case "name" -> "name%201";
                        case "source_ref" -> cluster + "-1";
                        case "source_id" -> ids.get(1);
                        case "source_type_id" -> "1";
                        default -> "2";
                    };
            for (String filter : List.of("filter[" + field + "]", "filter[" + field + "][eq]")) {
                assertThat(ids(client.get("/sources?" + filter + "=" + value)))
                        .as(filter)
                        .contains(ids.get(1));
                assertThat(ids(client.get("/sources?" + filter + "=999")))
                        .as(filter)
                        .isEmpty();
            }
        }
        assertThat(ids(client.get("/sources?filter[name]=name%201&filter[source_ref]=" + cluster + "-0")))
                .isEmpty();
        assertThat(ids(client.get("/applications?filter[application_type_id]=2&limit=2")))
                .isEqualTo(ids.subList(0, 2));
        assertThat(ids(client.get("/applications?filter[application_type_id]=3")))
                .isEmpty();
    }

    @Test
    void organisationsNeitherSeeNorRemoveEachOthersSources() {
        SourcesClient others = client(OTHER_ORGANISATION);
        String id = client.post("/sources", source("ours", cluster)).get("id").asText();
        String theirs =
                others.post("/sources", source("theirs", cluster)).get("id").asText();

        assertThat(ids(client.get("/sources"))).containsExactly(id);
        assertThat(ids(others.get("/sources"))).containsExactly(theirs);
        assertThat(ids(others.get("/applications"))).containsExactly(theirs);
        assertThat(count(others.get("/sources?filter[source_id]=" + id))).isZero();
        String unknown = others.send("GET", "/sources/999999", null).refusal(404);
        assertThat(others.send("GET", "/sources/" + id, null).refusal(404)).isEqualTo(unknown);
        assertThat(others.send("DELETE", "/sources/" + id, null).refusal(404)).isEqualTo(unknown);
        assertThat(others.send("POST", "/applications", application(id)).refusal(404))
                .isEqualTo(unknown);
        assertThat(client.get("/sources/" + id).get("tenant").asText()).isEqualTo(TestCaravan.ORGANISATION);
    }

    @Test
    void anOrganisationWhoseIdCanBeNoSchemaHasNoSources() {
        SourcesClient others = client("Acme-Corp");
        assertThat(others.send("POST", "/sources", source("n", cluster)).refusal(400))
                .contains("lower-case");
        assertThat(count(others.get("/sources"))).isZero();
        assertNothingIsRegistered();
    }

    @Test
    void applicationsAreForCostManagementOnly() {
        String id = client.post("/sources", source("n", cluster)).get("id").asText();
        assertThat(client.send("POST", "/applications", application(id).replace("\"2\"", "\"3\""))
                        .refusal(400))
                .contains("enum");
        assertThat(client.send("POST", "/applications", "{\"application_type_id\": \"2\"}")
                        .refusal(400))
                .contains("source_id");
        assertThat(client.send("POST", "/applications", application("999999")).refusal(404))
                .isNotBlank();
    }

    @Test
    void whatWaitedInQuarantineIsLoadedOnceItsClusterIsRegistered() {
        Delivery delivery = caravan.ingest(payload());
        assertThat(delivery.reason()).isEqualTo("unknown-source");

        JsonNode source = client.post("/sources", source("late", cluster));

        assertThat(source.get("payloads_to_replay").asInt()).isOne();
        eventually(() -> rows("caravan.quarantine where resolved_at is null") == 0);
        assertThat(rows("org1234567.reporting_ocpusagelineitem_daily_summary where cluster_id = '" + cluster + "'"))
                .isPositive();
    }

    @Test
    void aDeletedSourceIsGoneAtOnceAndWhatItBroughtSoonAfter() {
        String uuid = client.post("/sources", source("short-lived", cluster))
                .get("uuid")
                .asText();
        String id = client.get("/sources?name=short-lived").at("/data/0/id").asText();
        assertThat(caravan.ingest(payload()).outcome()).isEqualTo(Outcome.LOADED);
        caravan.jdbc()
                .update(
                        "insert into caravan.quarantine (reason, message, origin, org_id, cluster_id)"
                                + " values ('member-conflict', '', 'test', '1234567', ?)",
                        cluster);

        Answer deleted = client.send("DELETE", "/sources/" + id, null);

        assertThat(deleted.status()).isEqualTo(204);
        assertThat(deleted.whole().body()).isEmpty();
        assertThat(client.send("GET", "/sources/" + id, null).status()).isEqualTo(404);
        assertThat(client.send("DELETE", "/sources/" + id, null).status()).isEqualTo(404);
        assertThat(count(client.get("/sources"))).isZero();
        assertThat(count(client.get("/applications"))).isZero();
        eventually(() -> rows("caravan.source where source_id = " + id) == 0);
        assertThat(rows("org1234567.reporting_ocpusagelineitem_daily_summary where source_uuid = '" + uuid + "'"))
                .isZero();
        assertThat(rows("org1234567.payload_claim where source = '" + uuid + "'"))
                .isZero();
        assertThat(rows("caravan.quarantine")).isZero();
        assertThat(audited())
                .containsExactly("http:1234567 source add " + cluster, "http:1234567 source remove " + cluster);

        assertThat(client.post("/sources", source("back", cluster)).get("id").asText())
                .as("a number is given once")
                .isNotEqualTo(id);
    }

    @Test
    void aSourceOfTheSourcesFileIsNotDeletedOverHttp() {
        String id = client.post("/sources", source("listed", cluster)).get("id").asText();
        caravan.jdbc().update("update caravan.source set from_file = true where cluster_id = ?", cluster);
        try {
            assertThat(client.send("DELETE", "/sources/" + id, null).refusal(409))
                    .contains("config/sources.yaml");
            assertThat(client.get("/sources/" + id).get("active").asBoolean()).isTrue();
        } finally {
            caravan.jdbc().update("update caravan.source set from_file = false");
        }
    }

    private static SourcesClient client(String organisation) {
        return new SourcesClient(caravan.http(COST), "", organisation);
    }

    private HttpRequest.Builder asked(String path) {
        return client.request(path).header("x-rh-identity", TestKafka.identity(TestCaravan.ORGANISATION));
    }

    private JsonNode follow(JsonNode list, String link) {
        return client.get(list.at("/links/" + link).asText().substring(COST.length()));
    }

    private static String source(String name, String cluster) {
        return "{\"name\": \"%s\", \"source_type_id\": \"1\", \"source_ref\": \"%s\"}".formatted(name, cluster);
    }

    private static String application(String source) {
        return "{\"source_id\": \"%s\", \"application_type_id\": \"2\"}".formatted(source);
    }

    private static int count(JsonNode list) {
        assertThat(list.get("data").size()).isEqualTo(list.at("/meta/count").asInt());
        return list.get("data").size();
    }

    private static List<String> ids(JsonNode list) {
        return StreamSupport.stream(list.get("data").spliterator(), false)
                .map(entry -> entry.get("id").asText())
                .toList();
    }

    private void assertNothingIsRegistered() {
        assertThat(rows("caravan.source where retired_at is null")).isZero();
        assertThat(audited()).isEmpty();
    }

    private static List<String> audited() {
        return caravan.jdbc()
                .queryForList(
                        "select actor || ' ' || action || ' ' || (details ->> 'cluster') from caravan.audit order by audit_id",
                        String.class);
    }

    private static int rows(String table) {
        return caravan.jdbc().queryForObject("select count(*) from " + table, Integer.class);
    }

    private static void eventually(Callable<Boolean> condition) {
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(50))
                .until(condition);
    }

    private Path payload() {
        return PayloadWriter.of(cluster, PayloadWriter.uuid(1))
                .date("2026-10-06T00:04:59Z")
                .covering(DAY)
                .reports(ClusterModel.small(1).reports(DAY.first(2)))
                .writeTo(folder.resolve("payload.tar.gz"));
    }
}
