package dev.caravan.payload;

import java.nio.file.Path;

/**
 * The original bytes of a payload on local disk, under a name Caravan chose.
 *
 * @param sha256 of the bytes, lower-case hexadecimal
 */
public record SpooledFile(Path path, String sha256, long sizeBytes) {}
