package dev.caravan.optimization.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.SpreadsheetText;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The CSV of container recommendations: a row for each term and engine that recommends something. */
final class CsvRows {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss '+0000 UTC'");
    private static final List<String> SIDES = List.of("limits", "requests");

    private CsvRows() {}

    static List<String> header() {
        return Stream.of(
                        Stream.of(
                                "id",
                                "cluster_uuid",
                                "cluster_alias",
                                "container",
                                "project",
                                "workload",
                                "workload_type",
                                "last_reported",
                                "source_id"),
                        configurationColumns("current"),
                        Stream.of(
                                "monitoring_end_time",
                                "recommendation_term",
                                "duration_in_hours",
                                "monitoring_start_time",
                                "recommendation_type"),
                        configurationColumns("config"),
                        configurationColumns("variation"))
                .flatMap(columns -> columns)
                .toList();
    }

    private static Stream<String> configurationColumns(String configuration) {
        return Stream.of("cpu_limit", "memory_limit", "cpu_request", "memory_request")
                .flatMap(value -> Stream.of("amount", "format").map(part -> configuration + "_" + value + "_" + part));
    }

    /**
     * Rows in the order of terms and engines.
     *
     * @param shown the recommendations of the set as JSON has them, so that the amounts are the same
     */
    static List<List<String>> of(RecommendationSet set, JsonNode shown) {
        List<List<String>> rows = new ArrayList<>();
        for (String name : Variation.TERMS) {
            JsonNode term = shown.path("recommendation_terms").path(name + "_term");
            for (String type : Variation.ENGINES) {
                JsonNode engine = term.path("recommendation_engines").path(type);
                if (engine.isObject()) {
                    rows.add(row(set, shown, name + "_term", term, type, engine));
                }
            }
        }
        return rows;
    }

    private static List<String> row(
            RecommendationSet set, JsonNode shown, String termName, JsonNode term, String type, JsonNode engine) {
        return Stream.of(
                        Stream.of(
                                set.id().toString(),
                                text(set.clusterUuid()),
                                text(set.clusterAlias()),
                                text(set.container()),
                                text(set.project()),
                                text(set.workload()),
                                text(set.workloadType()),
                                time(set.lastReported()),
                                text(set.sourceId())),
                        configuration(shown.path("current")),
                        Stream.of(
                                time(shown.path("monitoring_end_time").asText()),
                                termName,
                                number(term.path("duration_in_hours")),
                                time(term.path("monitoring_start_time").asText()),
                                type),
                        configuration(engine.path("config")),
                        configuration(engine.path("variation")))
                .flatMap(cells -> cells)
                .toList();
    }

    private static Stream<String> configuration(JsonNode configuration) {
        return SIDES.stream()
                .flatMap(side -> Variation.RESOURCES.stream()
                        .map(resource -> configuration.path(side).path(resource)))
                .flatMap(amount -> Stream.of(
                        number(amount.path("amount")),
                        text(amount.path("format").asText())));
    }

    private static String number(JsonNode number) {
        return number.isNumber() ? number.decimalValue().toPlainString() : "";
    }

    private static String text(String text) {
        return text == null ? "" : SpreadsheetText.of(text);
    }

    private static String time(String instant) {
        try {
            return instant.isEmpty() ? "" : time(Instant.parse(instant).atOffset(ZoneOffset.UTC));
        } catch (DateTimeParseException e) {
            return text(instant);
        }
    }

    private static String time(OffsetDateTime time) {
        return time == null ? "" : TIME.format(time.withOffsetSameInstant(ZoneOffset.UTC));
    }
}
