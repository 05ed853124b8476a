package dev.caravan.cli;

import dev.caravan.ledger.TagKeys;
import picocli.CommandLine.Command;

/** Enables label keys and brings the summaries in line. */
@Command(
        name = "enable",
        mixinStandardHelpOptions = true,
        description =
                "Lets label keys reach the summaries, met already or not, and summarises every stored day they occur in"
                        + " again. At most 200 keys can be enabled.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  caravan tags enable --org 1234567 app environment",
            "  caravan tags enable --org 1234567 --from 2025-11-01 team"
        })
final class TagsEnable extends TagChange {
    TagsEnable(CommandEnvironment environment) {
        super(environment, "enable", "enabled already", TagKeys::enable);
    }
}
