package dev.caravan.cli;

import java.util.List;

/** Label keys as they are given on the command line. */
final class LabelKeys {
    private LabelKeys() {}

    /**
     * Each key once.
     *
     * @throws UsageException when one of them is none
     */
    static List<String> of(List<String> given) {
        if (given.stream().anyMatch(key -> key.isBlank() || key.chars().anyMatch(Character::isISOControl))) {
            throw new UsageException("a label key is blank or has control characters in it");
        }
        return given.stream().distinct().toList();
    }
}
