package dev.caravan.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.caravan.CaravanSettings;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.springframework.stereotype.Component;

/** What the front door tells of itself. */
@Component("frontDoor")
public final class FrontDoor {
    private final String version;

    public FrontDoor(CaravanSettings settings) throws JsonProcessingException {
        String built = Objects.requireNonNullElse(FrontDoor.class.getPackage().getImplementationVersion(), "");
        version = JsonMapper.builder()
                .build()
                .writeValueAsString(new TreeMap<>(
                        Map.of("version", built, "commit", settings.http().commit())));
    }

    /** JSON; the version is empty unless the jar runs. */
    public String version() {
        return version;
    }
}
