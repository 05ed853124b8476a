package dev.caravan.cli;

import dev.caravan.ledger.TagKeys;
import picocli.CommandLine.Command;

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
final class TagsDisable extends TagChange {
    TagsDisable(CommandEnvironment environment) {
        super(environment, "disable", "not enabled before", TagKeys::disable);
    }
}
