package dev.caravan.cli;

import dev.caravan.LocalServers.Server;
import dev.caravan.database.DatabaseServer;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TimeZone;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;

/**
 * What every command is given.
 *
 * @param settings keys and values that win over config/application.yaml
 */
record CommandEnvironment(Terminal terminal, Map<String, Object> settings, CommandServers servers) {
    /**
     * Opens the beans of {@link CommandBeans}, without Camel, after a look at the database.
     *
     * @throws dev.caravan.database.DatabaseUnavailableException when it cannot be used
     */
    ConfigurableApplicationContext open() {
        return open(EnumSet.of(Server.POSTGRESQL));
    }

    /**
     * As {@link #open()}, and sees to the servers needed where they are not configured.
     *
     * @throws dev.caravan.LocalServerException when one of them does not start
     */
    ConfigurableApplicationContext open(Set<Server> needed) {
        ConfigurableApplicationContext beans = openWithoutDatabase();
        try {
            servers.provide(needed, beans.getEnvironment());
            // In time: beans are made when they are first asked for.
            beans.getEnvironment()
                    .getPropertySources()
                    .addFirst(new MapPropertySource("local servers", new HashMap<>(servers.settings())));
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

    /** The settings, and how to reach the servers that stand in for those not configured. */
    Map<String, Object> routeSettings() {
        Map<String, Object> all = new HashMap<>(settings);
        all.putAll(servers.settings());
        return all;
    }

    /** The settings with logging switched off, since every failure becomes a line of its own. */
    Map<String, Object> quietSettings() {
        Map<String, Object> quiet = new HashMap<>();
        quiet.put("logging.level.root", "off");
        quiet.put("logging.level.dev.caravan", "off");
        quiet.putAll(routeSettings());
        return quiet;
    }
}
