package dev.caravan.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Brings the database up to date. */
@Command(
        name = "migrate",
        mixinStandardHelpOptions = true,
        description = "Brings schema caravan and the schema of every organisation up to date, in the role of"
                + " CARAVAN_DATABASE_MIGRATION_USERNAME where that is set.")
final class Migrate implements Callable<Integer> {
    private final CommandEnvironment environment;

    Migrate(CommandEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        try (var beans = environment.open()) {
            int applied = new DatabaseReadiness(beans).migrate("migrate");
            environment
                    .terminal()
                    .out()
                    .println(applied == 0 ? "the database is up to date" : "changes applied: " + applied);
            return 0;
        }
    }
}
