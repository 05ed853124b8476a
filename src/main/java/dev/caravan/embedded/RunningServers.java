package dev.caravan.embedded;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.caravan.LocalServers.Server;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the file running.json says of the servers that a process started.
 *
 * @param pid of that process
 * @param started when it started, in milliseconds since 1970, because process ids are used again; 0 if unknown
 * @param settings how to reach them, passwords included
 */
record RunningServers(long pid, long started, Set<Server> servers, Map<String, String> settings) {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** Those of this process. */
    static RunningServers ofThisProcess(Set<Server> servers, Map<String, String> settings) {
        var process = ProcessHandle.current();
        return new RunningServers(process.pid(), started(process), servers, settings);
    }

    /** What the file says, if its process lives. */
    static Optional<RunningServers> read(Path directory) {
        try {
            var running = JSON.readValue(Files.readAllBytes(file(directory)), RunningServers.class);
            return ProcessHandle.of(running.pid())
                    .filter(ProcessHandle::isAlive)
                    .filter(process -> started(process) == running.started())
                    .map(process -> running);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes the file at once for every reader, readable for its owner only. */
    void write(Path directory) throws IOException {
        Path part = directory.resolve("running.json.part");
        PrivateFiles.write(part, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(this) + "\n");
        Files.move(part, file(directory), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    static void delete(Path directory) throws IOException {
        Files.deleteIfExists(file(directory));
    }

    private static Path file(Path directory) {
        return directory.resolve("running.json");
    }

    private static long started(ProcessHandle process) {
        return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    }
}
