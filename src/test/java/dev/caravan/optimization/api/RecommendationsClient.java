package dev.caravan.optimization.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.caravan.http.TestContract;
import dev.caravan.upload.UploadRequest;
import dev.caravan.upload.UploadRequest.Answer;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.stream.StreamSupport;

/** Whoever asks for recommendations; every answer is held against the contract. */
final class RecommendationsClient {
    static final String BASE = "/api/cost-management/v1/recommendations";

    private static final TestContract CONTRACT = new TestContract("recommendations.json");
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final URI server;
    private final String header;
    private final String value;

    /**
     * @param header that says who asks
     * @param value null for nobody
     */
    RecommendationsClient(URI server, String header, String value) {
        this.server = server;
        this.header = header;
        this.value = value;
    }

    /** @param path of the contract, which may have a query */
    Answer ask(String path) {
        return ask(path, null);
    }

    /** @param accept null for no such header */
    Answer ask(String path, String accept) {
        Answer answer = send(BASE + path, accept);
        CONTRACT.check(
                "GET",
                path.replaceFirst("\\?.*", "").replaceFirst("/$", ""),
                answer.status(),
                answer.contentType().isEmpty() ? null : answer.contentType(),
                answer.body());
        return answer;
    }

    /** For what the contract knows nothing of. */
    Answer send(String path, String accept) {
        UploadRequest request = UploadRequest.anonymous(URI.create(server + path));
        if (value != null) {
            request.header(header, value);
        }
        if (accept != null) {
            request.header("Accept", accept);
        }
        return request.get();
    }

    JsonNode get(String path) {
        return json(ask(path));
    }

    static JsonNode json(Answer answer) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.contentType()).startsWith("application/json");
        return read(answer);
    }

    static JsonNode read(Answer answer) {
        try {
            return JSON.readTree(answer.body());
        } catch (IOException e) {
            throw new IllegalStateException(answer.body(), e);
        }
    }

    /** What is wrong; fails where the answer is of another status. */
    String refusal(int status, String path) {
        Answer answer = ask(path);
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(read(answer).at("/status").asText()).isEqualTo("error");
        return read(answer).at("/message").asText();
    }

    /** One property of every entry of a list. */
    List<String> list(String path, String property) {
        return values(get(path), property);
    }

    static List<String> values(JsonNode list, String property) {
        return StreamSupport.stream(list.get("data").spliterator(), false)
                .map(entry -> entry.get(property).asText())
                .toList();
    }
}
