package dev.caravan.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.TestCaravan;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.core.env.Environment;

/** The front door as Spring Boot sets it up on Kubernetes, where proxies are believed by default. */
class ConnectedAddressTest {
    private static final List<String> ROUTES =
            List.of("api/*.yaml", "intake/receive-upload.yaml", "operations/on-request-failure.yaml");
    private static final String IDENTITY = Base64.getEncoder()
            .encodeToString("{\"identity\":{\"org_id\":\"1234567\"}}".getBytes(StandardCharsets.UTF_8));

    @Test
    void forwardedAddressIsNotTakenForThatOfTheConnection() throws Exception {
        var settings = Map.<String, Object>of(
                "spring.main.cloud-platform",
                "kubernetes",
                "caravan.http.port",
                0,
                "caravan.http.trusted-networks",
                "203.0.113.0/24");
        try (var caravan = TestCaravan.start(ROUTES, settings)) {
            String port = caravan.bean(Environment.class).getProperty("local.server.port");
            var request = HttpRequest.newBuilder(
                            URI.create("http://127.0.0.1:" + port + "/api/ingress/v1/track/" + UUID.randomUUID()))
                    .header("x-rh-identity", IDENTITY)
                    .header("X-Forwarded-For", "203.0.113.9")
                    .header("Forwarded", "for=203.0.113.9")
                    .build();
            HttpResponse<String> answer = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
            assertThat(answer.body())
                    .startsWith("Unauthorized: x-rh-identity is not believed from 127.0.0.1: name its network in");
            assertThat(answer.statusCode()).isEqualTo(401);
            assertThat(answer.headers().firstValue("WWW-Authenticate")).contains("Bearer");
        }
    }
}
