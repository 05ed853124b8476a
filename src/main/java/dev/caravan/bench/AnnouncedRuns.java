package dev.caravan.bench;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.caravan.Caravan;
import dev.caravan.LocalServerException;
import dev.caravan.LocalServers;
import dev.caravan.LocalServers.Server;
import dev.caravan.RouteApplication;
import dev.caravan.bench.BenchReport.SourcesResult;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
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
import org.apache.kafka.common.serialization.StringSerializer;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Payloads of many clusters are announced at once through a Kafka and downloaded over HTTP, both of the benchmark's own, by one
 * or two processes with the routes of `run`.
 */
public final class AnnouncedRuns implements AutoCloseable {
    private static final String HOST = "127.0.0.1";
    private static final String GROUP = "bench";
    private static final String TOPIC = "platform.upload.announce";
    private static final int PARTITIONS = 6;
    /** For each partition; small ones, so that every process has done it before. */
    private static final int WARM_UPS = 2;

    private static final long LOOK_MILLIS = 10;
    private static final long PATIENCE_NANOS = 120_000_000_000L;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Path payloads;
    private final int processes;
    private final long seed;
    private final Progress progress;
    private final String address;
    private final Admin admin;
    private final KafkaProducer<String, String> producer;
    private final ConfigurableApplicationContext routes;
    private final BenchDatabase database;
    private final Process second;
    private int registered;

    /**
     * Starts everything, and returns when all processes wait for announcements.
     *
     * @param settings keys and values that win over config/application.yaml, except where the workbench has its own
     * @param processes 1 or 2
     */
    public AnnouncedRuns(
            Workbench workbench,
            Map<String, Object> settings,
            List<String> labelKeys,
            long seed,
            int processes,
            Progress progress)
            throws Exception {
        this.payloads = workbench.make("announced");
        this.processes = processes;
        this.seed = seed;
        this.progress = progress;
        HttpServer server = HttpServer.create(new InetSocketAddress(HOST, 0), 0);
        server.createContext("/", this::serve);
        server.setExecutor(Executors.newCachedThreadPool());
        server.start();
        workbench.owns(() -> server.stop(0));
        this.address = HOST + ":" + server.getAddress().getPort();
        LocalServers kafka = LocalServers.starter()
                .orElseThrow(() -> new LocalServerException("--sources needs the Kafka that is left out of this image"))
                .start(new LocalServers.Request(
                        workbench.make("kafka-" + processes), EnumSet.of(Server.KAFKA), Map.of(Server.KAFKA, 0)));
        workbench.owns(kafka);
        String brokers = kafka.settings().get("caravan.kafka.brokers");
        Map<String, Object> client = Map.of("bootstrap.servers", brokers);
        this.admin = Admin.create(client);
        this.producer = new KafkaProducer<>(client, new StringSerializer(), new StringSerializer());
        admin.createTopics(List.of(new NewTopic(TOPIC, PARTITIONS, (short) 1)))
                .all()
                .get();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            // For nobody; then the broker has nothing more to say of its new partitions.
            producer.send(new ProducerRecord<>(TOPIC, partition, null, "")).get();
        }

