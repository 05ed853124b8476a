package dev.caravan.cli;

import dev.caravan.ledger.Quarantine.Details;
import dev.caravan.ledger.Quarantine.Entry;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows one payload of the quarantine. */
@Command(
        name = "show",
        mixinStandardHelpOptions = true,
        description =
                "Shows all that is known of a payload that is or was in quarantine. In addresses, what gives access"
                        + " to the payload is masked.",
        footerHeading = "%nExamples:%n",
        footer = {"  caravan quarantine show 7", "  caravan quarantine show 7 --json"})
final class QuarantineShow implements Callable<Integer> {
    private final CommandEnvironment environment;

    @Parameters(arity = "1", paramLabel = "ID", description = "Number that `quarantine list` shows.")
    private long id;

    @Option(names = "--json", description = "Print JSON; times are ISO, sizes in bytes.")
    private boolean json;

    QuarantineShow(CommandEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        try (var beans = environment.open()) {
            Details details =
                    masked(new QuarantineEntries(beans).of(List.of(id)).get(0));
            if (json) {
                environment.terminal().out().println(Json.of(details));
            } else {
                print(details, environment.terminal().out());
            }
            return 0;
        }
    }

    private static Details masked(Details details) {
        Entry entry = details.entry();
        return new Details(
                new Entry(
                        entry.id(),
                        entry.reason(),
                        MaskedAddresses.in(entry.message()),
                        MaskedAddresses.in(entry.origin()),
                        entry.organisation(),
                        entry.clusterId(),
                        entry.sizeBytes(),
                        entry.attempts(),
                        entry.firstAt(),
                        entry.lastAt()),
                details.requestId(),
                details.sha256(),
                details.storedAt(),
                details.stored(),
                details.replayRequestedAt(),
                details.resolvedAt(),
                details.headers().entrySet().stream()
                        .collect(Collectors.toMap(Map.Entry::getKey, header -> MaskedAddresses.in(header.getValue()))),
                MaskedAddresses.in(details.stack()));
    }

    private static void print(Details details, PrintStream out) {
        Entry entry = details.entry();
        line(out, "id", entry.id());
        line(out, "reason", entry.reason());
        line(out, "message", entry.message());
        line(out, "origin", entry.origin());
        line(out, "organisation", entry.organisation());
        line(out, "cluster", entry.clusterId());
        line(out, "request id", details.requestId());
        line(out, "sha256", details.sha256());
        line(out, "bytes", entry.sizeBytes());
        line(out, "attempts", entry.attempts());
        line(out, "first", entry.firstAt());
        line(out, "last", entry.lastAt());
        line(out, "stored", stored(details));
        if (details.replayRequestedAt() != null) {
            line(out, "replay asked for", details.replayRequestedAt());
        }
        if (details.resolvedAt() != null) {
            line(out, "settled by replay", details.resolvedAt());
        }
        details.headers().forEach((name, value) -> line(out, "header " + name, value));
        if (details.stack() != null) {
            out.println("stack:");
            details.stack()
                    .lines()
                    .forEach(at -> out.println((at.startsWith("\t") ? "    " : "  ") + TextTable.printable(at)));
        }
    }

    private static String stored(Details details) {
        if (details.storedAt() == null) {
            return "no: none were received";
        }
        return details.stored() ? "yes, as " + details.storedAt() : "no: missing from " + details.storedAt();
    }

    private static void line(PrintStream out, String name, Object value) {
        out.println(TextTable.printable(name + ": " + (value == null ? "-" : value)));
    }
}
