package dev.caravan.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caravan.TestAuthority;
import dev.caravan.TestDatabase;
import dev.caravan.cli.Shell.Result;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;

/** A database that shows a certificate of a private authority, made for 127.0.0.1 only. */
class DatabaseTlsTest {
    private static final String TRUSTED = "private authority.pem";

    @TempDir
    private static Path folder;

    private static TestDatabase database;
    private static JdbcTemplate server;

    @BeforeAll
    static void start() {
        var authority = new TestAuthority(folder.resolve(TRUSTED));
        new TestAuthority(folder.resolve("another.pem"));
        database = TestDatabase.createMigrated();
        server = Shell.jdbc(database);
        var certificate = authority.certificateFor("127.0.0.1");
        writeAsServer("tls.crt", certificate.getCertificatePathPEM());
        writeAsServer("tls.key", certificate.getPrivateKeyPEM());
        server.execute("alter system set ssl_cert_file = 'tls.crt'");
        server.execute("alter system set ssl_key_file = 'tls.key'");
        switchTls("on");
    }

    @AfterAll
    static void stop() {
        switchTls("off");
        for (String setting : new String[] {"ssl", "ssl_cert_file", "ssl_key_file"}) {
            server.execute("alter system reset " + setting);
        }
        server.execute("select pg_reload_conf()");
        database.close();
    }

    @Test
    void payloadsAreLoadedAndShownOverAConnectionOfATrustedAuthority() {
        Shell shell = shell("127.0.0.1", "verify-full", TRUSTED);

        assertThat(shell.run("source", "add", "--org", "1234567", "--cluster", Shell.FIRST_CLUSTER, "--alias", "a")
                        .code())
                .isZero();
        assertThat(shell.run("ingest", Shell.payloads(Shell.FIRST_SAMPLE).get(0))
                        .err())
                .isEmpty();
        assertThat(server.queryForObject("select count(*) from org1234567.payload_claim", Integer.class))
                .isOne();
        assertThat(shell.run("status").lines()).anyMatch(line -> line.contains("1234567"));
    }

    @Test
    void certificateOfAnotherAuthorityIsOneLineThatSaysSo() {
        assertRefused(
                shell("127.0.0.1", "verify-full", "another.pem").run("status"),
                "unable to find valid certification path to requested target");
    }

    @Test
    void certificateForAnotherHostIsOneLineThatSaysSo() {
        assertRefused(
                shell("localhost", "verify-full", TRUSTED).run("status"),
                "The hostname localhost could not be verified");
    }

    @Test
    void fileOfTheAuthorityThatIsNotThereIsNamed() {
        assertRefused(shell("127.0.0.1", "verify-full", "missing.pem").run("status"), "missing.pem");
    }

    @Test
    void serverWithoutTlsIsNotTalkedToInTheClear() {
        switchTls("off");
        try {
            assertRefused(shell("127.0.0.1", "verify-full", TRUSTED).run("status"), "The server does not support SSL");
        } finally {
            switchTls("on");
        }
    }

    private static Shell shell(String host, String mode, String trusted) {
        return Shell.on(database, folder)
                .with(
                        "caravan.database.url",
                        database.url().replace("127.0.0.1", host) + "?sslmode=" + mode + "&sslrootcert="
                                + folder.resolve(trusted));
    }

    private static void assertRefused(Result result, String reason) {
        assertThat(result.err().lines())
                .singleElement()
                .asString()
                .startsWith("caravan: cannot reach the database at jdbc:postgresql://")
                .contains(reason)
                .contains("correct sslmode and sslrootcert in CARAVAN_DATABASE_URL");
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
    }

    /** Into the data directory, by the server: it insists on owning the key, and may be another user than this process. */
    private static void writeAsServer(String name, String pem) {
        String lines = pem.lines().collect(Collectors.joining("', '", "'", "'"));
        server.execute("copy (select unnest(array[" + lines + "])) to program 'umask 077 && cat > " + name + "'");
    }

    private static void switchTls(String state) {
        server.execute("alter system set ssl = " + state);
        server.execute("select pg_reload_conf()");
        String url = database.url() + "?user=" + database.username() + "&sslmode=";
        await().atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(20))
                .ignoreExceptions()
                .until(() -> {
                    DriverManager.getConnection(url + (state.equals("on") ? "require" : "disable"))
                            .close();
                    return state.equals(server.queryForObject("show ssl", String.class));
                });
    }
}
