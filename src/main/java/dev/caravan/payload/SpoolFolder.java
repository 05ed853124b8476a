package dev.caravan.payload;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The part of the spool that belongs to one process: a folder of a random name, and beside it a file of the same name that
 * the process keeps locked. The lock ends with the process, however that ends; a folder whose lock can be had is nobody's.
 */
final class SpoolFolder implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SpoolFolder.class);
    private static final String LOCK = ".lock";
    private static final Pattern FOLDER = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    /** As earlier versions left them in the spool itself. */
    private static final Pattern FILE = Pattern.compile(FOLDER + "\\.tar\\.gz");
    /** No payload is in use for as long as that. */
    private static final Duration OLD = Duration.ofDays(1);
    /** Of this process: closing any channel on a file gives up its lock. */
    private static final Set<Path> OWN = ConcurrentHashMap.newKeySet();

    private final Path folder;
    private final Path lockFile;
    private final FileChannel lock;

    private SpoolFolder(Path folder, Path lockFile, FileChannel lock) {
        this.folder = folder;
        this.lockFile = lockFile;
        this.lock = lock;
    }

    /** Makes a folder in the spool; locked before it is there, so that no other process takes it for an orphan. */
    static SpoolFolder create(Path spool) throws IOException {
        Files.createDirectories(spool);
        Path folder = spool.resolve(UUID.randomUUID().toString()).toAbsolutePath();
        Path lockFile = lockFileOf(folder);
        FileChannel lock = FileChannel.open(lockFile, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        OWN.add(folder);
        var made = new SpoolFolder(folder, lockFile, lock);
        try {
            lock.lock();
            Files.createDirectory(folder);
            return made;
        } catch (IOException e) {
            made.close();
            throw e;
        }
    }

    /** False when somebody has tidied it away. */
    boolean exists() {
        return Files.exists(folder) && Files.exists(lockFile);
    }

    Path newFile() throws IOException {
        return Files.createFile(folder.resolve(UUID.randomUUID() + ".tar.gz"));
    }

    /** Gives it up; what is still in it is swept by the next process that starts. */
    @Override
    public void close() throws IOException {
        try (lock) {
            if (!Files.exists(folder) || entries(folder).isEmpty()) {
                Files.deleteIfExists(folder);
                Files.deleteIfExists(lockFile);
            }
        }
        OWN.remove(folder);
    }

    /** Removes what processes left in the spool that ended in the midst of their work. */
    static void sweep(Path spool) {
        if (!Files.isDirectory(spool)) {
            return;
        }
        var swept = new Swept();
        try {
            for (Path entry : entries(spool.toAbsolutePath())) {
                String name = entry.getFileName().toString();
                if (FOLDER.matcher(name).matches() && Files.isDirectory(entry)) {
                    sweepFolder(entry, swept);
                } else if (FILE.matcher(name).matches() && isOld(entry)) {
                    swept.delete(entry);
                }
            }
        } catch (IOException e) {
            LOG.warn("the spool {} cannot be looked through for what other processes left: {}", spool, e.getMessage());
        }
        if (swept.files > 0) {
            LOG.info(
                    "removed {} files with {} bytes from the spool {}: processes left them that ended in the midst of"
                            + " their work; those payloads are loaded from where they came from",
                    swept.files,
                    swept.bytes,
                    spool);
        }
    }

    private static void sweepFolder(Path folder, Swept swept) throws IOException {
        if (OWN.contains(folder)) {
            return;
        }
        try (FileChannel lock =
                        FileChannel.open(lockFileOf(folder), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock had = lock.tryLock()) {
            if (had != null) {
                for (Path file : entries(folder)) {
                    swept.delete(file);
                }
                Files.deleteIfExists(folder);
                Files.deleteIfExists(lockFileOf(folder));
            }
        } catch (OverlappingFileLockException e) {
            // This process is looking at it just now.
            LOG.debug("{} is being looked at", folder);
        }
    }

    private static boolean isOld(Path file) throws IOException {
        return Files.isRegularFile(file)
                && Files.getLastModifiedTime(file)
                        .toInstant()
                        .isBefore(Instant.now().minus(OLD));
    }

    private static List<Path> entries(Path folder) throws IOException {
        try (var found = Files.list(folder)) {
            return found.toList();
        }
    }

    private static Path lockFileOf(Path folder) {
        return folder.resolveSibling(folder.getFileName() + LOCK);
    }

    private static final class Swept {
        private int files;
        private long bytes;

        void delete(Path file) throws IOException {
            long size = Files.size(file);
            if (Files.deleteIfExists(file)) {
                files++;
                bytes += size;
            }
        }
    }
}
