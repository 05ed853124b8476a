package dev.caravan.cli;

import dev.caravan.bench.BenchReport;
import dev.caravan.bench.BenchReport.Memory;
import dev.caravan.bench.BenchReport.OptimizationPhases;
import dev.caravan.bench.BenchReport.OptimizationResult;
import dev.caravan.bench.BenchReport.Phases;
import dev.caravan.bench.BenchReport.Run;
import dev.caravan.bench.BenchReport.SiteResult;
import dev.caravan.bench.BenchReport.SiteRun;
import dev.caravan.bench.BenchReport.SizeResult;
import dev.caravan.bench.BenchReport.Spread;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

/** A benchmark as tables for a person. */
final class BenchTables {
    /** From how many days on the last is compared with the first. */
    private static final int MANY_DAYS = 10;

    /** What the design document promises of a cluster's day: seconds, and megabytes of its tables. */
    private record Promise(String seconds, String staging, String summary) {}

    private static final Map<String, Promise> PROMISES = Map.of(
            "small", new Promise("15-30", "~10", "~1"),
            "medium", new Promise("60-120", "~50", "~5"),
            "large", new Promise("180-360", "~200", "~20"));

    private final BenchReport report;

    BenchTables(BenchReport report) {
        this.report = report;
    }

    void print(PrintStream out) {
        machine(out);
        if (!report.sizes().isEmpty()) {
            sizes(out);
            phases(out);
            promises(out);
        }
        report.sizes().stream()
                .filter(size -> size.daySeconds().size() >= MANY_DAYS)
                .forEach(size -> days(out, size));
        if (!report.sources().isEmpty()) {
            sources(out);
        }
        if (!report.optimization().isEmpty()) {
            optimization(out);
            optimizationPhases(out);
        }
        if (!report.openstackSites().isEmpty()) {
            openstackSites(out);
        }
    }

    private void machine(PrintStream out) {
        var machine = report.machine();
        var server = report.postgresql();
        out.printf("%s%n", report.caravan());
        out.printf(
                "%s, %d processors, %d MiB memory; %s, heap of %d MiB at most%n",
                machine.os(),
                machine.processors(),
                machine.memory() >> 20,
                machine.java(),
                machine.maximumHeap() >> 20);
        out.printf("PostgreSQL %s of %s%n", server.version(), server.programs());
        out.println(server.settings().entrySet().stream()
                .map(setting -> setting.getKey() + " " + setting.getValue())
                .collect(Collectors.joining(", ")));
        out.printf(Locale.ROOT, "load average %.2f before, %.2f after%n", report.loadBefore(), report.loadAfter());
    }

    private void sizes(PrintStream out) {
        var table = new TextTable()
                .text("size")
                .number("pod rows")
                .number("all rows")
                .number("seconds (min-max)")
                .number("plain copy, seconds")
                .number("ratio")
                .number("pod rows/s")
                .number("all rows/s")
                .number("peak RSS, MiB")
                .number("heap, MiB")
                .number("after GC, MiB");
        for (SizeResult size : report.sizes()) {
            List<Memory> memory = size.runs().stream().map(Run::memory).toList();
            table.row(
                    size.size().name(),
                    size.size().podRows(),
                    size.rows(),
                    spread(size.seconds()),
                    spread(size.copySeconds()),
                    decimal(size.ratio()),
                    Math.round(size.podRowsPerSecond()),
                    Math.round(size.rowsPerSecond()),
                    mebibytes(memory, Memory::peakRss),
                    mebibytes(memory, Memory::peakHeap),
                    mebibytes(memory, Memory::peakHeapAfterCollection));
        }
        out.println();
        table.print(out);
    }

    private void phases(PrintStream out) {
        var table = new TextTable()
                .text("seconds")
                .number("scan")
                .number("load")
                .number("of it parsing")
                .number("daily")
                .number("summary")
                .number("ledger, commit");
        for (SizeResult size : report.sizes()) {
            Phases phases = size.phases();
            table.row(
                    size.size().name(),
                    decimal(phases.scan()),
                    decimal(phases.load()),
                    decimal(phases.parse()),
                    decimal(phases.daily()),
                    decimal(phases.summary()),
                    decimal(phases.ledger()));
        }
        out.println();
        table.print(out);
    }

    private void sources(PrintStream out) {
        var table = new TextTable()
                .number("sources at once")
                .number("processes")
                .number("pod rows each")
                .number("seconds to the last (min-max)")
                .number("p50")
                .number("p95")
                .number("pod rows/s");
        report.sources()
                .forEach(result -> table.row(
                        result.sources(),
                        result.processes(),
                        result.payload().podRows(),
                        spread(result.seconds()),
                        decimal(result.p50()),
                        decimal(result.p95()),
                        Math.round(result.podRowsPerSecond())));
        out.println();
        table.print(out);
    }

