package dev.caravan.optimization;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.PrintableText;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * What a Kruize server answered.
 *
 * @param status of HTTP
 * @param body an object with {@code message} and, of results of which some were refused, {@code data}; or what was asked for
 */
record KruizeAnswer(int status, JsonNode body) {
    private static final int CREATED = 201;
    private static final int CONFLICT = 409;
    private static final int LONGEST_MESSAGE = 300;
    /** As earlier and later versions say it; the last speaks of a program's variable. */
    private static final List<String> NO_PROFILE = List.of(
            "Performance Profile doesn't exist",
            "performance_profile does not exist",
            "because \"performanceProfile\" is null");

    boolean isDone() {
        return status == CREATED;
    }

    /** Whether what was to be made is there already. */
    boolean isDuplicate() {
        return status == CONFLICT || says("already exists");
    }

    boolean lacksProfile() {
        return NO_PROFILE.stream().anyMatch(this::says);
    }

    boolean lacksExperiment() {
        return says("experiment_name does not exist") || says("Experiment not found");
    }

    /** The entries that were refused, each with its errors. */
    Iterable<JsonNode> refused() {
        return body.path("data");
    }

    /** For one line of the log. */
    String message() {
        String text = PrintableText.of(body.path("message").asText());
        return text.length() <= LONGEST_MESSAGE ? text : text.substring(0, LONGEST_MESSAGE);
    }

    private boolean says(String part) {
        return !isDone()
                && Stream.concat(
                                Stream.of(body.path("message").asText()),
                                StreamSupport.stream(refused().spliterator(), false)
                                        .flatMap(entry -> StreamSupport.stream(
                                                entry.path("errors").spliterator(), false))
                                        .map(error -> error.path("message").asText()))
                        .anyMatch(message -> message.contains(part));
    }
}
