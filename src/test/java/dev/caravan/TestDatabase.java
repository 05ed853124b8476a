package dev.caravan;

import dev.caravan.database.DatabaseConfiguration;
import dev.caravan.database.Migrations;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.TimeZone;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.boot.builder.SpringApplicationBuilder;

/**
 * An empty database on a real PostgreSQL for one test class.
 *
 * <p>One server serves the whole JVM: the embedded one, or, where the system property {@code
 * caravan.test.postgres.bin} names the bin directory of an installed PostgreSQL, a fresh cluster of that one, with
 * durable writes where {@code caravan.test.postgres.durable} is true. It stops with the JVM.
 */
public final class TestDatabase implements AutoCloseable {
    private static final String SUPERUSER = "postgres";
    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static int port;
    private static TestDatabase template;

    private final String name;

    private TestDatabase(String name) {
        this.name = name;
    }

    /** Makes an empty database; the server starts with the first one. */
    public static TestDatabase create() {
        // The process does the same at its start: pgjdbc sends the JVM's zone and that wins over the server's.
        TimeZone.setDefault(TimeZone.getTimeZone("UTC"));
        startServer();
        var database = new TestDatabase("test_" + ProcessHandle.current().pid() + "_" + NUMBER.incrementAndGet());
        database.executeAsServer("create database " + database.name);
        return database;
    }

    /** Makes a database with the registry and organisation 1234567 up to date, copied from one migrated once. */
    public static synchronized TestDatabase createMigrated() {
        if (template == null) {
            template = create();
            try (var context = new SpringApplicationBuilder(DatabaseConfiguration.class)
                    .run(TestCaravan.settings(template).entrySet().stream()
                            .map(setting -> "--" + setting.getKey() + "=" + setting.getValue())
                            .toArray(String[]::new))) {
                context.getBean(Migrations.class).createOrganisation(TestCaravan.ORGANISATION);
            }
        }
        var database = new TestDatabase("test_" + ProcessHandle.current().pid() + "_" + NUMBER.incrementAndGet());
        database.executeAsServer("create database " + database.name + " template " + template.name);
        return database;
    }

    public String url() {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + name;
    }

    public int port() {
        return port;
    }

    public String username() {
        return SUPERUSER;
    }

    public String password() {
        return "";
    }

    /** Unpooled: every call to {@code getConnection} is a new session. */
    public DataSource dataSource() {
        var source = new PGSimpleDataSource();
        source.setUrl(url());
        source.setUser(SUPERUSER);
        return source;
    }

    @Override
    public void close() {
        executeAsServer("drop database if exists " + name + " with (force)");
    }

    private void executeAsServer(String sql) {
        try (Connection connection = DriverManager.getConnection(
                        "jdbc:postgresql://127.0.0.1:" + port + "/postgres", SUPERUSER, "");
                var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    private static synchronized void startServer() {
        if (port != 0) {
            return;
        }
        String bin = System.getProperty("caravan.test.postgres.bin", "");
        try {
            port = bin.isBlank() ? startEmbedded() : startInstalled(Path.of(bin));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int startEmbedded() throws IOException {
        EmbeddedPostgres server = EmbeddedPostgres.builder()
                .setServerConfig("max_connections", "60")
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                server.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }));
        return server.getPort();
    }

    private static int startInstalled(Path bin) throws IOException {
        Path directory = Files.createTempDirectory("caravan-test-postgres");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        int free = freePort();
        Path data = directory.resolve("data");
        run(bin.resolve("initdb"), "-D", data, "-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--locale=C", "-N");
        run(
                bin.resolve("pg_ctl"),
                "-D",
                data,
                "-w",
                "-l",
                directory.resolve("log"),
                "-o",
                "-p " + free + " -k " + directory + " -c listen_addresses=127.0.0.1"
                        + (Boolean.getBoolean("caravan.test.postgres.durable") ? "" : " -c fsync=off"),
                "start");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            run(bin.resolve("pg_ctl"), "-D", data, "-m", "immediate", "stop");
            run(Path.of("rm"), "-rf", directory);
        }));
        return free;
    }

    /** Runs a server program as the user postgres where this process is root, which PostgreSQL refuses to run as. */
    private static void run(Path program, Object... arguments) {
        List<String> command = new ArrayList<>();
        if ("root".equals(System.getProperty("user.name")) && !program.equals(Path.of("rm"))) {
            command.addAll(List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"));
        }
        command.add(program.toString());
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
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
