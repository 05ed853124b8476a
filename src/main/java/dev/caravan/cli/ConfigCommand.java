package dev.caravan.cli;

import picocli.CommandLine.Command;

/** Groups the commands about settings. */
@Command(name = "config", mixinStandardHelpOptions = true, description = "Settings.", subcommands = ConfigShow.class)
final class ConfigCommand {}
