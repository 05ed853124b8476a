package dev.caravan.cli;

import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The command line: `run` where no command is named. */
@Command(
        name = "caravan",
        versionProvider = VersionProvider.class,
        mixinStandardHelpOptions = true,
        description = "Takes usage reports in and keeps their daily summaries in PostgreSQL. Without a command: run.",
        subcommands = {
            Run.class,
            Ingest.class,
            Status.class,
            SourceCommand.class,
            TagsCommand.class,
            CategoryCommand.class,
            Summarize.class,
            Export.class,
            Recommend.class,
            OpenstackCommand.class,
            QuarantineCommand.class,
            Purge.class,
            Migrate.class,
            ConfigCommand.class,
            Bench.class
        },
        footerHeading = "%nExamples (caravan stands for java -jar caravan.jar):%n",
        footer = {
            "  caravan source add --org 1234567 --cluster 4e009161-4f40-42c8-877c-3e59f6baea3d --alias production",
            "  caravan tags enable --org 1234567 app environment",
            "  caravan ingest payloads/",
            "  caravan status",
            "",
            "Exit codes: 0 done; 1 something was quarantined or rejected; 2 wrong use, or a server cannot be reached.",
            "Settings: the environment (CARAVAN_DATABASE_URL, ...) and config/application.yaml; see caravan config show."
        })
public final class CaravanCommand implements Callable<Integer> {
    private static final int HELP_WIDTH = 110;

    private final CommandEnvironment environment;

    @Option(
            names = "--stacktrace",
            scope = ScopeType.INHERIT,
            description = "Print where in the program a failure came from.")
    private boolean stacktrace;

    CaravanCommand(CommandEnvironment environment) {
        this.environment = environment;
    }

    /**
     * Parses and runs a command.
     *
     * @param settings keys and values that win over config/application.yaml
     * @return the exit code: 0 done, 1 something was quarantined or rejected, 2 wrong use or a server away
     */
    public static int execute(Terminal terminal, Map<String, Object> settings, String... arguments) {
        var failures = new FailureLines(terminal);
        try (var servers = new CommandServers()) {
            var environment = new CommandEnvironment(terminal, settings, servers);
            return new CommandLine(CaravanCommand.class, new CommandFactory(environment))
                    .setOut(writer(terminal.out()))
                    .setErr(writer(terminal.err()))
                    .setParameterExceptionHandler(failures)
                    .setExecutionExceptionHandler(failures)
                    .setUsageHelpWidth(HELP_WIDTH)
                    .setCaseInsensitiveEnumValuesAllowed(true)
                    .execute(arguments);
        }
    }

    boolean stacktrace() {
        return stacktrace;
    }

    @Override
    public Integer call() throws Exception {
        return new Run(environment).call();
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), true);
    }
}
