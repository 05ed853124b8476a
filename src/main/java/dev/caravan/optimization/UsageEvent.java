package dev.caravan.optimization;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.caravan.payload.EncodedIdentity;
import dev.caravan.payload.PoisonPayloadException;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * The message that says where right-sizing reports of a cluster lie; the case of its keys does not matter, and those that are
 * not used may be missing. Each text of it comes from outside.
 *
 * @param identity Base64 of whoever uploaded the reports; never logged
 * @param files where to download them, with the right to do so in their queries
 */
@JsonIgnoreProperties(ignoreUnknown = true)
record UsageEvent(
        @JsonProperty("request_id") String requestId,
        @JsonProperty("b64_identity") String identity,
        @JsonProperty("metadata") Metadata metadata,
        @JsonProperty("files") List<String> files) {
    private static final String REASON = "bad-usage-event";
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    /** A line separates the parts of an experiment's name. */
    private static final Pattern NAME = Pattern.compile("[^\\p{Cntrl}\\p{Cs}|]{1,255}");

    /**
     * @param sourceId any text
     * @param clusterUuid a UUID
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Metadata(
            @JsonProperty("account") String account,
            @JsonProperty("org_id") String organisation,
            @JsonProperty("source_id") String sourceId,
            @JsonProperty("cluster_uuid") String clusterUuid,
            @JsonProperty("cluster_alias") String clusterAlias) {}

    /**
     * @param longest bytes of a message
     * @throws PoisonPayloadException {@code bad-usage-event} when it is too long or no JSON object of this shape
     */
    static UsageEvent parse(byte[] message, int longest) {
        if (message.length > longest) {
            throw bad("the event has " + message.length + " bytes, more than " + longest);
        }
        try {
            UsageEvent event = JSON.readValue(message, UsageEvent.class);
            if (event == null) {
                throw bad("the event is empty");
            }
            return event;
        } catch (IOException e) {
            // The parser's own message may quote an address.
            throw bad("the event is no JSON object as events about right-sizing reports are");
        }
    }

    /**
     * @param mostFiles that an event may name
     * @throws PoisonPayloadException {@code bad-usage-event} when something is missing, or none of its kind;
     *     {@code identity-mismatch} when the identity is of another organisation
     */
    void check(int mostFiles) {
        require(isName(requestId), "request_id");
        require(identity != null && !identity.isEmpty(), "b64_identity");
        require(metadata != null, "metadata");
        require(hasOrganisation(), "metadata.org_id");
        require(isName(metadata.sourceId), "metadata.source_id");
        require(isUuid(metadata.clusterUuid), "metadata.cluster_uuid, which is a UUID");
        require(isName(metadata.clusterAlias), "metadata.cluster_alias");
        require(files != null && files.stream().allMatch(file -> file != null && !file.isBlank()), "files");
        if (files.size() > mostFiles) {
            throw bad("the event names " + files.size() + " files, more than " + mostFiles);
        }
        checkIdentity();
    }

    /** An identity that cannot be read is none; one that can must not contradict the message. */
    private void checkIdentity() {
        List<String> named;
        try {
            named = EncodedIdentity.decode(identity.strip()).organisations();
        } catch (IOException | IllegalArgumentException e) {
            return;
        }
        if (!named.stream().allMatch(metadata.organisation::equals)) {
            throw new PoisonPayloadException(
                    "identity-mismatch", "the identity of the event is of another organisation than its org_id");
        }
    }

    boolean hasOrganisation() {
        return metadata != null && EncodedIdentity.isId(metadata.organisation);
    }

    boolean hasRequestId() {
        return isName(requestId);
    }

    /** Number of the account; null when none is known. */
    String account() {
        return EncodedIdentity.isId(metadata.account) ? metadata.account : null;
    }

    private static void require(boolean given, String what) {
        if (!given) {
            throw bad("the event lacks " + what);
        }
    }

    private static boolean isName(String text) {
        return text != null && NAME.matcher(text).matches();
    }

    /** What a cluster must be called by to be in an event. */
    static boolean isUuid(String text) {
        try {
            return text != null && UUID.fromString(text).toString().equalsIgnoreCase(text);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static PoisonPayloadException bad(String message) {
        return new PoisonPayloadException(REASON, message);
    }
}
