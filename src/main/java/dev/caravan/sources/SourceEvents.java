package dev.caravan.sources;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import dev.caravan.CaravanSettings;
import dev.caravan.ledger.Audit;
import dev.caravan.ledger.BoundedTransaction;
import dev.caravan.ledger.Failures;
import dev.caravan.ledger.Source;
import dev.caravan.ledger.SourceRemoval;
import dev.caravan.optimization.WorkloadRemoval;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.apache.camel.Body;
import org.apache.camel.Header;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.kafka.common.header.Headers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Messages that say that a source is used for cost management no more. */
@Component("sourceEvents")
public final class SourceEvents {
    private static final Logger LOG = LoggerFactory.getLogger(SourceEvents.class);
    private static final String TYPE_HEADER = "event_type";
    private static final String TYPE = "Application.destroy";
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_PROPERTIES)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .withCoercionConfig(
                    LogicalType.Textual, texts -> texts.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail))
            .build();

    private final SourceDirectory directory;
    private final SourceRemoval removal;
    private final WorkloadRemoval workloads;
    private final BoundedTransaction transaction;
    private final Audit audit;
    private final int limit;

    SourceEvents(
            SourceDirectory directory,
            SourceRemoval removal,
            WorkloadRemoval workloads,
            BoundedTransaction transaction,
            Audit audit,
            CaravanSettings settings) {
        this.directory = directory;
        this.removal = removal;
        this.workloads = workloads;
        this.transaction = transaction;
        this.audit = audit;
        this.limit = settings.kafka().announcementBytes();
    }

    @JsonIgnoreProperties(ignoreUnknown = true)
    private record Event(
            @JsonProperty("source_id") Long sourceId,
            @JsonProperty("application_type_id") Integer applicationType,
            @JsonProperty("tenant") String tenant) {}

    /**
     * Retires the source that a message says is gone, without having anybody told again. Of one that only right-sizing knows,
     * from the reports of others, everything is removed at once: nobody would finish that later.
     *
     * @return the source, so that what it brought can be removed; null when the message changes nothing
     * @throws RuntimeException when the database cannot be asked
     */
    public Source retire(
            @Body byte[] message,
            @Header(KafkaConstants.TOPIC) String topic,
            @Header(KafkaConstants.PARTITION) int partition,
            @Header(KafkaConstants.OFFSET) long offset,
            @Header(KafkaConstants.HEADERS) Headers headers) {
        if (!isDestruction(headers)) {
            return null;
        }
        String origin = "kafka " + topic + "/" + partition + "/" + offset;
        try {
            return read(message, origin)
                    .map(event -> retire(event, "kafka:" + topic, origin))
                    .orElse(null);
        } catch (RuntimeException e) {
            LOG.warn("{} is read again: {}", origin, Failures.messageOf(e));
            throw e;
        }
    }

    private static boolean isDestruction(Headers headers) {
        return StreamSupport.stream(headers.headers(TYPE_HEADER).spliterator(), false)
                .anyMatch(header ->
                        header.value() != null && TYPE.equals(new String(header.value(), StandardCharsets.UTF_8)));
    }

    /** What cannot be read, or is of another application, is none. */
    private Optional<Event> read(byte[] message, String origin) {
        if (message == null || message.length > limit) {
            LOG.warn("{} changes nothing: a source event has 1 to {} bytes", origin, limit);
            return Optional.empty();
        }
        Event event;
        try {
            event = JSON.readValue(message, Event.class);
        } catch (IOException e) {
            event = null;
        }
        if (event == null || event.sourceId() == null || event.applicationType() == null) {
            LOG.warn(
                    "{} changes nothing: it is no JSON object with the numbers of a source and an application", origin);
            return Optional.empty();
        }
        return Optional.of(event).filter(found -> found.applicationType() == Source.APPLICATION_TYPE);
    }

    private Source retire(Event event, String actor, String origin) {
        var entry = directory.find(event.sourceId());
        if (entry.isEmpty()) {
            removeWorkloads(event, actor, origin);
            return null;
        }
        Source source = entry.get().source();
        if (!source.organisation().equals(event.tenant())) {
            LOG.warn("{} changes nothing: its tenant is not the one of source {}", origin, source.id());
            return null;
        }
        if (entry.get().fromFile()) {
            LOG.warn(
                    "{} changes nothing: source {} is listed in config/sources.yaml; take it out there",
                    origin,
                    source.id());
            return null;
        }
        boolean begun = transaction.call(() -> removal.beginUnannounced(
                source,
                () -> audit.write(
                        actor, "source remove", Map.of("org", source.organisation(), "cluster", source.clusterId()))));
        return begun ? source : null;
    }

    private void removeWorkloads(Event event, String actor, String origin) {
        long source = event.sourceId();
        List<String> owners = transaction.call(() -> workloads.organisationsOfUnregistered(source, event.tenant()));
        if (owners.isEmpty()) {
            // As a rule our own words.
            LOG.debug("{} changes nothing: there is no source {}", origin, source);
        }
        for (String organisation : owners) {
            transaction.call(() -> {
                audit.write(actor, "source remove", Map.of("org", organisation, "source", source));
                return null;
            });
            LOG.info(
                    "removed what right-sizing had of source {} of organisation {}: {} rows",
                    source,
                    organisation,
                    workloads.remove(organisation, source));
        }
    }
}
