package dev.caravan.http;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSetCacheRefreshEvaluator;
import com.nimbusds.jose.jwk.source.JWKSetSource;
import com.nimbusds.jose.jwk.source.JWKSetSourceWrapper;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.jwk.source.RateLimitReachedException;
import com.nimbusds.jose.jwk.source.URLBasedJWKSetSource;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.BadJWSException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.BadJWTException;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import dev.caravan.CaravanSettings;
import dev.caravan.PrintableText;
import dev.caravan.TrustedCertificates;
import dev.caravan.payload.EncodedIdentity;
import java.net.MalformedURLException;
import java.net.URI;
import java.text.ParseException;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLSocketFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells from a JSON web token who sends it. The keys that sign them are fetched when the first one comes, again after some
 * minutes, and for a key not heard of; while their server is away, those it gave last are used.
 */
final class TokenCheck {
    private static final Logger LOG = LoggerFactory.getLogger(TokenCheck.class);

    private static final Set<JWSAlgorithm> ALGORITHMS = Set.of(
            JWSAlgorithm.RS256,
            JWSAlgorithm.RS384,
            JWSAlgorithm.RS512,
            JWSAlgorithm.PS256,
            JWSAlgorithm.PS384,
            JWSAlgorithm.PS512,
            JWSAlgorithm.ES256,
            JWSAlgorithm.ES384,
            JWSAlgorithm.ES512);
    private static final Duration FRESH = Duration.ofMinutes(5);
    private static final Duration LONGEST_OUTAGE = Duration.ofHours(4);
    private static final int MOST_BYTES = 1 << 20;
    private static final String UNKNOWN_KEY = "is signed with an unknown key or is of another type";

    private final CaravanSettings.Http.Token settings;
    private final KeyServer server;
    private final DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();

    /** @throws dev.caravan.CertificateFileException when the certificates to trust cannot be read */
    TokenCheck(CaravanSettings.Http.Token settings) {
        this(settings, FRESH);
    }

    /** @param fresh how long keys are used before they are fetched again; twice in a tenth of it at most, whoever asks */
    TokenCheck(CaravanSettings.Http.Token settings, Duration fresh) {
        this.settings = settings;
        this.server = new KeyServer(settings);
        processor.setJWSTypeVerifier(
                new DefaultJOSEObjectTypeVerifier<>(JOSEObjectType.JWT, new JOSEObjectType("at+jwt"), null));
        processor.setJWSKeySelector(new JWSVerificationKeySelector<>(
                ALGORITHMS,
                JWKSourceBuilder.create(server)
                        .cache(fresh.toMillis(), settings.connectTimeout() + settings.readTimeout())
                        .refreshAheadCache(false)
                        .rateLimited(fresh.toMillis() / 10)
                        .outageTolerant(LONGEST_OUTAGE.toMillis())
                        .build()));
        processor.setJWTClaimsSetVerifier((claims, context) -> check(claims));
    }

    /** @throws RequestRefusedException 401 when the token is not valid, 503 when that cannot be told for want of keys */
    Identity identify(String token) throws RequestRefusedException {
        Map<String, Object> claims = verified(token).getClaims();
        String organisation = text(claims, settings.organisationClaim());
        if (!EncodedIdentity.isId(organisation)) {
            throw refused("names no valid organisation in its claim " + settings.organisationClaim());
        }
        String account = text(claims, settings.accountClaim());
        if (!EncodedIdentity.isId(account)) {
            account = null;
        }
        return new Identity(organisation, account, EncodedIdentity.encode(organisation, account));
    }

