package dev.caravan.cli;

/** The command stopped halfway; the message says what became of the rest. Ends the process with 2. */
final class StoppedException extends RuntimeException {
    StoppedException(String message, Throwable cause) {
        super(message, cause);
    }
}
