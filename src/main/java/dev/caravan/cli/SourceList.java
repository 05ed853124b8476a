package dev.caravan.cli;

import dev.caravan.ledger.BoundedTransaction;
import dev.caravan.ledger.SourceRegistry;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Lists the registered clusters. */
@Command(name = "list", mixinStandardHelpOptions = true, description = "Lists the registered clusters.")
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
                    .text("source");
            beans.getBean(BoundedTransaction.class)
                    .call(registry::list)
                    .forEach(source ->
                            table.row(source.organisation(), source.clusterId(), source.alias(), source.uuid()));
            table.print(environment.terminal().out());
            return 0;
        }
    }
}
