package dev.caravan.openstack;

import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A site of OpenStack.
 *
 * @param key how it is called in tables: lower-case letters, digits and underscores
 * @param name how it is called in charts; null when nothing says so
 * @param database where its tables can be read; empty when nothing says so
 * @param directory with dumps of its tables; empty when nothing says so
 */
public record Site(String key, String name, Optional<SiteDatabase> database, Optional<Path> directory) {
    private static final Pattern KEY = Pattern.compile("[a-z][a-z0-9_]{0,62}");

    /** What a key may be, for people. */
    public static final String KEY_RULE =
            "a lower-case letter, then lower-case letters, digits and underscores, at most 63 together";

    public static boolean isKey(String text) {
        return text != null && KEY.matcher(text).matches();
    }

    /** A site of which no more is known than what it is called. */
    public static Site called(String key, String name) {
        return new Site(key, name, Optional.empty(), Optional.empty());
    }

    public Site withName(String other) {
        return other == null ? this : new Site(key, other, database, directory);
    }

    public Site withoutDatabase() {
        return new Site(key, name, Optional.empty(), directory);
    }

    public Site withDatabase(SiteDatabase other) {
        return new Site(key, name, Optional.of(other), directory);
    }
}
