package dev.caravan.openshift;

/** Fills the derived columns of a row from its read ones. */
interface RowRule {
    /** @param row values in the order of the type's columns */
    void apply(Object[] row);
}
