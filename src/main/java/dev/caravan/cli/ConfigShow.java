package dev.caravan.cli;

import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import picocli.CommandLine.Command;

/** Shows the settings in effect. */
@Command(
        name = "show",
        mixinStandardHelpOptions = true,
        description =
                "Shows the settings in effect, passwords masked. What each means stands in config/application.yaml.",
        footerHeading = "%nExample:%n",
        footer = "  CARAVAN_RETENTION_MONTHS=4 caravan config show")
final class ConfigShow implements Callable<Integer> {
    private static final String PREFIX = "caravan.";
    private static final String MASK = "********";
    private static final Pattern SECRET = Pattern.compile(".*(password|secret|token|access-key)[^.]*");
    private static final Pattern SECRET_IN_ADDRESS = Pattern.compile(
            "(?<=[?&;](?:password|sslpassword)=)[^&;]*|(?<=://)[^/@\\s]*:[^/@\\s]*(?=@)", Pattern.CASE_INSENSITIVE);

    private final CommandEnvironment environment;

    ConfigShow(CommandEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        try (var beans = environment.openWithoutDatabase()) {
            ConfigurableEnvironment settings = beans.getEnvironment();
            var keys = new TreeSet<String>();
            for (var source : settings.getPropertySources()) {
                if (source instanceof EnumerablePropertySource<?> enumerable) {
                    for (String key : enumerable.getPropertyNames()) {
                        if (key.startsWith(PREFIX)) {
                            keys.add(key);
                        }
                    }
                }
            }
            keys.forEach(key ->
                    environment.terminal().out().println(key + ": " + shown(key, settings.getProperty(key, ""))));
            return 0;
        }
    }

    private static String shown(String key, String value) {
        if (SECRET.matcher(key).matches() && !key.endsWith("-file")) {
            return value.isEmpty() ? "" : MASK;
        }
        return SECRET_IN_ADDRESS.matcher(value).replaceAll(MASK);
    }
}
