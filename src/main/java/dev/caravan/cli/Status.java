package dev.caravan.cli;

import dev.caravan.PrintableText;
import dev.caravan.ledger.StatusReport;
import dev.caravan.ledger.StatusReport.Ledger;
import dev.caravan.ledger.StatusReport.OrganisationStatus;
import java.io.PrintStream;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows what came and what became of it. */
@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        description = "Shows what came from each source, what is missing, and what is in quarantine.",
        footerHeading = "%nExamples:%n",
        footer = {"  caravan status", "  caravan status --json"})
final class Status implements Callable<Integer> {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss'Z'");

    private final CommandEnvironment environment;

    @Option(names = "--json", description = "Print JSON; times are ISO, sizes in bytes.")
    private boolean json;

    Status(CommandEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        try (var beans = environment.open()) {
            StatusReport.Status status = beans.getBean(StatusReport.class).read();
            PrintStream out = environment.terminal().out();
            if (json) {
                out.println(Json.of(status));
            } else {
                print(out, status);
            }
            return 0;
        }
    }

    private static void print(PrintStream out, StatusReport.Status status) {
        if (status.organisations().isEmpty()) {
            out.println("no source is registered yet: see `source add --help`");
        }
        status.organisations().forEach(organisation -> print(out, organisation));
        if (status.quarantine().isEmpty()) {
            out.println("quarantine is empty");
        } else {
            out.println("Quarantine (see `quarantine list`)");
            var table = new TextTable().text("reason").number("payloads").number("bytes");
            status.quarantine().forEach(entry -> table.row(entry.reason(), entry.payloads(), entry.bytes()));
            table.print(out);
            status.quarantineAlerts().forEach(out::println);
        }
        if (status.outboxUnsent() > 0) {
            out.println("replies for payloads of no organisation, and source events, not sent yet: "
                    + status.outboxUnsent());
        }
    }

    private static void print(PrintStream out, OrganisationStatus organisation) {
        out.println("Organisation " + organisation.organisation());
        var table = new TextTable()
                .text("alias")
                .text("cluster")
                .number("payloads")
                .number("complete")
                .number("waiting")
                .number("incomplete")
                .number("files missing")
                .number("rows rejected")
                .text("last load")
                .text("latest day");
        organisation.sources().forEach(source -> {
            Ledger ledger = source.ledger();
            table.row(
                    source.alias(),
                    source.clusterId(),
                    ledger.payloads(),
                    ledger.manifestsComplete(),
                    ledger.manifestsWaiting(),
                    ledger.manifestsIncomplete(),
                    ledger.filesMissing(),
                    ledger.rowsRejected(),
                    ledger.lastLoad() == null
                            ? null
                            : ledger.lastLoad()
                                    .withOffsetSameInstant(ZoneOffset.UTC)
                                    .format(TIME),
                    ledger.latestDay());
        });
        table.print(out);
        organisation.sources().stream()
                .filter(source -> source.gapDays() > 0)
                .forEach(source -> out.println(PrintableText.of(source.alias() + " lacks hours on "
                        + source.gapDays() + (source.gapDays() == 1 ? " day: " : " days: ")
                        + source.gaps().stream()
                                .map(gap -> gap.day() + " (" + gap.hoursSeen() + " of " + gap.hoursExpected() + ")")
                                .collect(Collectors.joining(", "))
                        + (source.gapDays() > source.gaps().size() ? ", ..." : ""))));
        organisation.sources().stream()
                .filter(source -> source.incompleteDays() > 0)
                .forEach(source -> out.println(PrintableText.of(source.alias() + " has "
                        + source.incompleteDays() + (source.incompleteDays() == 1 ? " day" : " days")
                        + " filled by manifests declared incomplete: "
                        + source.incomplete().stream().map(LocalDate::toString).collect(Collectors.joining(", "))
                        + (source.incompleteDays() > source.incomplete().size() ? ", ..." : ""))));
        if (organisation.outboxUnsent() > 0) {
            out.println("replies, events and moves not sent yet: " + organisation.outboxUnsent());
        }
        if (organisation.daysToSummarize() > 0) {
            out.println("stored days waiting to be summarised again: " + organisation.daysToSummarize()
                    + "; a running `run` does it");
        }
        out.println();
    }
}
