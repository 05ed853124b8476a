package dev.caravan.payload;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The message that says where an uploaded payload lies; fields that are not used are not listed, and any may be missing.
 *
 * @param url where to download it, with the right to do so in its query
 * @param identity of whoever uploaded it, Base64 of JSON; passed on as it is and never logged
 */
@JsonIgnoreProperties(ignoreUnknown = true)
record Announcement(
        @JsonProperty("request_id") String requestId,
        @JsonProperty("org_id") String organisation,
        @JsonProperty("account") String account,
        @JsonProperty("url") String url,
        @JsonProperty("b64_identity") String identity) {
    static final Announcement EMPTY = new Announcement(null, null, null, null, null);

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private static final Pattern REQUEST = Pattern.compile("[^\\p{Cntrl}\\p{Cs}]{1,256}");

    /** @throws PoisonPayloadException {@code bad-announcement} when it is too long or no JSON object */
    static Announcement parse(byte[] message, int limit) {
        if (message.length > limit) {
            throw bad("the announcement has " + message.length + " bytes, more than " + limit);
        }
        try {
            Announcement announcement = JSON.readValue(message, Announcement.class);
            if (announcement == null) {
                throw bad("the announcement is empty");
            }
            return announcement;
        } catch (IOException e) {
            // The parser's own message may quote the address.
            throw bad("the announcement is no JSON object of texts");
        }
    }

    /**
     * @throws PoisonPayloadException {@code bad-announcement} when something the payload cannot be found by is missing or
     *     the identity cannot be read, {@code identity-mismatch} when it names another organisation
     */
    void check() {
        if (!hasOrganisation()) {
            throw bad("the announcement names no organisation (org_id)");
        }
        if (url == null || url.isBlank()) {
            throw bad("the announcement has no url");
        }
        if (identity != null && !identity.isBlank()) {
            checkIdentity();
        }
    }

    /** Whoever may write to the topic may leave the identity out; one that is there must not contradict the message. */
    private void checkIdentity() {
        List<String> named;
        try {
            named = EncodedIdentity.decode(identity.strip()).organisations();
        } catch (IOException | IllegalArgumentException e) {
            throw bad("the identity of the announcement is not Base64 of JSON");
        }
        if (named.isEmpty()) {
            throw bad("the identity of the announcement names no organisation");
        }
        if (!named.stream().allMatch(organisation::equals)) {
            throw new PoisonPayloadException(
                    "identity-mismatch", "the identity of the announcement is of another organisation than its org_id");
        }
    }

    boolean hasOrganisation() {
        return EncodedIdentity.isId(organisation);
    }

    /** Whether replies can name the request. */
    boolean hasRequestId() {
        return requestId != null && REQUEST.matcher(requestId).matches();
    }

    private static PoisonPayloadException bad(String message) {
        return new PoisonPayloadException("bad-announcement", message);
    }
}
