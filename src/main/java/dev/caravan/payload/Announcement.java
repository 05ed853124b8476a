package dev.caravan.payload;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;

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
    private static final Pattern ORGANISATION = Pattern.compile("[A-Za-z0-9_-]{1,50}");
    private static final Pattern REQUEST = Pattern.compile("[^\\p{Cntrl}\\p{Cs}]{1,256}");

    /** What a decoded identity says, as far as it concerns us. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    private record Decoded(Identity identity) {}

    @JsonIgnoreProperties(ignoreUnknown = true)
    private record Identity(@JsonProperty("org_id") String organisation, Internal internal) {
        List<String> organisations() {
            String inner = internal == null ? null : internal.organisation();
            return Stream.of(organisation, inner).filter(Objects::nonNull).toList();
        }
    }

    @JsonIgnoreProperties(ignoreUnknown = true)
    private record Internal(@JsonProperty("org_id") String organisation) {}

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
        Decoded decoded;
        try {
            decoded = JSON.readValue(Base64.getDecoder().decode(identity.strip()), Decoded.class);
        } catch (IOException | IllegalArgumentException e) {
            throw bad("the identity of the announcement is not Base64 of JSON");
        }
        List<String> named = decoded == null || decoded.identity() == null
                ? List.of()
                : decoded.identity().organisations();
        if (named.isEmpty()) {
            throw bad("the identity of the announcement names no organisation");
        }
        if (!named.stream().allMatch(organisation::equals)) {
            throw new PoisonPayloadException(
                    "identity-mismatch", "the identity of the announcement is of another organisation than its org_id");
        }
    }

    boolean hasOrganisation() {
        return organisation != null && ORGANISATION.matcher(organisation).matches();
    }

    /** Whether replies can name the request. */
    boolean hasRequestId() {
        return requestId != null && REQUEST.matcher(requestId).matches();
    }

    private static PoisonPayloadException bad(String message) {
        return new PoisonPayloadException("bad-announcement", message);
    }
}
