package dev.caravan.openstack;

import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.caravan.CaravanSettings;
import dev.caravan.SettingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.springframework.stereotype.Component;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * config/sites.yaml: sites of OpenStack whose tables are taken. Read at each use; what it complains of never quotes a value,
 * since passwords stand there.
 */
@Component("sitesFile")
public final class SitesFile {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private final Path file;
    private final CaravanSettings.Openstack settings;

    public SitesFile(CaravanSettings settings) {
        this.file = settings.openstack().sitesFile();
        this.settings = settings.openstack();
    }

    /** The file as it is written. */
    private record Listing(Map<String, Entry> sites) {}

    /** A site as it is written. */
    @JsonIgnoreProperties("adapters")
    private record Entry(
            @JsonProperty("site_name") String name,
            @JsonProperty("db_uri") String uri,
            @JsonProperty("db_username") String username,
            @JsonProperty("db_password") String password,
            @JsonProperty("db_password_file") String passwordFile,
            @JsonProperty("db_ca_file") String caFile,
            @JsonProperty("data_dir") @JsonAlias("raw_parquet") String directory) {}

    /**
     * The sites by their keys; none where there is no file.
     *
     * @throws SettingException when the file cannot be used
     */
    public SortedMap<String, Site> read() {
        String text;
        try {
            text = Files.readString(file);
        } catch (NoSuchFileException e) {
            return new TreeMap<>();
        } catch (IOException e) {
            throw unusable("it cannot be read (" + e.getClass().getSimpleName() + ")");
        }
        var sites = new TreeMap<String, Site>();
        entries(text).forEach((key, entry) -> sites.put(key, site(key, entry)));
        return sites;
    }

    /** The file, for people. */
    public Path path() {
        return file;
    }

    private Map<String, Entry> entries(String text) {
        try {
            var options = new LoaderOptions();
            options.setAllowDuplicateKeys(false);
            Object tree = new Yaml(new SafeConstructor(options)).load(text);
            Map<String, Entry> entries =
                    tree == null ? null : JSON.convertValue(tree, Listing.class).sites();
            if (entries == null) {
                throw unusable("it lists nothing: write `sites: {}` for none");
            }
            return entries;
        } catch (MarkedYAMLException e) {
            throw unusable("line " + (e.getProblemMark().getLine() + 1) + ": " + e.getProblem());
        } catch (YAMLException e) {
            throw unusable("it is no YAML");
        } catch (IllegalArgumentException e) {
            throw unusable(
                    e.getCause() instanceof UnrecognizedPropertyException unknown
                            ? "nothing is called " + unknown.getPropertyName()
                            : "sites must be a list of keys, and below each key texts only");
        }
    }

    private Site site(String key, Entry entry) {
        if (!Site.isKey(key)) {
            throw unusable("a site is called otherwise than by " + Site.KEY_RULE);
        }
        if (entry == null) {
            return Site.called(key, null);
        }
        if (entry.name != null && (entry.name.isBlank() || entry.name.length() > 256)) {
            throw unusable("site_name of " + key + " must have 1 to 256 characters");
        }
        if (entry.directory != null && entry.directory.contains("://")) {
            throw unusable(
                    "data_dir of " + key + " must be a directory of this machine: to read from a bucket, have the"
                            + " dumps put into the intake bucket as " + key + "/<schema>.<table>.csv");
        }
        if (entry.uri == null && (entry.username != null || entry.password != null || entry.passwordFile != null)) {
            throw unusable(key + " has an account and no db_uri");
        }
        Optional<SiteDatabase> database = Optional.ofNullable(entry.uri).map(uri -> {
            try {
                return SiteDatabase.at(uri, settings)
                        .withAccount(entry.username, password(key, entry))
                        .trusting(entry.caFile);
            } catch (IllegalArgumentException e) {
                throw unusable("db_uri of " + key + " " + e.getMessage());
            }
        });
        return new Site(
                key, entry.name, database, Optional.ofNullable(entry.directory).map(Path::of));
    }

    private String password(String key, Entry entry) {
        if (entry.passwordFile == null) {
            return entry.password;
        }
        try {
            return Files.readString(Path.of(entry.passwordFile)).strip();
        } catch (IOException e) {
            throw unusable("db_password_file of " + key + " cannot be read ("
                    + e.getClass().getSimpleName() + ")");
        }
    }

    private SettingException unusable(String problem) {
        return new SettingException(file + " cannot be used: " + problem + "; correct it, it is read anew each time");
    }
}
