package dev.caravan.optimization.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.caravan.CaravanSettings.Optimization.Api;
import dev.caravan.http.RequestRefusedException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.web.util.UriComponentsBuilder;

class RecommendationQueryTest {
    private static final Instant NOW = Instant.parse("2026-03-17T12:34:56Z");

    @Test
    void withoutDatesTheMonthUpToNowIsLookedAt() throws RequestRefusedException {
        RecommendationQuery query = query("");
        assertThat(query.from()).isEqualTo(Instant.parse("2026-03-01T00:00:00Z"));
        assertThat(query.until()).isEqualTo(NOW);
    }

    @Test
    void theDayOfTheEndDateCounts() throws RequestRefusedException {
        RecommendationQuery query = query("start_date=2023-03-23&end_date=2023-03-24");
        assertThat(query.from()).isEqualTo(Instant.parse("2023-03-23T00:00:00Z"));
        assertThat(query.until()).isEqualTo(Instant.parse("2023-03-25T00:00:00Z"));
    }

    @Test
    void whatIsNoNumberIsTheDefault() throws RequestRefusedException {
        for (String text : new String[] {"", "limit=&offset=", "limit=x&offset=y", "limit=1.5&offset=-3"}) {
            assertThat(query(text).paging().limit()).as(text).isEqualTo(10);
            assertThat(query(text).paging().offset()).as(text).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "5, 5", "100, 100", "101, 100", "-1, 100", "2147483647, 100"})
    void aLimitHasABoundAndMinusOneIsAsMuchAsItAllows(String asked, int limit) throws RequestRefusedException {
        assertThat(query("limit=" + asked).paging().limit()).isEqualTo(limit);
    }

    @ParameterizedTest
    @CsvSource({
        "'', c.last_reported_at desc nulls last",
        "order_by=project, w.namespace desc nulls last",
        "order_by=project&order_how=ASC, w.namespace asc",
        "order_by=cpu_variation_long_performance&order_how=Desc, s.cpu_variation_long_performance_pct desc nulls last"
    })
    void nullsComeLastEitherWay(String text, String order) throws RequestRefusedException {
        assertThat(query(text).order()).isEqualTo(order);
    }

    @Test
    void includedValuesMayBeAnywhereInTheNameAndExactOnesAreTheName() throws RequestRefusedException {
        assertThat(condition("container=a&container=b%25_"))
                .isEqualTo("and (s.container_name ilike any (:container_like)) {container_like=[%a%, %b\\%\\_%]}");
        assertThat(condition("filter[exact:container]=a&filter[exact:container]=b"))
                .isEqualTo("and (s.container_name = any (:container_equal)) {container_equal=[a, b]}");
        assertThat(condition("exclude[container]=a&exclude[container]=b"))
                .isEqualTo("and s.container_name <> all (:container_not) {container_not=[a, b]}");
        assertThat(condition("container=&filter[exact:container]=&exclude[container]="))
                .isEqualTo(" {}");
    }

    @Test
    void anExactValueBeatsTheSameValueIncluded() throws RequestRefusedException {
        assertThat(condition("project=a&project=b&filter[exact:project]=a"))
                .isEqualTo("and (w.namespace ilike any (:project_like) or w.namespace = any (:project_equal))"
                        + " {project_equal=[a], project_like=[%b%]}");
    }

    @Test
    void aClusterIsFoundByItsWholeIdOrAPartOfItsAlias() throws RequestRefusedException {
        String id = "1B36B20F-7fa0-4454-a6d2-008294e06378";
        assertThat(condition("cluster=" + id))
                .isEqualTo("and (lower(c.cluster_uuid) = any (:cluster_uuid_equal)) {cluster_uuid_equal=["
                        + id.toLowerCase() + "]}");
        assertThat(condition("cluster=edge"))
                .contains("c.cluster_alias ilike any")
                .contains("[%edge%]");
        assertThat(condition("cluster=edge&cluster=" + id)).contains(" or ");
        assertThat(condition("exclude[cluster]=" + id)).startsWith("and lower(c.cluster_uuid) <> all");
    }

    @Test
    void aTypeOfWorkloadIsComparedAsAWhole() throws RequestRefusedException {
        assertThat(condition("workload_type=deployment&filter[exact:workload_type]=daemonset"))
                .isEqualTo("and (w.workload_type = any (:workload_type_equal))"
                        + " {workload_type_equal=[daemonset, deployment]}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "limit=-2 | limit cannot be less than -1",
                "order_by=colour | invalid order_by value: colour",
                "order_by=c.cluster_alias | invalid order_by value: c.cluster_alias",
                "order_how=up | invalid order_how value: up",
                "start_date=2026-02-30 | invalid start_date value: 2026-02-30",
                "end_date=tomorrow | invalid end_date value: tomorrow",
                "end_date=+999999999-01-01 | invalid end_date value",
                "cpu-unit=m | invalid cpu-unit value: m",
                "memory-unit=Mi | invalid memory-unit value: Mi",
                "true-units=yes | invalid true-units value: yes",
                "format=xml | invalid format value: xml",
                "workload_type=deploy | invalid workload_type",
                "workload_type=namespace | invalid workload_type",
                "exclude[workload_type]=job | invalid workload_type",
                "project=a&exclude[project]=a | project has the same value wanted and excluded",
                "filter[exact:project]=a&exclude[project]=a | project has the same value wanted and excluded",
                "project=a&project=b&project=c&project=d&project=e&project=f | too many values of project: 5 at most",
                "project=a%00 | not allowed"
            })
    void whatCannotBeAskedIsRefusedWithTheReason(String text, String reason) {
        var refused = catchThrowableOfType(RequestRefusedException.class, () -> query(text));
        assertThat(refused).isNotNull().hasMessageContaining(reason);
        assertThat(refused.status()).isEqualTo(400);
    }

