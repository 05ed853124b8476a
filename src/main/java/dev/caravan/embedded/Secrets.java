package dev.caravan.embedded;

import java.security.SecureRandom;
import java.util.Base64;

/** Passwords nobody has to think of. */
final class Secrets {
    private static final int BYTES = 24;

    private Secrets() {}

    /** 24 random bytes in letters, digits, minus and underscore: safe in an address, a shell and a JSON text. */
    static String generate() {
        var bytes = new byte[BYTES];
        new SecureRandom().nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
