package dev.caravan.sources;

import java.util.List;

/** A part of a list, as JSON has it. */
record Page<T>(Meta meta, Links links, List<T> data) {
    /** @param count entries of the whole list */
    record Meta(long count, int limit, int offset) {}

    /** Addresses of other parts; next and previous are null where there is none. */
    record Links(String first, String next, String previous, String last) {}

    /** @param data of the part that is asked for */
    static <T> Page<T> of(ListQuery query, long count, List<T> data) {
        long next = (long) query.offset() + query.limit();
        return new Page<>(
                new Meta(count, query.limit(), query.offset()),
                new Links(
                        query.at(0),
                        next < count ? query.at(next) : null,
                        query.offset() > 0 ? query.at(Math.max(0, query.offset() - query.limit())) : null,
                        query.at(count == 0 ? 0 : (count - 1) / query.limit() * query.limit())),
                data);
    }

    /** @param all entries of the whole list */
    static <T> Page<T> cut(ListQuery query, List<T> all) {
        return of(
                query,
                all.size(),
                all.stream().skip(query.offset()).limit(query.limit()).toList());
    }
}
