package dev.caravan.cli;

import picocli.CommandLine.Option;

/** The option that names a site of OpenStack. */
final class SiteOption {
    @Option(
            names = "--site",
            paramLabel = "KEY",
            required = true,
            description = "Key of the site, as in config/sites.yaml, for example chi_uc.")
    private String key;

    String key() {
        return key;
    }
}
