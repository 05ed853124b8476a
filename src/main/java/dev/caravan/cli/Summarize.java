package dev.caravan.cli;

import dev.caravan.ledger.Audit;
import dev.caravan.ledger.BoundedTransaction;
import dev.caravan.ledger.Organisation;
import dev.caravan.ledger.Resummarizing;
import dev.caravan.ledger.Resummarizing.StoredDay;
import dev.caravan.ledger.Source;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Rebuilds the summaries of stored days. */
@Command(
        name = "summarize",
        mixinStandardHelpOptions = true,
        description = "Rebuilds the summaries of a cluster's stored days, a month in each transaction: at most "
                + Summarize.MOST_DAYS + " days at once.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  caravan summarize --org 1234567 --cluster 4e009161-4f40-42c8-877c-3e59f6baea3d \\",
            "      --from 2025-11-01 --to 2025-11-30 --dry-run"
        })
final class Summarize implements Callable<Integer> {
    static final int MOST_DAYS = 366;

    private final CommandEnvironment environment;

    @Mixin
    private OrganisationOption organisation;

    @Option(names = "--cluster", paramLabel = "ID", required = true, description = "Cluster.")
    private String cluster;

    @Mixin
    private DayRange days;

    @Option(names = "--dry-run", description = "Only show the stored days and their hourly rows.")
    private boolean dryRun;

    Summarize(CommandEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        days.check(MOST_DAYS);
        try (var beans = environment.open()) {
            Organisation registered = organisation.find(beans);
            Source source = organisation.findSource(beans, cluster);
            var resummarizing = beans.getBean(Resummarizing.class);
            List<StoredDay> stored = beans.getBean(BoundedTransaction.class)
                    .call(() -> resummarizing.storedDays(registered, source.uuid(), days.from(), days.to()));
            if (dryRun) {
                show(stored);
                return 0;
            }
            beans.getBean(BoundedTransaction.class).call(() -> {
                beans.getBean(Audit.class)
                        .write(
                                "summarize",
                                Map.of(
                                        "org", organisation.id(),
                                        "cluster", cluster,
                                        "from", days.from().toString(),
                                        "to", days.to().toString(),
                                        "days", stored.size()));
                return null;
            });
            List<LocalDate> dates = stored.stream().map(StoredDay::day).toList();
            new SummarizedMonths(environment.terminal(), resummarizing)
                    .summarize(registered, Resummarizing.months(source.uuid(), source.alias(), dates));
            return 0;
        }
    }

    private void show(List<StoredDay> stored) {
        var out = environment.terminal().out();
        var table = new TextTable().text("day").number("hourly rows");
        stored.forEach(day -> table.row(day.day(), day.rows()));
        table.row("total", stored.stream().mapToLong(StoredDay::rows).sum());
        table.print(out);
        out.println("stored days that would be summarised again: " + stored.size());
    }
}
