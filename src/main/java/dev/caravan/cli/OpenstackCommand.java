package dev.caravan.cli;

import picocli.CommandLine.Command;

/** Groups the commands about OpenStack sites. */
@Command(
        name = "openstack",
        mixinStandardHelpOptions = true,
        description = "Usage and lead times of OpenStack sites.",
        subcommands = {OpenstackImport.class, OpenstackTimeline.class, OpenstackPlots.class, OpenstackPrintGrants.class
        })
final class OpenstackCommand {}
