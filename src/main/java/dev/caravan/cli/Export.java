package dev.caravan.cli;

import dev.caravan.ledger.Organisation;
import dev.caravan.ledger.Source;
import java.io.BufferedOutputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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

    @Option(
            names = "--output",
            paramLabel = "FILE",
            description = "File to write, replaced when it exists; without it, the CSV goes to the standard output.")
    private Path output;

    Export(CommandEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws Exception {
        days.check();
        if (output != null && !Files.isDirectory(output.toAbsolutePath().getParent())) {
            throw new UsageException(
                    "folder " + output.toAbsolutePath().getParent() + " does not exist: make it first");
        }
        if (output != null && Files.exists(output) && !Files.isRegularFile(output)) {
            throw new UsageException(output + " is no file: name one to write or to replace");
        }
        try (var beans = environment.open()) {
            Organisation registered = organisation.find(beans);
            var export = new SummaryExport(beans, registered, sources(beans));
            long rows = output == null ? toTerminal(export) : toFile(export);
            environment.terminal().err().println("rows written: " + rows + (output == null ? "" : ", to " + output));
            return 0;
        }
    }

    private List<UUID> sources(ApplicationContext beans) {
        List<Source> kept =
                cluster == null ? organisation.keptSources(beans) : organisation.keptSources(beans, cluster);
        return kept.stream().map(Source::uuid).toList();
    }

    private long toTerminal(SummaryExport export) throws Exception {
        return export.write(
                days.from(), days.to(), new ReaderWatch(environment.terminal().out()));
    }

    /** A file is replaced only by a whole one. */
    private long toFile(SummaryExport export) throws Exception {
        Path part = output.resolveSibling(
                "." + output.getFileName() + "." + ProcessHandle.current().pid() + ".part");
        try {
            long rows;
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(part))) {
                rows = export.write(days.from(), days.to(), out);
            }
            Files.move(part, output, StandardCopyOption.REPLACE_EXISTING);
            return rows;
        } finally {
            Files.deleteIfExists(part);
        }
    }
}
