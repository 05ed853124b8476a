package dev.caravan.optimization;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.caravan.CaravanSettings;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.StateTransition;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.net.URIBuilder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Lazy;
import org.springframework.stereotype.Component;

/**
 * Asks a Kruize server: within bounds of time and size, at the configured address only, and never where an answer redirects.
 * What the server refuses is an answer. Where there is none, or none that can be understood, {@link #isUp} decides whether
 * the server is away, or fails with this request only. One that was away a few times in a row is left alone for a while.
 */
@Lazy
@Component
public final class KruizeClient implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KruizeClient.class);
    private static final String PROFILES = "listPerformanceProfiles";
    private static final DateTimeFormatter MILLISECONDS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final URI server;
    private final int answerBytes;
    private final CloseableHttpClient client;
    private final CircuitBreaker breaker;

    public KruizeClient(CaravanSettings settings) {
        CaravanSettings.Optimization.Kruize kruize = settings.optimization().kruize();
        this.server = URI.create(kruize.url().replaceAll("/+$", ""));
        this.answerBytes = kruize.answerBytes();
        this.client = HttpClients.custom()
                .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                        .setDefaultConnectionConfig(ConnectionConfig.custom()
                                .setConnectTimeout(kruize.connectTimeout(), TimeUnit.MILLISECONDS)
                                .setSocketTimeout(kruize.readTimeout(), TimeUnit.MILLISECONDS)
                                .build())
                        .build())
                .setDefaultRequestConfig(RequestConfig.custom()
                        .setConnectionRequestTimeout(kruize.readTimeout(), TimeUnit.MILLISECONDS)
                        .setResponseTimeout(kruize.readTimeout(), TimeUnit.MILLISECONDS)
                        .build())
                // Nothing is left over from before the server was restarted.
                .setConnectionReuseStrategy((request, response, context) -> false)
                .disableRedirectHandling()
                .disableAutomaticRetries()
                .disableCookieManagement()
                .disableAuthCaching()
                .build();
        this.breaker = breaker(kruize);
    }

    private static CircuitBreaker breaker(CaravanSettings.Optimization.Kruize settings) {
        var breaker = CircuitBreaker.of(
                "kruize",
                CircuitBreakerConfig.custom()
                        .slidingWindowSize(settings.breakerFailures())
                        .minimumNumberOfCalls(settings.breakerFailures())
                        .failureRateThreshold(100)
                        .permittedNumberOfCallsInHalfOpenState(1)
                        .waitDurationInOpenState(Duration.ofMillis(settings.breakerPause()))
                        .build());
        breaker.getEventPublisher().onStateTransition(event -> {
            if (event.getStateTransition() == StateTransition.CLOSED_TO_OPEN) {
                LOG.warn(
                        "Kruize is away: whatever needs it waits; it is asked again every {} ms",
                        settings.breakerPause());
            } else if (event.getStateTransition() == StateTransition.HALF_OPEN_TO_CLOSED) {
                LOG.info("Kruize is back");
            }
        });
        return breaker;
    }

    /** Whether the server answers what it always can. */
    public boolean isUp() {
        try {
            KruizeAnswer answer = exchange("GET", PROFILES, Map.of(), null);
            return answer.status() == HttpStatus.SC_OK && answer.body().isArray();
        } catch (IOException e) {
            return false;
        }
    }

    /** All that the server has, as it wrote them. */
    JsonNode listPerformanceProfiles() throws IOException {
        return ask("GET", PROFILES, Map.of(), null).body();
    }

    KruizeAnswer createPerformanceProfile(JsonNode profile) throws IOException {
        return ask("POST", "createPerformanceProfile", Map.of(), profile.toString());
    }

    KruizeAnswer updatePerformanceProfile(JsonNode profile) throws IOException {
        return ask("PUT", "updatePerformanceProfile", Map.of(), profile.toString());
    }

    /** @param experiment an array of one */
    KruizeAnswer createExperiment(String experiment) throws IOException {
        return ask("POST", "createExperiment", Map.of(), experiment);
    }

    /** @param results an array of at most 100 */
    KruizeAnswer updateResults(String results) throws IOException {
        return ask("POST", "updateResults", Map.of(), results);
    }

    KruizeAnswer updateRecommendations(String experiment, Instant until) throws IOException {
        return ask(
                "POST",
                "updateRecommendations",
                Map.of("experiment_name", experiment, "interval_end_time", MILLISECONDS.format(until)),
                null);
    }

    KruizeAnswer deleteExperiment(String experiment) throws IOException {
        // Without rm it looks among the experiments of clusters that it watches itself.
        return ask(
                "DELETE",
                "createExperiment",
                Map.of("rm", "true"),
                JSON.createArrayNode()
                        .add(JSON.createObjectNode().put("experiment_name", experiment))
                        .toString());
    }

    @Override
    public void close() throws IOException {
        client.close();
    }

    /**
     * @return what the server has done or refused
     * @throws KruizeUnavailableException when the server is away
     * @throws KruizeFailedException when it is there, and fails
     */
    private KruizeAnswer ask(String method, String path, Map<String, String> parameters, String body)
            throws IOException {
        if (!breaker.tryAcquirePermission()) {
            throw new KruizeUnavailableException("Kruize is left alone for a while");
        }
        String failure;
        try {
            KruizeAnswer answer = exchange(method, path, parameters, body);
            if (isAnswer(answer)) {
                breaker.onSuccess(0, TimeUnit.MILLISECONDS);
                return answer;
            }
            failure = "answered " + answer.status() + " " + answer.message();
        } catch (IOException e) {
            failure = "failed (" + e.getMessage() + ")";
        }
        String text = "Kruize at " + server.getHost() + ":" + server.getPort() + ": " + path + " " + failure.strip();
        if (isUp()) {
            breaker.onSuccess(0, TimeUnit.MILLISECONDS);
            throw new KruizeFailedException(text);
        }
        if (breaker.getState() == CircuitBreaker.State.CLOSED) {
            LOG.warn("{}", text);
        }
        var away = new KruizeUnavailableException(text);
        breaker.onError(0, TimeUnit.MILLISECONDS, away);
        throw away;
    }

    /** Whether it is the server itself that has spoken, and knows what it says. */
    private static boolean isAnswer(KruizeAnswer answer) {
        if (!answer.body().isArray() && !answer.body().path("message").isTextual()) {
            return false;
        }
        return switch (answer.status()) {
            case HttpStatus.SC_OK, HttpStatus.SC_CREATED -> true;
            case HttpStatus.SC_REQUEST_TIMEOUT, HttpStatus.SC_TOO_MANY_REQUESTS -> false;
            // An earlier version stumbles over a profile that is not there.
            default ->
                answer.status() >= HttpStatus.SC_CLIENT_ERROR
                        && (answer.status() < HttpStatus.SC_SERVER_ERROR || answer.lacksProfile());
        };
    }

    private KruizeAnswer exchange(String method, String path, Map<String, String> parameters, String body)
            throws IOException {
        var request = new HttpUriRequestBase(method, address(path, parameters));
        if (body != null) {
            request.setEntity(new StringEntity(body, ContentType.APPLICATION_JSON));
        }
        return client.execute(request, this::read);
    }

    private URI address(String path, Map<String, String> parameters) {
        try {
            var address = new URIBuilder(server).appendPath(path);
            parameters.forEach(address::addParameter);
            return address.build();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private KruizeAnswer read(ClassicHttpResponse response) throws IOException {
        byte[] bytes = new byte[0];
        if (response.getEntity() != null) {
            bytes = response.getEntity().getContent().readNBytes(answerBytes + 1);
        }
        if (bytes.length > answerBytes) {
            throw new IOException("the answer has more than " + answerBytes + " bytes");
        }
        try {
            return new KruizeAnswer(response.getCode(), JSON.readTree(bytes));
        } catch (JsonProcessingException e) {
            throw new IOException("the answer " + response.getCode() + " is no JSON", e);
        }
    }
}
