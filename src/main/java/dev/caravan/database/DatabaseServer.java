package dev.caravan.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.caravan.CaravanSettings;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import javax.sql.DataSource;
import org.springframework.stereotype.Component;

/** The configured PostgreSQL server: reachable, new enough, and how to connect to it in either role. */
@Component
public final class DatabaseServer {
    private static final int OLDEST_VERSION = 150000;

    private final CaravanSettings.Database settings;

    public DatabaseServer(CaravanSettings settings) {
        this.settings = settings.database();
    }

    /**
     * Connects once in the application's role and looks at the version.
     *
     * @throws DatabaseUnavailableException with what to do next
     */
    public void check() {
        if (settings.url().isBlank()) {
            throw new DatabaseUnavailableException("no database is configured: set CARAVAN_DATABASE_URL, for example to"
                    + " jdbc:postgresql://localhost:5432/caravan");
        }
        if (!settings.url().startsWith("jdbc:postgresql:")) {
            throw new DatabaseUnavailableException(
                    "CARAVAN_DATABASE_URL is not a PostgreSQL address: write it as jdbc:postgresql://host:port/database");
        }
        check(settings.username(), settings.secret(), "CARAVAN_DATABASE");
    }

    private void check(String username, String password, String variables) {
        var properties = new Properties();
        properties.setProperty("user", username);
        properties.setProperty("password", password);
        properties.setProperty(
                "connectTimeout", Long.toString(settings.connectTimeout().toSeconds()));
        try (Connection connection = DriverManager.getConnection(settings.url(), properties);
                var statement = connection.createStatement();
                var result = statement.executeQuery("select current_setting('server_version_num')::integer,"
                        + " current_setting('server_version')")) {
            result.next();
            if (result.getInt(1) < OLDEST_VERSION) {
                throw new DatabaseUnavailableException("the server runs PostgreSQL " + result.getString(2)
                        + ", which is too old: Caravan needs 15 or newer; upgrade it or point CARAVAN_DATABASE_URL at"
                        + " another server");
            }
        } catch (SQLException e) {
            throw explained(e, username, variables);
        }
    }

    /** A pool in the application's role; statements are not limited unless {@code statementTimeout} says so. */
    public HikariDataSource pool(String name, int size) {
        return pool(name, size, settings.username(), settings.secret());
    }

    /**
     * A small pool in the role that owns the tables.
     *
     * @throws DatabaseUnavailableException when a role of its own is configured that cannot connect
     */
    public HikariDataSource migrationPool() {
        if (!settings.migrationUsername().isBlank()) {
            check(settings.migrationRole(), settings.migrationSecret(), "CARAVAN_DATABASE_MIGRATION");
        }
        return pool("migration", 2, settings.migrationRole(), settings.migrationSecret());
    }

    private HikariDataSource pool(String name, int size, String username, String password) {
        var config = new HikariConfig();
        config.setPoolName(name);
        config.setJdbcUrl(settings.url());
        config.setUsername(username);
        config.setPassword(password);
        config.setMaximumPoolSize(size);
        config.setMinimumIdle(0);
        config.setConnectionTimeout(settings.connectTimeout().toMillis());
        config.setInitializationFailTimeout(-1);
        config.addDataSourceProperty("ApplicationName", "caravan");
        config.addDataSourceProperty("tcpKeepAlive", "true");
        // The detail of an error repeats the row: payload data has no place in a log.
        config.addDataSourceProperty("logServerErrorDetail", "false");
        config.addDataSourceProperty("options", "-c idle_in_transaction_session_timeout=60s");
        return new HikariDataSource(config);
    }

    /** One line for a person, with the next step. */
    private DatabaseUnavailableException explained(SQLException e, String username, String variables) {
        String state = e.getSQLState() == null ? "" : e.getSQLState();
        String where = withoutSecrets(settings.url());
        if (state.startsWith("08") && concernsTls(e)) {
            return new DatabaseUnavailableException(
                    "cannot reach the database at " + where + " over TLS (" + e.getMessage()
                            + "): correct sslmode and sslrootcert in CARAVAN_DATABASE_URL, or the server's certificate",
                    e);
        }
        String line =
                switch (state) {
                    // The last one is the driver's, when the server asks for a password and there is none.
                    case "28P01", "28000", "08004" ->
                        "the database refused user " + username + " (" + e.getMessage() + "): check " + variables
                                + "_USERNAME and " + variables + "_PASSWORD";
                    case "3D000" ->
                        "the database of " + where + " does not exist: create it, or correct CARAVAN_DATABASE_URL";
                    case "53300" ->
                        "the database at " + where + " has no connection left: raise its max_connections or try later";
                    case "57P03" -> "the database at " + where + " is starting or stopping: try again in a moment";
                    default ->
                        "cannot reach the database at " + where + " (" + e.getMessage()
                                + "): start it, or correct CARAVAN_DATABASE_URL";
                };
        return new DatabaseUnavailableException(line, e);
    }

    /** The driver gives these no state of their own, and to some no cause either. */
    private static boolean concernsTls(SQLException e) {
        String message = String.valueOf(e.getMessage());
        return message.contains("SSL") || message.contains("hostname");
    }

    private static String withoutSecrets(String url) {
        int question = url.indexOf('?');
        return question < 0 ? url : url.substring(0, question);
    }

    /** Exposed for the context, so that every bean shares one pool. */
    DataSource applicationPool() {
        return pool("caravan", settings.poolSize());
    }
}