    /** Messages of the library quote what they refuse; none of them is handed on. */
    private JWTClaimsSet verified(String token) throws RequestRefusedException {
        try {
            SignedJWT jwt = SignedJWT.parse(token);
            if (!ALGORITHMS.contains(jwt.getHeader().getAlgorithm())) {
                throw refused("is signed with an algorithm that is not accepted");
            }
            // Claims that cannot be read end here, so that a BadJWTException below is one of check.
            jwt.getJWTClaimsSet();
            return processor.process(jwt, null);
        } catch (ParseException e) {
            throw refused("is no signed JSON web token");
        } catch (BadJWTException e) {
            throw refused(e.getMessage());
        } catch (BadJWSException e) {
            throw refused("has a signature that is not valid");
        } catch (BadJOSEException e) {
            throw server.away ? unavailable() : refused(UNKNOWN_KEY);
        } catch (RateLimitReachedException e) {
            // The keys were asked for a moment ago.
            throw server.away ? unavailable() : refused(UNKNOWN_KEY);
        } catch (KeySourceException e) {
            throw unavailable();
        } catch (JOSEException e) {
            throw refused("cannot be checked with the key that it names");
        }
    }

    /** What the library's own check of claims looks at, with texts that quote nothing. */
    private void check(JWTClaimsSet claims) throws BadJWTException {
        long now = System.currentTimeMillis();
        Date expires = claims.getExpirationTime();
        Date begins = claims.getNotBeforeTime();
        if (expires == null) {
            throw new BadJWTException("does not say when it expires");
        }
        if (expires.getTime() <= now - settings.clockSkew()) {
            throw new BadJWTException("has expired");
        }
        if (begins != null && begins.getTime() > now + settings.clockSkew()) {
            throw new BadJWTException("is not valid yet");
        }
        if (!settings.issuer().equals(claims.getIssuer())) {
            throw new BadJWTException("is of another issuer");
        }
        if (!claims.getAudience().contains(settings.audience())) {
            throw new BadJWTException("is for another audience");
        }
    }

    /** The text or whole number at the end of a path, also as the only element of a list; null for anything else. */
    private static String text(Map<String, Object> claims, String path) {
        Object value = claims;
        for (String name : path.split("\\.")) {
            value = value instanceof Map<?, ?> object ? object.get(name) : null;
        }
        if (value instanceof List<?> list && list.size() == 1) {
            value = list.get(0);
        }
        return value instanceof String || value instanceof Long ? value.toString() : null;
    }

    private static RequestRefusedException refused(String reason) {
        return new RequestRefusedException(401, "Unauthorized: the token " + reason);
    }

    private static RequestRefusedException unavailable() {
        return new RequestRefusedException(
                503, "Service Unavailable: the keys that tokens are signed with cannot be had; try again later");
    }

    /** Gives the keys as they are now, and remembers whether it could. */
    private static final class KeyServer extends JWKSetSourceWrapper<SecurityContext> {
        private volatile boolean away;

        KeyServer(CaravanSettings.Http.Token settings) {
            super(source(settings));
        }

        private static JWKSetSource<SecurityContext> source(CaravanSettings.Http.Token settings) {
            SSLSocketFactory trusted = settings.caFile().isBlank()
                    ? null
                    : TrustedCertificates.of(settings.caFile(), "CARAVAN_HTTP_JWKS_CA_FILE")
                            .createSslContext()
                            .getSocketFactory();
            var retriever = new DefaultResourceRetriever(
                    Math.toIntExact(settings.connectTimeout()),
                    Math.toIntExact(settings.readTimeout()),
                    MOST_BYTES,
                    true,
                    trusted);
            try {
                return new URLBasedJWKSetSource<>(URI.create(settings.jwksUrl()).toURL(), retriever);
            } catch (MalformedURLException e) {
                throw new IllegalArgumentException(e);
            }
        }

        @Override
        public JWKSet getJWKSet(JWKSetCacheRefreshEvaluator evaluator, long now, SecurityContext context)
                throws KeySourceException {
            try {
                JWKSet keys = getSource().getJWKSet(evaluator, now, context);
                away = false;
                return keys;
            } catch (KeySourceException e) {
                away = true;
                LOG.warn(
                        "cannot fetch the keys of tokens ({}): check CARAVAN_HTTP_JWKS_URL and CARAVAN_HTTP_JWKS_CA_FILE",
                        PrintableText.of(e.getMessage()));
                throw e;
            }
        }
    }
}
