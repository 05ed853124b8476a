package dev.caravan.optimization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caravan.CaravanSettings;
import dev.caravan.SettingException;
import dev.caravan.TestSettings;
import java.net.ServerSocket;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.BindException;

class KruizeClientTest {
    private StrictKruize kruize;
    private KruizeClient client;

    @BeforeEach
    void start() {
        kruize = new StrictKruize();
        client = new KruizeClient(settings(kruize.url(), Map.of()));
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        kruize.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"org17|42|1b36|shop|deployment|cart", "a b+c&d=e?f#g/h%20", "größer|<namespace>|\"'\\"})
    void namesReachTheServerAsTheyAre(String name) throws Exception {
        KruizeAnswer answer = client.updateRecommendations(name, Instant.parse("2026-03-11T06:00:00Z"));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.message()).isEqualTo("Not Found: experiment_name does not exist: " + name);
        assertThat(answer.lacksExperiment()).isTrue();
        assertThat(kruize.requests().get(0).parameters())
                .isEqualTo(Map.of("experiment_name", name, "interval_end_time", "2026-03-11T06:00:00.000Z"));
    }

    @Test
    void theAddressMayHaveAPathAndEndInASlash() throws Exception {
        try (var below = new KruizeClient(settings(kruize.url() + "/path/", Map.of()))) {
            assertThat(below.isUp()).isFalse();
            assertThat(kruize.calls()).containsExactly("GET /path/listPerformanceProfiles");
        }
    }

    /** A server that is up fails at this one; one that answers so to everything is away. */
    @ParameterizedTest
    @CsvSource({
        "500, '{\"message\": \"no\"}'",
        "503, ''",
        "429, '{\"message\": \"no\"}'",
        "404, '<html>'",
        "200, '<html>'",
        "200, '{}'",
        "302, '[]'",
        "200, 'LONG'",
    })
    void whatIsNoAnswerIsAFailure(int status, String body) {
        var answer = new StrictKruize.Answer(status, body.replace("LONG", "[" + " ".repeat(2000) + "]"));
        kruize.override(request -> request.path().equals("/createExperiment") ? answer : null);
        assertThatThrownBy(() -> client.createExperiment("[]")).isInstanceOf(KruizeFailedException.class);
        assertThat(client.isUp()).isTrue();
        if (status != 200 || !body.equals("{}")) {
            kruize.override(request -> answer);
            assertThatThrownBy(() -> client.createExperiment("[]")).isInstanceOf(KruizeUnavailableException.class);
            assertThat(client.isUp()).isFalse();
        }
    }

    @Test
    void aServerThatTakesConnectionsAndSaysNothingIsAway() throws Exception {
        try (var silent = new ServerSocket(0);
                var patient = new KruizeClient(settings(
                        "http://127.0.0.1:" + silent.getLocalPort(),
                        Map.of("caravan.optimization.kruize.read-timeout", 100)))) {
            assertThatThrownBy(() -> patient.createExperiment("[]")).isInstanceOf(KruizeUnavailableException.class);
        }
    }

    @Test
    void aServerThatWasAwayAFewTimesInARowIsLeftAloneAndARefusalDoesNotCount() {
        for (int i = 0; i < 5; i++) {
            assertThatThrownBy(() ->
                            assertThat(client.createExperiment("[]").isDone()).isTrue())
                    .isInstanceOf(AssertionError.class);
        }
        kruize.override(request -> new StrictKruize.Answer(503, ""));
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> client.createExperiment("[]")).hasMessageContaining("createExperiment");
        }
        int requests = kruize.requests().size();
        assertThatThrownBy(() -> client.createExperiment("[]"))
                .isInstanceOf(KruizeUnavailableException.class)
                .hasMessageContaining("left alone");
        assertThat(kruize.requests()).hasSize(requests);
    }

    @Test
    void aLowerVersionOfTheProfileIsBroughtUpToDateAndAHigherOneStays() throws Exception {
        CaravanSettings settings = settings(kruize.url(), Map.of());
        for (double version : new double[] {1.0, 2.0, 3.0}) {
            kruize.putProfile("resource-optimization-openshift", version);
            kruize.putProfile("another", 1.0);
            new KruizeProfile(client, settings).with(() -> client.createExperiment("[]"));
            assertThat(kruize.profile("resource-optimization-openshift")
                            .path("profile_version")
                            .asDouble())
                    .isEqualTo(Math.max(2, version));
            assertThat(kruize.profile("another").path("profile_version").asDouble())
                    .isEqualTo(1.0);
        }
        assertThat(kruize.calls().stream().filter(call -> !call.startsWith("GET") && !call.contains("Experiment")))
                .containsExactly("PUT /updatePerformanceProfile");
    }

    @Test
    void settingsThatCannotWorkAreRefusedAtTheStart() {
        for (Map<String, Object> wrong : List.<Map<String, Object>>of(
                Map.of("caravan.optimization.kruize.bulk", 101),
                Map.of("caravan.optimization.kruize.bulk", 0),
                Map.of("caravan.optimization.kruize.url", "kruize:8080"))) {
            assertThatThrownBy(() -> TestSettings.with(wrong))
                    .isInstanceOf(BindException.class)
                    .hasRootCauseInstanceOf(SettingException.class);
        }
    }

    private static CaravanSettings settings(String url, Map<String, Object> more) {
        Map<String, Object> settings = new HashMap<>(more);
        settings.put("caravan.optimization.kruize.url", url);
        settings.put("caravan.optimization.kruize.answer-bytes", 2000);
        return TestSettings.with(settings);
    }
}
