package dev.caravan.optimization.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Set;

/**
 * Makes what is shown of stored recommendations: amounts in the units that are asked for, variations as percentages, and of
 * the notices only those that tell somebody what not to change.
 */
final class ShownRecommendations {
    /** There is nothing to gain from changing a request or a limit of memory or CPU. */
    private static final Set<String> SHOWN_NOTICES = Set.of("323004", "323005", "324003", "324004");

    private static final String NOTICES = "notifications";
    private static final String NEVER = "0001-01-01T00:00:00Z";
    private static final String BEGIN = "monitoring_start_time";
    private static final String DURATION = "duration_in_hours";
    private static final int PERCENT_DECIMALS = 3;

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final RecommendationSet set;
    private final Units units;

    private ShownRecommendations(RecommendationSet set, Units units) {
        this.set = set;
        this.units = units;
    }

    /** @throws UncheckedIOException when what is stored is no JSON object */
    static ObjectNode of(RecommendationSet set, Units units) {
        return new ShownRecommendations(set, units).shown();
    }

    private ObjectNode shown() {
        ObjectNode all = stored();
        dropOtherNotices(all);
        JsonNode current = all.path("current");
        convertConfiguration(current);
        for (String term : Variation.TERMS) {
            if (all.path("recommendation_terms").path(term + "_term") instanceof ObjectNode found) {
                convertTerm(term, found, current);
            }
        }
        return all;
    }

    private ObjectNode stored() {
        try {
            return JSON.readValue(set.recommendations(), ObjectNode.class);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void convertTerm(String name, ObjectNode term, JsonNode current) {
        dropOtherNotices(term);
        if (term.path(DURATION).isNumber()) {
            put(term, DURATION, term.get(DURATION).decimalValue().setScale(1, RoundingMode.DOWN));
        }
        if (term.path(BEGIN).asText().equals(NEVER)) {
            term.remove(BEGIN);
        }
        for (String engine : Variation.ENGINES) {
            if (term.path("recommendation_engines").path(engine) instanceof ObjectNode found) {
                dropOtherNotices(found);
                convertConfiguration(found.path("config"));
                JsonNode variation = found.path("variation");
                convertConfiguration(variation);
                for (String resource : Variation.RESOURCES) {
                    compare(variation, current, "requests", new Variation(resource, name, engine));
                    compare(variation, current, "limits", new Variation(resource, name, engine));
                }
            }
        }
        for (JsonNode box : term.path("plots").path("plots_data")) {
            convertBox(box.path("cpuUsage"), units.cpu());
            convertBox(box.path("memoryUsage"), units.memory());
        }
    }

    private static void dropOtherNotices(ObjectNode from) {
        for (var codes = from.path(NOTICES).fieldNames(); codes.hasNext(); ) {
            if (!SHOWN_NOTICES.contains(codes.next())) {
                from.remove(NOTICES);
                return;
            }
        }
    }

    private void convertConfiguration(JsonNode configuration) {
        for (JsonNode side : configuration) {
            convertAmount(side.path("cpu"), units.cpu());
            convertAmount(side.path("memory"), units.memory());
        }
    }

    private void convertAmount(JsonNode amount, Unit unit) {
        if (amount instanceof ObjectNode found && !found.isEmpty()) {
            if (found.path("amount").isNumber()) {
                put(found, "amount", unit.of(found.get("amount").decimalValue()));
            }
            found.put("format", units.name(unit));
        }
    }

    private void convertBox(JsonNode box, Unit unit) {
        if (box instanceof ObjectNode found) {
            found.properties().forEach(value -> {
                if (value.getValue().isNumber()) {
                    put(found, value.getKey(), unit.of(value.getValue().decimalValue()));
                }
            });
            found.put("format", units.name(unit));
        }
    }

    /** The percentage of a request that is stored is what lists are ordered by; what is shown must be the same. */
    private void compare(JsonNode variations, JsonNode current, String side, Variation variation) {
        if (!(variations.path(side) instanceof ObjectNode compared)) {
            return;
        }
        BigDecimal known = side.equals("requests") ? set.percentages().get(variation) : null;
        BigDecimal percentage = known != null
                ? known
                : percentage(
                        amount(variations, side, variation.resource()), amount(current, side, variation.resource()));
        ObjectNode shown = compared.putObject(variation.resource());
        put(shown, "amount", percentage);
        shown.put("format", "percent");
    }

    private static double amount(JsonNode configuration, String side, String resource) {
        return configuration.path(side).path(resource).path("amount").asDouble();
    }

    /** In double precision, as the percentages of requests are computed that stand beside it. */
    private static BigDecimal percentage(double change, double current) {
        return change == 0 || current == 0
                ? BigDecimal.ZERO
                : BigDecimal.valueOf(change / current * 100).setScale(PERCENT_DECIMALS, RoundingMode.DOWN);
    }

    private static void put(ObjectNode into, String name, BigDecimal number) {
        into.put(name, number.stripTrailingZeros());
    }
}
