package dev.caravan;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.springframework.jdbc.core.JdbcTemplate;

/** A PostgreSQL server that a test may stop and start again: port and data stay until it is closed. */
public final class TestPostgres implements AutoCloseable {
    /** The bin directory of an installed PostgreSQL, empty for the embedded one. */
    static final String INSTALLED = System.getProperty("caravan.test.postgres.bin", "");

    private static final String PROGRAMS = "select setting from pg_config where name = 'BINDIR'";

    private final Path bin;
    private final Path directory;
    private final int port;

    private TestPostgres(Path bin, Path directory, int port) {
        this.bin = bin;
        this.directory = directory;
        this.port = port;
    }

    /** Starts a server from the same programs as those of {@link TestDatabase}. */
    public static TestPostgres start() {
        try (var database = TestDatabase.create()) {
            return start(Path.of(new JdbcTemplate(database.dataSource()).queryForObject(PROGRAMS, String.class)));
        }
    }

    static TestPostgres start(Path bin) {
        try {
            Path directory = ServerFolder.create("caravan-test-postgres");
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
            var server = new TestPostgres(bin, directory, freePort());
            server.run(
                    "initdb", "-D", server.data(), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N");
            server.startAgain();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return port;
    }

    /** Ends every session at once, without waiting for anything; what was committed is recovered by the next start. */
    public void stopAtOnce() {
        run("pg_ctl", "-D", data(), "-m", "immediate", "stop");
    }

    public void startAgain() {
        String options = "-p " + port + " -k " + directory + " -c listen_addresses=127.0.0.1 -c fsync=off";
        run("pg_ctl", "-D", data(), "-w", "-l", directory.resolve("log"), "-o", options, "start");
    }

    /** Stops it, if a test has left it running, and removes its data. */
    @Override
    public void close() {
        if (Files.exists(data().resolve("postmaster.pid"))) {
            stopAtOnce();
        }
        execute(List.of("rm", "-rf", directory.toString()));
    }

    private Path data() {
        return directory.resolve("data");
    }

    /** PostgreSQL refuses to run as root: then as the user postgres, or, where none is installed, as nobody. */
    private void run(String program, Object... arguments) {
        List<String> command = new ArrayList<>();
        if ("root".equals(System.getProperty("user.name"))) {
            command.addAll(
                    INSTALLED.isBlank()
                            ? List.of("unshare", "-U")
                            : List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"));
        }
        command.add(bin.resolve(program).toString());
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        execute(command);
    }

    private static void execute(List<String> command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .directory(Path.of("/").toFile())
                    .start();
            if (process.waitFor() != 0) {
                throw new IllegalStateException("exit code " + process.exitValue() + " of " + command);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
