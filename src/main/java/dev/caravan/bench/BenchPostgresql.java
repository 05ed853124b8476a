package dev.caravan.bench;

import dev.caravan.LocalServerException;
import dev.caravan.LocalServers;
import dev.caravan.LocalServers.Server;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A PostgreSQL of the benchmark's own on its default settings, with durable writes: from the programs of the system, else the
 * embedded one. Listens on the loopback interface only and asks for a generated password.
 */
final class BenchPostgresql implements AutoCloseable {
    /** In place of a folder of programs. */
    static final String EMBEDDED = "embedded";

    static final String SUPERUSER = "postgres";
    private static final String HOST = "127.0.0.1";
    private static final int OLDEST = 15;
    private static final int STOP_SECONDS = 20;
    private static final List<String> NOBODY = List.of("unshare", "-U");
    private static final Path PACKAGED = Path.of("/usr/lib/postgresql");
    private static final Pattern VERSION = Pattern.compile("\\(PostgreSQL\\) (\\d+)");

    private final String programs;
    private final String url;
    private final String password;
    private final AutoCloseable server;

    private BenchPostgresql(String programs, String url, String password, AutoCloseable server) {
        this.programs = programs;
        this.url = url;
        this.password = password;
        this.server = server;
    }

    /**
     * The folder of programs to use.
     *
     * @param given a folder, {@link #EMBEDDED}, or null for the newest of the system
     * @return nothing for the embedded one
     * @throws IllegalArgumentException when the given folder holds no programs of PostgreSQL 15 or newer
     */
    static Optional<Path> programs(String given) throws IOException {
        if (EMBEDDED.equals(given)) {
            return Optional.empty();
        }
        if (given != null) {
            Path bin = Path.of(given).toAbsolutePath();
            if (version(bin) < OLDEST) {
                throw new IllegalArgumentException(
                        given + " holds no programs (initdb, pg_ctl, postgres) of PostgreSQL " + OLDEST + " or newer");
            }
            return Optional.of(bin);
        }
        List<Path> candidates = new ArrayList<>();
        Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .filter(folder -> !folder.isBlank())
                .map(Path::of)
                .forEach(candidates::add);
        if (Files.isDirectory(PACKAGED)) {
            try (Stream<Path> versions = Files.list(PACKAGED)) {
                versions.map(version -> version.resolve("bin")).forEach(candidates::add);
            }
        }
        Optional<Path> newest = candidates.stream()
                .filter(bin -> version(bin) >= OLDEST)
                .max(Comparator.comparingInt(BenchPostgresql::version));
        // PATH may lead there by links.
        return newest.isEmpty()
                ? newest
                : Optional.of(newest.get().resolve("postgres").toRealPath().getParent());
    }

    /**
     * Starts a server below a folder, and returns when it takes connections.
     *
     * @param bin programs; nothing for the embedded one
     * @throws LocalServerException with the next step
     */
    static BenchPostgresql start(Path folder, Optional<Path> bin) throws IOException {
        var started = bin.isPresent() ? startInstalled(folder, bin.get()) : startEmbedded(folder);
        try (Connection connection = DriverManager.getConnection(started.url, SUPERUSER, started.password);
                var statement = connection.createStatement()) {
            // The time in each stored function is read from the server's statistics.
            statement.execute("alter role postgres set track_functions = 'pl'");
            return started;
        } catch (SQLException e) {
            started.close();
            throw new LocalServerException(
                    "the PostgreSQL of " + started.programs + " refuses its first statements (" + e.getMessage() + ")",
                    e);
        }
    }

    private static BenchPostgresql startEmbedded(Path folder) {
        LocalServers servers = LocalServers.starter()
                .orElseThrow(() -> new LocalServerException("no PostgreSQL " + OLDEST
                        + " or newer is installed, and none is embedded: install one, or name its programs by"
                        + " --postgres-bin"))
                .start(new LocalServers.Request(
                        folder.resolve("servers"), EnumSet.of(Server.POSTGRESQL), Map.of(Server.POSTGRESQL, 0)));
        Map<String, String> settings = servers.settings();
        // Its superuser has the same password as the owner of its database.
        return new BenchPostgresql(
                EMBEDDED, settings.get("caravan.database.url"), settings.get("caravan.database.password"), servers);
    }

