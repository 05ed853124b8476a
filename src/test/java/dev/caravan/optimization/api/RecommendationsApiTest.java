package dev.caravan.optimization.api;

import static dev.caravan.http.TestAccessService.permission;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.TestCaravan;
import dev.caravan.TestKafka;
import dev.caravan.http.TestAccessService;
import dev.caravan.upload.UploadRequest.Answer;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Recommendations over HTTP, as the pages of the hosted service and scripts ask for them. */
class RecommendationsApiTest {
    private static final String LIST = "/openshift";
    private static final String NAMESPACES = "/openshift/namespace";
    private static final String OTHER_CLUSTER = "2b36b20f-7fa0-4454-a6d2-008294e06378";

    static final List<String> ROUTES =
            List.of("api/*.yaml", "intake/receive-upload.yaml", "operations/on-request-failure.yaml");

    private static TestAccessService access;
    private static TestCaravan caravan;
    private static StoredRecommendations stored;
    private static RecommendationsClient client;

    private long cluster;
    private long cart;

    @BeforeAll
    static void start() {
        access = new TestAccessService();
        Map<String, Object> settings = access.settings();
        settings.put("caravan.optimization.api.page-entries", 20);
        settings.put("caravan.optimization.api.csv-sets", 15);
        caravan = TestCaravan.start(ROUTES, settings);
        stored = new StoredRecommendations(caravan);
        client = client(TestCaravan.ORGANISATION);
    }

    @AfterAll
    static void stop() {
        caravan.close();
        access.close();
    }

    @BeforeEach
    void addCart() {
        access.allow(permission("cost-management:*:read"));
        stored.forget();
        cluster = stored.cluster(
                TestCaravan.ORGANISATION, StoredRecommendations.CLUSTER, "edge-1", "2026-03-02T00:10:00Z");
        cart = stored.workload(cluster, "shop", "deployment", "cart", "web", "proxy");
    }

    @Test
    void aListShowsWhoseRecommendationsTheyAreAndNoBoxPlots() {
        UUID id = stored.container(cart, "web");
        JsonNode list = client.get(LIST);
        JsonNode recommendations = list.at("/data/0/recommendations");
        assertThat(list.get("data")).hasSize(1);
        assertThat(list.at("/data/0").toString())
                .isEqualTo("{\"cluster_alias\":\"edge-1\",\"cluster_uuid\":\"" + StoredRecommendations.CLUSTER
                        + "\",\"container\":\"web\",\"id\":\"" + id
                        + "\",\"last_reported\":\"2026-03-02T00:10:00Z\",\"project\":\"shop\",\"recommendations\":"
                        + recommendations
                        + ",\"source_id\":\"42\",\"workload\":\"cart\",\"workload_type\":\"deployment\"}");
        assertThat(recommendations.at("/monitoring_end_time").asText()).isEqualTo("2026-03-02T00:00:00Z");
        assertThat(recommendations.at("/current/limits/cpu").toString())
                .isEqualTo("{\"amount\":2.034,\"format\":\"\"}");
        assertThat(recommendations.at("/recommendation_terms").fieldNames())
                .toIterable()
                .containsExactlyInAnyOrder("short_term", "medium_term", "long_term");
        assertThat(recommendations.toString()).doesNotContain("plots");
        assertThat(list.get("meta").toString()).isEqualTo("{\"count\":1,\"limit\":10,\"offset\":0}");
        assertThat(list.get("links").toString())
                .isEqualTo("{\"first\":\"" + RecommendationsClient.BASE + "/openshift?limit=10&offset=0\",\"last\":\""
                        + RecommendationsClient.BASE + "/openshift?limit=10&offset=10\"}");
    }