    private void optimization(PrintStream out) {
        var table = new TextTable()
                .number("experiments")
                .number("intervals")
                .number("rows")
                .number("seconds to the recommendations (min-max)")
                .number("experiments/min")
                .number("times Kruize's 31/min");
        report.optimization()
                .forEach(result -> table.row(
                        result.experiments(),
                        result.intervals(),
                        result.rows(),
                        spread(result.seconds()),
                        Math.round(result.experimentsPerMinute()),
                        Math.round(result.timesKruize())));
        out.println();
        table.print(out);
    }

    private void optimizationPhases(PrintStream out) {
        var table = new TextTable()
                .number("experiments, seconds")
                .number("download")
                .number("load")
                .number("metrics")
                .number("recommendations")
                .number("commit")
                .number("requests, after it");
        for (OptimizationResult result : report.optimization()) {
            OptimizationPhases phases = result.phases();
            table.row(
                    result.experiments(),
                    decimal(phases.download()),
                    decimal(phases.copy()),
                    decimal(phases.metrics()),
                    decimal(phases.recommendations()),
                    decimal(phases.commit()),
                    decimal(phases.requests()));
        }
        out.println();
        table.print(out);
    }

    private void openstackSites(PrintStream out) {
        var table = new TextTable()
                .number("OpenStack instances")
                .number("rows")
                .number("seconds (min-max)")
                .number("import")
                .number("timelines")
                .number("spans")
                .number("daily counts")
                .number("peak RSS, MiB")
                .number("heap, MiB")
                .number("after GC, MiB");
        for (SiteResult site : report.openstackSites()) {
            List<Memory> memory = site.runs().stream().map(SiteRun::memory).toList();
            SiteRun last = site.runs().get(site.runs().size() - 1);
            table.row(
                    site.instances(),
                    site.rows(),
                    spread(site.seconds()),
                    decimal(site.importSeconds().median()),
                    decimal(site.buildSeconds().median()),
                    last.spans(),
                    last.dailyCounts(),
                    mebibytes(memory, Memory::peakRss),
                    mebibytes(memory, Memory::peakHeap),
                    mebibytes(memory, Memory::peakHeapAfterCollection));
        }
        out.println();
        table.print(out);
    }

    private void promises(PrintStream out) {
        var table = new TextTable()
                .text("a day of")
                .number("seconds")
                .number("promised")
                .number("staging, MB")
                .number("promised")
                .number("daily line items, MB")
                .number("summaries, MB")
                .number("promised");
        boolean any = false;
        for (SizeResult size : report.sizes()) {
            Promise promise = PROMISES.get(size.size().name());
            if (promise != null) {
                any = true;
                var growth = size.runs().get(size.runs().size() - 1).bytesPerDay();
                table.row(
                        size.size().name(),
                        decimal(size.seconds().median() / size.size().days()),
                        promise.seconds(),
                        decimal(growth.staging() / 1e6),
                        promise.staging(),
                        decimal(growth.daily() / 1e6),
                        decimal(growth.summary() / 1e6),
                        promise.summary());
            }
        }
        if (any) {
            out.println();
            table.print(out);
        }
    }

    private void days(PrintStream out, SizeResult size) {
        List<Double> days = size.daySeconds();
        double first = days.get(0);
        double last = days.get(days.size() - 1);
        out.println();
        out.println(size.size().name() + ", seconds of every day:");
        for (int from = 0; from < days.size(); from += MANY_DAYS) {
            var line = new StringBuilder();
            line.append(String.format("%5d:", from + 1));
            days.subList(from, Math.min(days.size(), from + MANY_DAYS))
                    .forEach(day -> line.append("  ").append(decimal(day)));
            out.println(line);
        }
        out.printf("first %s, last %s, ratio %s%n", decimal(first), decimal(last), decimal(last / first));
    }

    private static String spread(Spread spread) {
        return "%s (%s-%s)".formatted(decimal(spread.median()), decimal(spread.minimum()), decimal(spread.maximum()));
    }

    private static String decimal(double number) {
        return String.format(Locale.ROOT, Math.abs(number) < 1 ? "%.3f" : "%.2f", number);
    }

    /** The most of all runs; null where it is not known. */
    private static Long mebibytes(List<Memory> runs, Function<Memory, Long> part) {
        return runs.stream()
                .map(part)
                .filter(Objects::nonNull)
                .max(Long::compare)
                .map(most -> most >> 20)
                .orElse(null);
    }
}
