package dev.caravan.optimization;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.CaravanSettings;
import dev.caravan.ledger.Outbox;
import dev.caravan.ledger.Source;
import dev.caravan.payload.Delivery;
import dev.caravan.payload.Member;
import dev.caravan.payload.Sender;
import java.util.List;
import java.util.Map;
import org.apache.camel.ExchangeProperty;
import org.springframework.context.annotation.Lazy;
import org.springframework.stereotype.Component;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/** The messages that tell of right-sizing reports in the bucket. */
@Component("optimizationEvents")
public final class OptimizationEvents {
    /** With their addresses they fit into a message of 1 MiB, whatever the names are. */
    private static final int MOST_FILES = 250;

    private final JsonMapper json = JsonMapper.builder().build();
    private final S3Presigner presigner;
    private final CaravanSettings.Optimization settings;

    public OptimizationEvents(@Lazy S3Presigner presigner, CaravanSettings settings) {
        this.presigner = presigner;
        this.settings = settings.optimization();
    }

    /** Has the transaction that loads a payload tell of its reports: by one event, or by several where they are many. */
    public void prepare(
            @ExchangeProperty("reports") Map<String, Member> reports,
            @ExchangeProperty(Delivery.PROPERTY) Delivery delivery)
            throws JsonProcessingException {
        List<Member> members = List.copyOf(reports.values());
        ArrayNode events = json.createArrayNode();
        for (int first = 0; first < members.size(); first += MOST_FILES) {
            events.add(event(delivery, members.subList(first, Math.min(first + MOST_FILES, members.size()))));
        }
        delivery.shipped(json.writeValueAsString(events));
    }

    private ObjectNode event(Delivery delivery, List<Member> members) {
        Source source = delivery.source();
        Sender sender = Sender.of(delivery);
        ObjectNode event = json.createObjectNode();
        event.put("request_id", delivery.requestId());
        event.put("b64_identity", sender.identity());
        event.putObject("metadata")
                .put("account", sender.account())
                .put("org_id", source.organisation())
                .put("source_id", Long.toString(source.id()))
                .put("provider_uuid", source.uuid().toString())
                .put("cluster_uuid", source.clusterId())
                .put("cluster_alias", source.alias())
                .put("operator_version", delivery.manifest().version());
        ArrayNode keys = event.putArray("object_keys");
        members.forEach(member -> keys.add(OptimizationFiles.key(delivery, member)));
        return event;
    }

    /** An event as it is sent: with addresses that let its readers download the reports for a while. */
    public String withAddresses(@ExchangeProperty("message") Outbox.Message message) throws JsonProcessingException {
        ObjectNode event = (ObjectNode) json.readTree(message.text());
        ArrayNode files = event.putArray("files");
        for (JsonNode key : event.get("object_keys")) {
            files.add(address(key.asText()));
        }
        return json.writeValueAsString(event);
    }

    private String address(String key) {
        return presigner
                .presignGetObject(request -> request.signatureDuration(settings.addressLifetime())
                        .getObjectRequest(get -> get.bucket(settings.bucket()).key(key)))
                .url()
                .toString();
    }
}