    private static BenchPostgresql startInstalled(Path folder, Path bin) throws IOException {
        Path home = Files.createDirectory(folder.resolve("postgres"));
        Path data = home.resolve("data");
        Path passwordFile = home.resolve("password");
        String password = UUID.randomUUID().toString();
        Files.writeString(passwordFile, password);
        List<String> as = asAnotherUser(home, passwordFile);
        run(
                as,
                bin,
                "initdb",
                "--pgdata=" + data,
                "--username=" + SUPERUSER,
                "--pwfile=" + passwordFile,
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                "--no-sync");
        int port;
        try (var socket = new ServerSocket(0, 1, InetAddress.getByName(HOST))) {
            port = socket.getLocalPort();
        }
        Files.writeString(
                data.resolve("postgresql.conf"),
                "port = " + port + "\nlisten_addresses = '" + HOST + "'\nunix_socket_directories = ''\n",
                StandardOpenOption.APPEND);
        run(as, bin, "pg_ctl", "-D", data, "-w", "-l", home.resolve("log"), "start");
        return new BenchPostgresql(
                bin.toString(),
                "jdbc:postgresql://" + HOST + ":" + port + "/" + SUPERUSER,
                password,
                () -> run(as, bin, "pg_ctl", "-D", data, "-m", "immediate", "stop"));
    }

    /** Folder of its programs, or embedded. */
    String origin() {
        return programs;
    }

    String url() {
        return url;
    }

    String password() {
        return password;
    }

    /** Stops it; its data is not needed any more. */
    @Override
    public void close() {
        try {
            server.close();
        } catch (Exception e) {
            throw new LocalServerException("the PostgreSQL of the benchmark does not stop: " + e.getMessage(), e);
        }
    }

    /** Ends the processes whose folders are below a folder: they outlive a killed parent. */
    static void stopLeftovers(Path folder) throws IOException {
        List<Path> files;
        try (Stream<Path> found = Files.find(
                folder, 3, (path, attributes) -> path.getFileName().toString().endsWith(".pid"))) {
            files = found.toList();
        }
        for (Path file : files) {
            List<String> lines = Files.readAllLines(file);
            if (lines.size() < 2 || !lines.get(1).equals(file.getParent().toString())) {
                continue;
            }
            Instant written = Files.getLastModifiedTime(file).toInstant();
            ProcessHandle.of(Long.parseLong(lines.get(0).strip()))
                    // Process ids are used again.
                    .filter(process -> process.info()
                            .startInstant()
                            .filter(start -> start.isBefore(written))
                            .isPresent())
                    .ifPresent(BenchPostgresql::end);
        }
    }

    private static void end(ProcessHandle process) {
        process.destroy();
        try {
            process.onExit().get(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (Exception e) {
            process.destroyForcibly();
        }
    }

    /**
     * PostgreSQL refuses to run as root: then as the user postgres, or, where there is none or it could not get at the folder,
     * as nobody.
     */
    private static List<String> asAnotherUser(Path home, Path passwordFile) throws IOException {
        if (!"root".equals(System.getProperty("user.name"))) {
            return List.of();
        }
        for (Path folder = home.getParent(); folder != null; folder = folder.getParent()) {
            if (!Files.getPosixFilePermissions(folder).contains(PosixFilePermission.OTHERS_EXECUTE)) {
                return NOBODY;
            }
        }
        try {
            UserPrincipal user =
                    home.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(SUPERUSER);
            Files.setOwner(home, user);
            Files.setOwner(passwordFile, user);
            return List.of("setpriv", "--reuid=" + SUPERUSER, "--regid=" + SUPERUSER, "--init-groups");
        } catch (UserPrincipalNotFoundException e) {
            return NOBODY;
        }
    }

    private static int version(Path bin) {
        boolean complete =
                Stream.of("initdb", "pg_ctl", "postgres").allMatch(program -> Files.isExecutable(bin.resolve(program)));
        if (!complete) {
            return 0;
        }
        Matcher version = VERSION.matcher(run(List.of(), bin, "postgres", "--version"));
        return version.find() ? Integer.parseInt(version.group(1)) : 0;
    }

    private static String run(List<String> as, Path bin, String program, Object... arguments) {
        List<String> command = new ArrayList<>(as);
        command.add(bin.resolve(program).toString());
        Arrays.stream(arguments).map(Object::toString).forEach(command::add);
        try {
            Process process = new ProcessBuilder(command)
                    .directory(new File("/"))
                    .redirectErrorStream(true)
                    .start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            int code = process.waitFor();
            if (code != 0) {
                throw new LocalServerException(String.join(" ", command) + " fails (exit code " + code + "): " + said
                        + "; --postgres-bin names other programs, or " + EMBEDDED);
            }
            return said;
        } catch (IOException e) {
            throw new LocalServerException(command.get(0) + " cannot be run: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LocalServerException("interrupted while " + program + " ran", e);
        }
    }
}
