package dev.caravan.optimization.api;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A recommended request compared with the current one.
 *
 * @param resource cpu or memory
 * @param term short, medium or long
 * @param engine cost or performance
 */
record Variation(String resource, String term, String engine) {
    static final List<String> RESOURCES = List.of("cpu", "memory");
    static final List<String> TERMS = List.of("short", "medium", "long");
    static final List<String> ENGINES = List.of("cost", "performance");
    static final List<Variation> ALL = RESOURCES.stream()
            .flatMap(resource -> TERMS.stream()
                    .flatMap(term -> ENGINES.stream().map(engine -> new Variation(resource, term, engine))))
            .toList();

    /** As lists are ordered by it. */
    String fullName() {
        return resource + "_variation_" + term + "_" + engine;
    }

    /** Of its percentage. */
    String column() {
        return fullName() + "_pct";
    }

    static Optional<Variation> named(String name) {
        return ALL.stream()
                .filter(variation -> variation.fullName().equals(name))
                .findFirst();
    }

    static Stream<String> columns() {
        return ALL.stream().map(Variation::column);
    }
}
