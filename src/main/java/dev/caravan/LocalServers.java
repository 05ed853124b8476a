package dev.caravan;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Servers on this machine that stand in for those nobody configured. The classes behind it are in a layer of their own
 * that a production image leaves out, so nothing else may name them.
 */
public interface LocalServers extends AutoCloseable {
    enum Server {
        POSTGRESQL,
        KAFKA,
        S3
    }

    /**
     * @param directory where everything is kept
     * @param needed those that are not configured
     * @param ports to listen on; a missing one or 0 takes a free port
     */
    record Request(Path directory, Set<Server> needed, Map<Server, Integer> ports) {}

    /** Finds the servers that run in a directory, or starts them. */
    interface Starter {
        /**
         * Returns when all of them take connections.
         *
         * @throws LocalServerException with the next step
         */
        LocalServers start(Request request);
    }

    /** How to reach them, as keys and values of config/application.yaml. */
    Map<String, String> settings();

    /** For trying them out; nothing unless this process started all of them. */
    Optional<Trial> trial();

    /** Stops those that this process started. */
    @Override
    void close();

    /** Nothing where the layer is left out. */
    static Optional<Starter> starter() {
        try {
            return Optional.of((Starter) Class.forName("dev.caravan.embedded.EmbeddedStarter")
                    .getDeclaredConstructor()
                    .newInstance());
        } catch (ClassNotFoundException e) {
            return Optional.empty();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
