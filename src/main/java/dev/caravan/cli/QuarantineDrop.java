package dev.caravan.cli;

import dev.caravan.PrintableText;
import dev.caravan.ledger.QuarantineLedger.Details;
import dev.caravan.ledger.QuarantineRemoval;
import dev.caravan.ledger.QuarantineRemoval.Dropping;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Deletes payloads of the quarantine. */
@Command(
        name = "drop",
        mixinStandardHelpOptions = true,
        description =
                "Deletes payloads of the quarantine for good, with their bytes unless another payload in quarantine"
                        + " has the same. The audit table keeps what they were.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  caravan quarantine drop 7",
            "  caravan quarantine drop 7 8 --yes",
            "",
            "Exit codes: 0 all gone; 1 something is replayed just now and stays; 2 wrong use, not confirmed, or the",
            "database cannot be reached."
        })
final class QuarantineDrop implements Callable<Integer> {
    private final CommandEnvironment environment;

    @Parameters(arity = "1..*", paramLabel = "ID", description = "Numbers that `quarantine list` shows.")
    private List<Long> ids;

    @Option(names = "--yes", description = "Do not ask.")
    private boolean yes;

    QuarantineDrop(CommandEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws IOException {
        try (var beans = environment.open()) {
            List<Details> chosen = new QuarantineEntries(beans).of(ids);
            if (!yes) {
                Confirmation.ask(
                        environment.terminal(),
                        "To be deleted with their bytes: "
                                + chosen.stream().map(QuarantineDrop::name).collect(Collectors.joining(", ")) + ".");
            }
            var removal = beans.getBean(QuarantineRemoval.class);
            boolean allGone = true;
            for (Details details : chosen) {
                Dropping dropped = removal.drop(details.entry().id());
                allGone &= dropped != Dropping.REPLAYED;
                environment.terminal().out().println(name(details) + ": " + said(dropped));
            }
            return allGone ? 0 : 1;
        }
    }

    private static String said(Dropping dropped) {
        return switch (dropped) {
            case DROPPED -> "dropped";
            case BYTES_NEEDED -> "dropped; its bytes stay, another payload in quarantine has the same";
            case REPLAYED -> "is replayed just now and stays: try again when that has ended";
            case GONE -> "was gone already";
        };
    }

    private static String name(Details details) {
        var entry = details.entry();
        return PrintableText.of(entry.id() + " " + entry.origin() + " (" + entry.reason() + ")");
    }
}
