package dev.caravan.cli;

import dev.caravan.ledger.Audit;
import dev.caravan.ledger.BoundedTransaction;
import dev.caravan.ledger.Source;
import dev.caravan.ledger.SourceRegistry;
import dev.caravan.ledger.SourceRegistry.Registered;
import dev.caravan.ledger.SourceRemoval;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.springframework.context.ApplicationContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Removes a cluster and all it sent. */
@Command(
        name = "remove",
        mixinStandardHelpOptions = true,
        description =
                "Removes a cluster of an organisation with all it brought: line items, summaries, ledger, and its"
                        + " payloads in quarantine. Stopped in between, the same command goes on, and so does a running `run`."
                        + " Payloads that come afterwards are kept in quarantine; after `source add` the same payloads load again.",
        footerHeading = "%nExample:%n",
        footer = "  caravan source remove --org 1234567 --cluster 4e009161-4f40-42c8-877c-3e59f6baea3d --yes")
final class SourceRemove implements Callable<Integer> {
    private final CommandEnvironment environment;

    @Mixin
    private OrganisationOption organisation;

    @Option(names = "--cluster", paramLabel = "ID", required = true, description = "Cluster.")
    private String cluster;

    @Option(names = "--yes", description = "Do not ask.")
    private boolean yes;

    SourceRemove(CommandEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws IOException {
        try (var beans = environment.open()) {
            organisation.find(beans);
            List<Source> sources = sources(beans);
            if (!yes) {
                Confirmation.ask(
                        environment.terminal(),
                        "All data of cluster " + cluster + " of organisation " + organisation.id()
                                + " will be deleted, its payloads in quarantine included.");
            }
            var removal = beans.getBean(SourceRemoval.class);
            var audit = beans.getBean(Audit.class);
            removal.begin(
                    sources, () -> audit.write("source remove", Map.of("org", organisation.id(), "cluster", cluster)));
            var out = environment.terminal().out();
            out.println("cluster " + cluster + " of organisation " + organisation.id() + " is retired");
            sources.forEach(source -> removal.finish(source, out::println));
            out.println("removed cluster " + cluster + " of organisation " + organisation.id());
            return 0;
        }
    }

    private List<Source> sources(ApplicationContext beans) {
        var registry = beans.getBean(SourceRegistry.class);
        List<Registered> known =
                beans.getBean(BoundedTransaction.class).call(() -> registry.listAll(organisation.id())).stream()
                        .filter(registered -> registered.source().clusterId().equals(cluster))
                        .toList();
        if (known.isEmpty()) {
            throw new UsageException(
                    "organisation " + organisation.id() + " has no cluster " + cluster + ": see `source list`");
        }
        if (known.stream().anyMatch(registered -> registered.active() && registered.fromFile())) {
            throw new UsageException("cluster " + cluster + " of organisation " + organisation.id()
                    + " is listed in config/sources.yaml: take it out there first");
        }
        return known.stream().map(Registered::source).toList();
    }
}
