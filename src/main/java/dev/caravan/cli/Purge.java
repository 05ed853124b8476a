package dev.caravan.cli;

import dev.caravan.ledger.Audit;
import dev.caravan.ledger.BoundedTransaction;
import dev.caravan.ledger.Purging;
import dev.caravan.ledger.Purging.Expired;
import dev.caravan.ledger.SourceRemoval;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Removes what is older than the retention. */
@Command(
        name = "purge",
        mixinStandardHelpOptions = true,
        description =
                "Removes the months that are older than CARAVAN_RETENTION_MONTHS, and the hourly rows of months that"
                        + " are older than CARAVAN_HOURLY_RETENTION_DAYS, and the metrics of right-sizing that are older than"
                        + " CARAVAN_OPTIMIZATION_RETENTION, without holding up who reads or loads. A running `run`"
                        + " does the same by itself. Payloads in quarantine stay; bytes there that belong to none of them go.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  caravan purge --dry-run",
            "  CARAVAN_RETENTION_MONTHS=4 caravan purge",
            "",
            "Exit codes: 0 all gone; 1 something was in use all the time and stays until the next purge; 2 wrong use, or",
            "the database cannot be reached."
        })
final class Purge implements Callable<Integer> {
    private final CommandEnvironment environment;

    @Option(names = "--dry-run", description = "Only show what would go.")
    private boolean dryRun;

    Purge(CommandEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws IOException {
        try (var beans = environment.open()) {
            var purging = beans.getBean(Purging.class);
            var out = environment.terminal().out();
            long metrics;
            if (dryRun) {
                metrics = purging.expiredMetrics();
            } else {
                beans.getBean(SourceRemoval.class).finishAll(out::println);
                purging.tidy(out::println);
                metrics = purging.forgetMetrics(out::println);
            }
            List<Expired> plan = purging.plan();
            if (plan.isEmpty() && metrics == 0) {
                out.println("nothing is older than the retention");
                return 0;
            }
            if (!plan.isEmpty()) {
                show(plan);
            }
            if (dryRun) {
                if (metrics > 0) {
                    out.println("right-sizing: " + metrics + " rows of metrics and history");
                }
                out.println("nothing was changed: a dry run");
                return 0;
            }
            if (plan.isEmpty()) {
                return 0;
            }
            beans.getBean(BoundedTransaction.class).call(() -> {
                beans.getBean(Audit.class)
                        .write(
                                "purge",
                                Map.of(
                                        "months",
                                        plan.stream()
                                                .map(expired ->
                                                        expired.organisation().id() + " " + expired.month())
                                                .toList()));
                return null;
            });
            List<String> inUse = purging.purge(plan, out::println);
            inUse.forEach(partition ->
                    environment.terminal().err().println("in use all the time, left for the next purge: " + partition));
            return inUse.isEmpty() ? 0 : 1;
        }
    }

    private void show(List<Expired> plan) {
        var table = new TextTable()
                .text("organisation")
                .text("month")
                .text("what")
                .number("tables")
                .number("bytes")
                .number("ledger rows");
        plan.forEach(expired -> table.row(
                expired.organisation().id(),
                expired.month(),
                expired.everything() ? "everything" : "hourly only",
                expired.tables().size(),
                expired.bytes(),
                expired.ledgerRows()));
        table.row(
                "total",
                "",
                "",
                plan.stream().mapToInt(expired -> expired.tables().size()).sum(),
                plan.stream().mapToLong(Expired::bytes).sum(),
                plan.stream().mapToLong(Expired::ledgerRows).sum());
        table.print(environment.terminal().out());
    }
}
