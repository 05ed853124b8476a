package dev.caravan.optimization;

import java.io.IOException;

/** The Kruize server answers nobody. */
public final class KruizeUnavailableException extends IOException {
    public KruizeUnavailableException(String message) {
        super(message);
    }
}
