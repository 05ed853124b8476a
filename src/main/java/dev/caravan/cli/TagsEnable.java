package dev.caravan.cli;

import dev.caravan.ledger.TagKeys;
import java.time.LocalDate;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Enables label keys and brings the summaries in line. */
@Command(
        name = "enable",
        mixinStandardHelpOptions = true,
        description =
                "Lets label keys reach the summaries, met already or not, and summarises every stored day they occur in again. At most 200 keys can be enabled.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  caravan tags enable --org 1234567 app environment",
            "  caravan tags enable --org 1234567 --from 2025-11-01 team"
        })
final class TagsEnable implements Callable<Integer> {
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

    TagsEnable(CommandEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        return new TagChange(environment, "enable", "enabled already", TagKeys::enable)
                .carryOut(organisation, keys, from);
    }
}
