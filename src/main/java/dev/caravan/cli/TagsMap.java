package dev.caravan.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Has label keys stand under another one's name. */
@Command(
        name = "map",
        mixinStandardHelpOptions = true,
        description =
                "Shows enabled label keys under the name of another enabled one, and summarises every stored day they"
                        + " occur in again. Where that key is there too, its own value stays.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  caravan tags map --org 1234567 --to environment env stage",
            "  caravan tags unmap --org 1234567 stage"
        })
final class TagsMap implements Callable<Integer> {
    private final CommandEnvironment environment;

    @Mixin
    private OrganisationOption option;

    @Option(names = "--to", paramLabel = "PARENT", required = true, description = "The label key to show.")
    private String parent;

    @Parameters(arity = "1..*", paramLabel = "CHILD", description = "Label keys that stand for it.")
    private List<String> children;

    TagsMap(CommandEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        String name = LabelKeys.of(List.of(parent)).get(0);
        return new TagMapping(environment, option, "tags map", "shown as " + name, "shown as " + name + " already")
                .change(name, LabelKeys.of(children));
    }
}
