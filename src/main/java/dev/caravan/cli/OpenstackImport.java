package dev.caravan.cli;

import dev.caravan.CaravanSettings;
import dev.caravan.RouteApplication;
import dev.caravan.ledger.Audit;
import dev.caravan.ledger.BoundedTransaction;
import dev.caravan.ledger.Failures;
import dev.caravan.openstack.Site;
import dev.caravan.openstack.SiteDatabase;
import dev.caravan.openstack.SiteExtraction;
import dev.caravan.openstack.SiteTable;
import dev.caravan.openstack.SitesFile;
import dev.caravan.openstack.TableImport;
import dev.caravan.openstack.Timelines;
import dev.caravan.openstack.plots.PlotFiles;
import dev.caravan.openstack.plots.PlotRequest;
import dev.caravan.payload.PoisonPayloadException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.util.ObjectHelper;
import org.springframework.context.ApplicationContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Takes the tables of a site. */
@Command(
        name = "import",
        mixinStandardHelpOptions = true,
        description =
                "Takes the tables of an OpenStack site: from files <schema>.<table>.csv or .csv.gz, or, without a path, from"
                        + " the site's database, else from its data_dir, as config/sites.yaml says. Each table replaces what was"
                        + " stored of it before. Then the site's timelines and lead times are built.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  caravan openstack import --site demo --name Demo --plots output/plots dumps/",
            "  caravan openstack import --site chi_tacc",
            "",
            "Exit codes: 0 every table there is was taken; 1 rows were rejected, or a table could not be taken; 2 wrong use,",
            "or a database cannot be reached. Tables that a site's database has not are named, and count as taken."
        })
final class OpenstackImport implements Callable<Integer> {
    private static final int DONE = 0;
    private static final int NOT_ALL_TAKEN = 1;
    private static final int NOTHING_REACHED = 2;

    private final CommandEnvironment environment;

    @Option(names = "--site", required = true, paramLabel = "KEY", description = "Key of the site.")
    private String key;

    @Option(
            names = "--name",
            paramLabel = "LABEL",
            description = "How it is called in charts; as config/sites.yaml says unless given, else by its key.")
    private String name;

    @Option(
            names = "--database-uri",
            paramLabel = "URI",
            description =
                    "Database to read, as mysql://user@host:3306, in place of DATABASE_URI and of what config/sites.yaml says;"
                            + " user and password are taken from there where it names none.")
    private String databaseUri;

    @Option(
            names = "--plots",
            paramLabel = "DIR",
            description =
                    "Folder to draw the site's plots into at the end, made when missing; none are drawn unless given.")
    private Path plots;

    @Option(
            names = "--from",
            paramLabel = "DAY",
            converter = DayConverter.class,
            description = "First UTC day of the plots; unless given, the first there is.")
    private LocalDate from;

    @Option(
            names = "--to",
            paramLabel = "DAY",
            converter = DayConverter.class,
            description = "Last UTC day of the plots, included; unless given, today.")
    private LocalDate to;

    @Parameters(arity = "0..*", paramLabel = "PATH", description = "Files or directories of them.")
    private List<Path> paths = List.of();

