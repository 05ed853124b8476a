package dev.caravan.ledger;

import dev.caravan.CaravanSettings;
import dev.caravan.database.Migrations;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Component;

/** The organisation of a first run, where one is set; {@link SourceRegistry} registers unknown clusters for it. */
@Component
public final class DemoOrganisation {
    private final CaravanSettings settings;
    private final Migrations migrations;
    private final Organisations organisations;
    private final BoundedTransaction transaction;
    private final TagKeys keys;
    private final Audit audit;

    public DemoOrganisation(
            CaravanSettings settings,
            Migrations migrations,
            Organisations organisations,
            BoundedTransaction transaction,
            TagKeys keys,
            Audit audit) {
        this.settings = settings;
        this.migrations = migrations;
        this.organisations = organisations;
        this.transaction = transaction;
        this.keys = keys;
        this.audit = audit;
    }

    /** Makes its schema, and enables its label keys as long as it knows none: what somebody disables stays disabled. */
    public void prepare() {
        settings.demoOrganisation().ifPresent(this::prepare);
    }

    private void prepare(String id) {
        if (organisations.find(id).isEmpty()) {
            migrations.createOrganisation(id);
        }
        Organisation organisation = organisations.find(id).orElseThrow();
        transaction.call(organisation, () -> {
            List<String> wanted = settings.demo().tagKeys();
            if (keys.list().isEmpty() && !wanted.isEmpty()) {
                keys.enable(wanted);
                audit.write("demo organisation", Map.of("org", id, "keys", wanted));
            }
            return null;
        });
    }
}
