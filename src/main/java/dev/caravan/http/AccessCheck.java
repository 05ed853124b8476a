package dev.caravan.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.caravan.CaravanSettings;
import dev.caravan.PrintableText;
import dev.caravan.TrustedCertificates;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeProperty;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Lazy;
import org.springframework.stereotype.Component;

/**
 * Asks the access service what of an organisation's data a user may see; without such a service that is all of it. Whoever
 * it says nothing of, and everybody while it does not answer as it should, sees nothing. What it allowed holds for a while.
 */
@Component("accessCheck")
@Lazy
public final class AccessCheck implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AccessCheck.class);

    private static final String QUESTION = "/api/rbac/v1/access/?application=cost-management&limit=100";
    private static final int MOST_PAGES = 10;
    private static final int MOST_BYTES = 1 << 20;
    private static final int MOST_CONNECTIONS = 64;
    /** Users whose access is remembered at once. */
    private static final int MOST_USERS = 1000;

    private final JsonMapper json = JsonMapper.builder().build();
    private final long cacheNanos;
    /** Null when there is none. */
    private final URI service;
    /** Null when there is no service. */
    private final CloseableHttpClient client;

    private final Map<String, Allowed> known = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Allowed> eldest) {
            return size() > MOST_USERS;
        }
    };

    /** @throws dev.caravan.CertificateFileException when the certificates to trust cannot be read */
    public AccessCheck(CaravanSettings settings) {
        CaravanSettings.Rbac rbac = settings.rbac();
        this.cacheNanos = TimeUnit.MILLISECONDS.toNanos(rbac.cacheTime());
        this.service = rbac.url().isBlank() ? null : URI.create(rbac.url().replaceFirst("/+$", ""));
        this.client = service == null ? null : client(rbac);
    }

    private static CloseableHttpClient client(CaravanSettings.Rbac rbac) {
        return HttpClients.custom()
                .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                        .setTlsSocketStrategy(tls(rbac.caFile()))
                        .setDefaultConnectionConfig(ConnectionConfig.custom()
                                .setConnectTimeout(rbac.connectTimeout(), TimeUnit.MILLISECONDS)
                                .setSocketTimeout(Math.toIntExact(rbac.readTimeout()), TimeUnit.MILLISECONDS)
                                .build())
                        .setMaxConnPerRoute(MOST_CONNECTIONS)
                        .setMaxConnTotal(MOST_CONNECTIONS)
                        .build())
                .setDefaultRequestConfig(RequestConfig.custom()
                        .setConnectionRequestTimeout(rbac.connectTimeout(), TimeUnit.MILLISECONDS)
                        .setResponseTimeout(rbac.readTimeout(), TimeUnit.MILLISECONDS)
                        .build())
                .disableRedirectHandling()
                .disableAutomaticRetries()
                .disableContentCompression()
                .disableCookieManagement()
                .disableAuthCaching()
                .build();
    }

    private static TlsSocketStrategy tls(String caFile) {
        return caFile.isBlank()
                ? DefaultClientTlsStrategy.createDefault()
                : new DefaultClientTlsStrategy(
                        TrustedCertificates.of(caFile, "CARAVAN_RBAC_CA_FILE").createSslContext());
    }

    /** @param since instant of the system's nano time */
    private record Allowed(Access access, long since) {}

    /**
     * Leaves the {@link Access} of whoever was admitted in the exchange.
     *
     * @throws RequestRefusedException 403 when there is none, or none can be learned of
     */
    public void check(@ExchangeProperty(Identity.PROPERTY) Identity identity, Exchange exchange)
            throws RequestRefusedException {
        exchange.setProperty(Access.PROPERTY, service == null ? Access.ALL : allowed(identity));
    }

    private Access allowed(Identity identity) throws RequestRefusedException {
        long now = System.nanoTime();
        synchronized (known) {
            Allowed found = known.get(identity.encoded());
            if (found != null && now - found.since() < cacheNanos) {
                return found.access();
            }
        }
        Access access = ask(identity).orElseThrow(() -> new RequestRefusedException(403, "User is not authorized"));
        synchronized (known) {
            known.remove(identity.encoded());
            known.put(identity.encoded(), new Allowed(access, now));
        }
        return access;
    }

    private Optional<Access> ask(Identity identity) {
        try {
            return Permissions.access(permissions(identity));
        } catch (IOException e) {
            LOG.warn(
                    "nobody of {} is shown anything now, since the access service at {} cannot be asked ({}): check"
                            + " CARAVAN_RBAC_URL",
                    identity,
                    service.getHost(),
                    PrintableText.of(String.valueOf(e.getMessage())));
            return Optional.empty();
        }
    }

    private List<JsonNode> permissions(Identity identity) throws IOException {
        List<JsonNode> permissions = new ArrayList<>();
        String next = QUESTION;
        for (int page = 0; next != null; page++) {
            if (page == MOST_PAGES) {
                throw new IOException("it answers in more than " + MOST_PAGES + " pages");
            }
            JsonNode answer = page(next, identity);
            if (!answer.path("data").isArray()) {
                throw new IOException("its answer holds no list of permissions");
            }
            answer.get("data").forEach(permissions::add);
            next = answer.path("links").path("next").asText(null);
        }
        return permissions;
    }

    private JsonNode page(String path, Identity identity) throws IOException {
        // One more slash would name another server.
        if (!path.startsWith("/") || path.startsWith("//")) {
            throw new IOException("its next page is not one of its own");
        }
        try {
            var request = new HttpGet(URI.create(service + path));
            request.setHeader("x-rh-identity", identity.encoded());
            return client.execute(request, this::body);
        } catch (IllegalArgumentException e) {
            throw new IOException("its next page has no valid address");
        }
    }

    private JsonNode body(ClassicHttpResponse response) throws IOException {
        if (response.getCode() != HttpStatus.SC_OK || response.getEntity() == null) {
            throw new IOException("it answers " + response.getCode());
        }
        byte[] body = response.getEntity().getContent().readNBytes(MOST_BYTES + 1);
        if (body.length > MOST_BYTES) {
            throw new IOException("its answer has more than " + MOST_BYTES + " bytes");
        }
        try {
            return json.readTree(body);
        } catch (IOException e) {
            // The parser's own message quotes what it read.
            throw new IOException("its answer is no JSON");
        }
    }

    @Override
    public void close() throws IOException {
        if (client != null) {
            client.close();
        }
    }
}
