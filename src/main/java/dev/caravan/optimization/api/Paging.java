package dev.caravan.optimization.api;

import dev.caravan.http.Page;
import dev.caravan.http.RequestRefusedException;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Which part of a list is asked for.
 *
 * @param path of the list
 * @param rest of the query, as it came
 * @param limit entries at most
 * @param offset entries to skip
 */
record Paging(String path, String rest, int limit, int offset) {
    private static final int DEFAULT_LIMIT = 10;
    private static final int EVERYTHING = -1;

    /**
     * @param most entries of one part; a greater limit, and that for everything, is as much as this
     * @throws RequestRefusedException 400 for a limit below that for everything
     */
    static Paging of(HttpServletRequest request, QueryParameters parameters, int most) throws RequestRefusedException {
        int limit = parameters.number("limit", DEFAULT_LIMIT);
        if (limit < EVERYTHING) {
            throw new RequestRefusedException(400, "limit cannot be less than -1");
        }
        return new Paging(
                request.getRequestURI(),
                rest(request.getQueryString()),
                limit == EVERYTHING ? most : Math.min(limit, most),
                Math.max(0, parameters.number("offset", 0)));
    }

    private static String rest(String query) {
        return query == null
                ? ""
                : Arrays.stream(query.split("&"))
                        .filter(pair -> !pair.isEmpty() && !pair.matches("(limit|offset)(=.*)?"))
                        .map(pair -> "&" + pair)
                        .collect(Collectors.joining());
    }

    Paging withLimit(int other) {
        return new Paging(path, rest, other, offset);
    }

    /**
     * The part that is asked for. Its first address is its own, and its last one that of the part behind it, whether or not
     * there is one: clients know them so.
     *
     * @param count entries of the whole list
     */
    <T> Page<T> page(long count, List<T> data) {
        long next = (long) offset + limit;
        return new Page<>(
                new Page.Meta(count, limit, offset),
                new Page.Links(
                        at(offset),
                        limit > 0 && next < count ? at(next) : null,
                        offset > 0 ? at(Math.max(0, offset - limit)) : null,
                        at(next)),
                data);
    }

    private String at(long start) {
        return path + "?limit=" + limit + "&offset=" + start + rest;
    }
}
