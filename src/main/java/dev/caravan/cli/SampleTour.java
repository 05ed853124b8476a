package dev.caravan.cli;

import dev.caravan.CaravanSettings;
import dev.caravan.PrintableText;
import dev.caravan.Trial;
import dev.caravan.Trial.Sample;
import dev.caravan.ledger.BoundedTransaction;
import dev.caravan.ledger.Organisation;
import dev.caravan.ledger.Organisations;
import dev.caravan.ledger.Source;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;

/** The first minute of `run` where all servers are Caravan's own: samples are loaded, their figures and the ways in shown. */
final class SampleTour {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    /** Says of each payload what the tour says more shortly. */
    private static final String PAYLOAD_LOG = "dev.caravan.ingest-payload";

    private final Terminal terminal;
    private final ApplicationContext routes;
    private final Trial trial;
    private final CountDownLatch stopped;
    private final CaravanSettings settings;

    /**
     * @param routes the running routes
     * @param stopped counted down when the process is asked to end; the tour ends then too
     */
    SampleTour(Terminal terminal, ApplicationContext routes, Trial trial, CountDownLatch stopped) {
        this.terminal = terminal;
        this.routes = routes;
        this.trial = trial;
        this.stopped = stopped;
        this.settings = routes.getBean(CaravanSettings.class);
    }

    /** Returns when everything is shown; whatever goes wrong with the samples, the routes run on. */
    void show() throws InterruptedException {
        try {
            if (routes.getEnvironment().getProperty("caravan.embedded.samples", Boolean.class, false)) {
                loadSamples();
            }
            if (!isStopping()) {
                printHints();
            }
        } catch (RuntimeException e) {
            // Servers that are going away are no news.
            if (!isStopping()) {
                terminal.err().println(PrintableText.of("the samples could not be loaded: " + FailureLines.lineOf(e)));
            }
        }
    }

    private void loadSamples() throws InterruptedException {
        var arrivals = new SampleArrivals(trial.samples());
        // Before the ledger is read: what an earlier start left on its way may arrive at any moment.
        routes.getBean(CamelContext.class).getManagementStrategy().addEventNotifier(arrivals);
        Set<String> known = ledger();
        List<Sample> missing = trial.samples().stream()
                .filter(sample -> !known.contains(sample.sha256()))
                .toList();
        PrintStream out = terminal.out();
        if (missing.isEmpty()) {
            out.println("the samples are there: " + trial.samples().size() + " payloads loaded by an earlier start");
            return;
        }
        out.println("loading the samples: " + missing.size() + " payloads, " + ways(missing));
        LoggingSystem logging = LoggingSystem.get(getClass().getClassLoader());
        logging.setLogLevel(PAYLOAD_LOG, LogLevel.WARN);
        try {
            trial.handIn(missing, settings, frontDoor());
            arrivals.await(missing, PATIENCE, stopped, arrival -> out.println(arrival.line()));
        } finally {
            logging.setLogLevel(PAYLOAD_LOG, null);
        }
        if (!isStopping()) {
            printArrivals(arrivals.of(missing));
            printMissing(missing, arrivals);
            printDays(arrivals.of(missing));
        }
    }

    private URI frontDoor() {
        String address = settings.http().address();
        return URI.create("http://" + (address.isBlank() ? "127.0.0.1" : address) + ":"
                + routes.getEnvironment().getRequiredProperty("local.server.port"));
    }

    private boolean isStopping() {
        return stopped.getCount() == 0;
    }

    /** Digests of the samples that are claimed, whichever organisation has them. */
    private Set<String> ledger() {
        var transaction = routes.getBean(BoundedTransaction.class);
        var database = routes.getBean(JdbcTemplate.class);
        String[] digests = trial.samples().stream().map(Sample::sha256).toArray(String[]::new);
        Set<String> known = new HashSet<>();
        for (Organisation organisation : transaction.call(routes.getBean(Organisations.class)::list)) {
            known.addAll(transaction.call(
                    organisation,
                    () -> database.queryForList(
                            "select sha256 from payload_claim where sha256 = any (?)", String.class, (Object)
                                    digests)));
        }
        return known;
    }

