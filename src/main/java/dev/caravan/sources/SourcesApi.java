package dev.caravan.sources;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.caravan.database.Migrations;
import dev.caravan.http.Identity;
import dev.caravan.http.RequestRefusedException;
import dev.caravan.ledger.Audit;
import dev.caravan.ledger.BoundedTransaction;
import dev.caravan.ledger.Source;
import dev.caravan.ledger.SourceRegistry;
import dev.caravan.ledger.SourceRegistry.Added;
import dev.caravan.ledger.SourceRemoval;
import dev.caravan.sources.SourceDirectory.Entry;
import dev.caravan.sources.SourceDirectory.Part;
import dev.caravan.sources.SourceDirectory.Wanted;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.Header;
import org.springframework.stereotype.Component;

/** Answers in JSON those who ask for an organisation's sources; those of others are as good as none. */
@Component("sourcesApi")
public final class SourcesApi {
    private static final Pattern ID = Pattern.compile("[0-9]{1,18}");
    private static final SourceType OPENSHIFT =
            new SourceType(NewSource.TYPE_ID, "openshift", "OpenShift Container Platform", "Red Hat");
    private static final ApplicationType COST_MANAGEMENT = new ApplicationType(
            Application.TYPE_ID, "/insights/platform/cost-management", "Cost Management", List.of(OPENSHIFT.name()));

    private final JsonMapper json = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private final SourceDirectory directory;
    private final SourceRegistry registry;
    private final SourceRemoval removal;
    private final BoundedTransaction transaction;
    private final Audit audit;

    SourcesApi(
            SourceDirectory directory,
            SourceRegistry registry,
            SourceRemoval removal,
            BoundedTransaction transaction,
            Audit audit) {
        this.directory = directory;
        this.registry = registry;
        this.removal = removal;
        this.transaction = transaction;
        this.audit = audit;
    }

    @JsonNaming(SnakeCaseStrategy.class)
    private record SourceType(String id, String name, String productName, String vendor) {}

    @JsonNaming(SnakeCaseStrategy.class)
    private record ApplicationType(String id, String name, String displayName, List<String> supportedSourceTypes) {}

    @JsonIgnoreProperties(ignoreUnknown = true)
    private record NewApplication(
            @JsonProperty("source_id") String sourceId, @JsonProperty("application_type_id") String typeId) {}

    /**
     * A source that has been made.
     *
     * @param location its path
     * @param json the source
     */
    public record Created(String location, String json) {}

    /** @throws RequestRefusedException 400 for a part of the list that cannot be; so do the other lists */
    public String sourceTypes(@Header(Exchange.HTTP_SERVLET_REQUEST) HttpServletRequest request)
            throws RequestRefusedException, JsonProcessingException {
        ListQuery query = query(request);
        return text(query.cut(query.accepts("name", OPENSHIFT.name()) ? List.of(OPENSHIFT) : List.of()));
    }

    public String applicationTypes(@Header(Exchange.HTTP_SERVLET_REQUEST) HttpServletRequest request)
            throws RequestRefusedException, JsonProcessingException {
        ListQuery query = query(request);
        return text(query.cut(query.accepts("name", COST_MANAGEMENT.name()) ? List.of(COST_MANAGEMENT) : List.of()));
    }

    public String sources(
            @Header(Exchange.HTTP_SERVLET_REQUEST) HttpServletRequest request,
            @ExchangeProperty(Identity.PROPERTY) Identity identity)
            throws RequestRefusedException, JsonProcessingException {
        return list(query(request), identity, SourceView::of);
    }

    public String applications(
            @Header(Exchange.HTTP_SERVLET_REQUEST) HttpServletRequest request,
            @ExchangeProperty(Identity.PROPERTY) Identity identity)
            throws RequestRefusedException, JsonProcessingException {
        return list(query(request), identity, Application::of);
    }

    private <T> String list(ListQuery query, Identity identity, Function<Entry, T> view)
            throws RequestRefusedException, JsonProcessingException {
        String id = query.filter("source_id");
        Part part = query.accepts("source_type_id", NewSource.TYPE_ID)
                        && query.accepts("application_type_id", Application.TYPE_ID)
                ? directory.list(
                        new Wanted(
                                identity.organisation(),
                                query.filter("name"),
                                query.filter("source_ref"),
                                id == null ? null : number(id)),
                        query.limit(),
                        query.offset())
                : new Part(0, List.of());
        return text(query.page(part.count(), part.entries().stream().map(view).toList()));
    }

    /** @throws RequestRefusedException 404 when the organisation has no such source */
    public String source(@Header("id") String id, @ExchangeProperty(Identity.PROPERTY) Identity identity)
            throws RequestRefusedException, JsonProcessingException {
        return text(SourceView.of(find(id, identity)));
    }

