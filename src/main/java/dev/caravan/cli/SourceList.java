package dev.caravan.cli;

import dev.caravan.ledger.BoundedTransaction;
import dev.caravan.ledger.SourceRegistry;
import dev.caravan.ledger.SourceRegistry.Registered;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Lists the registered clusters. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        description =
                "Lists the registered clusters, also those that were retired: they send no more, their data is kept.")
final class SourceList implements Callable<Integer> {
    private final CommandEnvironment environment;

    SourceList(CommandEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        try (var beans = environment.open()) {
            var registry = beans.getBean(SourceRegistry.class);
            var table = new TextTable()
                    .text("organisation")
                    .text("cluster")
                    .text("alias")
                    .text("source")
                    .text("state");
            for (Registered known : beans.getBean(BoundedTransaction.class).call(() -> registry.listAll())) {
                var source = known.source();
                table.row(source.organisation(), source.clusterId(), source.alias(), source.uuid(), state(known));
            }
            table.print(environment.terminal().out());
            return 0;
        }
    }

    private static String state(Registered known) {
        if (known.removingSince() != null) {
            return "being removed since " + known.removingSince().toLocalDate();
        }
        return known.active() ? "active" : "retired " + known.retiredAt().toLocalDate();
    }
}
