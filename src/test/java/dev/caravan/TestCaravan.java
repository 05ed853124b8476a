package dev.caravan;

import dev.caravan.ledger.SourceRegistry;
import dev.caravan.payload.Delivery;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.util.FileSystemUtils;

/** Caravan with its routes on an empty real database, its spool and quarantine in a temporary folder. */
public final class TestCaravan implements AutoCloseable {
    public static final String ORGANISATION = "1234567";
    public static final String SCHEMA = "org1234567";

    private final TestDatabase database;
    private final boolean owned;
    private final Path folder;
    private final ConfigurableApplicationContext context;

    private TestCaravan(TestDatabase database, boolean owned, Path folder, ConfigurableApplicationContext context) {
        this.database = database;
        this.owned = owned;
        this.folder = folder;
        this.context = context;
    }

    public static TestCaravan start() {
        return start(RouteApplication.INGEST, Map.of());
    }

    public static TestCaravan start(List<String> routes, Map<String, Object> settings) {
        return start(TestDatabase.createMigrated(), true, routes, settings);
    }

    /** On a database that the test itself has made; it is dropped all the same. */
    public static TestCaravan start(TestDatabase database, List<String> routes, Map<String, Object> settings) {
        return start(database, true, routes, settings);
    }

    /** A second process on the same database; close it before this one. */
    public TestCaravan replica(List<String> routes, Map<String, Object> settings) {
        return start(database, false, routes, settings);
    }

    private static TestCaravan start(
            TestDatabase database, boolean owned, List<String> routes, Map<String, Object> settings) {
        try {
            Path folder = Files.createTempDirectory("caravan-test");
            Map<String, Object> all = new HashMap<>(settings(database));
            all.putAll(Map.of(
                    "caravan.spool",
                    folder.resolve("spool"),
                    "caravan.quarantine.directory",
                    folder.resolve("quarantine"),
                    "caravan.inbox.directory",
                    folder.resolve("inbox"),
                    "logging.level.dev.caravan",
                    "error",
                    "caravan.retry.delay",
                    20,
                    "caravan.retry.attempts",
                    2,
                    "caravan.uploads.directory",
                    folder.resolve("uploads"),
                    "caravan.http.port",
                    0,
                    // A sixth of the time of a start, and needed by those tests only that look at what is offered
                    // there.
                    "camel.main.jmx-enabled",
                    false));
            all.putAll(settings);
            return new TestCaravan(database, owned, folder, RouteApplication.start(routes, all));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What makes Caravan use a database. */
    public static Map<String, Object> settings(TestDatabase database) {
        return Map.of("caravan.database.url", database.url(), "caravan.database.username", database.username());
    }

    public <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    public JdbcTemplate jdbc() {
        return bean(JdbcTemplate.class);
    }

    public TestDatabase database() {
        return database;
    }

    public Path folder() {
        return folder;
    }

    /** Payloads that lie in the spool. */
    public List<Path> spooled() {
        try (var files = Files.walk(folder.resolve("spool"))) {
            return files.filter(file -> file.toString().endsWith(".tar.gz")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** An address of the front door; the routes of api must have been started. */
    public URI http(String path) {
        return URI.create("http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port") + path);
    }

    public void addSource(String cluster, String alias) {
        bean(SourceRegistry.class).add(ORGANISATION, cluster, alias);
    }

    public Delivery ingest(Path payload) {
        return ingest(new Delivery("test " + payload.getFileName(), null, "request-1", false), payload);
    }

    public Delivery ingest(Delivery delivery, Path payload) {
        Exchange done = bean(ProducerTemplate.class).send("direct:receive-given-file", exchange -> {
            exchange.setProperty(Delivery.PROPERTY, delivery);
            exchange.getMessage().setBody(payload.toFile());
        });
        if (done.getException() != null) {
            throw new IllegalStateException(done.getException());
        }
        return delivery;
    }

    @Override
    public void close() {
        context.close();
        if (owned) {
            database.close();
        }
        try {
            FileSystemUtils.deleteRecursively(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
