package dev.caravan.cli;

import dev.caravan.LocalServers;
import dev.caravan.LocalServers.Server;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.Environment;

/** The servers that stand in for those a command needs and nobody configured; started once, stopped with the command. */
final class CommandServers implements AutoCloseable {
    private static final Map<Server, String> ADDRESSES = Map.of(
            Server.POSTGRESQL, "caravan.database.url",
            Server.KAFKA, "caravan.kafka.brokers",
            Server.S3, "caravan.s3.endpoint");

    private LocalServers servers;
    private boolean keptUntilExit;

    /**
     * Starts what is needed and not configured; in production nothing.
     *
     * @throws dev.caravan.LocalServerException with the next step
     */
    synchronized void provide(Set<Server> needed, Environment settings) {
        var missing = EnumSet.noneOf(Server.class);
        for (Server server : needed) {
            if (settings.getProperty(ADDRESSES.get(server), "").isBlank()) {
                missing.add(server);
            }
        }
        if (missing.isEmpty() || servers != null || "production".equals(settings.getProperty("caravan.profile"))) {
            return;
        }
        LocalServers.starter().ifPresent(starter -> {
            servers = starter.start(new LocalServers.Request(
                    Path.of(settings.getProperty("caravan.embedded.directory", "data")), missing, ports(settings)));
            // Runs after every context has been closed, so that payloads in flight still have their servers.
            SpringApplication.getShutdownHandlers().add(this::stop);
        });
    }

    /** How to reach them, to win over what is configured. */
    synchronized Map<String, String> settings() {
        return servers == null ? Map.of() : servers.settings();
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
