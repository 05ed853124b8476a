package dev.caravan.optimization;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.oracle.NaiveRecommendation.Recommendation;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;

/** Recommendations as a Kruize server answers them: numbers that are 0 are there, and so is what nobody stores. */
final class KruizeShape {
    private static final DateTimeFormatter MILLISECONDS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    private KruizeShape() {}

    /** A time as the server reads and writes it. */
    static String time(Instant instant) {
        return MILLISECONDS.format(instant);
    }

    /**
     * An answer for an object with these containers, or for a namespace.
     *
     * @param type of the object; {@code namespace} for a namespace, whose recommendation has no name
     */
    static ArrayNode answer(String experiment, String type, String name, Map<String, Recommendation> recommendations) {
        ArrayNode answer = JsonNodeFactory.instance.arrayNode();
        boolean ofNamespace = type.equals("namespace");
        ObjectNode object = answer.addObject()
                .put("cluster_name", "org17;1b36b20f")
                .put("experiment_type", ofNamespace ? "namespace" : "container")
                .put("version", "v2.0")
                .put("experiment_name", experiment)
                .putArray("kubernetes_objects")
                .addObject();
        if (!ofNamespace) {
            object.put("type", type).put("name", name);
        }
        object.put("namespace", "shop");
        ArrayNode containers = object.putArray("containers");
        recommendations.forEach((container, recommendation) -> {
            if (ofNamespace) {
                object.putObject("namespaces")
                        .put("namespace", "shop")
                        .set("recommendations", recommendations(recommendation));
            } else {
                containers
                        .addObject()
                        .put("container_image_name", "quay.io/x/" + container)
                        .put("container_name", container)
                        .set("recommendations", recommendations(recommendation));
            }
        });
        return answer;
    }

    private static ObjectNode recommendations(Recommendation recommendation) {
        ObjectNode node = object().put("version", "1.0");
        boolean any = recommendation.document().findValue("recommendation_engines") != null;
        String code = any ? "111000" : "120001";
        node.putObject("notifications")
                .putObject(code)
                .put("type", "info")
                .put("message", "Recommendations")
                .put("code", Integer.parseInt(code));
        node.putObject("data")
                .set(
                        time(recommendation.monitoringEnd()),
                        data(recommendation.document().deepCopy()));
        return node;
    }

    private static ObjectNode data(ObjectNode document) {
        fillZeros(document);
        document.put("monitoring_end_time", time(document.get("monitoring_end_time")));
        for (JsonNode child : document.get("recommendation_terms")) {
            ObjectNode term = (ObjectNode) child;
            if (!term.has("recommendation_engines")) {
                term.remove("monitoring_start_time");
                continue;
            }
            term.put("monitoring_start_time", time(term.get("monitoring_start_time")));
            for (JsonNode engine : term.get("recommendation_engines")) {
                ((ObjectNode) engine).put("pods_count", 1).put("confidence_level", 0.0);
                ObjectNode configuration = (ObjectNode) engine.get("config");
                configuration.putArray("env").addObject().put("name", "JDK_JAVA_OPTIONS");
                ((ObjectNode) configuration.get("requests"))
                        .putObject("runtime")
                        .put("name", "hotspot");
            }
        }
        return document;
    }

    private static String time(JsonNode text) {
        return time(Instant.parse(text.asText()));
    }

    private static void fillZeros(JsonNode node) {
        if (node.has("format")) {
            ObjectNode measured = (ObjectNode) node;
            boolean ofBox = measured.has("max") || !measured.has("amount") && measured.has("q1");
            for (String name : ofBox ? new String[] {"min", "q1", "median", "q3", "max"} : new String[] {"amount"}) {
                if (!measured.has(name)) {
                    measured.put(name, 0.0);
                }
            }
        }
        node.forEach(KruizeShape::fillZeros);
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }
}
