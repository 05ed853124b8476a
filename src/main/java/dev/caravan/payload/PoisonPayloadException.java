package dev.caravan.payload;

/** A payload that can never be loaded as it is: it goes to quarantine under {@code reason}. */
public final class PoisonPayloadException extends RuntimeException {
    private final String reason;

    /** @param reason code in kebab case, for example {@code not-a-tar-gz} */
    public PoisonPayloadException(String reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public PoisonPayloadException(String reason, String message) {
        this(reason, message, null);
    }

    public String reason() {
        return reason;
    }
}
