package dev.caravan.cli;

import dev.caravan.bench.AnnouncedRuns;
import dev.caravan.bench.BenchChart;
import dev.caravan.bench.BenchReport;
import dev.caravan.bench.BenchReport.Machine;
import dev.caravan.bench.BenchReport.OptimizationResult;
import dev.caravan.bench.BenchReport.SiteResult;
import dev.caravan.bench.BenchReport.SizeResult;
import dev.caravan.bench.BenchReport.SourcesResult;
import dev.caravan.bench.ClusterSize;
import dev.caravan.bench.LoadingRuns;
import dev.caravan.bench.OptimizationRuns;
import dev.caravan.bench.Progress;
import dev.caravan.bench.SiteRuns;
import dev.caravan.bench.Workbench;
import dev.caravan.chart.ChartSheet;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures how fast this machine loads. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description =
                "Measures how fast this machine loads payloads, with a PostgreSQL of its own on default settings and"
                        + " durable writes, beside one plain copy of the same finished pod rows. Uses no configured server; what it"
                        + " makes lies in one temporary folder and disappears.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  caravan bench",
            "  caravan bench --size 20k,100k,336k,1M --json speed.json --chart speed.svg",
            "  java -Xmx256m -jar caravan.jar bench --size month --runs 1",
            "  caravan bench --sources 1,5,10,20 --processes 1,2",
            "  caravan bench --experiments 100,600,2000 --intervals 97",
            "  java -Xmx256m -jar caravan.jar bench --site-instances 150000",
            "",
            "Sizes: small, medium, large (10, 50, 200 nodes with 100, 500, 2000 pods; one day), month (large, 30 days), or",
            "pod rows as 20k or 1M: of large for as many days as that takes, a day of large being 48k.",
            "Exit codes: 0 done; 2 wrong use, no room, or PostgreSQL does not start."
        })
final class Bench implements Callable<Integer> {
    private final CommandEnvironment environment;

    @Option(
            names = "--size",
            split = ",",
            paramLabel = "SIZE",
            description = "Sizes, comma-separated: see below. 336k (7 days of large) unless given.")
    private List<String> sizes = List.of();

    @Option(
            names = "--rows",
            split = ",",
            paramLabel = "N",
            description = "Sizes as numbers of hourly pod rows, comma-separated; exactly so many.")
    private List<Long> rows = List.of();

    @Option(names = "--nodes", paramLabel = "N", description = "Nodes of every size; a tenth of its pods unless given.")
    private Integer nodes;

    @Option(names = "--pods", paramLabel = "N[/node]", description = "Pods of every size, in all or of each node.")
    private String pods;

    @Option(names = "--days", paramLabel = "N", description = "Days of every size, each a payload.")
    private Integer days;

    @Option(
            names = "--labels",
            paramLabel = "N",
            defaultValue = "6",
            description = "Labels of a pod; default: ${DEFAULT-VALUE}.")
    private int labels;

    @Option(
            names = "--claims",
            paramLabel = "SHARE",
            defaultValue = "0.25",
            description = "Share of pods that claim a volume, 0 to 1; default: ${DEFAULT-VALUE}.")
    private double claims;