    @Test
    void whatIsEmptyIsAsGoodAsNotThere() throws RequestRefusedException {
        RecommendationQuery empty =
                query("order_by=&order_how=&start_date=&end_date=&cpu-unit=&memory-unit=&true-units=&format=&cluster=");
        assertThat(empty).usingRecursiveComparison().ignoringFields("paging").isEqualTo(query(""));
    }

    @Test
    void anExactAcceptHeaderDecidesTheFormatAndOthersDoNot() throws RequestRefusedException {
        assertThat(accepting("text/csv", "format=json").csv()).isTrue();
        assertThat(accepting("application/json", "format=csv").csv()).isFalse();
        assertThat(accepting("*/*", "format=csv").csv()).isTrue();
        assertThat(accepting("text/csv, */*", "").csv()).isFalse();
        assertThat(accepting("application/json", "format=xml").csv()).isFalse();
    }

    @Test
    void namespacesAreOrderedAndFilteredByWhatTheyHave() throws RequestRefusedException {
        var refused = catchThrowableOfType(RequestRefusedException.class, () -> namespaces("order_by=container"));
        assertThat(refused).hasMessage("invalid order_by value: container");
        assertThat(namespaces("container=web&workload_type=x&project=shop").filters())
                .extracting(Filter::field)
                .containsExactly(SetKind.Field.CLUSTER, SetKind.Field.PROJECT);
        assertThat(catchThrowableOfType(RequestRefusedException.class, () -> namespaces("format=csv"))
                        .status())
                .isEqualTo(406);
    }

    @Test
    void aPageLeadsToItsNeighboursOnly() {
        assertThat(links(0, 10, 1)).isEqualTo("first=0 next=null previous=null last=10");
        assertThat(links(0, 10, 11)).isEqualTo("first=0 next=10 previous=null last=10");
        assertThat(links(5, 10, 100)).isEqualTo("first=5 next=15 previous=0 last=15");
        assertThat(links(20, 10, 30)).isEqualTo("first=20 next=null previous=10 last=30");
        assertThat(links(0, 0, 30)).isEqualTo("first=0 next=null previous=null last=0");
    }

    private static String links(int offset, int limit, long count) {
        var links =
                new Paging("/list", "", limit, offset).page(count, List.of()).links();
        return "first=%s next=%s previous=%s last=%s"
                .formatted(start(links.first()), start(links.next()), start(links.previous()), start(links.last()));
    }

    private static String start(String link) {
        return link == null ? "null" : link.substring(link.lastIndexOf('=') + 1);
    }

    private static String condition(String text) throws RequestRefusedException {
        Map<String, Object> parameters = new TreeMap<>();
        StringBuilder condition = new StringBuilder();
        for (Filter filter : query(text).filters()) {
            condition.append(filter.condition(parameters));
        }
        Map<String, Object> shown = new TreeMap<>();
        parameters.forEach((name, value) -> shown.put(name, List.of((String[]) value)));
        return condition.toString().strip() + " " + shown;
    }

    private static RecommendationQuery query(String text) throws RequestRefusedException {
        return RecommendationQuery.of(SetKind.CONTAINER, request(text), new Api(5, 100, 1000), NOW);
    }

    private static RecommendationQuery namespaces(String text) throws RequestRefusedException {
        return RecommendationQuery.of(SetKind.NAMESPACE, request(text), new Api(5, 100, 1000), NOW);
    }

    private static RecommendationQuery accepting(String type, String text) throws RequestRefusedException {
        MockHttpServletRequest request = request(text);
        request.addHeader("Accept", type);
        return RecommendationQuery.of(SetKind.CONTAINER, request, new Api(5, 100, 1000), NOW);
    }

    private static MockHttpServletRequest request(String text) {
        var request = new MockHttpServletRequest("GET", "/list");
        request.setQueryString(text);
        Map<String, String[]> parameters = new HashMap<>();
        UriComponentsBuilder.newInstance()
                .query(text)
                .build()
                .getQueryParams()
                .forEach((name, values) -> parameters.put(
                        name,
                        values.stream()
                                .map(value -> value == null
                                        ? ""
                                        : URLDecoder.decode(value, StandardCharsets.UTF_8)
                                                .replace(' ', '+'))
                                .toArray(String[]::new)));
        request.setParameters(parameters);
        return request;
    }
}
