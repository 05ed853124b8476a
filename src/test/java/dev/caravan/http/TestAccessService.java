package dev.caravan.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** An access service on a loopback port that says of everybody the same. */
public final class TestAccessService implements AutoCloseable {
    private final HttpServer server;
    private final List<String> questions = new CopyOnWriteArrayList<>();
    private final List<String> identities = new CopyOnWriteArrayList<>();
    private volatile int status = 200;
    private volatile List<String> pages = List.of();

    public TestAccessService() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::answer);
        server.start();
    }

    private void answer(HttpExchange request) throws IOException {
        try (request) {
            questions.add(request.getRequestURI().toString());
            identities.add(String.valueOf(request.getRequestHeaders().getFirst("x-rh-identity")));
            String query = request.getRequestURI().getQuery();
            int page = query.contains("offset=") ? Integer.parseInt(query.replaceFirst(".*offset=", "")) : 0;
            byte[] body = pages.get(Math.min(page, pages.size() - 1)).getBytes(StandardCharsets.UTF_8);
            request.sendResponseHeaders(status, body.length);
            request.getResponseBody().write(body);
        }
    }

    /** The settings that have it asked each time. */
    public Map<String, Object> settings() {
        Map<String, Object> settings = new HashMap<>();
        settings.put("caravan.rbac.url", "http://127.0.0.1:" + port());
        settings.put("caravan.rbac.cache-time", 0);
        return settings;
    }

    public int port() {
        return server.getAddress().getPort();
    }

    /** Answers with these permissions, as JSON. */
    public void allow(String... permissions) {
        answer(200, page(null, permissions));
    }

    /** Answers with these bodies, by the offset that is asked for. */
    public void answer(int status, String... pages) {
        this.status = status;
        this.pages = List.of(pages);
        questions.clear();
        identities.clear();
    }

    /** @param next address of the next page; null for none */
    public static String page(String next, String... permissions) {
        return "{\"data\": [" + String.join(",", permissions) + "], \"links\": {\"next\": "
                + (next == null ? "null" : "\"" + next + "\"") + "}}";
    }

    /** @param values that it is bounded to; for none it is not bounded */
    public static String permission(String permission, String... values) {
        return "{\"permission\": \"%s\", \"resourceDefinitions\": [%s]}"
                .formatted(
                        permission,
                        Stream.of(values)
                                .map(value ->
                                        "{\"attributeFilter\": {\"key\": \"k\", \"operation\": \"equal\", \"value\": \""
                                                + value + "\"}}")
                                .collect(Collectors.joining(",")));
    }

    /** What it was asked since it was told what to answer. */
    public List<String> questions() {
        return questions;
    }

    public List<String> identities() {
        return identities;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
