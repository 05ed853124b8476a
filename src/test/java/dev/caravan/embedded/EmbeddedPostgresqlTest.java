package dev.caravan.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caravan.LocalServerException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.jdbc.core.JdbcTemplate;

class EmbeddedPostgresqlTest {
    @TempDir
    private Path folder;

    @Test
    void rowsAndThePasswordSurviveARestartAndWritesAreDurable() {
        String password;
        try (var server = EmbeddedPostgresql.start(folder, 0)) {
            password = server.password();
            JdbcTemplate jdbc = jdbc(server, password);
            jdbc.execute("create schema kept create table kept.day (day date)");
            jdbc.update("insert into kept.day values ('2025-11-04')");
            assertThat(jdbc.queryForList(
                            "select setting from pg_settings where name in ('fsync', 'synchronous_commit',"
                                    + " 'full_page_writes')",
                            String.class))
                    .containsExactly("on", "on", "on");
            assertThat(jdbc.queryForObject("show listen_addresses", String.class))
                    .isEqualTo("127.0.0.1");
        }
        try (var server = EmbeddedPostgresql.start(folder, 0)) {
            assertThat(server.password()).isEqualTo(password);
            assertThat(jdbc(server, password).queryForObject("select day::text from kept.day", String.class))
                    .isEqualTo("2025-11-04");
        }
    }

    @Test
    void nobodyComesInWithoutThePassword() {
        try (var server = EmbeddedPostgresql.start(folder, 0)) {
            assertThatThrownBy(() -> jdbc(server, "").execute("select 1"))
                    .hasRootCauseInstanceOf(SQLException.class)
                    .hasStackTraceContaining("password");
            assertThatThrownBy(() -> jdbc(server, "postgres", "wrong").execute("select 1"))
                    .hasStackTraceContaining("password authentication failed");
        }
    }

    @Test
    void aPortInUseIsNamedWithTheNextStep() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            assertThatThrownBy(() -> EmbeddedPostgresql.start(folder, taken.getLocalPort()))
                    .isInstanceOf(LocalServerException.class)
                    .hasMessageContaining("port " + taken.getLocalPort() + " for PostgreSQL is in use: stop");
        }
    }

    @Test
    void aDirectoryThatHoldsSomethingElseIsNamedWithTheNextStep() throws Exception {
        Files.createDirectories(folder.resolve("postgres"));
        Files.writeString(folder.resolve("postgres/letter.txt"), "not a database");

        assertThatThrownBy(() -> EmbeddedPostgresql.start(folder, 0))
                .isInstanceOf(LocalServerException.class)
                .hasMessageContaining("does not start: see what it says in " + folder.resolve("postgres.log"))
                .hasMessageContaining("CARAVAN_DATABASE_URL");
    }

    private static JdbcTemplate jdbc(EmbeddedPostgresql server, String password) {
        return jdbc(server, server.username(), password);
    }

    private static JdbcTemplate jdbc(EmbeddedPostgresql server, String username, String password) {
        var source = new PGSimpleDataSource();
        source.setUrl(server.url());
        source.setUser(username);
        source.setPassword(password);
        return new JdbcTemplate(source);
    }
}
