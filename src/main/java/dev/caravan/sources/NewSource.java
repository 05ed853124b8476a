package dev.caravan.sources;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.caravan.http.RequestRefusedException;
import dev.caravan.ledger.Source;

/** A source that is to be registered, in the words of an operator, of Koku, or of both. */
@JsonIgnoreProperties(ignoreUnknown = true)
record NewSource(
        @JsonProperty("name") String name,
        @JsonProperty("source_type_id") String typeId,
        @JsonProperty("source_type") String type,
        @JsonProperty("source_ref") String reference,
        @JsonProperty("authentication") Authentication authentication) {
    static final String TYPE_ID = "1";
    static final String TYPE = "OCP";

    @JsonIgnoreProperties(ignoreUnknown = true)
    record Authentication(@JsonProperty("credentials") Credentials credentials) {}

    @JsonIgnoreProperties(ignoreUnknown = true)
    record Credentials(@JsonProperty("cluster_id") String clusterId) {}

    /** @throws RequestRefusedException 400 when something is missing or not as it may be */
    void check() throws RequestRefusedException {
        if (!Source.isAlias(name)) {
            throw refused(
                    "name must have 1 to " + Source.LONGEST_ALIAS + " characters and no control characters among them");
        }
        if (typeId == null && type == null) {
            throw refused("source_type_id or source_type is missing");
        }
        if ((typeId != null && !typeId.equals(TYPE_ID)) || (type != null && !type.equals(TYPE))) {
            throw refused("the only kind of source is source_type_id " + TYPE_ID + ", which is source_type " + TYPE);
        }
        if (reference != null && credentialsCluster() != null && !reference.equals(credentialsCluster())) {
            throw refused("source_ref and authentication name different clusters");
        }
        if (clusterId() == null) {
            throw refused("source_ref or authentication.credentials.cluster_id is missing");
        }
        if (!Source.isClusterId(clusterId())) {
            throw refused("the cluster's id must have 1 to " + Source.LONGEST_CLUSTER_ID
                    + " characters and no control characters among them");
        }
    }

    String clusterId() {
        return reference != null ? reference : credentialsCluster();
    }

    private String credentialsCluster() {
        return authentication == null || authentication.credentials() == null
                ? null
                : authentication.credentials().clusterId();
    }

    private static RequestRefusedException refused(String reason) {
        return new RequestRefusedException(400, reason);
    }
}
