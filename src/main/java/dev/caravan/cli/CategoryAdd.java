package dev.caravan.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Puts namespaces into a cost category. */
@Command(
        name = "add",
        mixinStandardHelpOptions = true,
        description =
                "Puts namespaces into a cost category, made when it is new, and summarises every stored day that has them"
                        + " again. A namespace is in one category.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  caravan category add --org 1234567 monitoring 'logging-%%'",
            "  caravan category add --org 1234567 --name Shared 'tools-%%'"
        })
final class CategoryAdd implements Callable<Integer> {
    private static final int LONGEST_NAME = 100;

    private final CommandEnvironment environment;

    @Mixin
    private OrganisationOption option;

    @Option(
            names = "--name",
            paramLabel = "NAME",
            defaultValue = "Platform",
            description = "The category; ${DEFAULT-VALUE} unless given.")
    private String name;

    @Parameters(arity = "1..*", paramLabel = "PATTERN", description = "Names of namespaces, %% standing for any text.")
    private List<String> patterns;

    CategoryAdd(CommandEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        if (name.isBlank() || name.length() > LONGEST_NAME || name.chars().anyMatch(Character::isISOControl)) {
            throw new UsageException(
                    "--name must have 1 to " + LONGEST_NAME + " characters, none of them a control one");
        }
        return new CategoryChange(environment, option)
                .carryOut(
                        "category add",
                        name,
                        patterns,
                        "in category " + name + " now",
                        "in category " + name + " already",
                        categories -> categories.add(name, patterns));
    }
}
