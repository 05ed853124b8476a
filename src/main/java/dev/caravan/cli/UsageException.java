package dev.caravan.cli;

/** The command cannot be carried out as it was given; the message says what to do next. Ends the process with 2. */
final class UsageException extends RuntimeException {
    UsageException(String message) {
        super(message);
    }
}
