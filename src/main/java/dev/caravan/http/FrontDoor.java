package dev.caravan.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.caravan.CaravanSettings;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.info.BuildProperties;
import org.springframework.stereotype.Component;

/** What the front door tells of itself, as JSON. */
@Component("frontDoor")
public final class FrontDoor {
    private static final int API_VERSION = 1;

    private final JsonMapper json = JsonMapper.builder().build();
    private final String version;
    private final String commit;

    public FrontDoor(ObjectProvider<BuildProperties> build, CaravanSettings settings) {
        BuildProperties known = build.getIfAvailable();
        this.version = known == null ? "" : known.getVersion();
        this.commit = settings.http().commit();
    }

    /** Version, which is empty where it was not built by Maven, and commit. */
    public String version() throws JsonProcessingException {
        return json.writeValueAsString(new TreeMap<>(Map.of("version", version, "commit", commit)));
    }

    /** The same, and the version of the API. */
    public String status() throws JsonProcessingException {
        return json.writeValueAsString(
                new TreeMap<>(Map.of("api_version", API_VERSION, "version", version, "commit", commit)));
    }
}
