package dev.caravan.optimization;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.CaravanSettings;
import java.io.IOException;
import java.io.InputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Lazy;
import org.springframework.stereotype.Component;

/** Sees to it that the Kruize server has the performance profile which experiments are registered with. */
@Lazy
@Component
final class KruizeProfile {
    private static final Logger LOG = LoggerFactory.getLogger(KruizeProfile.class);
    private static final String FILE = "/kruize/performance-profile.json";
    private static final String VERSION = "profile_version";

    private final KruizeClient client;
    private final ObjectNode profile;
    private boolean ready;

    KruizeProfile(KruizeClient client, CaravanSettings settings) throws IOException {
        CaravanSettings.Optimization.Kruize kruize = settings.optimization().kruize();
        this.client = client;
        try (InputStream file = KruizeProfile.class.getResourceAsStream(FILE)) {
            this.profile = (ObjectNode) JsonMapper.builder().build().readTree(file);
        }
        profile.put("name", kruize.profile());
        profile.put(VERSION, kruize.profileVersion());
    }

    interface Request {
        KruizeAnswer send() throws IOException;
    }

    /** Asks the server for something that needs the profile; once more when it says that it has none. */
    KruizeAnswer with(Request request) throws IOException {
        ensure();
        KruizeAnswer answer = request.send();
        if (answer.lacksProfile()) {
            forget();
            ensure();
            answer = request.send();
        }
        return answer;
    }

    private synchronized void forget() {
        ready = false;
    }

    /** Once a process, as long as the server keeps it. */
    private synchronized void ensure() throws IOException {
        if (ready) {
            return;
        }
        JsonNode stored = null;
        for (JsonNode other : client.listPerformanceProfiles()) {
            if (other.path("name").equals(profile.get("name"))) {
                stored = other;
            }
        }
        if (stored == null) {
            check("made", client.createPerformanceProfile(profile));
        } else if (stored.path(VERSION).asDouble() < profile.get(VERSION).asDouble()) {
            check("brought up to date", client.updatePerformanceProfile(profile));
        }
        ready = true;
    }

    /** Another replica may have been quicker. */
    private void check(String done, KruizeAnswer answer) throws IOException {
        if (!answer.isDone() && !answer.isDuplicate()) {
            throw new KruizeFailedException("the performance profile " + profile.get("name") + " cannot be " + done
                    + " at the Kruize server: " + answer.message());
        }
        LOG.info("performance profile {} {} at the Kruize server", profile.get("name"), done);
    }
}
