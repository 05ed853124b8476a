package dev.caravan.optimization.api;

/**
 * How amounts are shown.
 *
 * @param fullNames whether units are named in full, not as Kubernetes writes them
 */
record Units(Unit cpu, Unit memory, boolean fullNames) {
    String name(Unit unit) {
        return fullNames ? unit.fullName() : unit.suffix();
    }
}