    /**
     * Registers a cluster. What of its payloads waits in quarantine is marked for replay.
     *
     * @throws RequestRefusedException 400 for what cannot be registered, 409 for what is registered already
     */
    public Created create(
            @Body String body,
            @ExchangeProperty(Identity.PROPERTY) Identity identity,
            @Header(Exchange.HTTP_SERVLET_REQUEST) HttpServletRequest request)
            throws RequestRefusedException, JsonProcessingException {
        NewSource wanted = read(body, NewSource.class);
        wanted.check();
        String organisation = identity.organisation();
        if (!Migrations.isOrganisation(organisation)) {
            throw new RequestRefusedException(
                    400,
                    "organisation " + organisation
                            + " can have no sources: its id may have lower-case letters, digits and underscores, 50 at most");
        }
        Added added = transaction.call(() -> {
            Added done = registry.add(organisation, wanted.clusterId(), wanted.name());
            if (!done.isNew()) {
                // A failure, so that it keeps its name.
                throw new IllegalStateException(conflict(done.source()));
            }
            audit.write(
                    actor(identity),
                    "source add",
                    Map.of("org", organisation, "cluster", wanted.clusterId(), "alias", wanted.name()));
            return done;
        });
        Entry entry = directory
                .find(added.source().id())
                .orElseThrow(() -> new RequestRefusedException(409, "the source was removed meanwhile"));
        return new Created(
                request.getRequestURI() + "/" + added.source().id(),
                text(SourceView.of(entry, added.payloadsToReplay())));
    }

    private static RequestRefusedException conflict(Source known) {
        return new RequestRefusedException(
                409, "cluster " + known.clusterId() + " is registered already, as source " + known.id());
    }

    /**
     * Finds the application of a source; there is nothing to be made.
     *
     * @throws RequestRefusedException 400 for another kind of application, 404 when the organisation has no such source
     */
    public String createApplication(@Body String body, @ExchangeProperty(Identity.PROPERTY) Identity identity)
            throws RequestRefusedException, JsonProcessingException {
        NewApplication wanted = read(body, NewApplication.class);
        if (!Application.TYPE_ID.equals(wanted.typeId())) {
            throw new RequestRefusedException(400, "the only kind of application is " + Application.TYPE_ID);
        }
        return text(Application.of(find(wanted.sourceId(), identity)));
    }

    /**
     * Retires a source for good, and has everybody told.
     *
     * @return the source, so that what it brought can be removed
     * @throws RequestRefusedException 404 when the organisation has no such source, 409 when config/sources.yaml owns it
     */
    public Source delete(@Header("id") String id, @ExchangeProperty(Identity.PROPERTY) Identity identity)
            throws RequestRefusedException {
        Entry entry = find(id, identity);
        Source source = entry.source();
        if (entry.fromFile()) {
            throw new RequestRefusedException(
                    409, "source " + id + " is listed in config/sources.yaml: take it out there first");
        }
        boolean begun = transaction.call(() -> removal.begin(
                List.of(source),
                () -> audit.write(
                        actor(identity),
                        "source remove",
                        Map.of("org", source.organisation(), "cluster", source.clusterId()))));
        if (!begun) {
            throw unknown();
        }
        return source;
    }

    private Entry find(String id, Identity identity) throws RequestRefusedException {
        return directory
                .find(number(id))
                .filter(entry -> entry.source().organisation().equals(identity.organisation()))
                .orElseThrow(SourcesApi::unknown);
    }

    private static RequestRefusedException unknown() {
        return new RequestRefusedException(404, "the organisation has no such source");
    }

    private static long number(String id) throws RequestRefusedException {
        if (id == null || !ID.matcher(id).matches()) {
            throw new RequestRefusedException(400, "the id of a source has 1 to 18 digits");
        }
        return Long.parseLong(id);
    }

    private static ListQuery query(HttpServletRequest request) throws RequestRefusedException {
        return ListQuery.of(request.getRequestURI(), request.getParameterMap());
    }

    private static String actor(Identity identity) {
        return "http:" + identity.organisation();
    }

    private <T> T read(String body, Class<T> type) throws RequestRefusedException {
        try {
            T value = body == null ? null : json.readValue(body, type);
            if (value != null) {
                return value;
            }
        } catch (JsonProcessingException e) {
            // Said below, without what the parser would quote.
        }
        throw new RequestRefusedException(400, "the request's body is no JSON object as the contract has it");
    }

    private String text(Object value) throws JsonProcessingException {
        return json.writeValueAsString(value);
    }
}
