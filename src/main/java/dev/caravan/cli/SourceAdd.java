package dev.caravan.cli;

import dev.caravan.database.Migrations;
import dev.caravan.ledger.Audit;
import dev.caravan.ledger.BoundedTransaction;
import dev.caravan.ledger.Source;
import dev.caravan.ledger.SourceRegistry;
import dev.caravan.ledger.SourceRegistry.Added;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Registers a cluster. */
@Command(
        name = "add",
        mixinStandardHelpOptions = true,
        description = "Registers a cluster of an organisation, or renames it. Brings the database up to date first and"
                + " makes what the organisation needs in it.",
        footerHeading = "%nExample:%n",
        footer = "  caravan source add --org 1234567 --cluster 4e009161-4f40-42c8-877c-3e59f6baea3d --alias production")
final class SourceAdd implements Callable<Integer> {
    private final CommandEnvironment environment;

    @Mixin
    private OrganisationOption organisation;

    @Option(
            names = "--cluster",
            paramLabel = "ID",
            required = true,
            description = "The cluster's id, as its payloads say.")
    private String cluster;

    @Option(names = "--alias", paramLabel = "NAME", required = true, description = "Name shown in summaries.")
    private String alias;

    SourceAdd(CommandEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        check("--cluster", Source.isClusterId(cluster), Source.LONGEST_CLUSTER_ID);
        check("--alias", Source.isAlias(alias), Source.LONGEST_ALIAS);
        try (var beans = environment.open()) {
            beans.getBean(Migrations.class).migrate();
            Added added = beans.getBean(BoundedTransaction.class).call(() -> {
                Added done = beans.getBean(SourceRegistry.class).add(organisation.id(), cluster, alias);
                beans.getBean(Audit.class)
                        .write("source add", Map.of("org", organisation.id(), "cluster", cluster, "alias", alias));
                return done;
            });
            var out = environment.terminal().out();
            out.println((added.isNew() ? "registered" : "already registered:") + " cluster " + cluster
                    + " of organisation " + organisation.id() + " as " + alias + ", schema "
                    + added.source().schema());
            if (added.payloadsToReplay() > 0) {
                out.println("payloads of this cluster in quarantine that wait for replay: " + added.payloadsToReplay()
                        + "; a running `run` takes them up, else the next `ingest` or"
                        + " `quarantine replay --all` does");
            } else {
                out.println("no payload of this cluster waits in quarantine");
            }
            return 0;
        }
    }

    private static void check(String option, boolean valid, int longest) {
        if (!valid) {
            throw new UsageException(
                    option + " must have 1 to " + longest + " characters and no control characters among them");
        }
    }
}