    @Test
    void oneSetIsShownWithItsBoxPlotsAndMemoryInMebibytes() {
        UUID id = stored.container(cart, "web");
        for (String path : List.of("/openshift/", "/openshift/container/")) {
            JsonNode shown = client.get(path + id);
            String term = "/recommendations/recommendation_terms/short_term";
            assertThat(shown.at("/id").asText()).isEqualTo(id.toString());
            assertThat(shown.at("/recommendations/current/requests/memory").toString())
                    .isEqualTo("{\"amount\":1024,\"format\":\"Mi\"}");
            assertThat(shown.at(term + "/plots/datapoints").asInt()).isEqualTo(4);
            assertThat(client.get(path + id + "?memory-unit=bytes&cpu-unit=millicores&true-units=true")
                            .at(term + "/recommendation_engines/cost/config/requests")
                            .toString())
                    .isEqualTo("{\"cpu\":{\"amount\":64,\"format\":\"millicores\"},"
                            + "\"memory\":{\"amount\":536870912,\"format\":\"bytes\"}}");
        }
    }

    @Test
    void whatTheDatabaseRecommendsIsShown() {
        caravan.jdbc()
                .update(
                        """
                        with the_end as (
                            update ros.workloads set metrics_upload_at = date_trunc('second', now()) where id = ?
                            returning id, metrics_upload_at
                        )
                        insert into ros.workload_metrics (workload_id, container_name, interval_start, interval_end, org_id,
                            cpu_request_avg, memory_request_avg, memory_limit_avg, cpu_usage_max, memory_usage_max,
                            memory_usage_min)
                        select id, 'web', until - interval '899 seconds', until, '1234567', 1, 1073741824, 1073741824, 0.064131,
                            513900544, 510009344
                        from the_end
                        cross join lateral generate_series(
                            metrics_upload_at - interval '1 day', metrics_upload_at, interval '15 minutes') until
                        """,
                        cart);
        caravan.jdbc().queryForList("select caravan.store_recommendations(array[?::bigint])", cart);
        String cost = "/recommendations/recommendation_terms/short_term/recommendation_engines/cost";
        JsonNode set = client.get(LIST).at("/data/0");
        assertThat(set.at(cost + "/config/limits").toString())
                .isEqualTo(
                        "{\"cpu\":{\"amount\":0.064,\"format\":\"\"},\"memory\":{\"amount\":517986304,\"format\":\"bytes\"}}");
        assertThat(set.at(cost + "/variation/requests").toString())
                .isEqualTo(
                        "{\"cpu\":{\"amount\":-93.5,\"format\":\"percent\"},\"memory\":{\"amount\":-51.757,\"format\":\"percent\"}}");
        assertThat(client.get("/openshift/" + set.get("id").asText())
                        .at(cost + "/config/requests/memory/amount")
                        .asDouble())
                .isEqualTo(493.99);
        assertThat(client.ask(LIST + "?format=csv").body().lines()).hasSize(1 + 2);
    }

    @Test
    void quotasOfNamespacesHaveTheirOwnList() {
        UUID id = stored.namespace(stored.workload(cluster, "shop", "namespace", "shop"), "shop");
        stored.container(cart, "web");
        JsonNode list = client.get(NAMESPACES + "?project=SHO");
        assertThat(RecommendationsClient.values(list, "id")).containsExactly(id.toString());
        assertThat(list.at("/data/0").fieldNames())
                .toIterable()
                .containsExactly(
                        "cluster_alias",
                        "cluster_uuid",
                        "id",
                        "last_reported",
                        "project",
                        "recommendations",
                        "source_id");
        assertThat(list.at("/data/0/recommendations/current/requests/memory/format")
                        .asText())
                .isEqualTo("bytes");
        assertThat(client.get(NAMESPACES + "/" + id)
                        .at("/recommendations/recommendation_terms/short_term/plots")
                        .isObject())
                .isTrue();
        assertThat(client.refusal(404, "/openshift/" + id)).isEqualTo("recommendation not found");
    }

    @Test
    void containerAndNamespaceAreListsAndNoIds() {
        stored.container(cart, "web");
        assertThat(client.list("/openshift/container", "container")).containsExactly("web");
        assertThat(client.get(NAMESPACES).get("data")).isEmpty();
        assertThat(client.get("/openshift/openapi.json").at("/servers/0/url").asText())
                .isEqualTo(RecommendationsClient.BASE);
    }

