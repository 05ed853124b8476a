package dev.caravan.cli;

import picocli.CommandLine.Command;

/** Groups the commands about label keys. */
@Command(
        name = "tags",
        mixinStandardHelpOptions = true,
        description = "Label keys that reach the summaries.",
        subcommands = {TagsEnable.class, TagsDisable.class, TagsMap.class, TagsUnmap.class, TagsList.class})
final class TagsCommand {}
