package dev.caravan.payload;

/** The server of a payload is away, fails or is too slow. It is tried again later, for as long as there is patience. */
public final class DownloadFailedException extends TransferFailedException {
    public DownloadFailedException(String message) {
        super(message, null);
    }
}
