package dev.caravan.openshift;

/** A field that makes its row unusable. Thrown once a bad row: it carries no stack. */
public final class RowRejectedException extends RuntimeException {
    private final String reason;

    public RowRejectedException(String reason) {
        super(reason, null, false, false);
        this.reason = reason;
    }

    public String reason() {
        return reason;
    }
}
