package dev.caravan.cli;

import dev.caravan.CaravanSettings;
import dev.caravan.database.Migrations;
import dev.caravan.ledger.Audit;
import dev.caravan.ledger.BoundedTransaction;
import dev.caravan.ledger.DemoOrganisation;
import java.util.Map;
import org.springframework.context.ApplicationContext;

/** Sees to it that the database is as this version needs it. */
final class DatabaseReadiness {
    private final ApplicationContext beans;

    DatabaseReadiness(ApplicationContext beans) {
        this.beans = beans;
    }

    /**
     * Migrates an empty or older database and makes the demo organisation, where one is set; production leaves that to an operator.
     *
     * @param command what asked for it
     * @return the changes applied
     * @throws UsageException in production when changes are pending
     */
    int ensure(String command) {
        if (!beans.getBean(CaravanSettings.class).production()) {
            int applied = migrate(command);
            beans.getBean(DemoOrganisation.class).prepare();
            return applied;
        }
        if (beans.getBean(Migrations.class).pending()) {
            throw new UsageException("the database is empty or older than this Caravan: run `migrate` first");
        }
        return 0;
    }

    /** Migrates, and writes it down when anything changed; returns the changes applied. */
    int migrate(String command) {
        int applied = beans.getBean(Migrations.class).migrate();
        if (applied > 0) {
            beans.getBean(BoundedTransaction.class).call(() -> {
                beans.getBean(Audit.class).write("migrate", Map.of("command", command, "changes", applied));
                return null;
            });
        }
        return applied;
    }
}