    @Test
    void variationIsOrderedByTheDisplayedPercentage() {
        String[] containers = {"lower", "higher"};
        double[][] bytes = {{1152385, 3146804}, {1143997, 3144707}};
        for (int i = 0; i < containers.length; i++) {
            UUID id = stored.container(cart, containers[i]);
            caravan.jdbc()
                    .update(
                            "update ros.recommendation_sets set memory_variation_short_cost_pct = caravan.change_in_percent("
                                    + " trunc((? / 1048576 * 100)::numeric) / 100, trunc((? / 1048576 * 100)::numeric) / 100) where id = ?",
                            bytes[i][0],
                            bytes[i][1],
                            id);
        }
        JsonNode list = client.get(LIST + "?order_by=memory_variation_short_cost&order_how=asc");
        assertThat(RecommendationsClient.values(list, "container")).containsExactly("lower", "higher");
        assertThat(shownPercentage(list, 0)).isEqualTo(36.333);
        assertThat(shownPercentage(list, 1)).isEqualTo(36.454);
    }

    @Test
    void percentagesAtTheirBoundAreShownAsTheyAreStored() {
        stored.container(
                cart, "web", Instant.now(), Map.of("memory_variation_short_cost_pct", new BigDecimal("999999.9999")));
        assertThat(shownPercentage(client.get(LIST), 0)).isEqualTo(999999.9999);
    }

    @Test
    void setsWithoutAValueComeLastInEitherOrder() {
        Instant end = Instant.now();
        stored.container(cart, "none", end, Map.of());
        stored.container(cart, "one", end, Map.of("cpu_request_current", BigDecimal.ONE));
        stored.container(cart, "two", end, Map.of("cpu_request_current", BigDecimal.valueOf(2)));
        assertThat(client.list(LIST + "?order_by=cpu_request_current", "container"))
                .containsExactly("two", "one", "none");
        assertThat(client.list(LIST + "?order_by=cpu_request_current&order_how=ASC", "container"))
                .containsExactly("one", "two", "none");
    }

    @Test
    void everyListedOrderIsOne() {
        stored.container(cart, "web");
        for (JsonNode order : client.get("/openshift/openapi.json").at("/components/parameters/OrderBy/schema/enum")) {
            assertThat(client.list(LIST + "?order_by=" + order.asText(), "container"))
                    .containsExactly("web");
        }
        for (JsonNode order :
                client.get("/openshift/openapi.json").at("/components/parameters/NamespaceOrderBy/schema/enum")) {
            assertThat(client.get(NAMESPACES + "?order_by=" + order.asText()).get("data"))
                    .isEmpty();
        }
    }

    @Test
    void withoutDatesThisMonthIsListedAndWithThemTheirDays() {
        LocalDate month = LocalDate.now(ZoneOffset.UTC).withDayOfMonth(1);
        Instant begin = month.atStartOfDay(ZoneOffset.UTC).toInstant();
        stored.container(cart, "before", begin.minusSeconds(1), Map.of());
        stored.container(cart, "first", begin, Map.of());
        stored.container(cart, "later", Instant.now().plusSeconds(3600), Map.of());
        stored.container(cart, "old", Instant.parse("2023-03-24T23:59:59Z"), Map.of());
        stored.container(cart, "older", Instant.parse("2023-03-25T00:00:00Z"), Map.of());
        assertThat(client.list(LIST, "container")).containsExactly("first");
        assertThat(client.list(LIST + "?start_date=2023-03-23&end_date=2023-03-24", "container"))
                .containsExactly("old");
        assertThat(client.get(LIST + "?start_date=1970-01-01").at("/meta/count").asInt())
                .isEqualTo(4);
    }

