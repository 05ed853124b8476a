package dev.caravan.http;

/** A request that is answered with a status other than success, and a text for whoever sent it. */
public final class RequestRefusedException extends Exception {
    private final int status;

    /**
     * @param status of HTTP, 400 to 599
     * @param message the answer's body; empty for none
     */
    public RequestRefusedException(int status, String message) {
        super(message);
        this.status = status;
    }

    public RequestRefusedException(int status, String message, Throwable cause) {
        super(message, cause);
        this.status = status;
    }

    public int status() {
        return status;
    }
}
