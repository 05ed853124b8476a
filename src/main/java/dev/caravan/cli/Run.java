package dev.caravan.cli;

import dev.caravan.CaravanSettings;
import dev.caravan.LocalServers.Server;
import dev.caravan.RouteApplication;
import java.util.EnumSet;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextClosedEvent;
import picocli.CommandLine.Command;

/** Takes payloads in until it is asked to stop. */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        description =
                "Takes payloads from every way in until Ctrl-C or SIGTERM; payloads in flight are finished first.",
        footerHeading = "%nExample:%n",
        footer = "  CARAVAN_INBOX=/srv/inbox caravan run")
final class Run implements Callable<Integer> {
    private final CommandEnvironment environment;

    Run(CommandEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws InterruptedException {
        try (var beans = environment.open(EnumSet.allOf(Server.class))) {
            new DatabaseReadiness(beans).ensure("run");
        }
        environment.servers().requireAll();
        var stopped = new CountDownLatch(1);
        environment.servers().keepUntilExit();
        // Closing is left to the shutdown hook, which the signal starts: it finishes what is in flight.
        var routes = RouteApplication.start(RouteApplication.ALL, settings());
        routes.addApplicationListener((ApplicationListener<ContextClosedEvent>) event -> {
            environment.terminal().out().println("stopping; payloads in flight are finished first");
            stopped.countDown();
        });
        environment
                .terminal()
                .out()
                .println("caravan runs; inbox "
                        + routes.getBean(CaravanSettings.class)
                                .inbox()
                                .directory()
                                .toAbsolutePath()
                                .normalize()
                        + "; HTTP on port "
                        + routes.getEnvironment().getProperty("local.server.port") + "; Ctrl-C stops it");
        var trial = environment.servers().trial();
        if (trial.isPresent()) {
            new SampleTour(environment.terminal(), routes, trial.get(), stopped).show();
        }
        stopped.await();
        return 0;
    }

    /** A failure at the start is said in one line, like any other. */
    private Map<String, Object> settings() {
        Map<String, Object> settings = environment.routeSettings();
        settings.put("logging.level.org.springframework.boot.SpringApplication", "off");
        settings.put("logging.level.org.springframework.context.annotation.AnnotationConfigApplicationContext", "off");
        return settings;
    }
}
