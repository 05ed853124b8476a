package dev.caravan.embedded;

import dev.caravan.LocalServerException;
import dev.caravan.LocalServers;
import dev.caravan.Trial;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The servers of one data directory: started by the first process that needs them, which owns the directory until it
 * ends, and used by others meanwhile.
 */
final class EmbeddedServers implements LocalServers {
    private static final long ROOM_BYTES = 512L * 1024 * 1024;
    private static final Duration WAIT = Duration.ofSeconds(20);
    private static final long PAUSE_MILLIS = 100;

    private final Map<String, String> settings = new LinkedHashMap<>();
    /** What to undo, the latest first. */
    private final Deque<AutoCloseable> started = new ArrayDeque<>();

    private Trial trial;

    private EmbeddedServers() {}

    /**
     * Connects to the servers that run in the directory, or takes it and starts them.
     *
     * @throws LocalServerException when another process has the directory without the servers needed, or a server does
     *     not start
     */
    static EmbeddedServers open(Request request) {
        return open(request, WAIT, ROOM_BYTES);
    }

    /** As above; waits so long for another process that has the directory, and wants so much room on its disk. */
    static EmbeddedServers open(Request request, Duration wait, long roomBytes) {
        Path directory = request.directory();
        try {
            Files.createDirectories(directory);
            long end = System.nanoTime() + wait.toNanos();
            while (true) {
                Optional<RunningServers> running = RunningServers.read(directory);
                if (running.isPresent() && running.get().servers().containsAll(request.needed())) {
                    var servers = new EmbeddedServers();
                    servers.settings.putAll(running.get().settings());
                    return servers;
                }
                Optional<FileChannel> lock = lock(directory);
                if (lock.isPresent()) {
                    return start(request, lock.get(), roomBytes);
                }
                if (System.nanoTime() > end) {
                    throw busy(directory, running);
                }
                // The other one may be starting, or about to end.
                Thread.sleep(PAUSE_MILLIS);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LocalServerException("interrupted while waiting for " + directory, e);
        }
    }

    @Override
    public Map<String, String> settings() {
        return Map.copyOf(settings);
    }

    @Override
    public Optional<Trial> trial() {
        return Optional.ofNullable(trial);
    }

    @Override
    public synchronized void close() {
        RuntimeException failure = null;
        while (!started.isEmpty()) {
            try {
                started.pop().close();
            } catch (Exception e) {
                // The others are to stop all the same.
                failure = new IllegalStateException(e);
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private static EmbeddedServers start(Request request, FileChannel lock, long roomBytes) throws IOException {
        var servers = new EmbeddedServers();
        servers.started.push(lock);
        try {
            servers.start(request, roomBytes);
            return servers;
        } catch (RuntimeException | IOException e) {
            servers.close();
            throw e;
        }
    }

    private void start(Request request, long roomBytes) throws IOException {
        Path directory = request.directory().toAbsolutePath();
        // Left by a process that was killed.
        RunningServers.delete(directory);
        long room = Files.getFileStore(directory).getUsableSpace();
        if (room < roomBytes) {
            throw new LocalServerException("no room on the disk of " + directory + " (" + room / (1024 * 1024)
                    + " MiB free, " + roomBytes / (1024 * 1024)
                    + " MiB needed): free some, or set CARAVAN_DATA to a directory elsewhere");
        }
        for (Server server : request.needed()) {
            int port = request.ports().getOrDefault(server, 0);
            switch (server) {
                case POSTGRESQL -> startPostgresql(directory, port);
                case KAFKA -> startKafka(directory, port);
                case S3 -> startS3(directory, port);
            }
        }
        if (!request.needed().containsAll(EnumSet.allOf(Server.class))) {
            trial = null;
        }
        RunningServers.ofThisProcess(request.needed(), settings).write(directory);
        started.push(() -> RunningServers.delete(directory));
    }

    private void startPostgresql(Path directory, int port) {
        var server = EmbeddedPostgresql.start(directory, port);
        started.push(server);
        settings.put("caravan.database.url", server.url());
        settings.put("caravan.database.username", server.username());
        settings.put("caravan.database.password", server.password());
        settings.putAll(EmbeddedTrial.SETTINGS);
        // It remarks, at each look, that it has not been tried on so new a server.
        settings.put("logging.level.org.flywaydb.core.internal.database.base.Database", "error");
        trial = new EmbeddedTrial(server.port(), server.clientPasswords());
    }

    private void startKafka(Path directory, int port) {
        var server = EmbeddedKafka.start(directory.resolve("kafka"), port);
        started.push(server);
        settings.put("caravan.kafka.brokers", server.brokers());
        // Topics are made by their first use, and clients remark that they were not there before.
        settings.put("logging.level.org.apache.kafka.clients.NetworkClient", "error");
        settings.put("logging.level.org.apache.kafka.clients.producer.internals.Sender", "error");
    }

    private void startS3(Path directory, int port) {
        var server = EmbeddedS3.start(directory.resolve("s3"), port);
        started.push(server);
        settings.put("caravan.s3.endpoint", server.endpoint());
        settings.put("caravan.s3.region", EmbeddedS3.REGION);
        settings.put("caravan.s3.access-key", server.accessKey());
        settings.put("caravan.s3.secret-key", server.secretKey());
        settings.put("caravan.s3.intake-bucket", EmbeddedS3.INTAKE_BUCKET);
    }

    /** The lock lives as long as the channel, and ends with this process however that ends. */
    private static Optional<FileChannel> lock(Path directory) throws IOException {
        var channel = FileChannel.open(directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() != null) {
                return Optional.of(channel);
            }
        } catch (OverlappingFileLockException e) {
            // Held by this process: the same as held by another one.
        }
        channel.close();
        return Optional.empty();
    }

    private static LocalServerException busy(Path directory, Optional<RunningServers> running) {
        return new LocalServerException("the directory " + directory.toAbsolutePath() + " is in use by "
                + running.map(other -> "process " + other.pid() + ", which runs " + other.servers() + " only")
                        .orElse("another process")
                + ": wait until it has ended, or set CARAVAN_DATA to another directory");
    }
}