    @Option(
            names = "--keys",
            split = ",",
            paramLabel = "KEY",
            defaultValue = "app,environment,team,zone",
            description =
                    "Label keys that are enabled and so reach the summaries: pods carry app, environment, version and"
                            + " extra_3 to extra_5, namespaces team, nodes zone; 'none' for none. Default: ${DEFAULT-VALUE}.")
    private List<String> keys;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "What the figures follow from; default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(
            names = "--runs",
            paramLabel = "N",
            defaultValue = "3",
            description = "Runs of each size, of which the median counts; default: ${DEFAULT-VALUE}.")
    private int runs;

    @Option(
            names = "--postgres-bin",
            paramLabel = "DIR",
            description = "Folder of initdb and pg_ctl of PostgreSQL 15 or newer, or 'embedded'; the newest of PATH and"
                    + " /usr/lib/postgresql unless given, else the embedded one.")
    private String postgresBin;

    @Option(
            names = "--folder",
            paramLabel = "DIR",
            description =
                    "Where the temporary folder is made, on the disk to be measured; default: that of the system.")
    private Path folder = Path.of(System.getProperty("java.io.tmpdir"));

    @Option(
            names = "--sources",
            split = ",",
            paramLabel = "N",
            description =
                    "Clusters that send at once, comma-separated: announces a payload of each, a day of large or of"
                            + " --rows, through a Kafka of its own to the routes of `run`.")
    private List<Integer> sources = List.of();

    @Option(
            names = "--processes",
            split = ",",
            paramLabel = "N",
            defaultValue = "1",
            description = "Processes that share them, 1 or 2 or both; default: ${DEFAULT-VALUE}.")
    private List<Integer> processes;

    @Option(
            names = "--experiments",
            split = ",",
            paramLabel = "N",
            description =
                    "Workloads of a cluster, comma-separated: measures right-sizing, from the event on a Kafka of its"
                            + " own to stored recommendations.")
    private List<Integer> experiments = List.of();

    @Option(
            names = "--intervals",
            paramLabel = "N",
            defaultValue = "100",
            description = "Intervals of 15 minutes that each of them reports; default: ${DEFAULT-VALUE}.")
    private int intervals;

    @Option(
            names = "--site-instances",
            split = ",",
            paramLabel = "N",
            description =
                    "Servers of ten years of an OpenStack site, comma-separated: measures its tables from files to"
                            + " daily timelines; the other tables are in proportion to those of the largest site, which has 150000.")
    private List<Integer> siteInstances = List.of();

    @Option(names = "--json", paramLabel = "FILE", description = "Write everything that was measured, as JSON.")
    private Path json;

    @Option(names = "--chart", paramLabel = "FILE", description = "Draw it: FILE.svg or FILE.png.")
    private Path chart;

    Bench(CommandEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws Exception {
        check("--runs", runs, 1, 1000);
        sources.forEach(number -> check("--sources", number, 1, 1000));
        processes.forEach(number -> check("--processes", number, 1, 2));
        experiments.forEach(number -> check("--experiments", number, 1, 10_000));
        check("--intervals", intervals, OptimizationRuns.FEWEST_INTERVALS, OptimizationRuns.MOST_INTERVALS);
        siteInstances.forEach(number -> check("--site-instances", number, SiteRuns.FEWEST_INSTANCES, 1_500_000));
        List<ClusterSize> plan = plan();
        ClusterSize announced = announced();
        checkFolders(plan);
        Optional<Path> programs = programs();
        Terminal terminal = environment.terminal();
        int swept = Workbench.sweep(folder);
        if (swept > 0) {
            terminal.err().println("removed what killed benchmarks left in " + folder + ": " + swept);
        }
        int clusters =
                processes.size() * sources.stream().mapToInt(Integer::intValue).sum();
        long needed =
                Math.max(plan.stream().mapToLong(ClusterSize::podRows).max().orElse(0), clusters * announced.podRows());
        needed = LoadingRuns.bytesNeeded(needed, runs);
        for (int number : experiments) {
            needed = Math.max(needed, OptimizationRuns.bytesNeeded(number, intervals, runs));
        }
        for (int number : siteInstances) {
            needed = Math.max(needed, SiteRuns.bytesNeeded(number));
        }
        requireRoom(needed);
        plan.forEach(size -> terminal.err().println(line(size)));
        for (int number : sources) {
            terminal.err().println(number + " sources at once: " + line(announced));
        }
        for (int number : experiments) {
            terminal.err().println("%d experiments of %d intervals; %d runs".formatted(number, intervals, runs));
        }
        for (int number : siteInstances) {
            terminal.err().println("an OpenStack site of %d instances; %d runs".formatted(number, runs));
        }
        terminal.err()
                .printf(
                        "PostgreSQL: %s; temporary files below %s, %d MiB at most%n",
                        programs.map(Path::toString).orElse("embedded"), folder, needed >> 20);
        int payloads = runs
                * (experiments.size()
                        + siteInstances.size()
                        + clusters
                        + plan.stream().mapToInt(ClusterSize::days).sum());
        var ending = new AtomicBoolean();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> ending.set(true)));
        BenchReport report;
        try (var bench = open(programs);
                var bar = new IngestProgress(terminal, "bench", payloads)) {
            report = measure(bench, plan, announced, bar);
        } catch (Exception e) {
            throw ending.get() ? new StoppedException("stopped: nothing is left of the benchmark", e) : e;
        }
        new BenchTables(report).print(terminal.out());
        if (json != null) {
            Files.writeString(json, Json.of(report) + "\n");
        }
        if (chart != null) {
            BenchChart.draw(report, chart);
        }
        return 0;
    }

    private String line(ClusterSize size) {
        return "%s: %d pod rows, %d nodes, %d pods, %d days; %d runs"
                .formatted(size.name(), size.podRows(), size.nodes(), size.pods(), size.days(), runs);
    }

    private Workbench open(Optional<Path> programs) throws IOException {
        // It has logging set up as every command has it.
        try (var beans = environment.openWithoutDatabase()) {
            return Workbench.open(folder, programs);
        }
    }

    private BenchReport measure(Workbench bench, List<ClusterSize> plan, ClusterSize announced, Progress progress)
            throws Exception {
        Instant started = Instant.now();
        double loadBefore = load();
        List<SizeResult> results = new ArrayList<>();
        if (!plan.isEmpty()) {
            try (var loading = new LoadingRuns(bench, environment.quietSettings(), keys, seed, progress)) {
                for (ClusterSize size : plan) {
                    results.add(loading.measure(size, runs));
                }
            }
        }
        List<SourcesResult> sourcesResults = new ArrayList<>();
        for (int number : sources.isEmpty() ? List.<Integer>of() : processes) {
            try (var loading = new AnnouncedRuns(bench, environment.quietSettings(), keys, seed, number, progress)) {
                for (int count : sources) {
                    sourcesResults.add(loading.measure(announced, count, runs));
                }
            }
        }
        List<OptimizationResult> optimization = new ArrayList<>();
        if (!experiments.isEmpty()) {
            try (var analysing = new OptimizationRuns(bench, environment.quietSettings(), seed, progress)) {
                for (int number : experiments) {
                    optimization.add(analysing.measure(number, intervals, runs));
                }
            }
        }
        List<SiteResult> sites = new ArrayList<>();
        if (!siteInstances.isEmpty()) {
            try (var importing = new SiteRuns(bench, environment.quietSettings(), seed, progress)) {
                for (int number : siteInstances) {
                    sites.add(importing.measure(number, runs));
                }
            }
        }
        return new BenchReport(
                started,
                new VersionProvider().getVersion()[0],
                machine(),
                bench.postgresql(),
                seed,
                keys,
                loadBefore,
                load(),
                results,
                sourcesResults,
                optimization,
                sites);
    }

    private List<ClusterSize> plan() {
        check("--labels", labels, 0, 100);
        keys = keys.equals(List.of("none")) ? List.of() : keys;
        if (claims < 0 || claims > 1) {
            throw new UsageException("--claims is a share, 0 to 1");
        }
        var changes = changes();
        boolean none = sizes.isEmpty()
                && rows.isEmpty()
                && sources.isEmpty()
                && experiments.isEmpty()
                && siteInstances.isEmpty();
        List<ClusterSize> plan = new ArrayList<>();
        for (String size : none ? List.of("336k") : sizes) {
            plan.add(size("--size " + size, () -> ClusterSize.named(size, changes)));
        }
        for (Long number : rows) {
            check("--rows", number, 1, 1_000_000_000);
            if (sources.isEmpty()) {
                plan.add(size("--rows " + number, () -> ClusterSize.ofRows(number, changes)));
            }
        }
        return plan;
    }

    /** What each of several sources sends. */
    private ClusterSize announced() {
        var oneDay = new ClusterSize.Changes(nodes, null, null, 1, labels, claims);
        return rows.isEmpty() ? ClusterSize.named("large", oneDay) : ClusterSize.ofRows(rows.get(0), oneDay);
    }

    private ClusterSize.Changes changes() {
        if (nodes != null) {
            check("--nodes", nodes, 1, 100_000);
        }
        if (days != null) {
            check("--days", days, 1, 1000);
        }
        Integer all = null;
        Integer perNode = null;
        if (pods != null) {
            if (!pods.matches("[1-9]\\d{0,5}(/node)?")) {
                throw new UsageException("--pods " + pods + " is no number of pods: write it as 2000 or 10/node");
            }
            int number = Integer.parseInt(pods.replace("/node", ""));
            all = pods.endsWith("/node") ? null : number;
            perNode = pods.endsWith("/node") ? number : null;
        }
        return new ClusterSize.Changes(nodes, all, perNode, days, labels, claims);
    }

    private static ClusterSize size(String option, Callable<ClusterSize> made) {
        try {
            return made.call();
        } catch (Exception e) {
            throw new UsageException(option + ": " + e.getMessage());
        }
    }

    private static void check(String option, long value, long least, long most) {
        if (value < least || value > most) {
            throw new UsageException(option + " must be " + least + " to " + most);
        }
    }

    private Optional<Path> programs() throws IOException {
        try {
            return Workbench.programs(postgresBin);
        } catch (IllegalArgumentException e) {
            throw new UsageException("--postgres-bin: " + e.getMessage());
        }
    }

    private void checkFolders(List<ClusterSize> plan) {
        if (!Files.isDirectory(folder) || !Files.isWritable(folder)) {
            throw new UsageException("--folder " + folder + " is no folder that can be written to");
        }
        checkFile("--json", json);
        checkFile("--chart", chart);
        if (chart != null && !chart.toString().matches(".*\\.(svg|png)")) {
            throw new UsageException("--chart " + chart + " ends neither in .svg nor in .png");
        }
        if (chart != null && plan.isEmpty() && sources.isEmpty()) {
            throw new UsageException("--chart draws what --size, --rows and --sources measure: give one of them");
        }
        if (chart != null) {
            ChartSheet.requireFonts();
        }
    }

    private static void checkFile(String option, Path file) {
        if (file == null) {
            return;
        }
        Path parent = file.toAbsolutePath().getParent();
        if (Files.isDirectory(file) || !Files.isDirectory(parent) || !Files.isWritable(parent)) {
            throw new UsageException(option + " " + file + " is no file that can be written");
        }
    }

    private void requireRoom(long needed) throws IOException {
        long room = Files.getFileStore(folder).getUsableSpace();
        if (room < needed) {
            throw new UsageException(
                    "--folder " + folder + " has room for " + (room >> 20) + " MiB, and the benchmark needs up" + " to "
                            + (needed >> 20) + " MiB: name another one, or a smaller --size or fewer --runs");
        }
    }

    private static Machine machine() {
        var system = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return new Machine(
                system.getName() + " " + system.getVersion() + " " + system.getArch(),
                system.getAvailableProcessors(),
                system.getTotalMemorySize(),
                System.getProperty("java.vm.name") + " " + System.getProperty("java.version"),
                Runtime.getRuntime().maxMemory());
    }

    private static double load() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }
}
