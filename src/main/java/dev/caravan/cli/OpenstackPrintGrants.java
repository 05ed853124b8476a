package dev.caravan.cli;

import dev.caravan.openstack.ReadGrants;
import dev.caravan.openstack.Site;
import dev.caravan.openstack.SiteDatabase;
import dev.caravan.openstack.SitesFile;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Prints the rights that a site's database has to give. */
@Command(
        name = "print-grants",
        mixinStandardHelpOptions = true,
        description =
                "Prints the SQL that lets an account of a site's MariaDB or MySQL read the tables that are needed, and nothing"
                        + " else. Nothing is connected to.",
        footerHeading = "%nExample:%n",
        footer = "  caravan openstack print-grants --user caravan --host 10.0.0.7")
final class OpenstackPrintGrants implements Callable<Integer> {
    private static final String USER = "caravan";
    private static final int LONGEST_NAME = 255;

    private final CommandEnvironment environment;

    @Option(
            names = "--site",
            paramLabel = "KEY",
            description = "Site whose db_username it is, as in config/sites.yaml.")
    private String site;

    @Option(names = "--user", paramLabel = "NAME", description = "User to read with; caravan unless the site has one.")
    private String user;

    @Option(
            names = "--host",
            paramLabel = "HOST",
            defaultValue = "%",
            description = "Host the user connects from; %% for any, which is the default.")
    private String host;

    OpenstackPrintGrants(CommandEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        String name = checked("--user", user != null ? user : site == null ? USER : userOf(site));
        checked("--host", host);
        var out = environment.terminal().out();
        ReadGrants.explanation(name, host).forEach(out::println);
        ReadGrants.statements(name, host).forEach(out::println);
        return 0;
    }

    private String userOf(String key) {
        try (var beans = environment.openWithoutDatabase()) {
            Site listed = beans.getBean(SitesFile.class).read().get(key);
            if (listed == null) {
                throw OpenstackSites.unlisted(key, beans);
            }
            return listed.database().flatMap(SiteDatabase::username).orElse(USER);
        }
    }

    private static String checked(String option, String text) {
        if (text.isBlank() || text.length() > LONGEST_NAME || text.chars().anyMatch(Character::isISOControl)) {
            throw new UsageException(
                    option + " must have 1 to " + LONGEST_NAME + " characters on one line; nothing was printed");
        }
        return text;
    }
}
