package dev.caravan.embedded;

import dev.caravan.LocalServerException;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * PostgreSQL as processes of their own, with durable writes: its data survives a restart and a crash. Listens on the
 * loopback interface only and asks for a generated password.
 */
public final class EmbeddedPostgresql implements AutoCloseable {
    /** Name of the database and of the role that owns it. */
    public static final String NAME = "caravan";

    private static final String SUPERUSER = "postgres";
    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(20);
    private static final String DATABASE_MISSING = "select not exists (select from pg_database where datname = '%s')";

    private final EmbeddedPostgres server;
    private final String password;
    private final Path clientPasswords;

    private EmbeddedPostgresql(EmbeddedPostgres server, String password, Path clientPasswords) {
        this.server = server;
        this.password = password;
        this.clientPasswords = clientPasswords;
    }

    /**
     * Starts the server with the database, and returns when it takes connections.
     *
     * @param directory holds the folders of the data and the programs, the log and the password; the owner of the
     *     directory sees to it that nobody else starts here
     * @param port to listen on; 0 takes a free one
     * @throws LocalServerException with the next step
     */
    public static EmbeddedPostgresql start(Path directory, int port) {
        Path data = directory.resolve("postgres").toAbsolutePath();
        Path log = directory.resolve("postgres.log").toAbsolutePath();
        try {
            Files.createDirectories(directory);
            stopLeftover(data);
            int chosen = Ports.choose(port, "PostgreSQL");
            Path passwordFile = directory.resolve("postgres-password").toAbsolutePath();
            String password = password(passwordFile);
            var builder = EmbeddedPostgres.builder()
                    .setDataDirectory(data)
                    .setCleanDataDirectory(false)
                    // The process decides what stops first.
                    .setRegisterShutdownHook(false)
                    .setOverrideWorkingDirectory(
                            programs(directory).resolve("lib").toFile())
                    .setPort(chosen)
                    .setPGStartupWait(START_LIMIT)
                    .setConnectConfig("password", password)
                    // Of its own defaults the last three would lose data in a crash or listen to the network.
                    .setServerConfig("max_connections", "100")
                    .setServerConfig("fsync", "on")
                    .setServerConfig("synchronous_commit", "on")
                    .setServerConfig("listen_addresses", Ports.HOST)
                    .setServerConfig("unix_socket_directories", "")
                    // Options of initdb all of them; what comes last wins over the library's own.
                    .setLocaleConfig("auth", "scram-sha-256")
                    .setLocaleConfig("pwfile", passwordFile.toString())
                    .setLocaleConfig("locale", "C")
                    .setErrorRedirector(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .setOutputRedirector(ProcessBuilder.Redirect.appendTo(log.toFile()));
            EmbeddedPostgres server = start(builder, data, log);
            Path clientPasswords = directory.resolve("pgpass").toAbsolutePath().normalize();
            PrivateFiles.write(clientPasswords, Ports.HOST + ":*:" + NAME + ":" + NAME + ":" + password + "\n");
            var started = new EmbeddedPostgresql(server, password, clientPasswords);
            try {
                started.createDatabase();
            } catch (SQLException e) {
                started.close();
                throw new LocalServerException(
                        "the embedded PostgreSQL refuses its first statements (" + e.getMessage() + "): see " + log, e);
            }
            return started;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The library lets everybody write where it unpacks the programs; behind this folder nobody else gets there. */
    private static Path programs(Path directory) throws IOException {
        Path programs = directory.resolve("programs").toAbsolutePath();
        Files.createDirectories(
                programs, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        return programs;
    }

    public String url() {
        return "jdbc:postgresql://" + Ports.HOST + ":" + port() + "/" + NAME;
    }

    public int port() {
        return server.getPort();
    }

    public String username() {
        return NAME;
    }

    public String password() {
        return password;
    }

    /** A file that holds the password as PostgreSQL's own clients read it. */
    public Path clientPasswords() {
        return clientPasswords;
    }

    /** Stops the server; sessions are ended, what was committed stays. */
    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static EmbeddedPostgres start(EmbeddedPostgres.Builder builder, Path data, Path log) {
        try {
            return builder.start();
        } catch (IOException | IllegalStateException | ExceptionInInitializerError e) {
            throw new LocalServerException(
                    "the embedded PostgreSQL does not start: see what it says in " + log + "; " + data
                            + " may be moved away for an empty database, or CARAVAN_DATABASE_URL may name another server",
                    e);
        }
    }

    private static String password(Path file) throws IOException {
        if (!Files.exists(file)) {
            Path part = file.resolveSibling(file.getFileName() + ".part");
            PrivateFiles.write(part, Secrets.generate() + "\n");
            Files.move(part, file);
        }
        return Files.readString(file).strip();
    }

    private void createDatabase() throws SQLException {
        try (Connection connection = DriverManager.getConnection(
                        "jdbc:postgresql://" + Ports.HOST + ":" + port() + "/postgres", SUPERUSER, password);
                var statement = connection.createStatement()) {
            statement.execute(
                    """
                    do $$
                    begin
                        if not exists (select from pg_roles where rolname = '%1$s') then
                            create role %1$s login password '%2$s';
                        end if;
                    end
                    $$
                    """
                            .formatted(NAME, password));
            boolean missing;
            try (var result = statement.executeQuery(DATABASE_MISSING.formatted(NAME))) {
                result.next();
                missing = result.getBoolean(1);
            }
            if (missing) {
                statement.execute("create database " + NAME + " owner " + NAME);
            }
        }
    }

    /** The processes of PostgreSQL outlive a killed parent; they are asked to end, since their port is nobody's now. */
    private static void stopLeftover(Path data) throws IOException {
        Path file = data.resolve("postmaster.pid");
        if (!Files.exists(file)) {
            return;
        }
        List<String> lines = Files.readAllLines(file);
        if (lines.size() < 2 || !lines.get(1).equals(data.toString())) {
            return;
        }
        var leftover = ProcessHandle.of(Long.parseLong(lines.get(0).strip()))
                .filter(process -> process.info().command().orElse("").endsWith("/postgres"));
        if (leftover.isEmpty()) {
            return;
        }
        leftover.get().destroy();
        try {
            leftover.get().onExit().get(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new LocalServerException(
                    "a PostgreSQL of an earlier start still serves somebody from " + data + ": end that program, or"
                            + " process " + leftover.get().pid(),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LocalServerException("interrupted while an earlier PostgreSQL was stopping", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }
}
