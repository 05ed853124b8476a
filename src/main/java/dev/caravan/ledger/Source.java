package dev.caravan.ledger;

import java.util.UUID;

/**
 * A cluster that may send payloads.
 *
 * @param id number by which it is known over HTTP and in events, and so is its only application
 * @param schema schema of its organisation
 */
public record Source(UUID uuid, long id, String organisation, String schema, String clusterId, String alias) {
    /** Cost management, the one kind of application that sources have. */
    public static final int APPLICATION_TYPE = 2;

    public static final int LONGEST_CLUSTER_ID = 50;
    public static final int LONGEST_ALIAS = 256;

    /** Whether a cluster may have this id: 1 to {@value #LONGEST_CLUSTER_ID} characters, no control characters. */
    public static boolean isClusterId(String text) {
        return isName(text, LONGEST_CLUSTER_ID);
    }

    /** Whether a source may be called this: 1 to {@value #LONGEST_ALIAS} characters, no control characters. */
    public static boolean isAlias(String text) {
        return isName(text, LONGEST_ALIAS);
    }

    private static boolean isName(String text, int longest) {
        return text != null
                && !text.isBlank()
                && text.length() <= longest
                && text.codePoints().noneMatch(Source::isNoText);
    }

    private static boolean isNoText(int character) {
        return Character.isISOControl(character) || Character.getType(character) == Character.SURROGATE;
    }

    /** The search_path under which the stored functions find this source's tables. */
    public String searchPath() {
        return schema + ", caravan, pg_temp";
    }
}
