package dev.caravan.upload;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.OffsetDateTime;

/**
 * What became of an upload, as it is told to those who sent it.
 *
 * @param status received, staged, processing, done or failed
 * @param statusMessage the same for people
 * @param date since when it is so
 * @param reason code of the failure, null unless it failed
 * @param payload what {@code caravan.describe_payload} says, null unless it is done
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record TrackedUpload(
        @JsonProperty("request_id") String requestId,
        @JsonProperty("service") String service,
        @JsonProperty("status") String status,
        @JsonProperty("status_msg") String statusMessage,
        @JsonProperty("received_at") String receivedAt,
        @JsonProperty("date") String date,
        @JsonProperty("size_bytes") Long sizeBytes,
        @JsonProperty("sha256") String sha256,
        @JsonProperty("reason") String reason,
        @JsonProperty("payload") JsonNode payload) {

    static TrackedUpload underWay(String requestId, OffsetDateTime received, String status, OffsetDateTime since) {
        String message =
                switch (status) {
                    case "received" -> "its bytes are coming in";
                    case "staged" -> "stored, and waiting for its turn";
                    default -> "being checked and loaded";
                };
        return of(requestId, status, message, received, since, null, null, null, null);
    }

    static TrackedUpload failed(
            String requestId, OffsetDateTime received, OffsetDateTime since, String reason, String message) {
        return of(requestId, "failed", message, received, since, null, null, reason, null);
    }

    static TrackedUpload done(
            String requestId, OffsetDateTime received, Long sizeBytes, String sha256, JsonNode payload) {
        return of(
                requestId,
                "done",
                message(payload),
                received,
                OffsetDateTime.parse(payload.get("taken_at").asText() + "Z"),
                sizeBytes,
                sha256,
                null,
                payload);
    }

    private static String message(JsonNode payload) {
        if (payload.get("outcome").asText().equals("outside-retention")) {
            return "older than what is kept: nothing was loaded";
        }
        String rows = payload.get("rows_loaded").asLong() + " rows loaded, "
                + payload.get("rows_rejected").asLong() + " rejected";
        return payload.get("complete").asBoolean()
                ? rows + ", " + payload.get("days").size() + " days"
                : rows + "; summarised once the manifest's other files came: "
                        + payload.get("missing_files").asInt() + " missing";
    }

    private static TrackedUpload of(
            String requestId,
            String status,
            String message,
            OffsetDateTime received,
            OffsetDateTime since,
            Long sizeBytes,
            String sha256,
            String reason,
            JsonNode payload) {
        return new TrackedUpload(
                requestId,
                UploadType.SERVICE,
                status,
                message,
                received.toInstant().toString(),
                since.toInstant().toString(),
                sizeBytes,
                sha256,
                reason,
                payload);
    }
}
