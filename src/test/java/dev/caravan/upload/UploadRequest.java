package dev.caravan.upload;

import dev.caravan.TestKafka;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.entity.mime.MultipartEntityBuilder;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.util.Timeout;

/** A request with parts, as `curl -F` sends it: the body of a large one only once the server asks for it. */
public final class UploadRequest {
    public static final String OUR_TYPE = "application/vnd.redhat.hccm.tar+tgz";
    private static final CloseableHttpClient CLIENT = HttpClients.custom()
            .disableAutomaticRetries()
            .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                    .setMaxConnPerRoute(50)
                    .setMaxConnTotal(50)
                    .build())
            .build();

    private final URI address;
    private final HttpUriRequestBase request;
    private final MultipartEntityBuilder parts = MultipartEntityBuilder.create();

    private UploadRequest(URI address) {
        this.address = address;
        this.request = new HttpUriRequestBase("POST", address);
        request.setConfig(RequestConfig.custom()
                .setExpectContinueEnabled(true)
                .setResponseTimeout(Timeout.ofMinutes(5))
                .build());
    }

    /** What came back; the body is empty where there was none. */
    public record Answer(int status, String contentType, String body, String headers) {
        public Optional<String> header(String name) {
            return headers.lines()
                    .filter(line -> line.toLowerCase().startsWith(name.toLowerCase() + ": "))
                    .map(line -> line.substring(name.length() + 2))
                    .findFirst();
        }
    }

    /** From an organisation's gateway on this machine. */
    public static UploadRequest from(String organisation, URI address) {
        return anonymous(address).header("x-rh-identity", TestKafka.identity(organisation));
    }

    public static UploadRequest anonymous(URI address) {
        return new UploadRequest(address);
    }

    public UploadRequest header(String name, String value) {
        request.addHeader(name, value);
        return this;
    }

    public UploadRequest field(String name, String value) {
        parts.addTextBody(name, value);
        return this;
    }

    public UploadRequest file(String name, String fileName, String type, byte[] content) {
        parts.addBinaryBody(name, content, contentType(type), fileName);
        return this;
    }

    /** Without saying beforehand how long it is. */
    public UploadRequest endlessFile(byte[] content) {
        return endlessFile(new ByteArrayInputStream(content));
    }

    public UploadRequest endlessFile(InputStream content) {
        parts.addBinaryBody("file", content, contentType(OUR_TYPE), "a.tar.gz");
        return this;
    }

    public UploadRequest file(Path file) {
        parts.addBinaryBody(
                "file", file.toFile(), contentType(OUR_TYPE), file.getFileName().toString());
        return this;
    }

    private static ContentType contentType(String type) {
        return type == null ? ContentType.DEFAULT_BINARY : ContentType.parse(type);
    }

    public Answer send() {
        request.setEntity(parts.build());
        return answer();
    }

    /** A body that is no body of parts. */
    public Answer send(String type, String body) {
        request.setEntity(new StringEntity(body, ContentType.parse(type)));
        request.setHeader("Content-Type", type);
        return answer();
    }

    public Answer get() {
        var get = new HttpUriRequestBase("GET", address);
        Arrays.stream(request.getHeaders()).forEach(get::addHeader);
        return answerTo(get);
    }

    private Answer answer() {
        return answerTo(request);
    }

    private static Answer answerTo(HttpUriRequestBase sent) {
        try {
            return CLIENT.execute(sent, response -> {
                Header type = response.getFirstHeader("Content-Type");
                String body = response.getEntity() == null
                        ? ""
                        : EntityUtils.toString(response.getEntity(), StandardCharsets.UTF_8);
                return new Answer(
                        response.getCode(),
                        type == null ? "" : type.getValue(),
                        body,
                        Arrays.stream(response.getHeaders())
                                .map(header -> header.getName() + ": " + header.getValue())
                                .collect(Collectors.joining("\n")));
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
