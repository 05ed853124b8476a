package dev.caravan.cli;

import dev.caravan.ledger.Audit;
import dev.caravan.ledger.BoundedTransaction;
import dev.caravan.ledger.Organisation;
import dev.caravan.ledger.Resummarizing;
import dev.caravan.ledger.Resummarizing.MarkedDay;
import dev.caravan.ledger.Resummarizing.StoredDay;
import dev.caravan.ledger.SummaryPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Rebuilds the summaries of stored days. */
@Command(
        name = "summarize",
        mixinStandardHelpOptions = true,
        description =
                "Says how much there is to read, and rebuilds the summaries of a cluster's stored days, a month in each"
                        + " transaction: at most "
                        + SummaryPlan.MOST_DAYS + " days at once.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  caravan summarize --org 1234567 --cluster 4e009161-4f40-42c8-877c-3e59f6baea3d \\",
            "      --from 2025-11-01 --to 2025-11-30 --dry-run"
        })
final class Summarize implements Callable<Integer> {
    private final CommandEnvironment environment;

    @Mixin
    private OrganisationOption organisation;

    @Option(names = "--cluster", paramLabel = "ID", required = true, description = "Cluster.")
    private String cluster;

    @Mixin
    private DayRange days;

    @Option(
            names = "--dry-run",
            description = "Only show the stored days and their rows; a summary reads the daily ones.")
    private boolean dryRun;

    Summarize(CommandEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        days.check();
        String problem = SummaryPlan.problem(days.from(), days.to());
        if (problem != null) {
            throw new UsageException(problem);
        }
        try (var beans = environment.open()) {
            Organisation registered = organisation.find(beans);
            var resummarizing = beans.getBean(Resummarizing.class);
            var transaction = beans.getBean(BoundedTransaction.class);
            List<SummaryPlan> plans = organisation.keptSources(beans, cluster).stream()
                    .map(source ->
                            transaction.call(() -> resummarizing.plan(registered, source, days.from(), days.to())))
                    .toList();
            if (dryRun) {
                plans.forEach(this::show);
                return 0;
            }
            List<MarkedDay> marked = new ArrayList<>();
            for (SummaryPlan plan : plans) {
                environment.terminal().out().println(plan.announcement());
                marked.addAll(transaction.call(registered, () -> {
                    beans.getBean(Audit.class).write("summarize", plan.details());
                    return resummarizing.mark(plan.source().uuid(), plan.dates());
                }));
            }
            new SummarizedMonths(environment.terminal(), resummarizing).workOff(registered, marked);
            return 0;
        }
    }

    private void show(SummaryPlan plan) {
        var out = environment.terminal().out();
        var table = new TextTable().text("day").number("hourly rows").number("daily rows");
        plan.days().forEach(day -> table.row(day.day(), day.hourlyRows(), day.dailyRows()));
        table.row(
                "total",
                plan.days().stream().mapToLong(StoredDay::hourlyRows).sum(),
                plan.days().stream().mapToLong(StoredDay::dailyRows).sum());
        table.print(out);
        out.println("stored days that would be summarised again: " + plan.days().size());
    }
}
