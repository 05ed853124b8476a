package dev.caravan.cli;

import picocli.CommandLine.Command;

/** Groups the commands about payloads that could not be loaded. */
@Command(
        name = "quarantine",
        mixinStandardHelpOptions = true,
        description = "Payloads that could not be loaded, kept with their bytes.",
        subcommands = {QuarantineList.class, QuarantineShow.class, QuarantineReplay.class, QuarantineDrop.class})
final class QuarantineCommand {}
