package dev.caravan.cli;

import dev.caravan.CaravanSettings;
import dev.caravan.RouteApplication;
import dev.caravan.ledger.Audit;
import dev.caravan.ledger.BoundedTransaction;
import dev.caravan.ledger.QuarantineLedger;
import dev.caravan.ledger.QuarantineReplays;
import dev.caravan.payload.Arrival;
import dev.caravan.payload.Delivery;
import dev.caravan.payload.PayloadLoads;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.springframework.context.ApplicationContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Loads payloads from disk. */
@Command(
        name = "ingest",
        mixinStandardHelpOptions = true,
        description =
                "Loads payloads: tar.gz files, or directories of them in byte order of their names. Files in a folder"
                        + " org=<id> belong to that organisation. Loading a payload twice changes nothing.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  caravan ingest 20251104T000459-cost-mgmt.tar.gz",
            "  caravan ingest --org 1234567 payloads/",
            "",
            "Exit codes: 0 all in, or in before, empty, too old or waiting for other parts; 1 something was quarantined",
            "or rows were rejected; 2 wrong use, a missing path, or the database cannot be reached."
        })
final class Ingest implements Callable<Integer> {
    private static final int DONE = 0;
    private static final int NOT_ALL_TAKEN = 1;

    private final CommandEnvironment environment;

    @Option(
            names = "--org",
            paramLabel = "ID",
            converter = OrganisationConverter.class,
            description = "Organisation of the payloads; without it, the only one that registered their cluster.")
    private String organisation;

    @Option(names = "--again", description = "Replace what earlier loads of the same payloads brought.")
    private boolean again;

    @Parameters(arity = "1..*", paramLabel = "PATH", description = "Payloads or directories.")
    private List<Path> paths;

    Ingest(CommandEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws Exception {
        GivenPayloads given = GivenPayloads.of(paths, organisation);
        try (var beans = environment.open()) {
            new DatabaseReadiness(beans).ensure("ingest");
        }
        try (var routes = RouteApplication.start(RouteApplication.INGEST, environment.quietSettings())) {
            var out = environment.terminal().out();
            given.emptyDirectories()
                    .forEach(directory -> out.println(
                            directory + ": no payload in it (subfolders are not looked into, except org=<id>)"));
            replay(routes);
            if (given.payloads().isEmpty()) {
                return DONE;
            }
            audit(routes, given.payloads().size());
            var summary = new IngestSummary();
            try {
                ingest(routes, given.payloads(), summary);
            } finally {
                summary.print(
                        out, given.payloads().stream().map(GivenPayload::name).toList());
            }
            return summary.clean() ? DONE : NOT_ALL_TAKEN;
        }
    }

    /** Takes up payloads whose replay was asked for, as after `source add`; they count in no total of this command. */
    private void replay(ApplicationContext routes) throws StoppedException {
        for (QuarantineLedger.Replay replay :
                routes.getBean(QuarantineReplays.class).requested()) {
            if (ReplayedPayload.send(routes, replay)) {
                environment
                        .terminal()
                        .out()
                        .println(IngestSummary.line(
                                "from quarantine: " + replay.delivery().origin(), replay.delivery()));
            }
        }
    }

    /**
     * Loads one payload after the other.
     *
     * @throws StoppedException when a server was lost beyond the retries
     */
    private void ingest(ApplicationContext routes, List<GivenPayload> payloads, IngestSummary summary)
            throws Exception {
        try (var progress = new IngestProgress(environment.terminal(), payloads.size());
                var loads = new PayloadLoads(
                        routes.getBean(ProducerTemplate.class),
                        routes.getBean(CaravanSettings.class).spoolLimitBytes())) {
            routes.getBean(CamelContext.class).getManagementStrategy().addEventNotifier(new RetryLines(progress));
            for (GivenPayload payload : payloads) {
                String path = payload.path().toAbsolutePath().normalize().toString();
                loads.add(
                        payload.path().toFile(),
                        new Delivery("file " + path, payload.organisation(), null, again)
                                .arrivedAs(Arrival.file(path)));
            }
            for (GivenPayload payload : payloads) {
                Exchange done = loads.next();
                if (done.getException() != null) {
                    throw StoppedException.at(payload.name(), done.getException());
                }
                progress.payload(summary.add(payload.name(), done.getProperty(Delivery.PROPERTY, Delivery.class)));
            }
        }
    }

    private void audit(ApplicationContext routes, int payloads) {
        var details = new LinkedHashMap<String, Object>();
        details.put("org", organisation);
        details.put("again", again);
        details.put("paths", paths.stream().map(Path::toString).toList());
        details.put("payloads", payloads);
        routes.getBean(BoundedTransaction.class).call(() -> {
            routes.getBean(Audit.class).write("ingest", details);
            return null;
        });
    }
}
