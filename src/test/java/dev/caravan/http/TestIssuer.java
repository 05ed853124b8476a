package dev.caravan.http;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;

/** Signs tokens, and gives the keys for them on a loopback port. */
public final class TestIssuer implements AutoCloseable {
    public static final String ISSUER = "https://sso.example/realms/cost";
    public static final String AUDIENCE = "caravan";

    /** Making one takes long; under another id it is another key. */
    private static final RSAKey FIRST = generate();

    private static final RSAKey SECOND = generate();

    private final HttpServer server;
    private final AtomicInteger fetches = new AtomicInteger();
    private volatile RSAKey key = FIRST;
    private volatile String answer;

    public TestIssuer() {
        try {
            server = start(HttpServer.create(loopback(), 0));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** With TLS, under the name the certificate is for. */
    public TestIssuer(X509Bundle certificate) throws IOException, GeneralSecurityException {
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(certificate.toKeyManagerFactory().getKeyManagers(), null, null);
        HttpsServer secured = HttpsServer.create(loopback(), 0);
        secured.setHttpsConfigurator(new HttpsConfigurator(tls));
        server = start(secured);
    }

    private static InetSocketAddress loopback() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    private HttpServer start(HttpServer made) {
        made.createContext("/certs", this::answer);
        made.start();
        return made;
    }

    private void answer(HttpExchange request) throws IOException {
        fetches.incrementAndGet();
        try (request) {
            String keys = answer == null ? new JWKSet(key.toPublicJWK()).toString() : answer;
            if (keys.isEmpty()) {
                request.sendResponseHeaders(503, -1);
                return;
            }
            byte[] body = keys.getBytes(StandardCharsets.UTF_8);
            request.sendResponseHeaders(200, body.length);
            request.getResponseBody().write(body);
        }
    }

    /** The settings with which its tokens are accepted, over plain HTTP. */
    public Map<String, Object> settings() {
        return settings("http://127.0.0.1");
    }

    /** @param server scheme and host */
    public Map<String, Object> settings(String server) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("caravan.http.token.jwks-url", server + ":" + port() + "/certs");
        settings.put("caravan.http.token.issuer", ISSUER);
        settings.put("caravan.http.token.audience", AUDIENCE);
        return settings;
    }

    public int port() {
        return server.getAddress().getPort();
    }

    public int fetches() {
        return fetches.get();
    }

    public RSAKey key() {
        return key;
    }

    /** From now on another key signs, and only that one is given. */
    public void rotate() {
        key = anotherKey();
    }

    /** Fails as long as it is away. */
    public void setAway(boolean away) {
        answer = away ? "" : null;
    }

    /** Gives this and not its keys. */
    public void setAnswer(String text) {
        answer = text;
    }

    /** A valid token of an organisation. */
    public String token(String organisation) {
        return token(claims -> claims.claim("org_id", organisation));
    }

    /** A valid token but for these claims. */
    public String token(UnaryOperator<JWTClaimsSet.Builder> claims) {
        try {
            return signed(
                    new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(key.getKeyID()), claims, new RSASSASigner(key));
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    public static String signed(
            JWSHeader.Builder header, UnaryOperator<JWTClaimsSet.Builder> claims, JWSSigner signer) {
        var token = new SignedJWT(header.build(), claims.apply(claims()).build());
        try {
            token.sign(signer);
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
        return token.serialize();
    }

    /** What a valid token says but for the organisation. */
    public static JWTClaimsSet.Builder claims() {
        return new JWTClaimsSet.Builder()
                .issuer(ISSUER)
                .audience(AUDIENCE)
                .expirationTime(Date.from(Instant.now().plusSeconds(3600)));
    }

    /** A key that is not given to anybody. */
    public static RSAKey anotherKey() {
        return new RSAKey.Builder(SECOND).keyID(UUID.randomUUID().toString()).build();
    }

    private static RSAKey generate() {
        try {
            return new RSAKeyGenerator(2048).keyID(UUID.randomUUID().toString()).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
