package dev.caravan.payload;

/**
 * A regular file of a payload's archive, without manifest.json.
 *
 * @param name as in the archive, a leading {@code ./} stripped; data, never a path to write to
 * @param sha256 of its bytes, lower-case hexadecimal
 * @param sizeBytes uncompressed
 */
public record Member(String name, String sha256, long sizeBytes) {
    /** The name of the member that an entry of the archive is. */
    public static String nameOf(String entry) {
        return entry.startsWith("./") ? entry.substring(2) : entry;
    }
}
