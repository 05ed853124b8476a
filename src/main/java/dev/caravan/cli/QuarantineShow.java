package dev.caravan.cli;

import dev.caravan.ledger.QuarantineBytes;
import dev.caravan.ledger.QuarantineView;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows one payload of the quarantine. */
@Command(
        name = "show",
        mixinStandardHelpOptions = true,
        description =
                "Shows all that is known of a payload that is or was in quarantine. In addresses, what gives access"
                        + " to the payload is masked.",
        footerHeading = "%nExamples:%n",
        footer = {"  caravan quarantine show 7", "  caravan quarantine show 7 --json"})
final class QuarantineShow implements Callable<Integer> {
    private final CommandEnvironment environment;

    @Parameters(arity = "1", paramLabel = "ID", description = "Number that `quarantine list` shows.")
    private long id;

    @Option(names = "--json", description = "Print JSON; times are ISO, sizes in bytes.")
    private boolean json;

    QuarantineShow(CommandEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        try (var beans = environment.open()) {
            var view = QuarantineView.of(
                    new QuarantineEntries(beans).of(List.of(id)).get(0), beans.getBean(QuarantineBytes.class));
            var out = environment.terminal().out();
            if (json) {
                out.println(Json.of(view));
            } else {
                view.lines().forEach(out::println);
            }
            return 0;
        }
    }
}
