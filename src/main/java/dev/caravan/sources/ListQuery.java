package dev.caravan.sources;

import dev.caravan.http.Page;
import dev.caravan.http.RequestRefusedException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.springframework.web.util.UriUtils;

/**
 * Which part of a list is asked for.
 *
 * @param filters values by the name of what they are compared with
 * @param limit entries at most
 * @param offset entries to skip
 */
record ListQuery(String path, Map<String, String> filters, int limit, int offset) {
    private static final Pattern FILTER = Pattern.compile("filter\\[(\\w+)](?:\\[eq])?");
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,10}");
    private static final int DEFAULT_LIMIT = 100;
    private static final int GREATEST_LIMIT = 1000;
    private static final int GREATEST_OFFSET = 1_000_000_000;

    /**
     * @param parameters by their names; a filter is called {@code filter[name]}, {@code filter[name][eq]} or {@code name}
     * @throws RequestRefusedException 400 when one is given twice or is no number in its bounds
     */
    static ListQuery of(String path, Map<String, String[]> parameters) throws RequestRefusedException {
        Map<String, String> values = new LinkedHashMap<>();
        for (var parameter : parameters.entrySet()) {
            Matcher filter = FILTER.matcher(parameter.getKey());
            String name = filter.matches() ? filter.group(1) : parameter.getKey();
            if (parameter.getValue().length > 1 || values.put(name, parameter.getValue()[0]) != null) {
                throw new RequestRefusedException(400, name + " is given more than once");
            }
        }
        int limit = number("limit", values.remove("limit"), 1, GREATEST_LIMIT, DEFAULT_LIMIT);
        int offset = number("offset", values.remove("offset"), 0, GREATEST_OFFSET, 0);
        return new ListQuery(path, values, limit, offset);
    }

    private static int number(String name, String text, int least, int greatest, int otherwise)
            throws RequestRefusedException {
        if (text == null) {
            return otherwise;
        }
        long number = NUMBER.matcher(text).matches() ? Long.parseLong(text) : -1;
        if (number < least || number > greatest) {
            throw new RequestRefusedException(400, name + " is a number from " + least + " to " + greatest);
        }
        return (int) number;
    }

    /** What a field must be; null when it may be anything. */
    String filter(String field) {
        return filters.get(field);
    }

    /** Whether a field that has this value is asked for. */
    boolean accepts(String field, String value) {
        return filter(field) == null || filter(field).equals(value);
    }

    private static String escaped(String text) {
        return UriUtils.encode(text, StandardCharsets.UTF_8);
    }

    /** Address of the part of the same list that begins there. */
    String at(long start) {
        String asked = filters.entrySet().stream()
                .map(filter -> escaped("filter[" + filter.getKey() + "]") + "=" + escaped(filter.getValue()) + "&")
                .collect(Collectors.joining());
        return path + "?" + asked + "limit=" + limit + "&offset=" + start;
    }

    /**
     * The part that is asked for.
     *
     * @param count entries of the whole list
     */
    <T> Page<T> page(long count, List<T> data) {
        long next = (long) offset + limit;
        return new Page<>(
                new Page.Meta(count, limit, offset),
                new Page.Links(
                        at(0),
                        next < count ? at(next) : null,
                        offset > 0 ? at(Math.max(0, offset - limit)) : null,
                        at(count == 0 ? 0 : (count - 1) / limit * limit)),
                data);
    }

    /** @param all entries of the whole list */
    <T> Page<T> cut(List<T> all) {
        return page(all.size(), all.stream().skip(offset).limit(limit).toList());
    }
}
