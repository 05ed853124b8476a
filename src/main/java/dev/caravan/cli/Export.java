package dev.caravan.cli;

import dev.caravan.ledger.Organisation;
import dev.caravan.ledger.Source;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.springframework.context.ApplicationContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes daily summaries as CSV. */
@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        description =
                "Writes the daily summary as CSV in UTF-8: a header, then a row each; an empty cell is no value, labels"
                        + " are JSON. Texts that a spreadsheet would take for a formula begin with a single quote.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  caravan export --org 1234567 --from 2025-11-01 --to 2025-11-30 --output november.csv",
            "  caravan export --org 1234567 --from 2025-11-04 --to 2025-11-04 | head"
        })
final class Export implements Callable<Integer> {
    private final CommandEnvironment environment;

    @Mixin
    private OrganisationOption organisation;

    @Option(names = "--cluster", paramLabel = "ID", description = "Only this cluster; without it, all.")
    private String cluster;

    @Mixin
    private DayRange days;

    @Mixin
    private OutputOption output;

    Export(CommandEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws Exception {
        days.check();
        output.check();
        try (var beans = environment.open()) {
            Organisation registered = organisation.find(beans);
            var export = new SummaryExport(beans, registered, sources(beans));
            output.write(environment.terminal(), out -> export.write(days.from(), days.to(), out));
            return 0;
        }
    }

    private List<UUID> sources(ApplicationContext beans) {
        List<Source> kept =
                cluster == null ? organisation.keptSources(beans) : organisation.keptSources(beans, cluster);
        return kept.stream().map(Source::uuid).toList();
    }
}
