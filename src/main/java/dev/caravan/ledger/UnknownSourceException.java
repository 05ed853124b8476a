package dev.caravan.ledger;

/** No active source of that organisation has this cluster; the payload waits in quarantine until one is registered. */
public final class UnknownSourceException extends RuntimeException {
    public UnknownSourceException(String message) {
        super(message);
    }
}
