package dev.caravan.payload;

/**
 * A regular file of a payload's archive, without manifest.json.
 *
 * @param name as in the archive, a leading {@code ./} stripped; data, never a path to write to
 * @param sha256 of its bytes, lower-case hexadecimal
 * @param sizeBytes uncompressed
 */
public record Member(String name, String sha256, long sizeBytes) {}
