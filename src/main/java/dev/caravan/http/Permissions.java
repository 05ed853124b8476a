package dev.caravan.http;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads the permissions that the access service lists: {@code <application>:<resource>:<verb>}, for clusters and projects
 * with those they are bounded to. Others are passed over, that of nodes too: a workload has none of its own.
 */
final class Permissions {
    private static final String APPLICATION = "cost-management";
    private static final Set<String> READING = Set.of("read", "*");
    private static final String CLUSTER = "openshift.cluster";
    private static final String PROJECT = "openshift.project";
    private static final String ALL = "*";

    private Permissions() {}

    /** What they allow together; empty for nothing. */
    static Optional<Access> access(List<JsonNode> permissions) {
        Map<String, Set<String>> allowed = new HashMap<>();
        for (JsonNode permission : permissions) {
            String[] parts = permission.path("permission").asText().split(":", -1);
            if (parts.length == 3 && parts[0].equals(APPLICATION) && READING.contains(parts[2])) {
                allowed.computeIfAbsent(parts[1], resource -> new HashSet<>())
                        .addAll(bounds(permission.path("resourceDefinitions")));
            }
        }
        if (allowed.containsKey(ALL)) {
            return Optional.of(Access.ALL);
        }
        Set<String> clusters = allowed.get(CLUSTER);
        Set<String> projects = allowed.get(PROJECT);
        boolean nothing = clusters == null && projects == null || isNone(clusters) || isNone(projects);
        return nothing ? Optional.empty() : Optional.of(new Access(narrowed(clusters), narrowed(projects)));
    }

    /** Bounded, but to nothing that could be read. */
    private static boolean isNone(Set<String> values) {
        return values != null && values.isEmpty();
    }

    private static Set<String> narrowed(Set<String> values) {
        return values == null || values.contains(ALL) ? null : Set.copyOf(values);
    }

    private static List<String> bounds(JsonNode definitions) {
        if (definitions.isMissingNode() || definitions.isNull() || definitions.isArray() && definitions.isEmpty()) {
            return List.of(ALL);
        }
        List<String> values = new ArrayList<>();
        for (JsonNode definition : definitions) {
            JsonNode value = definition.path("attributeFilter").path("value");
            if (value.isTextual()) {
                values.add(value.asText());
            }
            value.forEach(element -> {
                if (element.isTextual()) {
                    values.add(element.asText());
                }
            });
        }
        return values;
    }
}