        Map<String, Object> all = workbench.settings();
        all.put("caravan.profile", "production");
        all.put("caravan.http.address", "127.0.0.1");
        all.put("caravan.http.port", "0");
        all.put("caravan.kafka.brokers", brokers);
        all.put("caravan.kafka.group", GROUP);
        all.put("caravan.topics.announce", TOPIC);
        all.put("caravan.download.hosts", address);
        Map<String, Object> own = new HashMap<>(settings);
        own.putAll(all);
        this.routes = RouteApplication.start(RouteApplication.ALL, own);
        this.database = new BenchDatabase(routes);
        database.prepare(labelKeys);
        all.put("caravan.s3.endpoint", "none");
        this.second = processes > 1 ? startSecond(workbench, all) : null;
        awaitConsumers();
    }

    /** Measures so many payloads at once, each of a new cluster, the first time after a warm-up. */
    public SourcesResult measure(ClusterSize payload, int sources, int runs) throws Exception {
        if (registered == 0) {
            progress.note(processes + " processes: warming up");
            announce(ClusterSize.warmUp(payload), PARTITIONS * WARM_UPS);
        }
        List<List<Double>> measured = new ArrayList<>();
        for (int run = 1; run <= runs; run++) {
            measured.add(announce(payload, sources));
            progress.note("%d sources, %d processes: run %d of %d: %.2f s"
                    .formatted(
                            sources, processes, run, runs, measured.get(run - 1).get(sources - 1)));
            for (int i = 0; i < sources; i++) {
                progress.step();
            }
        }
        return SourcesResult.of(sources, processes, payload, measured);
    }

    /** Seconds from the first announcement until each of the payloads was seen committed, ascending. */
    private List<Double> announce(ClusterSize size, int sources) throws Exception {
        var cluster = new Cluster(size, seed);
        List<String> clusterIds = new ArrayList<>();
        for (int i = 0; i < sources; i++) {
            String clusterId = PayloadFile.uuid(seed + " announced " + processes + " " + registered++);
            database.register(clusterId);
            PayloadFile.write(payloads.resolve(clusterId), cluster, clusterId, 0);
            clusterIds.add(clusterId);
        }
        database.checkpoint();
        long start = System.nanoTime();
        for (int i = 0; i < sources; i++) {
            producer.send(announcement(clusterIds.get(i), i % PARTITIONS));
        }
        producer.flush();
        List<Double> seconds = new ArrayList<>();
        long latest = start;
        while (seconds.size() < sources) {
            int committed = database.committed(clusterIds);
            long now = System.nanoTime();
            while (seconds.size() < committed) {
                seconds.add((now - start) / 1e9);
                latest = now;
            }
            if (now - latest > PATIENCE_NANOS || second != null && !second.isAlive()) {
                throw new IllegalStateException("of " + sources + " payloads " + committed
                        + " were loaded, and no more come; in quarantine: " + database.quarantined());
            }
            Thread.sleep(LOOK_MILLIS);
        }
        for (String clusterId : clusterIds) {
            Files.delete(payloads.resolve(clusterId));
        }
        return seconds;
    }

    /** Partitions are taken in turn, so that the consumers have equal shares. */
    private ProducerRecord<String, String> announcement(String clusterId, int partition) {
        String message =
                """
                {"account": "", "category": "tar", "request_id": "%1$s", "org_id": "%2$s", "service": "hccm",
                "url": "http://%3$s/%1$s"}"""
                        .formatted(clusterId, BenchDatabase.ORGANISATION, address);
        var record = new ProducerRecord<>(TOPIC, partition, BenchDatabase.ORGANISATION, message);
        record.headers().add("service", "hccm".getBytes(StandardCharsets.US_ASCII));
        return record;
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            Path payload = payloads.resolve(exchange.getRequestURI().getPath().substring(1));
            exchange.sendResponseHeaders(200, Files.size(payload));
            Files.copy(payload, exchange.getResponseBody());
        }
    }

    private void awaitConsumers() throws Exception {
        int consumers =
                processes * routes.getEnvironment().getRequiredProperty("caravan.kafka.consumers", Integer.class);
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (true) {
            var group = admin.describeConsumerGroups(List.of(GROUP)).all().get().get(GROUP);
            boolean all = group.state() == ConsumerGroupState.STABLE
                    && group.members().size() == consumers
                    && group.members().stream()
                            .noneMatch(member ->
                                    member.assignment().topicPartitions().isEmpty());
            if (all) {
                return;
            }
            if (System.nanoTime() > end || second != null && !second.isAlive()) {
                throw new LocalServerException("the processes that are to read announcements do not start");
            }
            Thread.sleep(LOOK_MILLIS);
        }
    }

    /** The same program with `run`, told everything by its environment. */
    private static Process startSecond(Workbench workbench, Map<String, Object> settings) throws IOException {
        Path folder = workbench.make("second");
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
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("CARAVAN_"));
        builder.environment().put("SPRING_APPLICATION_JSON", JSON.writeValueAsString(settings));
        Process process = builder.start();
        Files.write(folder.resolve("run.pid"), List.of(Long.toString(process.pid()), folder.toString()));
        workbench.owns(() -> process.destroyForcibly().waitFor());
        return process;
    }

    /** Ends the processes; the servers stay until the workbench is closed. */
    @Override
    public void close() {
        if (second != null) {
            second.destroyForcibly();
        }
        routes.close();
        producer.close();
        admin.close();
    }
}
