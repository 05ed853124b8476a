package dev.caravan.cli;

/** The command stopped halfway; the message says what became of the rest. Ends the process with 2. */
final class StoppedException extends RuntimeException {
    StoppedException(String message, Throwable cause) {
        super(message, cause);
    }

    /** At a payload that could not be loaded now, after others that were. */
    static StoppedException at(String payload, Throwable cause) {
        return new StoppedException(
                "stopped at " + payload + ": " + FailureLines.lineOf(cause)
                        + "; what was committed stays, and the same command again loads the rest",
                cause);
    }
}
