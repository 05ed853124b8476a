package dev.caravan.optimization;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/** Says in what recommendations differ; numbers may by a billionth. */
final class RecommendationComparison {
    private RecommendationComparison() {}

    /** Adds the differences, and the codes of the notifications that occur; what a message says is not compared. */
    static void compare(String path, JsonNode made, JsonNode expected, Set<String> codes, List<String> differences) {
        if (expected.isNumber() && made.isNumber()) {
            near(path, made.doubleValue(), expected.doubleValue(), 1e-9, differences);
            return;
        }
        if (!expected.isObject() || !made.isObject()) {
            same(path, made, expected, differences);
            return;
        }
        if (expected.has("code") && ((ObjectNode) made).remove("message") != null) {
            codes.add(expected.get("code").asText());
        }
        Set<String> fields = new TreeSet<>();
        made.fieldNames().forEachRemaining(fields::add);
        expected.fieldNames().forEachRemaining(fields::add);
        for (String field : fields) {
            compare(path + "/" + field, made.path(field), expected.path(field), codes, differences);
        }
    }

    static void same(String path, Object made, Object expected, List<String> differences) {
        if (!Objects.equals(made, expected)) {
            differences.add(path + " is " + made + " instead of " + expected);
        }
    }

    static void near(String path, double made, double expected, double tolerance, List<String> differences) {
        if (!(Math.abs(made - expected) <= tolerance * Math.max(1, Math.abs(expected)))) {
            differences.add(path + " is " + made + " instead of " + expected);
        }
    }
}
