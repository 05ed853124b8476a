package dev.caravan.payload;

import java.io.IOException;

/** The server does not hand a payload out. It may be a matter of minutes, so it is poison only once all tries are used up. */
public final class DownloadRefusedException extends IOException {
    public DownloadRefusedException(String message) {
        super(message);
    }
}
