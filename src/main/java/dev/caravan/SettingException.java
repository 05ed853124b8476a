package dev.caravan;

/** A setting has a value that cannot be; the message is one line that names its variable and what may be set. */
public final class SettingException extends RuntimeException {
    public SettingException(String message) {
        super(message);
    }
}
