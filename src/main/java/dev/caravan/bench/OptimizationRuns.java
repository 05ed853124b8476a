package dev.caravan.bench;

import dev.caravan.bench.BenchReport.FunctionTime;
import dev.caravan.bench.BenchReport.OptimizationPhases;
import dev.caravan.bench.BenchReport.OptimizationResult;
import dev.caravan.bench.BenchReport.OptimizationRun;
import dev.caravan.payload.EncodedIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Right-sizing reports of a cluster each, from the event that tells of one to the stored recommendations. */
public final class OptimizationRuns implements AutoCloseable {
    /** The fewest intervals that anything is recommended from. */
    public static final int FEWEST_INTERVALS = 2;
    /** No recommendation looks further back than 15 days. */
    public static final int MOST_INTERVALS = 1400;

    private static final String GROUP = "bench";
    private static final String TOPIC = "hccm.ros.events";
    private static final int WARM_UP = 100;
    /** The report, once to download and once in the spool. */
    private static final long BYTES_A_ROW = 1100;
    /** Staged and stored rows, their sorts, recommendations and their history. */
    private static final long BYTES_A_ROW_AND_RUN = 1200;
    /** Far more than any machine needs. */
    private static final long NANOS_A_ROW = 1_000_000;

    private final ListeningRoutes routes;
    private final BenchDatabase database;
    private final long seed;
    private final Progress progress;
    private final StepTimes steps = new StepTimes();
    private int sent;

    /**
     * Starts everything, and returns when the routes wait for events.
     *
     * @param settings keys and values that win over config/application.yaml, except where the workbench has its own
     */
    public OptimizationRuns(Workbench workbench, Map<String, Object> settings, long seed, Progress progress)
            throws Exception {
        this.seed = seed;
        this.progress = progress;
        this.routes = new ListeningRoutes(workbench, "usage", "--experiments");
        routes.createTopic(TOPIC, 1);
        this.database = routes.start(
                settings,
                Map.of(
                        "caravan.kafka.optimization-events-group",
                        GROUP,
                        "caravan.topics.optimization-events",
                        TOPIC,
                        "caravan.optimization.engine",
                        "postgres"));
        database.prepare(List.of());
        routes.context().getBean(CamelContext.class).getManagementStrategy().addEventNotifier(steps);
        routes.awaitConsumers(GROUP, 1);
    }

    /** Bytes of disk that runs with so many experiments take at most, those of the server included. */
    public static long bytesNeeded(int experiments, int intervals, int runs) {
        long rows = UsageFile.rows(experiments, intervals);
        long stored = rows * runs * BYTES_A_ROW_AND_RUN;
        return LoadingRuns.SERVER_BYTES
                + rows * BYTES_A_ROW
                + stored
                + Math.min(2 * stored, LoadingRuns.MOST_WAL_BYTES);
    }

    /**
     * Measures one size, each time with a new cluster of a new organisation; the first time after a warm-up.
     *
     * @param experiments workloads with one container each
     * @param intervals of 15 minutes each is known for; {@value #FEWEST_INTERVALS} to {@value #MOST_INTERVALS}
     */
    public OptimizationResult measure(int experiments, int intervals, int runs) throws Exception {
        if (sent == 0) {
            progress.note(experiments + " experiments: warming up");
            int fewer = Math.min(WARM_UP, experiments);
            analyse(write(fewer, Math.min(WARM_UP, intervals)), fewer);
        }
        UsageFile report = write(experiments, intervals);
        List<OptimizationRun> measured = new ArrayList<>();
        for (int run = 1; run <= runs; run++) {
            measured.add(analyse(report, experiments));
            progress.note("%d experiments: run %d of %d: %.2f s"
                    .formatted(experiments, run, runs, measured.get(run - 1).seconds()));
            progress.step();
        }
        Files.delete(report.path());
        database.forgetUsage();
        return OptimizationResult.of(experiments, intervals, report.rows(), measured);
    }

    private UsageFile write(int experiments, int intervals) throws IOException {
        long now = Instant.now().getEpochSecond();
        Instant until = Instant.ofEpochSecond(now - now % UsageFile.INTERVAL_SECONDS);
        return UsageFile.write(routes.folder().resolve("usage.csv"), experiments, intervals, until, seed);
    }

    private OptimizationRun analyse(UsageFile report, int experiments) throws Exception {
        String cluster = PayloadFile.uuid(seed + " usage " + sent++);
        database.checkpoint();
        Map<String, FunctionTime> functionsBefore = database.functions();
        steps.reset();
        long start = System.nanoTime();
        long end = start + ListeningRoutes.PATIENCE_NANOS + report.rows() * NANOS_A_ROW;
        routes.send(event(cluster, report));
        routes.flush();
        while (database.recommended(cluster) < experiments) {
            await(end);
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        while (routes.acknowledged(GROUP, TOPIC) < sent) {
            await(end);
        }
        double requests = (System.nanoTime() - start) / 1e9 - seconds;
        var functions = database.functionsSince(functionsBefore);
        return new OptimizationRun(seconds, phases(seconds, requests, functions), functions);
    }

    private void await(long end) throws InterruptedException {
        if (System.nanoTime() > end) {
            throw new IllegalStateException("an event is not acted upon; in quarantine: " + database.quarantined());
        }
        Thread.sleep(ListeningRoutes.LOOK_MILLIS);
    }

    private ProducerRecord<String, String> event(String cluster, UsageFile report) {
        String organisation = BenchDatabase.ORGANISATION + "-" + sent;
        String message =
                """
                {"request_id": "%1$s", "b64_identity": "%2$s", "metadata": {"account": "", "org_id": "%3$s",
                "source_id": "%4$d", "cluster_uuid": "%1$s", "cluster_alias": "%1$s"}, "files": ["%5$s"]}"""
                        .formatted(
                                cluster,
                                EncodedIdentity.encode(organisation, null),
                                organisation,
                                sent,
                                routes.addressOf(report.path().getFileName().toString()));
        return new ProducerRecord<>(TOPIC, message);
    }

    private OptimizationPhases phases(double seconds, double requests, List<FunctionTime> functions) {
        double stored = steps.seconds("store-usage");
        double copy = steps.seconds("stage-usage");
        double metrics = seconds(functions, "store_usage");
        double recommendations = seconds(functions, "store_recommendations");
        return new OptimizationPhases(
                seconds - stored, copy, metrics, recommendations, stored - copy - metrics - recommendations, requests);
    }

    private static double seconds(List<FunctionTime> functions, String name) {
        return functions.stream()
                .filter(function -> function.name().equals(name))
                .mapToDouble(FunctionTime::totalSeconds)
                .sum();
    }

    /** Ends the routes; the servers stay until the workbench is closed. */
    @Override
    public void close() {
        routes.close();
    }
}
