package dev.caravan.bench;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.caravan.Caravan;
import dev.caravan.LocalServerException;
import dev.caravan.LocalServers;
import dev.caravan.LocalServers.Server;
import dev.caravan.RouteApplication;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.ConsumerGroupState;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * The routes of `run` in one or two processes, with a Kafka that brings them messages and an HTTP server that has what these
 * name, both of the benchmark's own.
 */
final class ListeningRoutes implements AutoCloseable {
    static final long LOOK_MILLIS = 10;
    /** How long nothing may happen before something is taken to be at fault. */
    static final long PATIENCE_NANOS = 120_000_000_000L;

    private static final String HOST = "127.0.0.1";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Workbench workbench;
    private final Path folder;
    private final String address;
    private final String brokers;
    private final Admin admin;
    private final KafkaProducer<String, String> producer;
    private final Map<String, Object> settings;
    private ConfigurableApplicationContext routes;
    private Process second;

    /**
     * Starts Kafka and the HTTP server; they stay until the workbench is closed.
     *
     * @param name of their folders in the workbench
     * @param option that wants them
     */
    ListeningRoutes(Workbench workbench, String name, String option) throws IOException {
        this.workbench = workbench;
        this.folder = workbench.make("served-" + name);
        HttpServer server = HttpServer.create(new InetSocketAddress(HOST, 0), 0);
        server.createContext("/", this::serve);
        server.setExecutor(Executors.newCachedThreadPool());
        server.start();
        workbench.owns(() -> server.stop(0));
        this.address = HOST + ":" + server.getAddress().getPort();
        LocalServers kafka = LocalServers.starter()
                .orElseThrow(() -> new LocalServerException(option + " needs the Kafka that is left out of this image"))
                .start(new LocalServers.Request(
                        workbench.make("kafka-" + name), EnumSet.of(Server.KAFKA), Map.of(Server.KAFKA, 0)));
        workbench.owns(kafka);
        this.brokers = kafka.settings().get("caravan.kafka.brokers");
        Map<String, Object> client = Map.of("bootstrap.servers", brokers);
        this.admin = Admin.create(client);
        this.producer = new KafkaProducer<>(client, new StringSerializer(), new StringSerializer());
        this.settings = workbench.settings();
    }

    /** What lies in it, the HTTP server hands out. */
    Path folder() {
        return folder;
    }

    /** Where a file of the folder is to be had. */
    String addressOf(String file) {
        return "http://" + address + "/" + file;
    }

    void createTopic(String topic, int partitions) throws Exception {
        admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
                .all()
                .get();
    }

    /** Returns at once. */
    void send(ProducerRecord<String, String> message) {
        producer.send(message);
    }

    /** Waits until the broker has all that was sent. */
    void flush() {
        producer.flush();
    }

    /**
     * Starts the routes in this process.
     *
     * @param given keys and values that win over config/application.yaml
     * @param own those that win over all others, also in a second process
     */
    BenchDatabase start(Map<String, Object> given, Map<String, Object> own) {
        settings.put("caravan.profile", "production");
        settings.put("caravan.http.address", HOST);
        settings.put("caravan.http.port", "0");
        settings.put("caravan.kafka.brokers", brokers);
        settings.put("caravan.download.hosts", address);
        settings.putAll(own);
        Map<String, Object> all = new HashMap<>(given);
        all.putAll(settings);
        routes = RouteApplication.start(RouteApplication.ALL, all);
        return new BenchDatabase(routes);
    }

    ConfigurableApplicationContext context() {
        return routes;
    }

    /** The same program with `run`, told everything by its environment. */
    void startSecond() throws IOException {
        settings.put("caravan.s3.endpoint", "none");
        Path home = workbench.make("second");
        String path = System.getProperty("java.class.path");
        boolean packed = path.endsWith(".jar") && !path.contains(File.pathSeparator);
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElse("java"));
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("-Xm"))
                .forEach(command::add);
        command.addAll(packed ? List.of("-jar", path) : List.of("-cp", path, Caravan.class.getName()));
        command.add("run");
        var builder = new ProcessBuilder(command)
                .directory(home.toFile())
                .redirectErrorStream(true)
                .redirectOutput(home.resolve("log").toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("CARAVAN_"));
        builder.environment().put("SPRING_APPLICATION_JSON", JSON.writeValueAsString(settings));
        Process process = builder.start();
        Files.write(home.resolve("run.pid"), List.of(Long.toString(process.pid()), home.toString()));
        workbench.owns(() -> process.destroyForcibly().waitFor());
        second = process;
    }

    /** Returns when so many consumers of a group, of all processes, have partitions. */
    void awaitConsumers(String group, int consumers) throws Exception {
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (true) {
            var found = admin.describeConsumerGroups(List.of(group)).all().get().get(group);
            boolean all = found.state() == ConsumerGroupState.STABLE
                    && found.members().size() == consumers
                    && found.members().stream()
                            .noneMatch(member ->
                                    member.assignment().topicPartitions().isEmpty());
            if (all) {
                return;
            }
            if (System.nanoTime() > end || secondEnded()) {
                throw new LocalServerException("the processes that are to read messages do not start");
            }
            Thread.sleep(LOOK_MILLIS);
        }
    }

    /** How many messages of the only partition of a topic a group has done with. */
    long acknowledged(String group, String topic) throws Exception {
        var offset = admin.listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .get()
                .get(new TopicPartition(topic, 0));
        return offset == null ? 0 : offset.offset();
    }

    /** Whether there was a second process, and is none any more. */
    boolean secondEnded() {
        return second != null && !second.isAlive();
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            Path file = folder.resolve(exchange.getRequestURI().getPath().substring(1));
            exchange.sendResponseHeaders(200, Files.size(file));
            Files.copy(file, exchange.getResponseBody());
        }
    }

    /** Ends the processes. */
    @Override
    public void close() {
        if (second != null) {
            second.destroyForcibly();
        }
        if (routes != null) {
            routes.close();
        }
        producer.close();
        admin.close();
    }
}
