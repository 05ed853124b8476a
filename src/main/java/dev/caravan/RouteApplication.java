package dev.caravan;

import dev.caravan.database.DatabaseConfiguration;
import dev.caravan.http.FrontDoor;
import dev.caravan.kafka.KafkaConnection;
import dev.caravan.ledger.SourceRegistry;
import dev.caravan.openshift.ReportReader;
import dev.caravan.openstack.SiteTable;
import dev.caravan.optimization.UsageEvents;
import dev.caravan.payload.PayloadSpool;
import dev.caravan.s3.S3Connection;
import dev.caravan.sources.SourcesApi;
import dev.caravan.upload.Uploads;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TimeZone;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.flyway.FlywayAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration;
import org.springframework.boot.autoconfigure.transaction.TransactionAutoConfiguration;
import org.springframework.boot.autoconfigure.web.servlet.error.ErrorMvcAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/** The Camel context with the routes a command asks for, and everything they call. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration(
        exclude = {
            DataSourceAutoConfiguration.class,
            FlywayAutoConfiguration.class,
            // Nothing is annotated as @Transactional, and looking for it takes a fifth of the start.
            TransactionAutoConfiguration.class,
            // The server's own error pages do; these look for a view, and fail, where a client is gone.
            ErrorMvcAutoConfiguration.class
        })
@Import({DatabaseConfiguration.class, OutOfMemoryWatch.class})
@ComponentScan(
        basePackageClasses = {
            SourceRegistry.class,
            PayloadSpool.class,
            ReportReader.class,
            SiteTable.class,
            UsageEvents.class,
            KafkaConnection.class,
            S3Connection.class,
            FrontDoor.class,
            SourcesApi.class,
            Uploads.class
        })
public class RouteApplication {
    /** All routes, intake consumers included. */
    public static final List<String> ALL = List.of(
            "api/*.yaml",
            "intake/*.yaml",
            "openshift/*.yaml",
            "openstack/*.yaml",
            "optimization/*.yaml",
            "operations/*.yaml");
    /** What `ingest` needs: no route of these consumes anything by itself. */
    public static final List<String> INGEST = List.of(
            "intake/receive-given-file.yaml",
            "intake/receive-announced-again.yaml",
            "openshift/*.yaml",
            "optimization/analyse-workloads.yaml",
            "optimization/read-optimization-files.yaml",
            "optimization/receive-ros-event-again.yaml",
            "optimization/request-recommendations.yaml",
            "optimization/ship-optimization-files.yaml",
            "optimization/stage-usage.yaml",
            "optimization/store-usage.yaml",
            "operations/on-failure-*.yaml",
            "operations/replay-quarantine.yaml");
    /** What `openstack import` needs, likewise. */
    public static final List<String> OPENSTACK_IMPORT = List.of(
            "openstack/extract-tables.yaml",
            "openstack/load-table-dump.yaml",
            "openstack/import-table.yaml",
            "openstack/replace-rows.yaml",
            "openstack/build-timelines.yaml",
            "openstack/replace-timelines.yaml",
            "openstack/render-plots.yaml");
    /** What `openstack plots` needs. */
    public static final List<String> PLOTS = List.of("openstack/render-plots.yaml");

    /**
     * Starts the context.
     *
     * @param routes patterns below routes/, for example {@link #INGEST}
     * @param settings keys and values that win over config/application.yaml
     */
    public static ConfigurableApplicationContext start(List<String> routes, Map<String, Object> settings) {
        // pgjdbc sends the process's zone to the server, and that one wins.
        TimeZone.setDefault(TimeZone.getTimeZone("UTC"));
        List<String> arguments = new ArrayList<>();
        arguments.add("--camel.main.routes-include-pattern=" + files(routes));
        if (routes.stream().anyMatch(pattern -> pattern.startsWith("api/"))) {
            arguments.add("--spring.main.web-application-type=servlet");
        }
        settings.forEach((key, value) -> arguments.add("--" + key + "=" + value));
        return new SpringApplicationBuilder(RouteApplication.class)
                .registerShutdownHook(true)
                .run(arguments.toArray(String[]::new));
    }

    /**
     * The files by their names, since for a pattern Camel reads through the whole packed jar. A routes folder beside the
     * process wins over the routes packed into the jar.
     */
    private static String files(List<String> patterns) {
        String root = Files.isDirectory(Path.of("routes")) ? "file:routes/" : "classpath:routes/";
        var resolver = new PathMatchingResourcePatternResolver();
        List<String> files = new ArrayList<>();
        for (String pattern : patterns) {
            String folder = root + pattern.substring(0, pattern.lastIndexOf('/') + 1);
            try {
                for (Resource file : resolver.getResources(root + pattern)) {
                    files.add(folder + file.getFilename());
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return String.join(",", files);
    }
}
