package dev.caravan.bench;

import dev.caravan.bench.BenchReport.SourcesResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Payloads of many clusters are announced at once to one or two processes with the routes of `run`. */
public final class AnnouncedRuns implements AutoCloseable {
    private static final String GROUP = "bench";
    private static final String TOPIC = "platform.upload.announce";
    private static final int PARTITIONS = 6;
    /** For each partition; small ones, so that every process has done it before. */
    private static final int WARM_UPS = 2;

    private final ListeningRoutes routes;
    private final BenchDatabase database;
    private final int processes;
    private final long seed;
    private final Progress progress;
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
        this.processes = processes;
        this.seed = seed;
        this.progress = progress;
        this.routes = new ListeningRoutes(workbench, "announced-" + processes, "--sources");
        routes.createTopic(TOPIC, PARTITIONS);
        for (int partition = 0; partition < PARTITIONS; partition++) {
            // For nobody; then the broker has nothing more to say of its new partitions.
            routes.send(new ProducerRecord<>(TOPIC, partition, null, ""));
        }
        routes.flush();
        this.database = routes.start(settings, Map.of("caravan.kafka.group", GROUP, "caravan.topics.announce", TOPIC));
        database.prepare(labelKeys);
        if (processes > 1) {
            routes.startSecond();
        }
        int consumers = routes.context().getEnvironment().getRequiredProperty("caravan.kafka.consumers", Integer.class);
        routes.awaitConsumers(GROUP, processes * consumers);
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
            PayloadFile.write(routes.folder().resolve(clusterId), cluster, clusterId, 0);
            clusterIds.add(clusterId);
        }
        database.checkpoint();
        long start = System.nanoTime();
        for (int i = 0; i < sources; i++) {
            routes.send(announcement(clusterIds.get(i), i % PARTITIONS));
        }
        routes.flush();
        List<Double> seconds = new ArrayList<>();
        long latest = start;
        while (seconds.size() < sources) {
            int committed = database.committed(clusterIds);
            long now = System.nanoTime();
            while (seconds.size() < committed) {
                seconds.add((now - start) / 1e9);
                latest = now;
            }
            if (now - latest > ListeningRoutes.PATIENCE_NANOS || routes.secondEnded()) {
                throw new IllegalStateException("of " + sources + " payloads " + committed
                        + " were loaded, and no more come; in quarantine: " + database.quarantined());
            }
            Thread.sleep(ListeningRoutes.LOOK_MILLIS);
        }
        for (String clusterId : clusterIds) {
            Files.delete(routes.folder().resolve(clusterId));
        }
        return seconds;
    }

    /** Partitions are taken in turn, so that the consumers have equal shares. */
    private ProducerRecord<String, String> announcement(String clusterId, int partition) {
        String message =
                """
                {"account": "", "category": "tar", "request_id": "%1$s", "org_id": "%2$s", "service": "hccm",
                "url": "%3$s"}"""
                        .formatted(clusterId, BenchDatabase.ORGANISATION, routes.addressOf(clusterId));
        var record = new ProducerRecord<>(TOPIC, partition, BenchDatabase.ORGANISATION, message);
        record.headers().add("service", "hccm".getBytes(StandardCharsets.US_ASCII));
        return record;
    }

    /** Ends the processes; the servers stay until the workbench is closed. */
    @Override
    public void close() {
        routes.close();
    }
}
