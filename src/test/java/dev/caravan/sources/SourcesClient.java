package dev.caravan.sources;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.caravan.TestKafka;
import dev.caravan.http.TestContract;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;

/** Whoever calls the sources registry for an organisation, and holds every answer against the contract. */
final class SourcesClient {
    private static final TestContract CONTRACT = new TestContract("sources.json");
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final URI base;
    private final String suffix;
    private final String identity;

    /**
     * @param base under which the registry is called
     * @param suffix of every path
     */
    SourcesClient(URI base, String suffix, String organisation) {
        this.base = base;
        this.suffix = suffix;
        this.identity = TestKafka.identity(organisation);
    }

    record Answer(int status, JsonNode body, HttpResponse<String> whole) {
        /** What is wrong; fails where the answer is of another status. */
        String refusal(int expected) {
            assertThat(status).as(body.toString()).isEqualTo(expected);
            assertThat(body.at("/errors/0/status").asText()).isEqualTo(Integer.toString(expected));
            return body.at("/errors/0/detail").asText();
        }

        JsonNode ok(int expected) {
            assertThat(status).as(body.toString()).isEqualTo(expected);
            return body;
        }
    }

    /** @param path that may have a query */
    JsonNode get(String path) {
        return send("GET", path, null).ok(200);
    }

    JsonNode post(String path, String body) {
        return send("POST", path, body).ok(201);
    }

    Answer send(String method, String path, String body) {
        BodyPublisher published = body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body);
        return send(request(path).header("x-rh-identity", identity).method(method, published));
    }

    HttpRequest.Builder request(String path) {
        int query = path.indexOf('?');
        String whole = query < 0 ? path + suffix : path.substring(0, query) + suffix + path.substring(query);
        return HttpRequest.newBuilder(URI.create(base + whole)).header("Content-Type", "application/json");
    }

    static Answer send(HttpRequest.Builder request) {
        HttpRequest asked = request.build();
        HttpResponse<String> answer = sendUnchecked(asked);
        check(asked, answer);
        try {
            return new Answer(answer.statusCode(), JSON.readTree(answer.body()), answer);
        } catch (IOException e) {
            throw new IllegalStateException(answer.body(), e);
        }
    }

    /** For what the contract knows nothing of. */
    static HttpResponse<String> sendUnchecked(HttpRequest request) {
        try {
            return HTTP.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static void check(HttpRequest asked, HttpResponse<String> answer) {
        String path = asked.uri().getPath().replaceFirst("/$", "").replaceFirst("^/api/[^/]+/[^/]+", "");
        CONTRACT.check(
                asked.method(),
                path,
                answer.statusCode(),
                answer.headers().firstValue("Content-Type").orElse(null),
                answer.body());
    }
}
