package dev.caravan.cli;

import dev.caravan.database.DatabaseServer;
import java.util.HashMap;
import java.util.Map;
import java.util.TimeZone;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * What every command is given.
 *
 * @param settings keys and values that win over config/application.yaml
 */
record CommandEnvironment(Terminal terminal, Map<String, Object> settings) {
    /**
     * Opens the beans of {@link CommandBeans}, without Camel, after a look at the database.
     *
     * @throws dev.caravan.database.DatabaseUnavailableException when it cannot be used
     */
    ConfigurableApplicationContext open() {
        ConfigurableApplicationContext beans = openWithoutDatabase();
        try {
            beans.getBean(DatabaseServer.class).check();
            return beans;
        } catch (RuntimeException e) {
            beans.close();
            throw e;
        }
    }

    /** Opens the beans without connecting. */
    ConfigurableApplicationContext openWithoutDatabase() {
        TimeZone.setDefault(TimeZone.getTimeZone("UTC"));
        return new SpringApplicationBuilder(CommandBeans.class)
                .web(WebApplicationType.NONE)
                .bannerMode(Banner.Mode.OFF)
                .logStartupInfo(false)
                .registerShutdownHook(false)
                .lazyInitialization(true)
                .run(quietSettings().entrySet().stream()
                        .map(setting -> "--" + setting.getKey() + "=" + setting.getValue())
                        .toArray(String[]::new));
    }

    /** The settings with logging switched off, since every failure becomes a line of its own. */
    Map<String, Object> quietSettings() {
        Map<String, Object> quiet = new HashMap<>();
        quiet.put("logging.level.root", "off");
        quiet.put("logging.level.dev.caravan", "off");
        quiet.putAll(settings);
        return quiet;
    }
}
