package dev.caravan.optimization.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.caravan.CaravanSettings;
import dev.caravan.http.Access;
import dev.caravan.http.Identity;
import dev.caravan.http.Page;
import dev.caravan.http.RequestRefusedException;
import dev.caravan.optimization.api.SetKind.Field;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.Header;
import org.springframework.stereotype.Component;

/** Answers in JSON or CSV those who ask what their organisation's workloads should request; others' are as good as none. */
@Component("recommendationsApi")
public final class RecommendationsApi {
    private final JsonMapper json = JsonMapper.builder()
            .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
            .withConfigOverride(
                    Page.Links.class,
                    links -> links.setInclude(
                            JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS)))
            .build();
    private final RecommendationDirectory directory;
    private final CaravanSettings.Optimization.Api bounds;
    private final Clock clock;

    RecommendationsApi(RecommendationDirectory directory, CaravanSettings settings, Clock clock) {
        this.directory = directory;
        this.bounds = settings.optimization().api();
        this.clock = clock;
    }

    /** @param recommendations JSON */
    @JsonNaming(SnakeCaseStrategy.class)
    private record SetView(
            String clusterAlias,
            String clusterUuid,
            @JsonInclude(JsonInclude.Include.NON_NULL) String container,
            UUID id,
            String lastReported,
            String project,
            @JsonRawValue String recommendations,
            String sourceId,
            @JsonInclude(JsonInclude.Include.NON_NULL) String workload,
            @JsonInclude(JsonInclude.Include.NON_NULL) String workloadType) {}

    @JsonNaming(SnakeCaseStrategy.class)
    private record WorkloadView(
            String clusterAlias,
            String clusterUuid,
            List<String> containers,
            String id,
            String lastReported,
            String project,
            String sourceId,
            String workload,
            String workloadType) {}

    /** @throws RequestRefusedException 400 for what cannot be asked */
    public RecommendationQuery containerQuery(@Header(Exchange.HTTP_SERVLET_REQUEST) HttpServletRequest request)
            throws RequestRefusedException {
        return RecommendationQuery.of(SetKind.CONTAINER, request, bounds, clock.instant());
    }

    /** @throws RequestRefusedException 400 for what cannot be asked, 406 for CSV */
    public RecommendationQuery namespaceQuery(@Header(Exchange.HTTP_SERVLET_REQUEST) HttpServletRequest request)
            throws RequestRefusedException {
        return RecommendationQuery.of(SetKind.NAMESPACE, request, bounds, clock.instant());
    }

    /** A part of a list. */
    public String list(
            @ExchangeProperty("query") RecommendationQuery query,
            @ExchangeProperty(Identity.PROPERTY) Identity identity,
            @ExchangeProperty(Access.PROPERTY) Access access)
            throws JsonProcessingException {
        var part = directory.list(query, identity.organisation(), access);
        List<SetView> views = new ArrayList<>();
        for (RecommendationSet set : part.entries()) {
            views.add(view(set, query.units()));
        }
        return text(query.paging().page(part.count(), views));
    }

    /** Header and rows for a CSV, made as they are written. */
    public Iterator<List<String>> export(
            @ExchangeProperty("query") RecommendationQuery query,
            @ExchangeProperty(Identity.PROPERTY) Identity identity,
            @ExchangeProperty(Access.PROPERTY) Access access) {
        var sets = directory.list(query, identity.organisation(), access).entries();
        return Stream.concat(
                        Stream.of(CsvRows.header()),
                        sets.stream()
                                .flatMap(set -> CsvRows.of(set, ShownRecommendations.of(set, query.units())).stream()))
                .iterator();
    }

    /** @throws RequestRefusedException 400 for what is no id, 404 when the organisation has no such recommendations */
    public String container(
            @Header(Exchange.HTTP_SERVLET_REQUEST) HttpServletRequest request,
            @ExchangeProperty(Identity.PROPERTY) Identity identity,
            @ExchangeProperty(Access.PROPERTY) Access access)
            throws RequestRefusedException, JsonProcessingException {
        return detail(SetKind.CONTAINER, request, Unit.MIB, identity, access);
    }

    /** @throws RequestRefusedException 400 for what is no id, 404 when the organisation has no such recommendations */
    public String namespace(
            @Header(Exchange.HTTP_SERVLET_REQUEST) HttpServletRequest request,
            @ExchangeProperty(Identity.PROPERTY) Identity identity,
            @ExchangeProperty(Access.PROPERTY) Access access)
            throws RequestRefusedException, JsonProcessingException {
        return detail(SetKind.NAMESPACE, request, Unit.BYTES, identity, access);
    }

    /** @throws RequestRefusedException 400 for a part of the list that cannot be */
    public String workloads(
            @Header(Exchange.HTTP_SERVLET_REQUEST) HttpServletRequest request,
            @ExchangeProperty(Identity.PROPERTY) Identity identity,
            @ExchangeProperty(Access.PROPERTY) Access access)
            throws RequestRefusedException, JsonProcessingException {
        QueryParameters parameters = QueryParameters.of(request);
        var paging = Paging.of(request, parameters, bounds.pageEntries());
        var part = directory.workloads(
                Filter.of(Field.OF_WORKLOADS, parameters, bounds.queryValues()),
                paging,
                identity.organisation(),
                access);
        return text(paging.page(
                part.count(),
                part.entries().stream().map(RecommendationsApi::view).toList()));
    }

    private String detail(SetKind kind, HttpServletRequest request, Unit memory, Identity identity, Access access)
            throws RequestRefusedException, JsonProcessingException {
        Units units = RecommendationQuery.units(request, memory);
        // A parameter of the query could have the name of that of the path.
        String path = request.getRequestURI();
        String id = path.substring(path.lastIndexOf('/') + 1);
        if (!Filter.isUuid(id)) {
            throw new RequestRefusedException(400, "bad recommendation_id");
        }
        RecommendationSet found = directory
                .find(kind, UUID.fromString(id), identity.organisation(), access)
                .orElseThrow(() -> new RequestRefusedException(404, "recommendation not found"));
        return text(view(found, units));
    }

    private SetView view(RecommendationSet set, Units units) throws JsonProcessingException {
        return new SetView(
                set.clusterAlias(),
                set.clusterUuid(),
                set.container(),
                set.id(),
                time(set.lastReported()),
                set.project(),
                // As text at once: the trees of a whole list would be many times larger.
                text(ShownRecommendations.of(set, units)),
                set.sourceId(),
                set.workload(),
                set.workloadType());
    }

    private static WorkloadView view(Workload workload) {
        return new WorkloadView(
                workload.clusterAlias(),
                workload.clusterUuid(),
                workload.containers(),
                Long.toString(workload.id()),
                time(workload.lastReported()),
                workload.project(),
                workload.sourceId(),
                workload.workload(),
                workload.workloadType());
    }

    private static String time(OffsetDateTime time) {
        return time == null
                ? null
                : time.toInstant().truncatedTo(ChronoUnit.SECONDS).toString();
    }

    private String text(Object value) throws JsonProcessingException {
        return json.writeValueAsString(value);
    }
}
