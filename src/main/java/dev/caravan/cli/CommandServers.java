package dev.caravan.cli;

import dev.caravan.LocalServerException;
import dev.caravan.LocalServers;
import dev.caravan.LocalServers.Server;
import dev.caravan.Trial;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.Environment;

/** The servers that stand in for those a command needs and nobody configured; started once, stopped with the command. */
final class CommandServers implements AutoCloseable {
    private static final Map<Server, String> ADDRESSES = Map.of(
            Server.POSTGRESQL, "caravan.database.url",
            Server.KAFKA, "caravan.kafka.brokers",
            Server.S3, "caravan.s3.endpoint");

    private static final Map<Server, String> NEXT_STEPS = Map.of(
            Server.KAFKA, "no Kafka is configured: set CARAVAN_KAFKA_BROKERS to host:port",
            Server.S3, "no S3 server is configured: set CARAVAN_S3_ENDPOINT to its address");
    /** An address that says that there is to be no such server. */
    private static final String NONE = "none";

    private final Map<String, String> withouts = new HashMap<>();
    private final Set<Server> absent = EnumSet.noneOf(Server.class);
    private LocalServers servers;
    private boolean keptUntilExit;

    /**
     * Starts what is needed and not configured; in production nothing.
     *
     * @throws LocalServerException with the next step, when a server does not start
     */
    synchronized void provide(Set<Server> needed, Environment settings) {
        var missing = EnumSet.noneOf(Server.class);
        for (Server server : Server.values()) {
            String address = settings.getProperty(ADDRESSES.get(server), "").strip();
            if (address.isEmpty() && needed.contains(server)) {
                missing.add(server);
            } else if (address.equals(NONE) && server != Server.POSTGRESQL) {
                withouts.put(ADDRESSES.get(server), "");
            }
        }
        if (missing.isEmpty() || servers != null) {
            return;
        }
        var starter = "production".equals(settings.getProperty("caravan.profile"))
                ? Optional.<LocalServers.Starter>empty()
                : LocalServers.starter();
        if (starter.isEmpty()) {
            absent.addAll(missing);
            return;
        }
        servers = starter.get()
                .start(new LocalServers.Request(
                        Path.of(settings.getProperty("caravan.embedded.directory", "data")), missing, ports(settings)));
        // Runs after every context has been closed, so that payloads in flight still have their servers.
        SpringApplication.getShutdownHandlers().add(this::stop);
    }

    /**
     * Called once the database was found in order, which says by itself when it is missing.
     *
     * @throws LocalServerException when another server is neither configured nor started
     */
    synchronized void requireAll() {
        for (Server server : absent) {
            if (NEXT_STEPS.containsKey(server)) {
                throw new LocalServerException(NEXT_STEPS.get(server) + ", or to none to do without");
            }
        }
    }

    /** How to reach them, and what there is none of, to win over what is configured. */
    synchronized Map<String, String> settings() {
        var all = new HashMap<String, String>(withouts);
        if (servers != null) {
            all.putAll(servers.settings());
        }
        return all;
    }

    /** For trying out; nothing unless all of them were started here. */
    synchronized Optional<Trial> trial() {
        return servers == null ? Optional.empty() : servers.trial();
    }

    /** Leaves the stopping to the end of the process, when a command ends before its routes do. */
    synchronized void keepUntilExit() {
        keptUntilExit = true;
    }

    @Override
    public synchronized void close() {
        if (!keptUntilExit) {
            stop();
        }
    }

    private synchronized void stop() {
        if (servers != null) {
            servers.close();
        }
    }

    private static Map<Server, Integer> ports(Environment settings) {
        var ports = new EnumMap<Server, Integer>(Server.class);
        for (Server server : Server.values()) {
            String key = "caravan.embedded." + server.name().toLowerCase(Locale.ROOT) + "-port";
            ports.put(server, settings.getProperty(key, Integer.class, 0));
        }
        return ports;
    }
}
