package dev.caravan.cli;

import picocli.CommandLine.Command;

/** Groups the commands about sources. */
@Command(
        name = "source",
        mixinStandardHelpOptions = true,
        description = "Clusters that may send payloads.",
        subcommands = {SourceAdd.class, SourceList.class, SourceMove.class, SourceRemove.class})
final class SourceCommand {}
