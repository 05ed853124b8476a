package dev.caravan.ledger;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.caravan.CaravanSettings;
import dev.caravan.payload.Delivery;
import dev.caravan.payload.Delivery.Outcome;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.camel.Body;
import org.apache.camel.ExchangeProperty;
import org.springframework.stereotype.Component;

/** Takes over the answers of the stored functions that keep the ledger. */
@Component("payloadClaim")
public final class PayloadClaim {
    private final JsonMapper json = JsonMapper.builder().build();
    private final Retention retention;
    private final CaravanSettings settings;

    public PayloadClaim(Retention retention, CaravanSettings settings) {
        this.retention = retention;
        this.settings = settings;
    }

    /**
     * Named parameters of every statement that ingest-payload and the routes below it send for this delivery, as far as it
     * has come.
     */
    public Map<String, Object> parameters(@ExchangeProperty(Delivery.PROPERTY) Delivery delivery)
            throws JsonProcessingException {
        Map<String, Object> parameters = new LinkedHashMap<>();
        parameters.put("searchPath", delivery.source().searchPath());
        parameters.put("workMem", settings.database().loadWorkMem());
        parameters.put("lockWait", secondsToWait(delivery));
        parameters.put("source", delivery.source().uuid());
        parameters.put("sha256", delivery.file().sha256());
        parameters.put("manifestUuid", delivery.manifest().uuid());
        parameters.put("manifest", delivery.manifest().toLedgerJson());
        parameters.put("members", delivery.payload().membersAsLedgerJson());
        parameters.put("requestId", delivery.requestId());
        parameters.put("origin", delivery.origin());
        parameters.put("outsideRetention", retention.excludes(delivery));
        parameters.put("again", delivery.again());
        parameters.put("reports", json.writeValueAsString(delivery.reports()));
        parameters.put("changed", delivery.changedDays());
        parameters.put("replyTopic", settings.topics().validation());
        parameters.put("optimizationTopic", settings.topics().optimizationEvents());
        parameters.put("optimizationEvents", delivery.optimizationEvents());
        if (delivery.object() != null) {
            parameters.put("bucket", delivery.object().bucket());
            parameters.put("key", delivery.object().key());
            parameters.put("etag", delivery.object().etag());
        }
        return parameters;
    }

    /** For another payload of the same source; what is left of the time for all tries at most, and then a look at once. */
    private int secondsToWait(Delivery delivery) {
        Duration left = Duration.ofMillis(settings.retry().totalTime()).minus(delivery.elapsed());
        Duration longest = settings.database().lockWait();
        return (int) Math.max(0, (left.compareTo(longest) < 0 ? left : longest).toSeconds());
    }

    /** Reads what claim_payload answered; afterwards the delivery knows which members to load. */
    public void accept(@Body String answer, @ExchangeProperty(Delivery.PROPERTY) Delivery delivery)
            throws JsonProcessingException {
        JsonNode claim = json.readTree(answer);
        Map<String, Long> members = new LinkedHashMap<>();
        claim.get("members")
                .properties()
                .forEach(
                        member -> members.put(member.getKey(), member.getValue().asLong()));
        delivery.claimed(members);
        if (claim.get("duplicate").asBoolean()) {
            delivery.ended(Outcome.DUPLICATE);
        } else if (retention.excludes(delivery)) {
            delivery.ended(Outcome.OUTSIDE_RETENTION);
        } else {
            delivery.ended(Outcome.LOADED);
        }
    }

    /** Reads what complete_manifest answered: null while files are missing, {} where no day's counted rows changed. */
    public void completed(@Body String changed, @ExchangeProperty(Delivery.PROPERTY) Delivery delivery) {
        delivery.changed(changed);
        if (changed == null) {
            delivery.ended(Outcome.WAITING);
        } else if (delivery.rowsLoaded() + delivery.rowsRejected() == 0
                && changed.equals("{}")
                && (delivery.manifest().files().isEmpty()
                        || !delivery.membersToLoad().isEmpty())) {
            delivery.ended(Outcome.EMPTY);
        }
    }

    /** Takes the number of days from summarize_changes. */
    public void summarized(@Body Integer days, @ExchangeProperty(Delivery.PROPERTY) Delivery delivery) {
        delivery.summarized(days);
    }
}
