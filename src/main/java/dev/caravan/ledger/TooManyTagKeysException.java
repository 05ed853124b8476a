package dev.caravan.ledger;

/** More label keys were to be enabled than an organisation may have; nothing was changed. */
public final class TooManyTagKeysException extends RuntimeException {
    public TooManyTagKeysException(String message) {
        super(message);
    }
}
