package dev.caravan.payload;

import dev.caravan.CaravanSettings;
import dev.caravan.TrustedCertificates;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Set;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpStatus;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Downloads payloads from addresses that strangers name: only from listed hosts, within bounds of time and size, and never
 * to where an answer redirects. What follows a question mark in an address gives access to the payload; it is sent to the
 * server and told to nobody else.
 */
@Component
public final class Downloader implements AutoCloseable {
    private static final String CA_VARIABLE = "CARAVAN_S3_CA_FILE";
    private static final int MOST_CONNECTIONS = 64;
    /** Client errors that pass: request timeout, too early, too many requests. */
    private static final Set<Integer> PASSING = Set.of(408, 425, 429);

    private final AllowedHosts hosts;
    private final CaravanSettings.Download settings;
    private final long limit;
    private final CloseableHttpClient client;
    private final ScheduledThreadPoolExecutor deadlines;

    @Autowired
    public Downloader(CaravanSettings settings) {
        this(settings, SystemDefaultDnsResolver.INSTANCE);
    }

    Downloader(CaravanSettings settings, DnsResolver dns) {
        this.hosts = new AllowedHosts(settings.download().hosts(), dns);
        this.settings = settings.download();
        this.limit = settings.limits().payloadBytes();
        this.client = client(hosts, settings.download(), settings.s3().caFile());
        this.deadlines = new ScheduledThreadPoolExecutor(1, work -> {
            var thread = new Thread(work, "download-deadlines");
            thread.setDaemon(true);
            return thread;
        });
        deadlines.setRemoveOnCancelPolicy(true);
    }

    private static CloseableHttpClient client(AllowedHosts hosts, CaravanSettings.Download settings, String caFile) {
        return HttpClients.custom()
                .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                        .setDnsResolver(hosts)
                        .setTlsSocketStrategy(tls(caFile))
                        .setDefaultConnectionConfig(ConnectionConfig.custom()
                                .setConnectTimeout(settings.connectTimeout(), TimeUnit.MILLISECONDS)
                                .setSocketTimeout((int) settings.readTimeout(), TimeUnit.MILLISECONDS)
                                .build())
                        .setMaxConnPerRoute(MOST_CONNECTIONS)
                        .setMaxConnTotal(MOST_CONNECTIONS)
                        .build())
                .setDefaultRequestConfig(RequestConfig.custom()
                        .setResponseTimeout(settings.readTimeout(), TimeUnit.MILLISECONDS)
                        .build())
                // Every download resolves and checks its host itself.
                .setConnectionReuseStrategy((request, response, context) -> false)
                .disableRedirectHandling()
                .disableAutomaticRetries()
                .disableContentCompression()
                .disableCookieManagement()
                .disableAuthCaching()
                .build();
    }

    /** Either way a certificate must also be for the host it is shown by. */
    private static TlsSocketStrategy tls(String caFile) {
        return caFile.isBlank()
                ? DefaultClientTlsStrategy.createDefault()
                : new DefaultClientTlsStrategy(
                        TrustedCertificates.of(caFile, CA_VARIABLE).createSslContext());
    }

    /**
     * Opens the body of an address; it ends with a {@link DownloadFailedException} when it stops coming or takes longer
     * than {@code caravan.download.total-timeout}.
     *
     * @throws PoisonPayloadException {@code download-not-allowed} when the address is not to be asked, {@code over-limit}
     *     when the server announces too many bytes
     * @throws DownloadRefusedException when the server does not hand it out, as with 403 and 404
     * @throws DownloadFailedException when the server is away, fails or is too slow
     */
    public InputStream open(String address) throws IOException {
        URI uri = parsed(address);
        hosts.check(uri);
        var request = new HttpGet(uri);
        String server = uri.getScheme() + "://" + uri.getRawAuthority();
        ScheduledFuture<?> deadline =
                deadlines.schedule(request::cancel, settings.totalTimeout(), TimeUnit.MILLISECONDS);
        try {
            ClassicHttpResponse response =
                    client.executeOpen(new HttpHost(uri.getScheme(), uri.getHost(), uri.getPort()), request, null);
            checkStatus(server, response.getCode());
            if (response.getEntity().getContentLength() > limit) {
                throw new PoisonPayloadException("over-limit", "the payload has more than " + limit + " bytes");
            }
            return new Download(server, response.getEntity().getContent(), request, deadline);
        } catch (DownloadRefusedException | DownloadFailedException | RuntimeException e) {
            giveUp(request, deadline);
            throw e;
        } catch (IOException e) {
            DownloadFailedException failure = failed(server, e, deadline);
            giveUp(request, deadline);
            throw failure;
        }
    }

    @Override
    public void close() throws IOException {
        deadlines.shutdownNow();
        client.close();
    }

    /** Breaks the connection, unless the answer was read to its end. */
    private static void giveUp(HttpGet request, ScheduledFuture<?> deadline) {
        deadline.cancel(false);
        request.cancel();
    }

    private static URI parsed(String address) {
        try {
            return new URI(address);
        } catch (URISyntaxException e) {
            // Its message would tell the whole address.
            throw new PoisonPayloadException("download-not-allowed", "the url of the announcement is no address");
        }
    }

    private static void checkStatus(String server, int status) throws IOException {
        if (status == HttpStatus.SC_OK) {
            return;
        }
        if (status >= HttpStatus.SC_SERVER_ERROR || PASSING.contains(status)) {
            throw new DownloadFailedException(server + " answered " + status);
        }
        if (status >= HttpStatus.SC_REDIRECTION && status < HttpStatus.SC_CLIENT_ERROR) {
            throw new PoisonPayloadException(
                    "download-not-allowed", server + " answered " + status + ": redirects are not followed");
        }
        throw new DownloadRefusedException(server + " answered " + status);
    }

    private DownloadFailedException failed(String server, IOException cause, ScheduledFuture<?> deadline) {
        // The task that breaks the connection may still be at it.
        String what = deadline.getDelay(TimeUnit.MILLISECONDS) <= 0 && !deadline.isCancelled()
                ? "took longer than " + settings.totalTimeout() + " ms"
                : "failed (" + cause.getMessage() + ")" + nextStep(cause);
        // Without the cause: its text is all there is to it, and a failure is told by its innermost message.
        return new DownloadFailedException("the download from " + server + " " + what);
    }

    /** What helps where a server's certificate is the trouble. */
    private static String nextStep(IOException cause) {
        return cause instanceof SSLException
                ? ": " + CA_VARIABLE + " names the certificates to trust, and the server's must be for its host name"
                : "";
    }

    /** The body of an answer; closing it early breaks the connection instead of reading on to the end. */
    private final class Download extends FilterInputStream {
        private final String server;
        private final HttpGet request;
        private final ScheduledFuture<?> deadline;

        Download(String server, InputStream in, HttpGet request, ScheduledFuture<?> deadline) {
            super(in);
            this.server = server;
            this.request = request;
            this.deadline = deadline;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            try {
                return in.read(buffer, offset, length);
            } catch (IOException e) {
                throw failed(server, e, deadline);
            }
        }

        @Override
        public void close() {
            giveUp(request, deadline);
        }
    }
}
