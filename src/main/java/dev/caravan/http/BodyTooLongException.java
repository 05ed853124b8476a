package dev.caravan.http;

import java.io.IOException;

/** A request's body is longer than it may be; what is left of it is not read. */
public final class BodyTooLongException extends IOException {
    /** @param limit in bytes */
    public BodyTooLongException(long limit) {
        super("the request's body has more than " + limit + " bytes");
    }
}
