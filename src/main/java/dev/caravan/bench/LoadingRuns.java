package dev.caravan.bench;

import dev.caravan.RouteApplication;
import dev.caravan.bench.BenchDatabase.TableBytes;
import dev.caravan.bench.BenchReport.FunctionTime;
import dev.caravan.bench.BenchReport.Growth;
import dev.caravan.bench.BenchReport.Phases;
import dev.caravan.bench.BenchReport.Run;
import dev.caravan.bench.BenchReport.SizeResult;
import dev.caravan.payload.Delivery;
import dev.caravan.payload.Delivery.Outcome;
import dev.caravan.payload.PayloadLoads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Payloads on disk go through the routes of `ingest`, one after the other; beside it their finished pod rows through one plain
 * copy into the same server.
 */
public final class LoadingRuns implements AutoCloseable {
    private static final double WORTH_LISTING = 0.01;
    static final long SERVER_BYTES = 512L << 20;
    static final long MOST_WAL_BYTES = 1536L << 20;
    /** Payload, CSV and table of the plain copy. */
    private static final long BYTES_A_ROW = 1000;
    /** Tables and indexes of all report types. */
    private static final long BYTES_A_ROW_AND_RUN = 800;

    private final Workbench workbench;
    private final ConfigurableApplicationContext routes;
    private final BenchDatabase database;
    private final List<String> labelKeys;
    private final long seed;
    private final Progress progress;
    private final StepTimes steps = new StepTimes();
    private final MemoryPeaks memory = new MemoryPeaks();

    /**
     * Starts the routes.
     *
     * @param settings keys and values that win over config/application.yaml, except where the workbench has its own
     * @param labelKeys that are enabled, so that they reach the summaries
     */
    public LoadingRuns(
            Workbench workbench, Map<String, Object> settings, List<String> labelKeys, long seed, Progress progress) {
        this.workbench = workbench;
        this.labelKeys = labelKeys;
        this.seed = seed;
        this.progress = progress;
        Map<String, Object> all = new HashMap<>(settings);
        all.putAll(workbench.settings());
        this.routes = RouteApplication.start(RouteApplication.INGEST, all);
        this.database = new BenchDatabase(routes);
        routes.getBean(CamelContext.class).getManagementStrategy().addEventNotifier(steps);
    }

    /** Bytes of disk that runs with so many pod rows take at most, those of the server included. */
    public static long bytesNeeded(long podRows, int runs) {
        long stored = podRows * runs * BYTES_A_ROW_AND_RUN;
        return SERVER_BYTES + podRows * BYTES_A_ROW + stored + Math.min(2 * stored, MOST_WAL_BYTES);
    }

    /** Measures one size: after a warm-up, copies and loads in turn, each load into a new source. */
    public SizeResult measure(ClusterSize size, int runs) throws IOException, SQLException {
        progress.note(size.name() + ": writing " + size.podRows() + " pod rows, and warming up");
        database.prepare(labelKeys);
        Path folder = workbench.make("payloads");
        warmUp(folder, ClusterSize.warmUp(size));
        var cluster = new Cluster(size, seed);
        Path csv = folder.resolve("pods.csv");
        PayloadFile.writePods(csv, cluster);
        List<Run> measured = new ArrayList<>();
        List<PayloadFile> payloads = List.of();
        for (int run = 1; run <= runs; run++) {
            String clusterId = clusterId(size.name() + " " + run);
            database.register(clusterId);
            payloads = write(folder, cluster, clusterId);
            double copySeconds = database.copy(csv);
            measured.add(load(payloads, copySeconds));
            progress.note("%s: run %d of %d: copy %.2f s, loading %.2f s"
                    .formatted(
                            size.name(),
                            run,
                            runs,
                            copySeconds,
                            measured.get(run - 1).seconds()));
        }
        for (PayloadFile payload : payloads) {
            Files.delete(payload.path());
        }
        database.forget();
        long rows = payloads.stream().mapToLong(PayloadFile::rows).sum();
        long bytes = payloads.stream().mapToLong(PayloadFile::bytes).sum();
        return SizeResult.of(size, rows, bytes, measured);
    }

