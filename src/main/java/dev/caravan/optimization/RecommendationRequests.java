package dev.caravan.optimization;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.caravan.CaravanSettings;
import dev.caravan.PrintableText;
import dev.caravan.ledger.Failures;
import dev.caravan.optimization.UsageReports.Workload;
import dev.caravan.payload.Delivery;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.Header;
import org.apache.camel.Message;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.camel.support.DefaultMessage;
import org.apache.camel.util.ObjectHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Messages that ask for recommendations to be looked after. */
@Component("recommendationRequests")
public final class RecommendationRequests {
    /** The exchange property that holds a request. */
    public static final String PROPERTY = "request";

    private static final Logger LOG = LoggerFactory.getLogger(RecommendationRequests.class);
    /** No report ends later. */
    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

    private final JdbcTemplate database;
    private final Failures failures;
    private final CaravanSettings.Optimization settings;
    private final int limit;

    RecommendationRequests(JdbcTemplate database, Failures failures, CaravanSettings settings) {
        this.database = database;
        this.failures = failures;
        this.settings = settings.optimization();
        this.limit = settings.kafka().announcementBytes();
    }

    /**
     * The request in a message.
     *
     * @return null, and a line in the log, when it is none, or none for a workload that is here
     * @throws RuntimeException when the database cannot be asked
     */
    public RecommendationRequest describe(
            @Body byte[] message,
            @Header(KafkaConstants.TOPIC) String topic,
            @Header(KafkaConstants.PARTITION) int partition,
            @Header(KafkaConstants.OFFSET) long offset) {
        Optional<RecommendationRequest> request = Optional.ofNullable(message)
                .filter(bytes -> bytes.length <= limit)
                .flatMap(RecommendationRequest::parse)
                .filter(read -> read.metadata().until().isAfter(Instant.EPOCH)
                        && read.metadata().until().isBefore(LATEST));
        String refusal;
        if (request.isEmpty()) {
            refusal = "it is no request for recommendations";
        } else if (isNamespace(request.get()) && !settings.namespaces()) {
            refusal = "namespaces have no recommendations (caravan.optimization.namespaces)";
        } else if (!isThere(request.get())) {
            refusal = "there is no such workload";
        } else {
            return request.get();
        }
        LOG.warn("kafka {}/{}/{} is dropped: {}", topic, partition, offset, refusal);
        return null;
    }

    private static boolean isNamespace(RecommendationRequest request) {
        return request.metadata().type().equals(RecommendationRequest.NAMESPACE);
    }

    private boolean isThere(RecommendationRequest request) {
        // What is not a text for PostgreSQL is no name of anything there.
        return (request.metadata().organisation() + request.metadata().experiment()).indexOf('\0') < 0
                && !database.queryForList(
                                """
                                select id
                                from ros.workloads
                                where id = ?
                                    and org_id = ?
                                    and experiment_name = ?
                                    and (workload_type is not distinct from 'namespace') = ?
                                """,
                                Long.class,
                                request.metadata().workload(),
                                request.metadata().organisation(),
                                request.metadata().experiment(),
                                isNamespace(request))
                        .isEmpty();
    }

    /** Requests for the recommendations of what was stored, as messages for Kafka. */
    public List<Message> of(
            @ExchangeProperty(Delivery.PROPERTY) Delivery delivery,
            @ExchangeProperty(UsageReports.PROPERTY) UsageReports reports,
            Exchange exchange)
            throws JsonProcessingException {
        List<Message> messages = new ArrayList<>();
        for (Workload workload : reports.workloads()) {
            var request = new RecommendationRequest(
                    delivery.requestId(),
                    new RecommendationRequest.Metadata(
                            reports.event().metadata().organisation(),
                            workload.id(),
                            workload.experiment(),
                            Instant.parse(workload.until()),
                            workload.namespace() ? RecommendationRequest.NAMESPACE : RecommendationRequest.CONTAINER));
            Message message = new DefaultMessage(exchange);
            message.setHeader(KafkaConstants.KEY, workload.experiment());
            message.setBody(request.toJson());
            messages.add(message);
        }
        return messages;
    }

    /** What stored functions are called with: workload, until, interval_hours, and answer, if there is one. */
    public Map<String, Object> parameters(
            @ExchangeProperty(PROPERTY) RecommendationRequest request, @ExchangeProperty("answer") String answer) {
        Map<String, Object> parameters = new HashMap<>();
        parameters.put("workload", request.metadata().workload());
        parameters.put("until", request.metadata().until().toString());
        parameters.put(
                "interval_hours", Math.toIntExact(settings.refreshInterval().toHours()));
        parameters.put("answer", answer);
        return parameters;
    }

    /** Whether the same request can succeed later: the database or the Kruize server is away. */
    public boolean isTransient(@ExchangeProperty(Exchange.EXCEPTION_CAUGHT) Exception failure) {
        return failures.isTransient(failure) || isKruizeAway(failure);
    }

    /** Whether trying again would be of no use. */
    public boolean isLasting(@ExchangeProperty(Exchange.EXCEPTION_CAUGHT) Exception failure) {
        return !isTransient(failure);
    }

    /** Says that a request is read again. */
    public void putOff(
            @ExchangeProperty(PROPERTY) RecommendationRequest request,
            @ExchangeProperty(Exchange.EXCEPTION_CAUGHT) Exception failure) {
        // Of a Kruize server that is away its client speaks, for all requests at once.
        if (!isKruizeAway(failure)) {
            LOG.warn("{} is read again: {}", name(request), Failures.messageOf(failure));
        }
    }

    /** Says that a request is not read again; its workload's next report makes another one. */
    public void giveUp(
            @ExchangeProperty(PROPERTY) RecommendationRequest request,
            @ExchangeProperty(Exchange.EXCEPTION_CAUGHT) Exception failure) {
        boolean ofKruize = ObjectHelper.getException(KruizeFailedException.class, failure) != null;
        LOG.error(
                "{} is given up until the next report: {}",
                name(request),
                Failures.messageOf(failure),
                ofKruize ? null : failure);
    }

    private static boolean isKruizeAway(Exception failure) {
        return ObjectHelper.getException(KruizeUnavailableException.class, failure) != null;
    }

    private static String name(RecommendationRequest request) {
        return request == null
                ? "a request for recommendations"
                : "the request for recommendations of "
                        + PrintableText.of(request.metadata().experiment());
    }
}
