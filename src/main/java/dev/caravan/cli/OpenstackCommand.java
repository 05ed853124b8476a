package dev.caravan.cli;

import picocli.CommandLine.Command;

/** Groups the commands about sites of OpenStack. */
@Command(
        name = "openstack",
        mixinStandardHelpOptions = true,
        description = "Usage of OpenStack sites.",
        subcommands = {OpenstackTimeline.class})
final class OpenstackCommand {}
