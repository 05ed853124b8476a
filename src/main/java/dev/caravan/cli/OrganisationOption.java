package dev.caravan.cli;

import dev.caravan.ledger.BoundedTransaction;
import dev.caravan.ledger.Organisation;
import dev.caravan.ledger.Organisations;
import dev.caravan.ledger.Source;
import dev.caravan.ledger.SourceRegistry;
import dev.caravan.ledger.SourceRegistry.Registered;
import java.util.List;
import org.springframework.context.ApplicationContext;
import picocli.CommandLine.Option;

/** The option that names an organisation, and the look-up of what a command names. */
final class OrganisationOption {
    @Option(
            names = "--org",
            paramLabel = "ID",
            required = true,
            converter = OrganisationConverter.class,
            description = "Organisation.")
    private String id;

    String id() {
        return id;
    }

    /** @throws UsageException naming `source add` when it is not registered */
    Organisation find(ApplicationContext beans) {
        var organisations = beans.getBean(Organisations.class);
        return beans.getBean(BoundedTransaction.class)
                .call(() -> organisations.find(id))
                .orElseThrow(() -> new UsageException("organisation " + id
                        + " is not registered: run `source add --org " + id + " --cluster ID --alias NAME`"));
    }

    /** Sources whose data is kept, also those that were retired, the active ones first. */
    List<Source> keptSources(ApplicationContext beans) {
        var registry = beans.getBean(SourceRegistry.class);
        return beans.getBean(BoundedTransaction.class).call(() -> registry.listAll(id)).stream()
                .filter(known -> known.removingSince() == null)
                .map(Registered::source)
                .toList();
    }

    /**
     * Those of one cluster: several, where it was retired and registered again.
     *
     * @throws UsageException naming `source list` when the organisation has no such cluster
     */
    List<Source> keptSources(ApplicationContext beans, String cluster) {
        List<Source> sources = keptSources(beans).stream()
                .filter(source -> source.clusterId().equals(cluster))
                .toList();
        if (sources.isEmpty()) {
            throw new UsageException("organisation " + id + " has no cluster " + cluster
                    + ": see `source list`, or register it with `source add`");
        }
        return sources;
    }
}
