package dev.caravan.ledger;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.caravan.CaravanSettings;
import dev.caravan.database.Migrations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * config/sources.yaml: clusters that may send, for operators who keep their configuration in files.
 *
 * <pre>
 * sources:
 *   - organisation: "1234567"
 *     cluster: 11111111-aaaa-4aaa-8aaa-000000000001
 *     alias: production
 * </pre>
 *
 * <p>What the file lists it owns: aliases follow it, and a cluster taken out of it is retired; {@code sources: []} retires all. What {@code source add}
 * registered is left alone, until the file lists it too.
 */
@Component("sourcesFile")
public final class SourcesFile {
    private static final Logger LOG = LoggerFactory.getLogger(SourcesFile.class);
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    /** Stands for the text of a file that is not there. */
    private static final String MISSING = "\0";

    private final Path file;
    private final SourceRegistry registry;
    private String applied;
    private String refused;
    /** A change met at the last look; it counts once it is met again, since whoever writes may be in the middle of it. */
    private String met;

    public SourcesFile(CaravanSettings settings, SourceRegistry registry) {
        this.file = settings.sourcesFile();
        this.registry = registry;
    }

    /** The file as it is written. */
    private record Listing(List<Entry> sources) {}

    /** One cluster of the file. */
    public record Entry(String organisation, @JsonProperty("cluster") String clusterId, String alias) {
        private void check() {
            if (organisation == null) {
                throw new IllegalArgumentException("an entry names no organisation");
            }
            if (!Migrations.isOrganisation(organisation)) {
                throw new IllegalArgumentException("organisation '" + organisation
                        + "' is not valid: write it in quotes, lower-case letters, digits"
                        + " and underscores, at most 50");
            }
            if (!Source.isClusterId(clusterId)) {
                throw new IllegalArgumentException("a cluster of organisation " + organisation + " has no usable id");
            }
            if (!Source.isAlias(alias)) {
                throw new IllegalArgumentException("cluster " + clusterId + " has no alias of 1 to 256 characters");
            }
        }
    }

    /**
     * Brings the registry in line with the file when it changed since the last look. A file that cannot be used changes
     * nothing and is complained of once.
     */
    public synchronized void apply() {
        String text;
        try {
            text = Files.readString(file);
        } catch (NoSuchFileException e) {
            // Gone by accident, or while it is replaced: no reason to turn every cluster away.
            if (applied != null && !MISSING.equals(refused)) {
                complain(MISSING, "is gone");
            }
            return;
        } catch (IOException e) {
            complain("", "cannot be read: " + e.getMessage());
            return;
        }
        if (text.equals(applied) || text.equals(refused)) {
            return;
        }
        if (applied != null && !text.equals(met)) {
            met = text;
            return;
        }
        try {
            List<Entry> entries = parse(text);
            SourceRegistry.FileChange change = registry.follow(entries);
            applied = text;
            refused = null;
            if (change.any()) {
                LOG.info("{}: {} sources added or changed, {} retired", file, change.changed(), change.retired());
            }
        } catch (IllegalArgumentException | YAMLException e) {
            complain(text, firstLine(e));
        }
    }

    private static List<Entry> parse(String text) {
        var options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        Object tree = new Yaml(new SafeConstructor(options)).load(text);
        List<Entry> entries =
                tree == null ? null : JSON.convertValue(tree, Listing.class).sources();
        if (entries == null) {
            throw new IllegalArgumentException("it lists nothing: write `sources: []` to retire all of its clusters");
        }
        Set<String> keys = new HashSet<>();
        for (Entry entry : entries) {
            entry.check();
            if (!keys.add(entry.organisation + " " + entry.clusterId)) {
                throw new IllegalArgumentException("cluster " + entry.clusterId + " is listed twice");
            }
        }
        return entries;
    }

    private void complain(String text, String problem) {
        refused = text;
        LOG.error("{} changes nothing: {}; correct it, it is looked at again by itself", file, problem);
    }

    private static String firstLine(Exception e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }
}
