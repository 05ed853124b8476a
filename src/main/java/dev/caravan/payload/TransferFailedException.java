package dev.caravan.payload;

import java.io.IOException;

/** The bytes of a payload could not be read to their end or not be stored; it is tried again later. */
public class TransferFailedException extends IOException {
    public TransferFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
