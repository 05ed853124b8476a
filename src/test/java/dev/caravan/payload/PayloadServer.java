package dev.caravan.payload;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** An object store as a download sees it: answers where an address carries its signature, on a loopback port. */
public final class PayloadServer implements AutoCloseable {
    public static final String SIGNATURE = "X-Amz-Signature=secret";

    /** How a path is answered. */
    public interface Answer {
        void to(HttpExchange request) throws IOException;
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private final Set<String> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger requests = new AtomicInteger();

    public PayloadServer() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    private void handle(HttpExchange request) throws IOException {
        try (request) {
            requests.incrementAndGet();
            Answer answer = answers.get(request.getRequestURI().getPath());
            if (answer == null) {
                request.sendResponseHeaders(404, -1);
            } else if (!open.contains(request.getRequestURI().getPath())
                    && !SIGNATURE.equals(request.getRequestURI().getQuery())) {
                request.sendResponseHeaders(403, -1);
            } else {
                answer.to(request);
            }
        }
    }

    /** 127.0.0.1:port, as an operator lists it. */
    public String host() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    /** The address of a path with its signature. */
    public String url(String path) {
        return "http://" + host() + path + "?" + SIGNATURE;
    }

    public String answer(String path, Answer answer) {
        answers.put(path, answer);
        return url(path);
    }

    public String status(String path, int status) {
        return answer(path, request -> request.sendResponseHeaders(status, -1));
    }

    public String bytes(String path, byte[] bytes) {
        return answer(path, request -> send(request, bytes));
    }

    /** Anybody may read it. */
    public String open(String path, byte[] bytes) {
        open.add(path);
        bytes(path, bytes);
        return "http://" + host() + path;
    }

    public String file(Path file) {
        return answer("/" + file.getFileName(), request -> send(request, Files.readAllBytes(file)));
    }

    /** Knows no path any more, and counts requests from now on. */
    public void forget() {
        answers.clear();
        open.clear();
        requests.set(0);
    }

    public int requests() {
        return requests.get();
    }

    public static void send(HttpExchange request, byte[] bytes) throws IOException {
        request.sendResponseHeaders(200, bytes.length);
        request.getResponseBody().write(bytes);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    /** Sends a header that promises so many bytes, and none of them; by itself a newer Java keeps it until the first. */
    public static void promise(HttpExchange request, long bytes) throws IOException {
        request.sendResponseHeaders(200, bytes);
        request.getResponseBody().flush();
    }
}
