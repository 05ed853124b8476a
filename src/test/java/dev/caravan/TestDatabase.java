package dev.caravan;

import dev.caravan.database.DatabaseConfiguration;
import dev.caravan.database.Migrations;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.TimeZone;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.boot.builder.SpringApplicationBuilder;

/**
 * An empty database on a real PostgreSQL for one test class.
 *
 * <p>One server serves the whole JVM: the embedded one, or, where the system property {@code
 * caravan.test.postgres.bin} names the bin directory of an installed PostgreSQL, a fresh cluster of that one. It stops
 * with the JVM.
 */
public final class TestDatabase implements AutoCloseable {
    private static final String SUPERUSER = "postgres";
    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static int sharedPort;
    private static TestDatabase template;

    private final int port;
    private final String name;

    private TestDatabase(int port) {
        this.port = port;
        this.name = "test_" + ProcessHandle.current().pid() + "_" + NUMBER.incrementAndGet();
    }

    /** Makes an empty database; the server starts with the first one. */
    public static TestDatabase create() {
        startServer();
        return create(sharedPort);
    }

    /** Makes an empty database on a server that a test may stop. */
    public static TestDatabase create(TestPostgres server) {
        return create(server.port());
    }

    private static TestDatabase create(int port) {
        // The process does the same at its start: pgjdbc sends the JVM's zone and that wins over the server's.
        TimeZone.setDefault(TimeZone.getTimeZone("UTC"));
        var database = new TestDatabase(port);
        database.executeAsServer("create database " + database.name);
        return database;
    }

    /** Makes a database with the registry and organisation 1234567 up to date, copied from one migrated once. */
    public static synchronized TestDatabase createMigrated() {
        if (template == null) {
            template = create();
            template.migrate();
        }
        return template.copy();
    }

    /** Makes another database like this one, to which nobody may be connected. */
    public TestDatabase copy() {
        var database = new TestDatabase(port);
        database.executeAsServer("create database " + database.name + " template " + name + " strategy file_copy");
        return database;
    }

    /** Makes the registry and the schema of organisation 1234567. */
    public TestDatabase migrate() {
        try (var context = new SpringApplicationBuilder(DatabaseConfiguration.class)
                .run(TestCaravan.settings(this).entrySet().stream()
                        .map(setting -> "--" + setting.getKey() + "=" + setting.getValue())
                        .toArray(String[]::new))) {
            context.getBean(Migrations.class).createOrganisation(TestCaravan.ORGANISATION);
        }
        return this;
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
        if (sharedPort != 0) {
            return;
        }
        try {
            if (TestPostgres.INSTALLED.isBlank()) {
                sharedPort = startEmbedded();
            } else {
                TestPostgres server = TestPostgres.start(Path.of(TestPostgres.INSTALLED));
                Runtime.getRuntime().addShutdownHook(new Thread(server::close));
                sharedPort = server.port();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int startEmbedded() throws IOException {
        EmbeddedPostgres server = EmbeddedPostgres.builder()
                .setDataDirectory(ServerFolder.create("caravan-test-postgres"))
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
}
