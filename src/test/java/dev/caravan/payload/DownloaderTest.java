package dev.caravan.payload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.caravan.CaravanSettings;
import dev.caravan.TestSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hc.client5.http.DnsResolver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Downloads from a server that behaves, and from those that do not. */
class DownloaderTest {
    private static final byte[] BYTES = "the bytes of a payload".getBytes(StandardCharsets.UTF_8);
    private static final int LIMIT = 1000;
    private static final long READ_TIMEOUT = 400;
    private static final long TOTAL_TIMEOUT = 1200;

    private PayloadServer server;
    private Downloader downloader;

    @BeforeEach
    void start() {
        server = new PayloadServer();
        downloader = downloader(server.host());
    }

    @AfterEach
    void stop() throws IOException {
        downloader.close();
        server.close();
    }

    @Test
    void bodyArrivesAsItIsWithTheQuerySent() throws IOException {
        String url = server.answer("/payload", request -> {
            request.getResponseHeaders().add("Content-Encoding", "gzip");
            PayloadServer.send(request, BYTES);
        });
        assertThat(read(url)).isEqualTo(BYTES);
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 502, 503, 504, 408, 429})
    void answersThatPassAreTriedAgain(int status) {
        String url = server.status("/payload", status);
        assertThat(failure(url))
                .isExactlyInstanceOf(DownloadFailedException.class)
                .hasMessageContaining("answered " + status);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403, 404, 410})
    void answersThatMayNotPassAreRefusals(int status) {
        assertThat(failure(server.status("/payload", status)))
                .isExactlyInstanceOf(DownloadRefusedException.class)
                .hasMessageContaining("answered " + status);
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void redirectsAreNotFollowed(int status) {
        String elsewhere = server.bytes("/elsewhere", BYTES);
        String url = server.answer("/payload", request -> {
            request.getResponseHeaders().add("Location", elsewhere);
            request.sendResponseHeaders(status, -1);
        });
        assertNotAllowed(failure(url));
        assertThat(server.requests()).isOne();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.0.0.1:1/x?q=secret",
                "http://localhost:{port}/x?q=secret",
                "http://127.1:{port}/x?q=secret",
                "http://2130706433:{port}/x?q=secret",
                "http://[::1]:{port}/x?q=secret",
                "http://user@{host}/x?q=secret",
                "http://{host}@example.org/x?q=secret",
                "ftp://{host}/x?q=secret",
                "file:///etc/passwd?q=secret",
                "jar:http://{host}/x!/y?q=secret",
                "{host}/x?q=secret",
                "http:///x?q=secret",
                "http://{host}\\@example.org/?q=secret",
                "not an address?q=secret",
                "?q=secret"
            })
    void addressesThatAreNotListedAreNeverAsked(String template) {
        String port = server.host().substring(server.host().indexOf(':') + 1);
        String url = template.replace("{host}", server.host()).replace("{port}", port);
        assertNotAllowed(failure(url));
        assertThat(server.requests()).isZero();
    }

    @Test
    void schemeOfAListedAddressIsTheOnlyOne() {
        var hosts = new AllowedHosts(List.of("https://s3.example", "minio.example:9000"));
        hosts.check(URI.create("https://s3.example/x"));
        hosts.check(URI.create("https://S3.example:443/x"));
        hosts.check(URI.create("http://minio.example:9000/x"));
        hosts.check(URI.create("https://minio.example:9000/x"));
        for (String refused : List.of(
                "http://s3.example/x",
                "http://s3.example:443/x",
                "https://s3.example:444/x",
                "https://s3.example.org/x",
                "https://s3.example./x",
                "http://minio.example/x")) {
            assertThatThrownBy(() -> hosts.check(URI.create(refused)))
                    .as(refused)
                    .isInstanceOf(PoisonPayloadException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"minio.example", "s3.example:x", "://", "https://"})
    void listThatCannotBeReadIsRefusedAtTheStart(String entry) {
        assertThatThrownBy(() -> new AllowedHosts(List.of(entry))).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "s3.example, 127.0.0.1",
        "s3.example, 169.254.169.254",
        "s3.example, fe80::1",
        "s3.example, fd00:ec2::254",
        "s3.example, 100.100.100.200",
        "s3.example, 0.0.0.0",
        "s3.example, ::ffff:169.254.169.254",
        "s3.example, ::1",
        "s3.example, ::",
        "s3.example, ff02::1",
        "s3.example, ::ffff:127.0.0.1",
        "s3.example, ::127.0.0.1",
        "s3.example, 64:ff9b::169.254.169.254",
        "s3.example, 64:ff9b::127.0.0.1",
        "s3.example, 64:ff9b:1::169.254.169.254",
        "s3.example, 2002:a9fe:a9fe::1",
        "s3.example, 0.1.2.3",
        "s3.example, 255.255.255.255",
        "127.example, 127.0.0.1",
        "2130706433, 127.0.0.1",
        "0177.0.0.1, 127.0.0.1",
        "localhost, 64:ff9b::169.254.169.254",
        "s3.example, 224.0.0.1",
        "169.254.169.254, 169.254.169.254",
        "localhost, 169.254.169.254"
    })
    void listedNameMustNotLeadWhereNobodyMayGo(String host, String address) {
        var hosts = new AllowedHosts(List.of(host + ":80"), leadingTo(address));
        assertThatThrownBy(() -> hosts.resolve(host))
                .isInstanceOfSatisfying(PoisonPayloadException.class, e -> assertThat(e.reason())
                        .isEqualTo("download-not-allowed"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"10.1.2.3", "192.168.1.2", "172.16.1.2", "fd12::1", "64:ff9b::10.1.2.3", "64:ff9b::8.8.8.8"})
    void listedNameMayLeadToAPrivateNetwork(String address) throws UnknownHostException {
        var hosts = new AllowedHosts(List.of("s3.example:80"), leadingTo(address));
        assertThat(hosts.resolve("s3.example")).hasSize(1);
    }

    /** Between the check and the connection nobody can change what a name leads to. */
    @Test
    void nameIsResolvedOnceADownloadAndTheConnectionGoesThere() throws IOException {
        String port = server.host().substring(server.host().indexOf(':') + 1);
        String url = server.bytes("/payload", BYTES).replace("127.0.0.1", "localhost");
        var asked = new AtomicInteger();
        DnsResolver changing =
                resolver(host -> InetAddress.getByName(asked.getAndIncrement() == 0 ? "127.0.0.1" : "169.254.169.254"));
        try (var fooled = new Downloader(settings("localhost:" + port), changing)) {
            try (InputStream body = fooled.open(url)) {
                assertThat(body.readAllBytes()).isEqualTo(BYTES);
            }
            assertThat(asked).hasValue(1);
            assertNotAllowed(catchThrowable(() -> fooled.open(url)));
            assertThat(asked).hasValue(2);
        }
        assertThat(server.requests()).isOne();
    }

    @Test
    void oneForbiddenAddressAmongOthersIsEnoughToAskNone() throws IOException {
        var hosts = new AllowedHosts(List.of("s3.example:80"), new DnsResolver() {
            @Override
            public InetAddress[] resolve(String host) throws UnknownHostException {
                return new InetAddress[] {InetAddress.getByName("10.1.2.3"), InetAddress.getByName("169.254.169.254")};
            }

            @Override
            public String resolveCanonicalHostname(String host) {
                return host;
            }
        });
        assertNotAllowed(catchThrowable(() -> hosts.resolve("s3.example")));
    }

    @Test
    void bodyAsLongAsTheLimitAndNoLonger() throws IOException {
        assertThat(read(server.bytes("/payload", new byte[LIMIT]))).hasSize(LIMIT);
        assertThat(failure(server.bytes("/payload", new byte[LIMIT + 1])))
                .isInstanceOfSatisfying(PoisonPayloadException.class, e -> assertThat(e.reason())
                        .isEqualTo("over-limit"));
    }

    @Test
    void nothingIsAllowedWhereNothingIsListed() throws IOException {
        try (var closed = downloader("")) {
            assertNotAllowed(catchThrowable(() -> closed.open(server.url("/payload"))));
        }
    }

    @Test
    void announcedSizeOverTheLimitIsRefusedBeforeTheFirstByte() {
        String url = server.answer("/payload", request -> PayloadServer.promise(request, LIMIT + 1));
        assertThat(failure(url)).isInstanceOfSatisfying(PoisonPayloadException.class, e -> assertThat(e.reason())
                .isEqualTo("over-limit"));
    }

    @Test
    void bodyThatEndsTooEarlyIsATransferFailure() {
        String url = server.answer("/payload", request -> {
            request.sendResponseHeaders(200, 100);
            request.getResponseBody().write(BYTES);
            request.getResponseBody().flush();
            throw new IOException("broken off");
        });
        assertThat(failure(url)).isExactlyInstanceOf(DownloadFailedException.class);
    }

    @Test
    void silentServerIsGivenUpAfterTheReadTimeout() {
        String url = server.answer("/payload", request -> pause(TOTAL_TIMEOUT * 3));
        Instant start = Instant.now();
        assertThat(failure(url)).isExactlyInstanceOf(DownloadFailedException.class);
        assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofMillis(TOTAL_TIMEOUT));
    }

    @Test
    void serverThatDripsIsGivenUpAfterTheTotalTimeout() {
        String url = server.answer("/payload", request -> {
            request.sendResponseHeaders(200, LIMIT);
            for (int i = 0; i < LIMIT; i++) {
                request.getResponseBody().write('x');
                request.getResponseBody().flush();
                pause(READ_TIMEOUT / 4);
            }
        });
        Instant start = Instant.now();
        assertThat(failure(url))
                .isExactlyInstanceOf(DownloadFailedException.class)
                .hasMessageContaining("took longer than " + TOTAL_TIMEOUT + " ms");
        assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofMillis(TOTAL_TIMEOUT * 3));
    }

    @Test
    void closingEarlyDoesNotReadToTheEnd() throws IOException {
        String url = server.answer("/payload", request -> {
            request.sendResponseHeaders(200, 0);
            while (true) {
                request.getResponseBody().write(new byte[1000]);
            }
        });
        Instant start = Instant.now();
        try (InputStream body = downloader.open(url)) {
            assertThat(body.read()).isZero();
        }
        assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofMillis(TOTAL_TIMEOUT));
    }

    @Test
    void serverThatIsAwayIsATransferFailure() throws IOException {
        int port;
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        try (var other = downloader("127.0.0.1:" + port)) {
            assertThat(catchThrowable(() -> other.open("http://127.0.0.1:" + port + "/x?" + PayloadServer.SIGNATURE)))
                    .isExactlyInstanceOf(DownloadFailedException.class);
        }
    }

    private byte[] read(String url) throws IOException {
        try (InputStream body = downloader.open(url)) {
            return body.readAllBytes();
        }
    }

    /** The failure of a download, which tells nothing of the query, wherever it is printed. */
    private Throwable failure(String url) {
        Throwable failure = catchThrowable(() -> read(url));
        assertThat(failure).isNotNull();
        var printed = new StringWriter();
        failure.printStackTrace(new PrintWriter(printed));
        assertThat(printed.toString()).doesNotContain("secret");
        return failure;
    }

    private static void assertNotAllowed(Throwable failure) {
        assertThat(failure).isInstanceOfSatisfying(PoisonPayloadException.class, e -> assertThat(e.reason())
                .isEqualTo("download-not-allowed"));
    }

    private static DnsResolver leadingTo(String address) {
        return resolver(host -> InetAddress.getByName(address));
    }

    private interface Lookup {
        InetAddress of(String host) throws UnknownHostException;
    }

    private static DnsResolver resolver(Lookup lookup) {
        return new DnsResolver() {
            @Override
            public InetAddress[] resolve(String host) throws UnknownHostException {
                return new InetAddress[] {lookup.of(host)};
            }

            @Override
            public String resolveCanonicalHostname(String host) {
                return host;
            }
        };
    }

    /** A slow server is what is tested here, so that it really waits. */
    private static void pause(long milliseconds) {
        try {
            Thread.sleep(milliseconds);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Downloader downloader(String host) {
        return new Downloader(settings(host));
    }

    private static CaravanSettings settings(String host) {
        return TestSettings.with(Map.of(
                "caravan.limits.payload-bytes", LIMIT,
                "caravan.download.hosts", host,
                "caravan.download.read-timeout", READ_TIMEOUT,
                "caravan.download.total-timeout", TOTAL_TIMEOUT));
    }
}
