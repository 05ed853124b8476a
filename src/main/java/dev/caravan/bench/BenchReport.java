package dev.caravan.bench;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Everything a benchmark found out. Times are in seconds, sizes in bytes.
 *
 * @param loadBefore load average of the last minute before the first run; negative where the system does not say
 * @param labelKeys that are enabled, so that they reach the summaries
 */
public record BenchReport(
        Instant started,
        String caravan,
        Machine machine,
        Postgresql postgresql,
        long seed,
        List<String> labelKeys,
        double loadBefore,
        double loadAfter,
        List<SizeResult> sizes,
        List<SourcesResult> sources,
        List<OptimizationResult> optimization,
        List<SiteResult> openstackSites) {

    /** @param processors those this process may use */
    public record Machine(String os, int processors, long memory, String java, long maximumHeap) {}

    /** @param programs folder they are in, or embedded */
    public record Postgresql(String version, String programs, Map<String, String> settings) {}

    /** Of several runs. */
    public record Spread(double median, double minimum, double maximum) {
        static Spread of(List<Double> values) {
            List<Double> sorted = values.stream().sorted().toList();
            int half = sorted.size() / 2;
            double median = sorted.size() % 2 == 1 ? sorted.get(half) : (sorted.get(half - 1) + sorted.get(half)) / 2;
            return new Spread(median, sorted.get(0), sorted.get(sorted.size() - 1));
        }
    }

    /**
     * Where the time of a run goes.
     *
     * @param scan payloads received into the spool: read, digest taken, archive checked
     * @param load rows read, parsed and copied
     * @param parse the part of load in which this process computed
     * @param daily daily line items and node capacity
     * @param summary dimensions, daily, UI and label summaries
     * @param ledger claims, ownership, reply, commit and whatever else
     */
    public record Phases(double scan, double load, double parse, double daily, double summary, double ledger) {}

    /** @param selfSeconds without the functions it calls */
    public record FunctionTime(String name, long calls, double totalSeconds, double selfSeconds) {}

    /** Growth of the tables by a day, indexes included: hourly line items, daily line items, summaries. */
    public record Growth(long staging, long daily, long summary) {}

    /**
     * Of this process, in bytes.
     *
     * @param peakRss null where the system does not say
     * @param peakHeap garbage included
     * @param peakHeapAfterCollection null when nothing was collected
     */
    public record Memory(Long peakRss, long peakHeap, Long peakHeapAfterCollection) {}

    /** @param daySeconds of each day's payload */
    public record Run(
            double copySeconds,
            double seconds,
            Phases phases,
            List<Double> daySeconds,
            Memory memory,
            Growth bytesPerDay,
            List<FunctionTime> functions) {}

    /**
     * What one size took.
     *
     * @param rows of all report types
     * @param copySeconds of one plain copy of the finished pod rows
     * @param seconds from tar.gz files on disk to committed summaries
     * @param ratio of the medians of the two
     * @param phases of the run with the median time, or the faster of two such
     * @param daySeconds median of each day
     */
    public record SizeResult(
            ClusterSize size,
            long rows,
            long payloadBytes,
            Spread copySeconds,
            Spread seconds,
            double ratio,
            double podRowsPerSecond,
            double rowsPerSecond,
            Phases phases,
            List<Double> daySeconds,
            List<Run> runs) {

        static SizeResult of(ClusterSize size, long rows, long payloadBytes, List<Run> runs) {
            Spread copy = Spread.of(runs.stream().map(Run::copySeconds).toList());
            Spread seconds = Spread.of(runs.stream().map(Run::seconds).toList());
            Run middle = runs.stream()
                    .sorted((a, b) -> Double.compare(a.seconds(), b.seconds()))
                    .toList()
                    .get((runs.size() - 1) / 2);
            List<Double> days = IntStream.range(0, size.days())
                    .mapToObj(day -> Spread.of(runs.stream()
                                    .map(run -> run.daySeconds().get(day))
                                    .toList())
                            .median())
                    .toList();
            return new SizeResult(
                    size,
                    rows,
                    payloadBytes,
                    copy,
                    seconds,
                    seconds.median() / copy.median(),
                    size.podRows() / seconds.median(),
                    rows / seconds.median(),
                    middle.phases(),
                    days,
                    runs);
        }
    }

    /**
     * What so many payloads took that were announced at once, each of another cluster.
     *
     * @param processes that shared them
     * @param payload of every cluster
     * @param seconds from the first announcement until the last summary was committed
     * @param p50 seconds within which half of the payloads were
     * @param p95 seconds within which 95 of 100 were
     * @param payloadSeconds of each run, ascending
     */
    public record SourcesResult(
            int sources,
            int processes,
            ClusterSize payload,
            Spread seconds,
            double p50,
            double p95,
            double podRowsPerSecond,
            List<List<Double>> payloadSeconds) {

        static SourcesResult of(int sources, int processes, ClusterSize payload, List<List<Double>> runs) {
            Spread seconds =
                    Spread.of(runs.stream().map(run -> run.get(sources - 1)).toList());
            List<Double> all = runs.stream().flatMap(List::stream).sorted().toList();
            return new SourcesResult(
                    sources,
                    processes,
                    payload,
                    seconds,
                    percentile(all, 50),
                    percentile(all, 95),
                    sources * payload.podRows() / seconds.median(),
                    runs);
        }

        private static double percentile(List<Double> sorted, int percent) {
            return sorted.get((sorted.size() * percent + 99) / 100 - 1);
        }
    }

    /**
     * Where the time of a right-sizing report goes.
     *
     * @param download from the event until the report is in the spool and known to be readable
     * @param copy rows read, parsed and copied
     * @param metrics rows of pods made rows of containers, and stored with their workloads
     * @param recommendations made and stored
     * @param commit and whatever else the transaction takes
     * @param requests for them sent, and the event acknowledged; after the run's seconds
     */
    public record OptimizationPhases(
            double download, double copy, double metrics, double recommendations, double commit, double requests) {}

    /** @param seconds from the event until its recommendations were stored */
    public record OptimizationRun(double seconds, OptimizationPhases phases, List<FunctionTime> functions) {}

    /**
     * What the right-sizing report of one cluster took.
     *
     * @param experiments workloads with one container each
     * @param intervals of 15 minutes that the report tells of each
     * @param rows one for each pod and interval
     * @param timesKruize how many times as many experiments a minute as one Kruize server on two cores does
     * @param phases of the run with the median time, or the faster of two such
     */
    public record OptimizationResult(
            int experiments,
            int intervals,
            long rows,
            Spread seconds,
            double experimentsPerMinute,
            double timesKruize,
            OptimizationPhases phases,
            List<OptimizationRun> runs) {
        private static final double KRUIZE_EXPERIMENTS_PER_MINUTE = 31;

        static OptimizationResult of(int experiments, int intervals, long rows, List<OptimizationRun> runs) {
            Spread seconds =
                    Spread.of(runs.stream().map(OptimizationRun::seconds).toList());
            OptimizationRun middle = runs.stream()
                    .sorted((a, b) -> Double.compare(a.seconds(), b.seconds()))
                    .toList()
                    .get((runs.size() - 1) / 2);
            double perMinute = 60 * experiments / seconds.median();
            return new OptimizationResult(
                    experiments,
                    intervals,
                    rows,
                    seconds,
                    perMinute,
                    perMinute / KRUIZE_EXPERIMENTS_PER_MINUTE,
                    middle.phases(),
                    runs);
        }
    }

    /**
     * @param seconds from the first file until the timelines were committed
     * @param tableSeconds the part of importSeconds that each table took
     * @param spans built
     * @param dailyCounts built, one for each day, kind and resource
     */
    public record SiteRun(
            double seconds,
            double importSeconds,
            double buildSeconds,
            Map<String, Double> tableSeconds,
            long spans,
            long dailyCounts,
            Memory memory,
            List<FunctionTime> functions) {}

    /**
     * What ten years of an OpenStack site took.
     *
     * @param tableRows of each table, by schema and table
     * @param rows of all tables
     * @param bytes of their files
     * @param seconds from the first file until the timelines were committed
     * @param importSeconds the part of it until the last table was committed
     * @param buildSeconds the rest
     */
    public record SiteResult(
            int instances,
            Map<String, Long> tableRows,
            long rows,
            long bytes,
            Spread seconds,
            Spread importSeconds,
            Spread buildSeconds,
            List<SiteRun> runs) {

        static SiteResult of(int instances, Map<String, Long> tableRows, long bytes, List<SiteRun> runs) {
            return new SiteResult(
                    instances,
                    tableRows,
                    tableRows.values().stream().mapToLong(Long::longValue).sum(),
                    bytes,
                    Spread.of(runs.stream().map(SiteRun::seconds).toList()),
                    Spread.of(runs.stream().map(SiteRun::importSeconds).toList()),
                    Spread.of(runs.stream().map(SiteRun::buildSeconds).toList()),
                    runs);
        }
    }
}
