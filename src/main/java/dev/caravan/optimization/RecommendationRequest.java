package dev.caravan.optimization;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;

/**
 * The wish that a workload's recommendations be looked after, as it travels on the topic of such requests; its key there is
 * the name of the experiment. The keys of the JSON are written exactly so, and read in any case.
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record RecommendationRequest(
        @JsonProperty("Request_id") String requestId, @JsonProperty("Metadata") Metadata metadata) {
    public static final String CONTAINER = "container";
    public static final String NAMESPACE = "namespace";

    private static final JsonMapper JSON = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_PROPERTIES)
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .build();

    /**
     * @param workload its number in {@code ros.workloads}
     * @param until end of the newest interval of the report that brought the wish
     * @param type {@link #CONTAINER} or {@link #NAMESPACE}
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Metadata(
            @JsonProperty("Org_id") String organisation,
            @JsonProperty("Workload_id") Long workload,
            @JsonProperty("Experiment_name") String experiment,
            @JsonProperty("Max_endtime_report") Instant until,
            @JsonProperty("ExperimentType") String type) {
        private boolean isWhole() {
            return isThere(organisation)
                    && workload != null
                    && isThere(experiment)
                    && until != null
                    && (CONTAINER.equals(type) || NAMESPACE.equals(type));
        }
    }

    /** The request in a message; empty when it is none, or lacks something. */
    public static Optional<RecommendationRequest> parse(byte[] message) {
        try {
            return Optional.ofNullable(JSON.readValue(message, RecommendationRequest.class))
                    .filter(request -> isThere(request.requestId) && request.metadata != null)
                    .filter(request -> request.metadata.isWhole());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    public String toJson() throws JsonProcessingException {
        return JSON.writeValueAsString(this);
    }

    private static boolean isThere(String text) {
        return text != null && !text.isEmpty();
    }
}
