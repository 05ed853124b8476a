package dev.caravan;

/** A file of certificates to trust cannot be used; the message is one line that names the variable to correct. */
public final class CertificateFileException extends RuntimeException {
    public CertificateFileException(String message, Throwable cause) {
        super(message, cause);
    }
}
