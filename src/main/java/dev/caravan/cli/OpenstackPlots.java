package dev.caravan.cli;

import dev.caravan.RouteApplication;
import dev.caravan.openstack.plots.PlotFiles;
import dev.caravan.openstack.plots.PlotRequest;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.camel.ProducerTemplate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Draws the usage of OpenStack sites. */
@Command(
        name = "plots",
        mixinStandardHelpOptions = true,
        description =
                "Draws usage and lead times of sites whose timelines are built, each plot as PNG and as SVG: of each site"
                        + " <site>_legacy_facets and <site>_usage_stack, of all of them cross_site_usage and lead_time."
                        + " Existing files are replaced.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  caravan openstack plots",
            "  caravan openstack plots --site chi_tacc --site chi_uc --from 2021-01-01 --to 2025-10-31 --bucket 7d",
            "",
            "Exit codes: 0 done, also where there is nothing to show; 2 wrong use, no fonts, a folder that cannot be",
            "written to, or the database cannot be reached."
        })
final class OpenstackPlots implements Callable<Integer> {
    private final CommandEnvironment environment;

    @Option(names = "--site", paramLabel = "KEY", arity = "1..*", description = "Only these sites; all unless given.")
    private List<String> sites = List.of();

    @Option(
            names = "--from",
            paramLabel = "DAY",
            converter = DayConverter.class,
            description = "First UTC day; unless given, the first there is.")
    private LocalDate from;

    @Option(
            names = "--to",
            paramLabel = "DAY",
            converter = DayConverter.class,
            description = "Last UTC day, included; unless given, the last there is.")
    private LocalDate to;

    @Option(
            names = "--bucket",
            paramLabel = "DAYS",
            converter = DaysConverter.class,
            description = "Days between two shown counts, as 7d or P7D; unless given, as few as can be told apart.")
    private Integer bucket;

    @Option(
            names = "--output",
            paramLabel = "DIR",
            defaultValue = "output/plots",
            description = "Folder of the files, made when missing; ${DEFAULT-VALUE} unless given.")
    private Path output;

    OpenstackPlots(CommandEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        var request = new PlotRequest(sites, from, to, bucket, output);
        PlotFiles.prepare(output);
        // Sees to the database and says what is wrong with it.
        environment.open().close();
        try (var routes = RouteApplication.start(RouteApplication.PLOTS, environment.quietSettings())) {
            List<?> written =
                    routes.getBean(ProducerTemplate.class).requestBody("direct:render-plots", request, List.class);
            written.forEach(environment.terminal().out()::println);
            return 0;
        }
    }
}
