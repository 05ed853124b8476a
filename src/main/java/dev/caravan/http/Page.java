package dev.caravan.http;

import java.util.List;

/** A part of a list, as JSON has it. */
public record Page<T>(Meta meta, Links links, List<T> data) {
    /** @param count entries of the whole list */
    public record Meta(long count, int limit, int offset) {}

    /** Addresses of parts; next and previous are null where there is none. */
    public record Links(String first, String next, String previous, String last) {}
}
