package dev.caravan.cli;

import dev.caravan.PrintableText;
import dev.caravan.RouteApplication;
import dev.caravan.ledger.Audit;
import dev.caravan.ledger.BoundedTransaction;
import dev.caravan.ledger.QuarantineLedger;
import dev.caravan.ledger.QuarantineLedger.Details;
import dev.caravan.ledger.QuarantineLedger.Replay;
import dev.caravan.ledger.QuarantineReplays;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.camel.CamelContext;
import org.springframework.context.ApplicationContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Loads payloads of the quarantine again. */
@Command(
        name = "replay",
        mixinStandardHelpOptions = true,
        description =
                "Loads payloads of the quarantine again, at once and in this process: those named, in that order, or all,"
                        + " oldest first. One that fails for the same reason stays where it is.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  caravan quarantine replay 7 8",
            "  caravan quarantine replay --all --reason unknown-source",
            "",
            "Exit codes: 0 all in; 1 something is still in quarantine, or rows were rejected; 2 wrong use, or the database",
            "cannot be reached."
        })
final class QuarantineReplay implements Callable<Integer> {
    private static final int DONE = 0;
    private static final int NOT_ALL_TAKEN = 1;

    private final CommandEnvironment environment;

    @Parameters(arity = "0..*", paramLabel = "ID", description = "Numbers that `quarantine list` shows.")
    private List<Long> ids = List.of();

    @Option(names = "--all", description = "All payloads in quarantine.")
    private boolean all;

    @Option(names = "--reason", paramLabel = "CODE", description = "With --all: only those kept for this reason.")
    private String reason;

    QuarantineReplay(CommandEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws StoppedException {
        check();
        List<Details> chosen;
        try (var beans = environment.open()) {
            new DatabaseReadiness(beans).ensure("quarantine replay");
            var entries = new QuarantineEntries(beans);
            chosen = all ? entries.open(reason) : entries.of(ids);
        }
        var out = environment.terminal().out();
        if (chosen.isEmpty()) {
            out.println(reason == null ? "quarantine is empty" : "nothing in quarantine is of that reason");
            return DONE;
        }
        boolean someStay = false;
        List<Details> replayable = new ArrayList<>();
        for (Details details : chosen) {
            if (!details.open()) {
                out.println(name(details) + ": a replay settled it before");
            } else if (!details.replayable()) {
                out.println(name(details) + ": cannot be replayed, " + QuarantineReplays.nothingKept(details));
                someStay = true;
            } else {
                replayable.add(details);
            }
        }
        if (!replayable.isEmpty()) {
            someStay |= !replay(replayable);
        }
        return someStay ? NOT_ALL_TAKEN : DONE;
    }

    private void check() {
        if (all != ids.isEmpty()) {
            throw new UsageException("name payloads by their ids, or all of them by --all: see `quarantine list`");
        }
        if (reason != null && !all) {
            throw new UsageException("--reason goes with --all: leave it out, or the ids");
        }
    }

    /** One after the other; false when something is still in quarantine, or rows were rejected. */
    private boolean replay(List<Details> payloads) throws StoppedException {
        try (var routes = RouteApplication.start(RouteApplication.INGEST, environment.quietSettings())) {
            audit(routes, payloads);
            var quarantine = routes.getBean(QuarantineLedger.class);
            var summary = new IngestSummary();
            List<String> names = new ArrayList<>();
            payloads.forEach(details -> names.add(name(details)));
            boolean othersHaveSome = false;
            try (var progress = new IngestProgress(environment.terminal(), payloads.size())) {
                routes.getBean(CamelContext.class).getManagementStrategy().addEventNotifier(new RetryLines(progress));
                for (Details details : payloads) {
                    Replay replay = details.replay();
                    if (ReplayedPayload.send(routes, replay)) {
                        progress.payload(summary.add(name(details), replay.delivery()));
                        continue;
                    }
                    names.remove(name(details));
                    boolean open =
                            quarantine.find(replay.id()).filter(Details::open).isPresent();
                    othersHaveSome |= open;
                    progress.payload(name(details)
                            + (open
                                    ? ": another process replays or drops it just now: see `quarantine list` in a while"
                                    : ": another process was done with it before"));
                }
            } finally {
                summary.print(environment.terminal().out(), names);
            }
            return summary.clean() && !othersHaveSome;
        }
    }

    private void audit(ApplicationContext routes, List<Details> payloads) {
        var details = new LinkedHashMap<String, Object>();
        details.put("all", Boolean.toString(all));
        details.put("reason", reason);
        details.put(
                "ids", payloads.stream().map(payload -> payload.entry().id()).toList());
        routes.getBean(BoundedTransaction.class).call(() -> {
            routes.getBean(Audit.class).write("quarantine replay", details);
            return null;
        });
    }

    private static String name(Details details) {
        return PrintableText.of(details.entry().id() + " " + details.entry().origin());
    }
}
