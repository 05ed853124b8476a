package dev.caravan.pgcopy;

/** Writes values of one column type: four bytes of length, then the bytes the server's receive function reads. */
@FunctionalInterface
interface ValueWriter {

    /**
     * @param value never null
     * @throws IllegalArgumentException or ArithmeticException, saying what is wrong with the value
     */
    void write(CopyBuffer out, Object value);
}
