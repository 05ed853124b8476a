package dev.caravan.optimization;

import java.io.IOException;

/** The Kruize server is there, and did not do what it was asked for. */
public final class KruizeFailedException extends IOException {
    public KruizeFailedException(String message) {
        super(message);
    }
}
