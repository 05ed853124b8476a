package dev.caravan.http;

import java.io.IOException;

/** A request's body takes longer than it may; what is left of it is not read. */
public final class BodyTooSlowException extends IOException {
    /** @param limit in milliseconds */
    public BodyTooSlowException(long limit) {
        super("the request's body took longer than " + limit / 1000 + " s");
    }
}
