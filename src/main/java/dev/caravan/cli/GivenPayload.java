package dev.caravan.cli;

import java.nio.file.Path;

/**
 * A file to ingest.
 *
 * @param name how lines call it
 * @param organisation the one it belongs to, null when its cluster shall tell
 */
record GivenPayload(Path path, String name, String organisation) {}
