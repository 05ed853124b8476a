package dev.caravan.cli;

import dev.caravan.database.Migrations;
import dev.caravan.ledger.Audit;
import dev.caravan.ledger.BoundedTransaction;
import dev.caravan.ledger.SourceRegistry;
import dev.caravan.ledger.SourceRegistry.Added;
import dev.caravan.ledger.SourceRegistry.Registered;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Has a cluster belong to another organisation. */
@Command(
        name = "move",
        mixinStandardHelpOptions = true,
        description = "Has a cluster send to another organisation from now on, made if need be; also for days that were"
                + " delivered before. What it sent so far stays with the old organisation and can be summarised there.",
        footerHeading = "%nExample:%n",
        footer = "  caravan source move --cluster 4e009161-4f40-42c8-877c-3e59f6baea3d --from 1234567 --to 7654321")
final class SourceMove implements Callable<Integer> {
    private final CommandEnvironment environment;

    @Option(names = "--cluster", paramLabel = "ID", required = true, description = "Cluster.")
    private String cluster;

    @Option(
            names = "--from",
            paramLabel = "ORG",
            required = true,
            converter = OrganisationConverter.class,
            description = "Organisation it belongs to.")
    private String from;

    @Option(
            names = "--to",
            paramLabel = "ORG",
            required = true,
            converter = OrganisationConverter.class,
            description = "Organisation it is to belong to.")
    private String to;

    SourceMove(CommandEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        if (from.equals(to)) {
            throw new UsageException("--from and --to name the same organisation");
        }
        try (var beans = environment.open()) {
            var registry = beans.getBean(SourceRegistry.class);
            var transaction = beans.getBean(BoundedTransaction.class);
            Registered known = transaction
                    .call(() -> active(registry, from))
                    .orElseThrow(() -> new UsageException(
                            "organisation " + from + " has no active cluster " + cluster + ": see `source list`"));
            if (known.fromFile()) {
                throw new UsageException("cluster " + cluster + " of organisation " + from
                        + " is listed in config/sources.yaml: move it there, by its organisation");
            }
            beans.getBean(Migrations.class).migrate();
            // Beforehand: it works on a connection of its own.
            beans.getBean(Migrations.class).createOrganisation(to);
            Added added = transaction.call(() -> {
                String alias = active(registry, to)
                        .map(there -> there.source().alias())
                        .orElse(known.source().alias());
                Added done = registry.move(known.source(), to, alias)
                        .orElseThrow(() -> new UsageException("cluster " + cluster + " of organisation " + from
                                + " was retired meanwhile: see `source list`"));
                beans.getBean(Audit.class).write("source move", Map.of("cluster", cluster, "from", from, "to", to));
                return done;
            });
            var out = environment.terminal().out();
            out.println("cluster " + cluster + " sends to organisation " + to + " from now on as "
                    + added.source().alias() + ", schema " + added.source().schema()
                    + "; what it sent so far stays in schema " + known.source().schema());
            if (added.payloadsToReplay() > 0) {
                out.println("payloads of this cluster in quarantine that wait for replay: " + added.payloadsToReplay()
                        + "; a running `run` takes them up, else the next `ingest` or"
                        + " `quarantine replay --all` does");
            }
            return 0;
        }
    }

    private Optional<Registered> active(SourceRegistry registry, String organisation) {
        return registry.listAll(organisation).stream()
                .filter(known -> known.active() && known.source().clusterId().equals(cluster))
                .findFirst();
    }
}
