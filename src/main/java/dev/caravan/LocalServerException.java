package dev.caravan;

/** A server of the embedded default cannot be started; the message is one line that names the cause and the next step. */
public final class LocalServerException extends RuntimeException {
    public LocalServerException(String message, Throwable cause) {
        super(message, cause);
    }

    public LocalServerException(String message) {
        super(message);
    }
}
