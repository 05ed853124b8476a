package dev.caravan.upload;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a sender tells about itself beside the payload; passed on with the announcement, and used for nothing here. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
record UploadMetadata(
        @JsonProperty("ip_addresses") List<String> ipAddresses,
        @JsonProperty("account") String account,
        @JsonProperty("org_id") String organisation,
        @JsonProperty("insights_id") String insightsId,
        @JsonProperty("machine_id") String machineId,
        @JsonProperty("subscription_manager_id") String subscriptionManagerId,
        @JsonProperty("mac_addresses") List<String> macAddresses,
        @JsonProperty("fqdn") String fqdn,
        @JsonProperty("bios_uuid") String biosUuid,
        @JsonProperty("display_name") String displayName,
        @JsonProperty("ansible_host") String ansibleHost,
        @JsonProperty("custom_metadata") Map<String, String> customMetadata,
        @JsonProperty("reporter") @JsonInclude String reporter,
        @JsonProperty("stale_timestamp") @JsonInclude String staleTimestamp,
        @JsonProperty("queue_key") String queueKey) {
    private static final Duration STALE_AFTER = Duration.ofDays(30);

    /** Of a sender that told nothing. */
    static final UploadMetadata NONE = new UploadMetadata(
            null, null, null, null, null, null, null, null, null, null, null, null, "", "0001-01-01T00:00:00Z", null);

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** Reads what was sent; empty when it is not what it should be, which is no reason to refuse a payload. */
    static Optional<UploadMetadata> parse(String text, Instant now) {
        try {
            return Optional.ofNullable(JSON.readValue(text, UploadMetadata.class))
                    .map(given -> given.reported(now.plus(STALE_AFTER)));
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    private UploadMetadata reported(Instant stale) {
        return new UploadMetadata(
                ipAddresses,
                account,
                organisation,
                insightsId,
                machineId,
                subscriptionManagerId,
                macAddresses,
                fqdn,
                biosUuid,
                displayName,
                ansibleHost,
                customMetadata,
                "ingress",
                stale.toString(),
                queueKey);
    }
}
