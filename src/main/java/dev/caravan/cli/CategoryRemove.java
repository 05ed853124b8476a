package dev.caravan.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Takes namespaces out of their cost categories. */
@Command(
        name = "remove",
        mixinStandardHelpOptions = true,
        description =
                "Takes namespaces out of their cost category, and summarises every stored day that has them again."
                        + " A category that becomes empty goes.",
        footerHeading = "%nExample:%n",
        footer = "  caravan category remove --org 1234567 monitoring 'logging-%%'")
final class CategoryRemove implements Callable<Integer> {
    private final CommandEnvironment environment;

    @Mixin
    private OrganisationOption option;

    @Parameters(
            arity = "1..*",
            paramLabel = "PATTERN",
            description = "Names of namespaces as they were added; see category list.")
    private List<String> patterns;

    CategoryRemove(CommandEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        return new CategoryChange(environment, option)
                .carryOut(
                        "category remove",
                        null,
                        patterns,
                        "in no category now",
                        "in no category before",
                        categories -> categories.remove(patterns));
    }
}