    @ParameterizedTest
    @CsvSource({
        "project=shop, web",
        "project=HO, web",
        "project=s%25p, ''",
        "project=bank&project=shop, db:web",
        "filter[exact:project]=sho, ''",
        "filter%5Bexact%3Aproject%5D=bank, db",
        "exclude[project]=shop, db",
        "exclude[project]=shop&exclude[project]=bank, ''",
        "project=shop&filter[exact:project]=bank, db:web",
        "project=an&filter[exact:project]=an, ''",
        "workload=car, web",
        "filter[exact:workload]=cart, web",
        "exclude[workload]=cart, db",
        "workload_type=deployment, web",
        "filter[exact:workload_type]=statefulset, db",
        "exclude[workload_type]=statefulset, web",
        "container=b, db:web",
        "filter[exact:container]=db, db",
        "exclude[container]=db, web",
        "cluster=EDGE, web",
        "filter[exact:cluster]=edge, ''",
        "exclude[cluster]=edge-1, db",
        "cluster=1B36B20F-7fa0-4454-a6d2-008294e06378, web",
        "exclude[cluster]=1b36b20f-7fa0-4454-a6d2-008294e06378, db",
        "cluster=1b36b20f, ''",
        "cluster=edge&project=shop&workload_type=deployment, web",
        "cluster=edge&project=bank, ''",
        "cluster=&project=&unknown=x, db:web"
    })
    void filtersNarrowTheList(String query, String containers) {
        stored.container(cart, "web");
        long other = stored.cluster(TestCaravan.ORGANISATION, OTHER_CLUSTER, "core", null);
        stored.container(stored.workload(other, "bank", "statefulset", "ledger", "db"), "db");
        assertThat(String.join(":", client.list(LIST + "?order_by=container&order_how=asc&" + query, "container")))
                .isEqualTo(containers);
    }

