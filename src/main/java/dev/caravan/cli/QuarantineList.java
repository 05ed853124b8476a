package dev.caravan.cli;

import dev.caravan.ledger.BoundedTransaction;
import dev.caravan.ledger.QuarantineAlert;
import dev.caravan.ledger.QuarantineLedger;
import dev.caravan.ledger.QuarantineLedger.Entry;
import java.time.Clock;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Lists the payloads in quarantine. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        description = "Lists the payloads in quarantine, newest first; sizes are compressed bytes.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  caravan quarantine list",
            "  caravan quarantine list --reason unknown-source --org 1234567",
            "  caravan quarantine list --json"
        })
final class QuarantineList implements Callable<Integer> {
    private final CommandEnvironment environment;

    @Option(names = "--json", description = "Print JSON; times are ISO, sizes in bytes.")
    private boolean json;

    @Option(names = "--reason", paramLabel = "CODE", description = "Only payloads kept for this reason.")
    private String reason;

    @Option(
            names = "--org",
            paramLabel = "ID",
            converter = OrganisationConverter.class,
            description = "Only payloads whose sender named this organisation.")
    private String organisation;

    QuarantineList(CommandEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        try (var beans = environment.open()) {
            var quarantine = beans.getBean(QuarantineLedger.class);
            List<Entry> entries = beans.getBean(BoundedTransaction.class)
                    .call(() -> quarantine.list(reason, organisation, null).stream()
                            .map(Entry::masked)
                            .toList());
            var out = environment.terminal().out();
            if (json) {
                out.println(Json.of(entries));
                return 0;
            }
            if (entries.isEmpty()) {
                out.println(
                        reason == null && organisation == null
                                ? "quarantine is empty"
                                : "nothing in quarantine is of that reason and organisation");
                return 0;
            }
            var now = OffsetDateTime.now(beans.getBean(Clock.class));
            var table = new TextTable()
                    .number("id")
                    .text("reason")
                    .text("age")
                    .number("bytes")
                    .number("attempts")
                    .text("organisation")
                    .text("cluster")
                    .text("origin")
                    .text("message");
            entries.forEach(entry -> table.row(
                    entry.id(),
                    entry.reason(),
                    QuarantineAlert.age(Duration.between(entry.firstAt(), now)),
                    entry.sizeBytes(),
                    entry.attempts(),
                    entry.organisation(),
                    entry.clusterId(),
                    entry.origin(),
                    entry.message()));
            table.print(out);
            long bytes = entries.stream()
                    .map(Entry::sizeBytes)
                    .filter(Objects::nonNull)
                    .mapToLong(Long::longValue)
                    .sum();
            out.println("total: " + entries.size() + (entries.size() == 1 ? " payload, " : " payloads, ") + bytes
                    + " bytes");
            beans.getBean(BoundedTransaction.class)
                    .call(beans.getBean(QuarantineAlert.class)::lines)
                    .forEach(out::println);
            return 0;
        }
    }
}
