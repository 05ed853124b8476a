package dev.caravan.openstack;

import dev.caravan.CaravanSettings;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.mariadb.jdbc.Driver;

/** The MariaDB or MySQL of a site and the account its tables are read with. */
public final class SiteDatabase {
    private static final List<String> SCHEMES = List.of("mysql://", "mariadb://", "jdbc:mariadb://");
    private static final String RULE =
            "must be an address such as mysql://db.example:3306 or mariadb://db.example:3306/?sslMode=verify-full";

    /** Hosts and ports, as they are written. */
    private final String hosts;

    private final String options;
    private final String username;
    private final String password;
    private final String caFile;
    private final CaravanSettings.Openstack settings;

    private SiteDatabase(
            String hosts,
            String options,
            String username,
            String password,
            String caFile,
            CaravanSettings.Openstack settings) {
        this.hosts = hosts;
        this.options = options;
        this.username = username;
        this.password = password;
        this.caFile = caFile;
        this.settings = settings;
    }

    /**
     * @param uri {@code mysql://}, {@code mariadb://} or {@code jdbc:mariadb://}, {@code [user[:password]@]host[:port][,...]},
     *     and behind a question mark options of the driver; the database in it counts for nothing
     * @throws IllegalArgumentException saying what it must be, without quoting it
     */
    public static SiteDatabase at(String uri, CaravanSettings.Openstack settings) {
        String scheme = SCHEMES.stream()
                .filter(uri::startsWith)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(RULE));
        String rest = uri.substring(scheme.length());
        int question = rest.indexOf('?');
        String options = question < 0 ? "" : rest.substring(question + 1);
        String place = question < 0 ? rest : rest.substring(0, question);
        int at = place.lastIndexOf('@');
        String account = at < 0 ? null : place.substring(0, at);
        String hosts = place.substring(at + 1).replaceFirst("/.*", "");
        if (!hosts.matches("[A-Za-z0-9.,:_\\[\\]-]+")) {
            throw new IllegalArgumentException(RULE);
        }
        int colon = account == null ? -1 : account.indexOf(':');
        return new SiteDatabase(
                hosts,
                options,
                account == null ? null : decoded(colon < 0 ? account : account.substring(0, colon)),
                colon < 0 ? null : decoded(account.substring(colon + 1)),
                null,
                settings);
    }

    private static String decoded(String text) {
        try {
            // A plus stands for itself there.
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "has a user or password that is not written as in addresses: write % as %25, @ as %40");
        }
    }

    /** With another user or password, where they are not null. */
    SiteDatabase withAccount(String otherUsername, String otherPassword) {
        return new SiteDatabase(
                hosts,
                options,
                otherUsername == null ? username : otherUsername,
                otherPassword == null ? password : otherPassword,
                caFile,
                settings);
    }

    /** With the account of another address, where this one names none, and with the same trust. */
    public SiteDatabase orAccountOf(SiteDatabase other) {
        return (username == null ? withAccount(other.username, other.password) : this).trusting(other.caFile);
    }

    /** Trusting only the authorities of a PEM file, where it is not null. */
    SiteDatabase trusting(String pemFile) {
        return new SiteDatabase(hosts, options, username, password, pemFile, settings);
    }

    /** The user its tables are read with, where one is named. */
    public Optional<String> username() {
        return Optional.ofNullable(username);
    }

    /** The database without the account. */
    @Override
    public String toString() {
        return "database " + hosts;
    }

    /**
     * The rows of a table, with those of its columns that are there.
     *
     * @throws SiteDatabaseException when the server cannot be reached, or does not hand the table out
     */
    TextRows read(SiteTable table) {
        Connection connection = connect();
        try {
            try {
                return new DatabaseRows(connection, table, columns(connection, table), settings.fetchRows());
            } catch (SQLException e) {
                throw new SiteDatabaseException(told(ExtractionFailure.of(e)), e);
            }
        } catch (RuntimeException e) {
            abort(connection);
            throw e;
        }
    }

    /** In the order of the site's table; other columns of it are none of ours. */
    private List<String> columns(Connection connection, SiteTable table) throws SQLException {
        List<String> there = new ArrayList<>();
        try (var statement = connection.prepareStatement(
                "select column_name from information_schema.columns where table_schema = ? and table_name = ?")) {
            statement.setString(1, table.schema());
            statement.setString(2, table.table());
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    there.add(rows.getString(1));
                }
            }
        }
        if (there.isEmpty()) {
            // Not there, or not for this account: the server says which when it is asked for the table itself.
            try (var statement = connection.createStatement()) {
                statement.executeQuery("select 1 from " + DatabaseRows.quoted(table) + " limit 0");
            }
        }
        List<String> known =
                table.columns().stream().map(SiteTable.Column::name).toList();
        List<String> columns = known.stream().filter(there::contains).toList();
        List<String> lacking = table.lackingIn(columns);
        if (!lacking.isEmpty()) {
            throw new SiteDatabaseException(ExtractionFailure.lacking(lacking), null);
        }
        return columns;
    }

    private Connection connect() {
        var properties = new Properties();
        if (username != null) {
            properties.setProperty("user", username);
        }
        if (password != null) {
            properties.setProperty("password", password);
        }
        if (caFile != null) {
            properties.setProperty("sslMode", "verify-full");
            properties.setProperty("serverSslCert", caFile);
        }
        properties.setProperty("connectTimeout", Long.toString(settings.connectTimeout()));
        properties.setProperty("socketTimeout", Long.toString(settings.readTimeout()));
        // A server could ask for any file of this machine.
        properties.setProperty("allowLocalInfile", "false");
        String url = "jdbc:mariadb://" + hosts + "/" + (options.isEmpty() ? "" : "?" + options);
        Connection connection;
        try {
            connection = new Driver().connect(url, properties);
        } catch (SQLException e) {
            throw new SiteDatabaseException(told(ExtractionFailure.ofConnecting(e)), e, true);
        }
        try (var statement = connection.createStatement()) {
            connection.setReadOnly(true);
            // Columns of the type timestamp are told in the zone of the session.
            statement.execute("set time_zone = '+00:00'");
            return connection;
        } catch (SQLException e) {
            abort(connection);
            throw new SiteDatabaseException(told(ExtractionFailure.ofConnecting(e)), e, true);
        }
    }

    private ExtractionFailure told(ExtractionFailure failure) {
        return password == null ? failure : failure.without(password);
    }

    /** Rows under way are given up; a close would read them to their end. */
    static void abort(Connection connection) {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            // It is gone already.
        }
    }
}
