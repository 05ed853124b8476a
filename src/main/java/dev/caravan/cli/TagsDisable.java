package dev.caravan.cli;

import dev.caravan.ledger.TagKeys;
import java.time.LocalDate;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Disables label keys and brings the summaries in line. */
@Command(
        name = "disable",
        mixinStandardHelpOptions = true,
        description = "Keeps label keys out of the summaries, and summarises every stored day they occur in again.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  caravan tags disable --org 1234567 app environment",
            "  caravan tags disable --org 1234567 --from 2025-11-01 team"
        })
final class TagsDisable implements Callable<Integer> {
    private final CommandEnvironment environment;

    @Mixin
    private OrganisationOption organisation;

    @Option(
            names = "--from",
            paramLabel = "DAY",
            converter = DayConverter.class,
            description = "Leave summaries of earlier days as they are.")
    private LocalDate from;

    @Parameters(arity = "1..*", paramLabel = "KEY", description = "Label keys.")
    private List<String> keys;

    TagsDisable(CommandEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        return new TagChange(environment, "disable", "not enabled before", TagKeys::disable)
                .carryOut(organisation, keys, from);
    }
}
