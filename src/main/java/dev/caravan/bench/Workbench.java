package dev.caravan.bench;

import dev.caravan.LocalServerException;
import dev.caravan.bench.BenchReport.Postgresql;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.springframework.boot.SpringApplication;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * A temporary folder with a PostgreSQL in it, for benchmarks only. Both disappear when it is closed and when the process ends,
 * after the routes that use them; what a killed process left is removed by the next one.
 */
public final class Workbench implements AutoCloseable {
    private static final String[] SETTINGS = {
        "server_version",
        "shared_buffers",
        "fsync",
        "synchronous_commit",
        "full_page_writes",
        "wal_level",
        "max_wal_size",
        "work_mem",
        "jit"
    };

    private final BenchFolder folder;
    private final BenchPostgresql server;
    /** What to close, the latest first. */
    private final Deque<AutoCloseable> owned = new ArrayDeque<>();

    private Workbench(BenchFolder folder, BenchPostgresql server) {
        this.folder = folder;
        this.server = server;
        owns(folder);
        owns(server);
    }

    /**
     * The programs to use.
     *
     * @param given their folder, {@code embedded}, or null for the newest of the system
     * @return nothing for the embedded ones
     * @throws IllegalArgumentException when the given folder holds no programs of PostgreSQL 15 or newer
     */
    public static Optional<Path> programs(String given) throws IOException {
        return BenchPostgresql.programs(given);
    }

    /** Removes what killed benchmarks of the same user left below a folder; returns how many those were. */
    public static int sweep(Path parent) throws IOException {
        return BenchFolder.sweep(parent);
    }

    /**
     * Makes the folder and starts the server.
     *
     * @param programs nothing for the embedded ones
     */
    public static Workbench open(Path parent, Optional<Path> programs) throws IOException {
        BenchFolder folder = BenchFolder.create(parent);
        try {
            var opened = new Workbench(folder, BenchPostgresql.start(folder.path(), programs));
            SpringApplication.getShutdownHandlers().add(opened::close);
            return opened;
        } catch (IOException | RuntimeException e) {
            folder.close();
            throw e;
        }
    }

    Path make(String name) throws IOException {
        return folder.make(name);
    }

    /** Settings that make routes use this folder and this server and nothing else, whatever the environment says. */
    Map<String, Object> settings() {
        Map<String, Object> settings = new HashMap<>();
        settings.put("caravan.profile", "");
        settings.put("caravan.database.url", server.url());
        settings.put("caravan.database.username", BenchPostgresql.SUPERUSER);
        settings.put("caravan.database.password", server.password());
        settings.put("caravan.database.password-file", "");
        settings.put("caravan.database.migration-username", "");
        settings.put("caravan.spool", folder.path() + "/spool");
        settings.put("caravan.spool-limit-bytes", 0);
        settings.put("caravan.quarantine.bucket", "");
        settings.put("caravan.quarantine.directory", folder.path() + "/quarantine");
        settings.put("caravan.inbox.directory", folder.path() + "/inbox");
        settings.put("caravan.sources-file", folder.path() + "/sources.yaml");
        settings.put("caravan.kafka.brokers", "");
        settings.put("caravan.s3.endpoint", "");
        settings.put("caravan.demo.organisation", "");
        settings.put("caravan.retention-months", 120);
        settings.put("caravan.hourly-retention-days", "");
        // After Ctrl-C nothing in flight is worth waiting for.
        settings.put("camel.main.shutdown-timeout", 1);
        return settings;
    }

    /** The server with those of its settings that decide how fast it is. */
    public Postgresql postgresql() {
        var database = new JdbcTemplate(
                new DriverManagerDataSource(server.url(), BenchPostgresql.SUPERUSER, server.password()));
        Map<String, String> settings = new LinkedHashMap<>();
        database.query(
                "select name, current_setting(name) from pg_settings where name = any (?) order by name",
                row -> {
                    settings.put(row.getString(1), row.getString(2));
                },
                (Object) SETTINGS);
        return new Postgresql(settings.remove("server_version"), server.origin(), settings);
    }

    /** Has something closed before its servers. */
    synchronized void owns(AutoCloseable thing) {
        owned.push(thing);
    }

    @Override
    public synchronized void close() {
        Exception failure = null;
        while (!owned.isEmpty()) {
            try {
                owned.pop().close();
            } catch (Exception e) {
                // The others are to be closed all the same.
                failure = e;
            }
        }
        if (failure != null) {
            throw new LocalServerException("the benchmark leaves something behind: " + failure.getMessage(), failure);
        }
    }
}
