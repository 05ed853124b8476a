package dev.caravan.payload;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What an identity says, which services hand on as Base64 of JSON. Its texts come from outside and are not checked.
 *
 * @param organisations ids by {@code org_id} and {@code internal.org_id}, as far as they are there; empty text for one that
 *     is neither text nor a whole number
 * @param account number; null when missing
 * @param type as {@code User}; null when missing
 */
public record EncodedIdentity(List<String> organisations, String account, String type) {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            // Of two organisations under one name others may take the other one.
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,50}");

    /**
     * @throws IllegalArgumentException when it is no Base64
     * @throws IOException when that is no JSON; the message may quote it
     */
    public static EncodedIdentity decode(String encoded) throws IOException {
        JsonNode identity = JSON.readValue(Base64.getDecoder().decode(encoded), JsonNode.class)
                .path("identity");
        return new EncodedIdentity(
                Stream.of(identity.path("org_id"), identity.path("internal").path("org_id"))
                        .map(EncodedIdentity::text)
                        .filter(Objects::nonNull)
                        .toList(),
                text(identity.path("account_number")),
                text(identity.path("type")));
    }

    /**
     * Identity of a user who showed a token.
     *
     * @param account null when none is known
     */
    public static String encode(String organisation, String account) {
        return encode(organisation, account, "User", "jwt-auth");
    }

    /**
     * Identity of an organisation's system that showed nothing.
     *
     * @param account null when none is known
     */
    public static String encodeSystem(String organisation, String account) {
        return encode(organisation, account, "System", null);
    }

    private static String encode(String organisation, String account, String type, String proof) {
        ObjectNode root = JSON.createObjectNode();
        ObjectNode identity = root.putObject("identity");
        identity.put("org_id", organisation);
        if (account != null) {
            identity.put("account_number", account);
        }
        identity.put("type", type);
        if (proof != null) {
            identity.put("auth_type", proof);
        }
        identity.putObject("internal").put("org_id", organisation);
        try {
            return Base64.getEncoder().encodeToString(JSON.writeValueAsBytes(root));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Whether a text is fit for an organisation's id or an account number; not for null. */
    public static boolean isId(String text) {
        return text != null && ID.matcher(text).matches();
    }

    private static String text(JsonNode value) {
        if (value.isMissingNode() || value.isNull()) {
            return null;
        }
        return value.isTextual() || value.isIntegralNumber() ? value.asText() : "";
    }
}
