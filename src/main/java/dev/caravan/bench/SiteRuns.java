package dev.caravan.bench;

import dev.caravan.RouteApplication;
import dev.caravan.bench.BenchReport.FunctionTime;
import dev.caravan.bench.BenchReport.SiteResult;
import dev.caravan.bench.BenchReport.SiteRun;
import dev.caravan.openstack.Site;
import dev.caravan.openstack.SiteTable;
import dev.caravan.openstack.TableImport;
import dev.caravan.openstack.TableOutcome;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.util.FileSystemUtils;

/** Tables of an OpenStack site as files go through the routes of `openstack import`, until its timelines are committed. */
public final class SiteRuns implements AutoCloseable {
    /** Fewer are no site: some of its tables would be empty. */
    public static final int FEWEST_INSTANCES = 100;

    private static final int WARM_UP = 1500;
    /** Files, rows of all tables, and what is built from them, for each instance. */
    private static final long BYTES_AN_INSTANCE = 8000;
    /** Daily counts, however small the site is. */
    private static final long BYTES_A_SITE = 128L << 20;

    private final Workbench workbench;
    private final ConfigurableApplicationContext routes;
    private final ProducerTemplate sender;
    private final BenchDatabase database;
    private final long seed;
    private final Progress progress;
    private final MemoryPeaks memory = new MemoryPeaks();
    private boolean warm;

    /**
     * Starts the routes.
     *
     * @param settings keys and values that win over config/application.yaml, except where the workbench has its own
     */
    public SiteRuns(Workbench workbench, Map<String, Object> settings, long seed, Progress progress) {
        this.workbench = workbench;
        this.seed = seed;
        this.progress = progress;
        Map<String, Object> all = new HashMap<>(settings);
        all.putAll(workbench.settings());
        this.routes = RouteApplication.start(RouteApplication.OPENSTACK_IMPORT, all);
        this.sender = routes.getBean(ProducerTemplate.class);
        this.database = new BenchDatabase(routes);
        database.prepare(List.of());
    }

    /** Bytes of disk that runs with so many instances take at most, those of the server included. */
    public static long bytesNeeded(int instances) {
        long stored = instances * BYTES_AN_INSTANCE + BYTES_A_SITE;
        return LoadingRuns.SERVER_BYTES + stored + Math.min(2 * stored, LoadingRuns.MOST_WAL_BYTES);
    }

    /**
     * Measures one size, each time with an empty database; the first time after a warm-up.
     *
     * @param instances of ten years; all other tables have rows in proportion
     */
    public SiteResult measure(int instances, int runs) throws IOException, SQLException {
        if (!warm) {
            progress.note(instances + " instances: warming up");
            run(write(Math.min(WARM_UP, instances)));
            database.forgetSites();
            warm = true;
        }
        SiteFiles files = write(instances);
        List<SiteRun> measured = new ArrayList<>();
        for (int number = 1; number <= runs; number++) {
            SiteRun run = run(files);
            measured.add(run);
            progress.note("%d instances: run %d of %d: import %.2f s, timelines %.2f s"
                    .formatted(instances, number, runs, run.importSeconds(), run.buildSeconds()));
            progress.step();
            database.forgetSites();
        }
        FileSystemUtils.deleteRecursively(files.folder());
        return SiteResult.of(instances, files.rows(), files.bytes(), measured);
    }

    @Override
    public void close() {
        routes.close();
    }

    private SiteFiles write(int instances) throws IOException {
        return SiteFiles.write(workbench.make("site-" + instances), instances, seed);
    }

    private SiteRun run(SiteFiles files) throws SQLException {
        database.checkpoint();
        Map<String, FunctionTime> functionsBefore = database.functions();
        memory.reset();
        Site site = Site.called("bench", "Bench");
        Map<String, Double> tableSeconds = new LinkedHashMap<>();
        long start = System.nanoTime();
        for (var table : files.rows().entrySet()) {
            TableOutcome outcome = replace(site, table.getKey(), files.folder());
            if (outcome.rowsStored() != table.getValue()) {
                throw new IllegalStateException("of %d rows of %s %d are stored"
                        .formatted(table.getValue(), table.getKey(), outcome.rowsStored()));
            }
            tableSeconds.put(table.getKey(), outcome.elapsed().toNanos() / 1e9);
        }
        double importSeconds = (System.nanoTime() - start) / 1e9;
        send("direct:build-timelines", exchange -> exchange.getMessage().setBody(site.key()));
        double seconds = (System.nanoTime() - start) / 1e9;
        var peaks = memory.peaks();
        return new SiteRun(
                seconds,
                importSeconds,
                seconds - importSeconds,
                tableSeconds,
                database.countSpans(),
                database.countDailyCounts(),
                peaks,
                database.functionsSince(functionsBefore));
    }

    private TableOutcome replace(Site site, String table, Path folder) {
        Path file = folder.resolve(table + ".csv.gz");
        var replacement = new TableImport(site, SiteTable.named(table).orElseThrow(), "file " + file, file);
        send("direct:load-table-dump", exchange -> exchange.setProperty(TableImport.PROPERTY, replacement));
        return replacement.outcome();
    }

    private void send(String route, Consumer<Exchange> prepare) {
        Exchange done = sender.send(route, prepare::accept);
        if (done.getException() != null) {
            throw new IllegalStateException(
                    "what the benchmark made is refused: " + done.getException().getMessage(), done.getException());
        }
    }
}
