package dev.caravan.payload;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;

/** A payload that passed the checks of its archive: its bytes on disk, its manifest and the other members. */
public record Payload(SpooledFile file, Manifest manifest, List<Member> members) {
    private static final JsonMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .build();

    /** Array of {name, sha256, size_bytes}, as the stored function claim_payload reads it. */
    public String membersAsLedgerJson() {
        try {
            return JSON.writeValueAsString(members);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