    @Override
    public void close() {
        routes.close();
    }

    private void warmUp(Path folder, ClusterSize size) throws IOException, SQLException {
        var cluster = new Cluster(size, seed);
        String clusterId = clusterId(size.name());
        database.register(clusterId);
        ingest(write(folder, cluster, clusterId));
        Path csv = folder.resolve("pods.csv");
        PayloadFile.writePods(csv, cluster);
        database.copy(csv);
    }

    private List<PayloadFile> write(Path folder, Cluster cluster, String clusterId) throws IOException {
        List<PayloadFile> payloads = new ArrayList<>();
        for (int day = 0; day < cluster.size().days(); day++) {
            payloads.add(PayloadFile.write(folder.resolve("day-" + day + ".tar.gz"), cluster, clusterId, day));
        }
        return payloads;
    }

    private Run load(List<PayloadFile> payloads, double copySeconds) throws SQLException {
        database.checkpoint();
        TableBytes before = database.tableBytes();
        Map<String, FunctionTime> functionsBefore = database.functions();
        steps.reset();
        memory.reset();
        List<Double> days = ingest(payloads);
        double seconds = days.stream().mapToDouble(Double::doubleValue).sum();
        var peaks = memory.peaks();
        TableBytes after = database.tableBytes();
        List<FunctionTime> functions = database.functionsSince(functionsBefore);
        int number = payloads.size();
        var growth = new Growth(
                (after.staging() - before.staging()) / number,
                (after.daily() - before.daily()) / number,
                (after.summary() - before.summary()) / number);
        return new Run(
                copySeconds,
                seconds,
                phases(seconds, functions),
                days,
                peaks,
                growth,
                functions.stream()
                        .filter(function -> function.selfSeconds() > WORTH_LISTING * seconds)
                        .toList());
    }

    private Phases phases(double seconds, List<FunctionTime> functions) {
        double daily = functions.stream()
                .filter(function -> function.name().equals("refresh_daily_line_items")
                        || function.name().equals("refresh_node_capacity"))
                .mapToDouble(FunctionTime::totalSeconds)
                .sum();
        // What is received beside the load of the payload before takes no time of its own.
        double scan = seconds - steps.seconds("ingest-payload");
        double load = steps.seconds("stage-report");
        double summarize = steps.seconds("summarize-days");
        return new Phases(
                scan,
                load,
                steps.processorSeconds("stage-report"),
                daily,
                summarize - daily,
                seconds - scan - load - summarize);
    }

    /** Loads them as `ingest` does; returns the seconds from one commit to the next. */
    private List<Double> ingest(List<PayloadFile> payloads) {
        List<Double> seconds = new ArrayList<>();
        long start = System.nanoTime();
        try (var loads = new PayloadLoads(routes.getBean(ProducerTemplate.class), 0)) {
            for (PayloadFile payload : payloads) {
                loads.add(
                        payload.path().toFile(),
                        new Delivery("file " + payload.path(), BenchDatabase.ORGANISATION, null, false));
            }
            for (PayloadFile payload : payloads) {
                check(payload, loads.next());
                long now = System.nanoTime();
                seconds.add((now - start) / 1e9);
                start = now;
                progress.step();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        return seconds;
    }

    private static void check(PayloadFile payload, Exchange done) {
        if (done.getException() != null) {
            throw new IllegalStateException(done.getException());
        }
        var delivery = done.getProperty(Delivery.PROPERTY, Delivery.class);
        if (delivery.outcome() != Outcome.LOADED || delivery.rowsLoaded() != payload.rows()) {
            throw new IllegalStateException("of %d rows %d were loaded: %s %s"
                    .formatted(payload.rows(), delivery.rowsLoaded(), delivery.outcome(), delivery.explanation()));
        }
    }

    private String clusterId(String name) {
        return PayloadFile.uuid(seed + " " + name);
    }
}