    private static String ways(List<Sample> samples) {
        Map<Trial.Way, Long> counts =
                samples.stream().collect(Collectors.groupingBy(Sample::cameBy, TreeMap::new, Collectors.counting()));
        return counts.entrySet().stream()
                .map(count -> count.getValue() + " by " + count.getKey().title())
                .collect(Collectors.joining(", "));
    }

    private void printArrivals(List<SampleArrivals.Arrival> arrivals) {
        var table = new TextTable()
                .text("payload (.tar.gz)")
                .text("came by")
                .text("outcome")
                .number("rows loaded")
                .number("rejected")
                .number("days")
                .number("seconds");
        for (var arrival : arrivals) {
            table.row(
                    arrival.sample().name().replace(".tar.gz", ""),
                    arrival.sample().cameBy().title(),
                    arrival.outcome().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                    arrival.rowsLoaded(),
                    arrival.rowsRejected(),
                    arrival.daysSummarized(),
                    IngestSummary.seconds(arrival.milliseconds()));
        }
        table.row(
                "total",
                "",
                "",
                arrivals.stream().mapToLong(SampleArrivals.Arrival::rowsLoaded).sum(),
                arrivals.stream()
                        .mapToLong(SampleArrivals.Arrival::rowsRejected)
                        .sum(),
                arrivals.stream()
                        .mapToInt(SampleArrivals.Arrival::daysSummarized)
                        .sum(),
                "");
        terminal.out().println();
        table.print(terminal.out());
    }

    private void printMissing(List<Sample> wanted, SampleArrivals arrivals) {
        Set<Sample> missing = new LinkedHashSet<>(wanted);
        arrivals.of(wanted).forEach(arrival -> missing.remove(arrival.sample()));
        if (!missing.isEmpty()) {
            terminal.err()
                    .println("not in after " + PATIENCE.toSeconds() + " s: "
                            + missing.stream()
                                    .map(sample -> sample.name() + " ("
                                            + sample.cameBy().title() + ")")
                                    .collect(Collectors.joining(", "))
                            + "; they may still come: see the messages above, `" + command("status") + "` and `"
                            + command("quarantine list") + "`");
        }
    }

    /** The first cluster by namespace, the others by day. */
    private void printDays(List<SampleArrivals.Arrival> arrivals) {
        var usage = new NamespaceUsage(routes.getBean(BoundedTransaction.class), routes.getBean(JdbcTemplate.class));
        boolean byNamespace = true;
        for (Source source : arrivals.stream()
                .map(SampleArrivals.Arrival::source)
                .filter(source -> source != null)
                .distinct()
                .sorted(Comparator.comparing(Source::alias))
                .toList()) {
            terminal.out().println();
            usage.print(terminal.out(), source, byNamespace);
            byNamespace = false;
        }
        settings.demoOrganisation().ifPresent(organisation -> terminal.out()
                .println("\nAll rows, by node and label too: "
                        + command("export --org " + organisation + " --from 2025-10-01 --output summary.csv")));
    }

    private void printHints() {
        PrintStream out = terminal.out();
        out.println();
        out.println("More payloads go");
        out.println("  to the drop directory  "
                + settings.inbox().directory().toAbsolutePath().normalize() + "/");
        out.println(
                "  by HTTP                " + frontDoor().resolve("/api/ingress/v1/upload") + ", as README.md shows");
        out.println("  to Kafka               " + settings.kafka().brokers() + ", topic "
                + settings.topics().announce() + ", header service=hccm");
        out.println("  to the S3 bucket       " + settings.s3().endpoint() + "/"
                + settings.s3().intakeBucket() + "; keys in "
                + Path.of(routes.getEnvironment().getRequiredProperty("caravan.embedded.directory"), "running.json"));
        out.println("In a second terminal, in this folder");
        out.println("  " + command("status"));
        settings.demoOrganisation()
                .ifPresent(organisation -> out.println("  " + command("tags list --org " + organisation)));
        out.println("  " + trial.psql());
    }

    /** As it works in a second terminal; the jar that is not running here is where the build puts it. */
    private static String command(String arguments) {
        String running = System.getProperty("java.class.path", "");
        boolean packed = running.endsWith(".jar") && Files.isRegularFile(Path.of(running));
        return "java -jar " + (packed ? running : "target/caravan.jar") + " " + arguments;
    }
}
