package dev.caravan.bench;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.UUID;
import org.springframework.util.FileSystemUtils;

/**
 * The folder of one benchmark, and beside it a file that its process keeps locked. The lock ends with the process, however
 * that ends; a folder whose lock can be had is nobody's.
 */
final class BenchFolder implements AutoCloseable {
    private static final String NAME = "caravan-bench-";
    private static final String LOCK = ".lock";

    private final Path path;
    private final FileChannel lock;

    private BenchFolder(Path path, FileChannel lock) {
        this.path = path;
        this.lock = lock;
    }

    /** Makes one below an existing folder; other users may pass through it at most. */
    static BenchFolder create(Path parent) throws IOException {
        Path path = parent.toRealPath().resolve(NAME + UUID.randomUUID());
        var lock = FileChannel.open(lockOf(path), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        lock.lock();
        Files.createDirectory(path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx--x--x")));
        return new BenchFolder(path, lock);
    }

    Path path() {
        return path;
    }

    Path make(String name) throws IOException {
        return Files.createDirectories(path.resolve(name));
    }

    /** Removes what killed benchmarks of the same user left below a folder, their servers included; returns how many. */
    static int sweep(Path parent) throws IOException {
        List<Path> found;
        try (var entries = Files.list(parent.toRealPath())) {
            found = entries.filter(entry -> entry.getFileName().toString().matches(NAME + "[0-9a-f-]{36}"))
                    .toList();
        }
        int swept = 0;
        for (Path folder : found) {
            if (!Files.getOwner(folder).getName().equals(System.getProperty("user.name"))) {
                continue;
            }
            try (FileChannel lock =
                            FileChannel.open(lockOf(folder), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock had = lock.tryLock()) {
                if (had != null) {
                    BenchPostgresql.stopLeftovers(folder);
                    remove(folder);
                    swept++;
                }
            } catch (OverlappingFileLockException e) {
                // Another benchmark of this process.
                continue;
            }
        }
        return swept;
    }

    @Override
    public void close() throws IOException {
        try (lock) {
            remove(path);
        }
    }

    private static void remove(Path folder) throws IOException {
        FileSystemUtils.deleteRecursively(folder);
        Files.deleteIfExists(lockOf(folder));
    }

    private static Path lockOf(Path folder) {
        return folder.resolveSibling(folder.getFileName() + LOCK);
    }
}