    OpenstackImport(CommandEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws Exception {
        OpenstackSites.key(key);
        if (plots == null && (from != null || to != null)) {
            throw new UsageException("--from and --to are of plots: add --plots DIR; nothing was imported");
        }
        var request = new PlotRequest(List.of(key), from, to, null, plots);
        if (plots != null) {
            PlotFiles.prepare(plots);
        }
        if (!paths.isEmpty() && databaseUri != null) {
            throw new UsageException("--database-uri goes without paths; nothing was imported");
        }
        if (name != null && (name.isBlank() || name.length() > 256)) {
            throw new UsageException("--name must have 1 to 256 characters; nothing was imported");
        }
        Site site;
        GivenTables given;
        try (var beans = environment.openWithoutDatabase()) {
            site = find(beans);
            given = site.database().isPresent() ? null : GivenTables.of(directories(site, beans));
        }
        try (var beans = environment.open()) {
            new DatabaseReadiness(beans).ensure("openstack import");
        }
        try (var routes = RouteApplication.start(RouteApplication.OPENSTACK_IMPORT, environment.quietSettings())) {
            audit(routes, site);
            var summary = new ImportSummary();
            try {
                if (given == null) {
                    extract(routes, site, summary);
                } else {
                    load(routes, site, given, summary);
                }
            } finally {
                summary.print(environment.terminal().out());
            }
            if (summary.any()) {
                build(routes);
                draw(routes, request);
            }
            if (given == null && !summary.any()) {
                return NOTHING_REACHED;
            }
            return summary.clean() ? DONE : NOT_ALL_TAKEN;
        }
    }

    /** The site with a database only if that is to be read. */
    private Site find(ApplicationContext beans) {
        Site listed = beans.getBean(SitesFile.class).read().get(key);
        Site site = (listed == null ? Site.called(key, null) : listed).withName(name);
        if (!paths.isEmpty()) {
            return site.withoutDatabase();
        }
        CaravanSettings.Openstack settings =
                beans.getBean(CaravanSettings.class).openstack();
        String uri = databaseUri != null ? databaseUri : settings.databaseUri();
        if (uri.isBlank()) {
            return site;
        }
        try {
            SiteDatabase named = SiteDatabase.at(uri, settings);
            return site.withDatabase(site.database().map(named::orAccountOf).orElse(named));
        } catch (IllegalArgumentException e) {
            throw new UsageException((databaseUri != null ? "--database-uri " : "DATABASE_URI ") + e.getMessage()
                    + "; nothing was imported");
        }
    }

    private List<Path> directories(Site site, ApplicationContext beans) {
        if (!paths.isEmpty()) {
            return paths;
        }
        return site.directory()
                .map(List::of)
                .orElseThrow(() -> new UsageException("nothing says where the tables of site " + key
                        + " are: name their files or directory, or list the site with db_uri or data_dir in "
                        + beans.getBean(SitesFile.class).path()));
    }

    private void extract(ApplicationContext routes, Site site, ImportSummary summary) {
        try (var progress =
                new IngestProgress(environment.terminal(), "import", " tables", SiteTable.values().length)) {
            var extraction = new SiteExtraction(site, outcome -> progress.payload(summary.add(outcome)));
            Exchange done = send(routes, "direct:extract-tables", exchange -> exchange.getMessage()
                    .setBody(extraction));
            if (done.getException() != null) {
                throw StoppedException.at("site " + key, done.getException());
            }
        }
    }

    private void load(ApplicationContext routes, Site site, GivenTables given, ImportSummary summary) {
        var out = environment.terminal().out();
        given.leftAlone()
                .forEach(file -> out.println(file + ": left alone, its name is that of no table that is read"));
        try (var progress = new IngestProgress(
                environment.terminal(), "import", " tables", given.files().size())) {
            given.files().forEach((table, file) -> {
                Instant started = Instant.now();
                String origin = "file " + file.toAbsolutePath().normalize();
                var replacement = new TableImport(site, table, origin, file);
                Exchange done = send(
                        routes,
                        "direct:load-table-dump",
                        exchange -> exchange.setProperty(TableImport.PROPERTY, replacement));
                var refusal = ObjectHelper.getException(PoisonPayloadException.class, done.getException());
                if (refusal != null) {
                    progress.payload(summary.refuse(
                            file.getFileName().toString(),
                            Failures.messageOf(refusal),
                            Duration.between(started, Instant.now())));
                } else if (done.getException() != null) {
                    throw StoppedException.at(file.getFileName().toString(), done.getException());
                } else {
                    progress.payload(summary.add(replacement.outcome()));
                }
            });
        }
    }

    private void build(ApplicationContext routes) {
        Instant started = Instant.now();
        Exchange done = send(routes, "direct:build-timelines", exchange -> exchange.getMessage()
                .setBody(key));
        if (done.getException() != null) {
            throw StoppedException.at("timelines of site " + key, done.getException());
        }
        Timelines.Built built = done.getMessage().getBody(Timelines.Built.class);
        environment
                .terminal()
                .out()
                .println("timelines built: " + built.spans() + " spans, " + built.rejects()
                        + " rows that count nothing (see openstack.span_reject), "
                        + IngestSummary.seconds(
                                Duration.between(started, Instant.now()).toMillis()) + " s");
    }

    private void draw(ApplicationContext routes, PlotRequest request) {
        if (plots != null) {
            routes.getBean(ProducerTemplate.class)
                    .requestBody("direct:render-plots", request, List.class)
                    .forEach(environment.terminal().out()::println);
        }
    }

    private static Exchange send(ApplicationContext routes, String route, Consumer<Exchange> prepare) {
        return routes.getBean(ProducerTemplate.class).send(route, prepare::accept);
    }

    private void audit(ApplicationContext routes, Site site) {
        var details = new LinkedHashMap<String, Object>();
        details.put("site", key);
        details.put("paths", paths.stream().map(Path::toString).toList());
        details.put("database", site.database().map(SiteDatabase::toString).orElse(null));
        routes.getBean(BoundedTransaction.class).call(() -> {
            routes.getBean(Audit.class).write("openstack import", details);
            return null;
        });
    }
}
