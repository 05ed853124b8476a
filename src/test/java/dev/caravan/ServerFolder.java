package dev.caravan;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where a test server keeps its data: in memory where the machine has such a file system with room to spare, since a database
 * is hundreds of files, and making and dropping one takes ten times as long on a disk.
 */
final class ServerFolder {
    private static final Path MEMORY = Path.of("/dev/shm");
    private static final long ROOM_BYTES = 3L << 30;

    private ServerFolder() {}

    /** Makes an empty one, which whoever starts the server removes. */
    static Path create(String name) throws IOException {
        boolean roomy = Files.isWritable(MEMORY) && Files.getFileStore(MEMORY).getUsableSpace() > ROOM_BYTES;
        return roomy ? Files.createTempDirectory(MEMORY, name) : Files.createTempDirectory(name);
    }
}