    @Test
    void aContainerMayHaveTheLongestNameThatKubernetesAllowsAndOneMore() {
        String name = "c".repeat(64);
        stored.container(cart, name);
        assertThat(client.list(LIST + "?filter[exact:container]=" + name, "container"))
                .containsExactly(name);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "5, 5", "10, 10", "50, 20", "-1, 20", "0, 0", "many, 10"})
    void aListIsNoLongerThanAskedFor(String limit, int expected) {
        addContainers(25);
        JsonNode list = client.get(LIST + "?limit=" + limit);
        assertThat(list.get("data")).hasSize(expected);
        assertThat(list.at("/meta/count").asInt()).isEqualTo(25);
        assertThat(list.at("/meta/limit").asInt()).isEqualTo(expected);
    }

    @Test
    void followingTheLinksShowsEverySetOnce() {
        addContainers(25);
        List<String> seen = new ArrayList<>();
        String next =
                RecommendationsClient.BASE + LIST + "?limit=10&offset=0&filter[exact:project]=shop&order_by=container";
        JsonNode list = null;
        while (next != null) {
            list = RecommendationsClient.json(client.send(next, null));
            seen.addAll(RecommendationsClient.values(list, "container"));
            next = list.at("/links/next").asText(null);
        }
        assertThat(seen).hasSize(25).doesNotHaveDuplicates();
        assertThat(list.at("/links/previous").asText())
                .isEqualTo(RecommendationsClient.BASE
                        + "/openshift?limit=10&offset=10&filter[exact:project]=shop&order_by=container");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 5, 10, 1000})
    void aListBeginsAtItsOffset(int offset) {
        addContainers(12);
        JsonNode list = client.get(LIST + "?limit=10&offset=" + offset);
        assertThat(list.get("data")).hasSize(Math.max(0, Math.min(10, 12 - offset)));
        assertThat(list.at("/meta/offset").asInt()).isEqualTo(offset);
        assertThat(list.at("/links").has("previous")).isEqualTo(offset > 0);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                LIST + "?limit=-2 | limit cannot be less than -1",
                LIST + "?order_by=id;drop | invalid order_by value: id;drop",
                LIST + "?order_how=down | invalid order_how value: down",
                LIST + "?start_date=2026-13-01 | invalid start_date value: 2026-13-01",
                LIST + "?end_date=x | invalid end_date value: x",
                LIST + "?cpu-unit=MiB | invalid cpu-unit value: MiB",
                LIST + "?memory-unit=cores | invalid memory-unit value: cores",
                LIST + "?format=xml | invalid format value: xml",
                LIST + "?workload_type=cronjob | invalid workload_type",
                LIST + "?project=a&exclude[project]=a | project has the same value wanted and excluded",
                LIST + "?project=%00 | a parameter has a character that is not allowed",
                NAMESPACES + "?order_by=workload | invalid order_by value: workload",
                NAMESPACES + "?end_date=x | invalid end_date value: x",
                "/openshift/1 | bad recommendation_id",
                "/openshift/1-1-1-1-1 | bad recommendation_id",
                "/openshift/container/x?recommendation-id=2b36b20f-7fa0-4454-a6d2-008294e06378 | bad recommendation_id",
                NAMESPACES + "/x | bad recommendation_id"
            })
    void whatCannotBeAskedIsRefusedWithTheReason(String path, String reason) {
        assertThat(client.refusal(400, path.replace(";", "%3B"))).isEqualTo(reason);
    }

    @Test
    void whatIsNotThereIsNotFound() {
        for (String path : List.of("/openshift/", "/openshift/container/", NAMESPACES + "/")) {
            assertThat(client.refusal(404, path + UUID.randomUUID())).isEqualTo("recommendation not found");
        }
        assertThat(client.send(RecommendationsClient.BASE + "/openshift/a/b/c", null)
                        .status())
                .isEqualTo(404);
    }

    @Test
    void namespacesHaveNoCsv() {
        assertThat(client.refusal(406, NAMESPACES + "?format=csv")).isEqualTo("there is no CSV of this list");
        assertThat(client.ask(NAMESPACES, "text/csv").status()).isEqualTo(406);
        assertThat(client.ask(NAMESPACES, "*/*").status()).isEqualTo(200);
    }

    @Test
    void aCsvHoldsWhatTheListHoldsWithARowForEachTermAndEngine() {
        caravan.jdbc().update("update ros.clusters set cluster_alias = '=1+1, \"x\"'");
        UUID id = stored.container(cart, "web");
        Answer answer = client.ask(LIST + "?format=csv&limit=1&cluster=1%2B1");
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.contentType()).startsWith("text/csv");
        assertThat(answer.header("Content-Disposition").orElseThrow())
                .matches("attachment; filename=recommendations-\\d{8}\\.csv");
        List<String> lines = answer.body().lines().toList();
        assertThat(lines).hasSize(3);
        assertThat(lines.get(0)).isEqualTo(String.join(",", CsvRows.header()));
        assertThat(lines.get(1))
                .startsWith(
                        id + "," + StoredRecommendations.CLUSTER
                                + ",\"'=1+1, \"\"x\"\"\",web,shop,cart,deployment,2026-03-02 00:10:00 +0000 UTC,42,2.034,,,,1,,1073741824,bytes,")
                .contains(",short_term,24.7,2026-03-01 00:00:00 +0000 UTC,cost,");
        assertThat(lines.get(2)).contains(",performance,");
        assertThat(client.ask(LIST, "text/csv").contentType()).startsWith("text/csv");
        assertThat(client.ask(LIST + "?format=csv", "application/json").contentType())
                .startsWith("application/json");
    }

    @Test
    void aCsvHasABoundAndBeginsAtItsOffset() {
        addContainers(20);
        assertThat(client.ask(LIST + "?format=csv&limit=2").body().lines()).hasSize(1 + 15 * 2);
        assertThat(client.ask(LIST + "?format=csv&offset=18").body().lines()).hasSize(1 + 2 * 2);
        assertThat(client.ask(LIST + "?format=csv&project=nowhere").body().lines())
                .hasSize(1);
    }

    @Test
    void amountsAreTheSameInJsonAndCsv() {
        stored.container(cart, "web");
        for (String units : List.of("", "&cpu-unit=millicores&memory-unit=GiB&true-units=true")) {
            JsonNode limit = client.get(LIST + "?format=json" + units)
                    .at(
                            "/data/0/recommendations/recommendation_terms/short_term/recommendation_engines/cost/config/limits/cpu");
            String[] row = client.ask(LIST + "?format=csv" + units)
                    .body()
                    .lines()
                    .toList()
                    .get(1)
                    .split(",");
            assertThat(row[22]).isEqualTo(limit.get("amount").asText());
            assertThat(row[23]).isEqualTo(limit.get("format").asText());
        }
    }

    @Test
    void workloadsAreListedWithTheirContainers() {
        long namespace = stored.workload(cluster, "shop", "namespace", "shop");
        JsonNode list = client.get("/openshift/workloads");
        assertThat(RecommendationsClient.values(list, "id"))
                .containsExactly(Long.toString(cart), Long.toString(namespace));
        assertThat(list.at("/data/0").toString())
                .isEqualTo("{\"cluster_alias\":\"edge-1\",\"cluster_uuid\":\"" + StoredRecommendations.CLUSTER
                        + "\",\"containers\":[\"web\",\"proxy\"],\"id\":\"" + cart
                        + "\",\"last_reported\":\"2026-03-02T00:00:00Z\",\"project\":\"shop\",\"source_id\":\"42\","
                        + "\"workload\":\"cart\",\"workload_type\":\"deployment\"}");
        assertThat(list.at("/data/1/containers")).isEmpty();
        assertThat(list.at("/meta/count").asInt()).isEqualTo(2);
        assertThat(client.list("/openshift/workloads?limit=1&offset=1", "id"))
                .containsExactly(Long.toString(namespace));
        assertThat(client.refusal(400, "/openshift/workloads?limit=-7")).contains("-1");
        assertThat(client.list("/openshift/workloads?workload=CAR&cluster=" + StoredRecommendations.CLUSTER, "id"))
                .containsExactly(Long.toString(cart));
        assertThat(client.list("/openshift/workloads?exclude[workload_type]=deployment", "id"))
                .containsExactly(Long.toString(namespace));
        assertThat(client.list("/openshift/workloads?filter[exact:cluster]=edge", "id"))
                .isEmpty();
    }

    @Test
    void theAddressesOfOlderClientsLeadToTheSame() {
        UUID id = stored.container(cart, "web");
        String old = "/api/ros/v1/recommendations";
        for (String suffix : List.of("", "/", "/container", "/" + id, "/namespace", "/openapi.json")) {
            assertThat(client.send(old + suffix, null).body())
                    .as(suffix)
                    .isEqualTo(client.send(RecommendationsClient.BASE + LIST + suffix, null)
                            .body());
        }
        assertThat(RecommendationsClient.json(client.send("/api/ros/v1/workloads", null)))
                .isEqualTo(client.get("/openshift/workloads"));
        assertThat(nobody().send("/status", null).body()).isEqualTo("{\"api-server\":\"working\"}");
    }

    @Test
    void anotherOrganisationSeesNothing() {
        UUID container = stored.container(cart, "web");
        UUID namespace = stored.namespace(stored.workload(cluster, "shop", "namespace", "shop"), "shop");
        for (String organisation : List.of("7654321", "12345678", "123456", "0", "-1234567", "org1234567")) {
            RecommendationsClient other = client(organisation);
            for (String list : List.of(LIST, NAMESPACES, "/openshift/workloads")) {
                assertThat(other.get(list).get("data")).as(organisation + list).isEmpty();
                assertThat(other.get(list).at("/meta/count").asInt()).isZero();
            }
            assertThat(other.ask(LIST + "?format=csv").body().lines()).hasSize(1);
            assertThat(other.refusal(404, "/openshift/" + container)).isNotEmpty();
            assertThat(other.refusal(404, NAMESPACES + "/" + namespace)).isNotEmpty();
        }
    }

    @Test
    void aUserSeesTheClustersAndProjectsHeMaySeeAndNoOthers() {
        UUID web = stored.container(cart, "web");
        UUID quota = stored.namespace(stored.workload(cluster, "shop", "namespace", "shop"), "shop");
        long other = stored.cluster(TestCaravan.ORGANISATION, OTHER_CLUSTER, "core", null);
        UUID database = stored.container(stored.workload(other, "bank", "statefulset", "ledger", "db"), "db");

        assertVisible(List.of(web, database), quota, 3);
        String clusters = "cost-management:openshift.cluster:read";
        String projects = "cost-management:openshift.project:read";
        access.allow(permission(clusters, OTHER_CLUSTER));
        assertVisible(List.of(database), null, 1);
        access.allow(permission(clusters, OTHER_CLUSTER, StoredRecommendations.CLUSTER), permission(projects, "shop"));
        assertVisible(List.of(web), quota, 2);
        access.allow(permission(clusters, OTHER_CLUSTER), permission(projects, "shop"));
        assertVisible(List.of(), null, 0);
        access.allow(permission(clusters), permission(projects, "bank", "'; drop table ros.clusters; --"));
        assertVisible(List.of(database), null, 1);
        assertThat(client.refusal(404, "/openshift/" + web)).isEqualTo("recommendation not found");
        assertThat(client.refusal(404, NAMESPACES + "/" + quota)).isEqualTo("recommendation not found");
        assertThat(client.get("/openshift/" + database).at("/container").asText())
                .isEqualTo("db");
    }

    /** @param quota null for none that is visible */
    private static void assertVisible(List<UUID> containers, UUID quota, int workloads) {
        assertThat(client.list(LIST, "id"))
                .containsExactlyInAnyOrderElementsOf(
                        containers.stream().map(UUID::toString).toList());
        assertThat(client.ask(LIST + "?format=csv").body().lines()).hasSize(1 + 2 * containers.size());
        assertThat(client.list(NAMESPACES, "id")).isEqualTo(quota == null ? List.of() : List.of(quota.toString()));
        assertThat(client.get("/openshift/workloads").at("/meta/count").asInt()).isEqualTo(workloads);
    }

    @Test
    void aUserWithoutPermissionIsToldNothing() {
        UUID id = stored.container(cart, "web");
        access.allow(permission("cost-management:openshift.node:read"));
        for (String path : List.of(
                LIST,
                LIST + "?format=csv",
                LIST + "?limit=-2",
                NAMESPACES,
                "/openshift/" + id,
                NAMESPACES + "/" + id,
                "/openshift/workloads")) {
            Answer answer = client.ask(path);
            assertThat(answer.status()).as(path).isEqualTo(403);
            assertThat(answer.body()).isEqualTo("{\"message\":\"User is not authorized\"}");
        }
        assertThat(client.get("/openshift/openapi.json").at("/openapi").asText())
                .startsWith("3.");
    }

    @Test
    void whoeverDoesNotSayWhoHeIsIsToldSoAndNothingElse() {
        stored.container(cart, "web");
        for (String path : List.of(LIST, LIST + "?limit=-2", NAMESPACES, "/openshift/1", "/openshift/workloads")) {
            assertThat(nobody().refusal(400, path)).contains("x-rh-identity");
        }
        assertThat(nobody().get("/openshift/openapi.json").at("/openapi").asText())
                .startsWith("3.");
    }

    @Test
    void nothingOfARequestGoesBackWithTheAnswer() {
        stored.container(cart, "web");
        for (String path : List.of(LIST, LIST + "?format=csv", LIST + "?limit=-2", "/openshift/1")) {
            assertThat(client.ask(path).headers().toLowerCase().lines().map(line -> line.replaceFirst(":.*", "")))
                    .as(path)
                    .isSubsetOf(
                            "connection",
                            "content-disposition",
                            "content-length",
                            "content-type",
                            "date",
                            "keep-alive",
                            "transfer-encoding");
        }
    }

    private void addContainers(int count) {
        for (int i = 0; i < count; i++) {
            stored.container(cart, "c%02d".formatted(i));
        }
    }

    private static double shownPercentage(JsonNode list, int entry) {
        return list.at(
                        "/data/" + entry
                                + "/recommendations/recommendation_terms/short_term/recommendation_engines/cost/variation/requests/memory/amount")
                .asDouble();
    }

    private static RecommendationsClient client(String organisation) {
        return new RecommendationsClient(server(), "x-rh-identity", TestKafka.identity(organisation));
    }

    private static RecommendationsClient nobody() {
        return new RecommendationsClient(server(), null, null);
    }

    private static URI server() {
        return caravan.http("");
    }
}
