package dev.caravan.embedded;

import dev.caravan.LocalServerException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.function.Consumer;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;

/** One Kafka broker, its own controller, in this process; listens on the loopback interface only, without a password. */
public final class EmbeddedKafka implements AutoCloseable {
    /** Partitions of a topic that is made by its first use. */
    public static final int PARTITIONS = 6;

    private final KafkaRaftServer server;
    private final int port;

    private EmbeddedKafka(KafkaRaftServer server, int port) {
        this.server = server;
        this.port = port;
    }

    /**
     * Starts the broker and returns when it takes connections.
     *
     * @param directory of the logs; made and formatted when it is not there, else continued
     * @param port to listen on; 0 takes a free one
     * @throws LocalServerException with the next step, when the port or the directory is in use
     */
    public static EmbeddedKafka start(Path directory, int port) {
        return start(directory, port, settings -> {});
    }

    /** As {@link #start(Path, int)}, with a last word on the broker's settings. */
    static EmbeddedKafka start(Path directory, int port, Consumer<Properties> change) {
        int chosen = Ports.choose(port, "Kafka");
        Properties settings = settings(directory, chosen, Ports.choose(0, "Kafka's controller"));
        change.accept(settings);
        format(directory, settings);
        KafkaRaftServer server = null;
        try {
            server = new KafkaRaftServer(new KafkaConfig(settings, false), Time.SYSTEM);
            server.startup();
            return new EmbeddedKafka(server, chosen);
        } catch (KafkaException e) {
            if (server != null) {
                server.shutdown();
            }
            throw new LocalServerException(
                    "Kafka does not start in " + directory + " (" + e.getMessage()
                            + "): stop the process that uses this directory, or choose another one",
                    e);
        }
    }

    /** The address for clients, host:port. */
    public String brokers() {
        return Ports.HOST + ":" + port;
    }

    public int port() {
        return port;
    }

    /** Stops the broker; what was written stays. */
    @Override
    public void close() {
        server.shutdown();
        server.awaitShutdown();
    }

    private static Properties settings(Path directory, int port, int controllerPort) {
        var settings = new Properties();
        settings.setProperty("process.roles", "broker,controller");
        settings.setProperty("node.id", "1");
        settings.setProperty("controller.quorum.voters", "1@" + Ports.HOST + ":" + controllerPort);
        settings.setProperty(
                "listeners",
                "CLIENTS://" + Ports.HOST + ":" + port + ",CONTROLLER://" + Ports.HOST + ":" + controllerPort);
        settings.setProperty("advertised.listeners", "CLIENTS://" + Ports.HOST + ":" + port);
        settings.setProperty("listener.security.protocol.map", "CLIENTS:PLAINTEXT,CONTROLLER:PLAINTEXT");
        settings.setProperty("controller.listener.names", "CONTROLLER");
        settings.setProperty("inter.broker.listener.name", "CLIENTS");
        settings.setProperty("log.dirs", directory.toAbsolutePath().toString());
        settings.setProperty("num.partitions", Integer.toString(PARTITIONS));
        settings.setProperty("offsets.topic.num.partitions", "3");
        settings.setProperty("offsets.topic.replication.factor", "1");
        settings.setProperty("transaction.state.log.num.partitions", "1");
        settings.setProperty("transaction.state.log.replication.factor", "1");
        settings.setProperty("transaction.state.log.min.isr", "1");
        // A first consumer need not wait for others, and its heap need not hold the 128 MiB meant for large brokers.
        settings.setProperty("group.initial.rebalance.delay.ms", "0");
        settings.setProperty("log.cleaner.dedupe.buffer.size", Integer.toString(8 * 1024 * 1024));
        return settings;
    }

    private static void format(Path directory, Properties settings) {
        if (Files.exists(directory.resolve("meta.properties"))) {
            return;
        }
        var output = new ByteArrayOutputStream();
        try {
            Files.createDirectories(directory);
            Path file = Files.createTempFile("caravan-kafka", ".properties");
            int code;
            try (var print = new PrintStream(output, true, StandardCharsets.UTF_8)) {
                try (var writer = Files.newBufferedWriter(file)) {
                    settings.store(writer, null);
                }
                code = StorageTool.execute(
                        new String[] {
                            "format", "--cluster-id", Uuid.randomUuid().toString(), "--config", file.toString()
                        },
                        print);
            } finally {
                Files.delete(file);
            }
            if (code != 0) {
                throw new LocalServerException("Kafka cannot prepare " + directory + " ("
                        + output.toString(StandardCharsets.UTF_8).strip() + "): empty it, or choose another directory");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
