package dev.caravan.optimization.api;

import dev.caravan.http.RequestRefusedException;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** What a request asks with. Empty values are as good as none; of what can be given once the first value counts. */
record QueryParameters(Map<String, String[]> values) {
    /** @throws RequestRefusedException 400 for a value that no text of the database can be */
    static QueryParameters of(HttpServletRequest request) throws RequestRefusedException {
        Map<String, String[]> values = request.getParameterMap();
        if (values.values().stream().flatMap(Arrays::stream).anyMatch(value -> value.indexOf('\0') >= 0)) {
            throw new RequestRefusedException(400, "a parameter has a character that is not allowed");
        }
        return new QueryParameters(values);
    }

    List<String> all(String name) {
        return Arrays.stream(values.getOrDefault(name, new String[0]))
                .filter(value -> !value.isEmpty())
                .distinct()
                .toList();
    }

    String first(String name, String otherwise) {
        return all(name).stream().findFirst().orElse(otherwise);
    }

    /** A whole number; the other one when it is none. */
    int number(String name, int otherwise) {
        try {
            return Integer.parseInt(first(name, ""));
        } catch (NumberFormatException e) {
            return otherwise;
        }
    }
}
