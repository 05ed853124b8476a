package dev.caravan.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Has label keys stand under their own names again. */
@Command(
        name = "unmap",
        mixinStandardHelpOptions = true,
        description =
                "Shows label keys under their own names again, and summarises every stored day they occur in again.",
        footerHeading = "%nExample:%n",
        footer = "  caravan tags unmap --org 1234567 env stage")
final class TagsUnmap implements Callable<Integer> {
    private final CommandEnvironment environment;

    @Mixin
    private OrganisationOption option;

    @Parameters(arity = "1..*", paramLabel = "CHILD", description = "Label keys that stand for another one.")
    private List<String> children;

    TagsUnmap(CommandEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        return new TagMapping(environment, option, "tags unmap", "shown under their own names", "not mapped before")
                .change(null, LabelKeys.of(children));
    }
}
