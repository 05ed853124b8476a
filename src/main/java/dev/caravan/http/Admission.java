package dev.caravan.http;

import dev.caravan.CaravanSettings;
import dev.caravan.payload.EncodedIdentity;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.Header;
import org.apache.catalina.util.NetMask;
import org.springframework.context.annotation.Lazy;
import org.springframework.stereotype.Component;

/**
 * Who may come in: whoever shows a valid token, or comes from the gateway's networks with the identity it vouches for. A
 * token decides, whatever else came. Made for the routes that refer to it; a command without them reads no certificates.
 */
@Component("admission")
@Lazy
public final class Admission {
    private static final String IDENTITY = "x-rh-identity";
    private static final String BEARER = "Bearer";
    private static final int MOST_CHARACTERS = 8192;

    private final boolean strict;
    private final List<NetMask> trusted;
    private final int requestsPerMinute;
    private final RequestRate rate;
    /** Null when none are accepted. */
    private final TokenCheck tokens;

    /** @throws dev.caravan.CertificateFileException when the certificates to trust for tokens cannot be read */
    public Admission(CaravanSettings settings) {
        CaravanSettings.Http http = settings.http();
        this.strict = http.strict();
        this.trusted = http.networks();
        this.requestsPerMinute = http.requestsPerMinute();
        this.rate = new RequestRate(requestsPerMinute);
        this.tokens = http.token().accepted() ? new TokenCheck(http.token()) : null;
    }

    /**
     * Leaves the {@link Identity} in the exchange and counts the request. The network is that of the request's remote
     * address, which must be the connection's: no valve or filter may take it from a header such as X-Forwarded-For.
     *
     * @throws RequestRefusedException 400 for an identity that cannot be read, or none at all; 401 for one that is not
     *     believed; 429 when the organisation has asked too often; 503 when the keys of tokens cannot be had
     */
    public void admit(@Header(Exchange.HTTP_SERVLET_REQUEST) HttpServletRequest request, Exchange exchange)
            throws RequestRefusedException {
        Identity identity = identify(request);
        exchange.setProperty(Identity.PROPERTY, identity);
        if (!rate.allows(identity.organisation())) {
            throw new RequestRefusedException(
                    429, "Too Many Requests: more than " + requestsPerMinute + " of one organisation within a minute");
        }
    }

    private Identity identify(HttpServletRequest request) throws RequestRefusedException {
        if (tokens != null) {
            List<String> shown = Collections.list(request.getHeaders("Authorization")).stream()
                    .filter(Admission::isBearer)
                    .toList();
            if (shown.size() > 1) {
                throw unauthorized("there is more than one token");
            }
            if (!shown.isEmpty()) {
                return tokens.identify(shown.get(0).substring(BEARER.length()).strip());
            }
        }
        List<String> headers = Collections.list(request.getHeaders(IDENTITY));
        if (headers.isEmpty()) {
            throw tokens != null
                    ? unauthorized("send a token, as Authorization: Bearer <token>")
                    : bad("missing x-rh-identity header");
        }
        if (!isTrusted(request.getRemoteAddr())) {
            throw unauthorized("x-rh-identity is not believed from " + request.getRemoteAddr()
                    + ": name its network in CARAVAN_HTTP_TRUSTED_NETWORKS"
                    + (tokens != null ? ", or send a token instead" : ""));
        }
        if (headers.size() > 1) {
            throw bad("there is more than one x-rh-identity header");
        }
        return vouched(headers.get(0));
    }

    private Identity vouched(String header) throws RequestRefusedException {
        if (header.length() > MOST_CHARACTERS) {
            throw bad("x-rh-identity header has more than " + MOST_CHARACTERS + " bytes");
        }
        EncodedIdentity identity;
        try {
            identity = EncodedIdentity.decode(header);
        } catch (IllegalArgumentException e) {
            throw bad("unable to b64 decode x-rh-identity header");
        } catch (IOException e) {
            // The parser's own message may quote the identity.
            throw bad("x-rh-identity header does not contain valid JSON");
        }
        Set<String> organisations = Set.copyOf(identity.organisations());
        if (organisations.size() != 1 || !organisations.stream().allMatch(EncodedIdentity::isId)) {
            throw bad("x-rh-identity header has an invalid or missing org_id");
        }
        if (strict && (identity.type() == null || identity.type().isEmpty())) {
            throw bad("x-rh-identity header is missing type");
        }
        return new Identity(
                organisations.iterator().next(),
                EncodedIdentity.isId(identity.account()) ? identity.account() : null,
                header);
    }

    private static boolean isBearer(String authorization) {
        return authorization.equalsIgnoreCase(BEARER)
                || authorization.regionMatches(true, 0, BEARER + " ", 0, BEARER.length() + 1);
    }

    private boolean isTrusted(String address) {
        // There is none when the connection is gone by now, and what is no address would be taken for this machine's.
        if (address == null || address.isBlank()) {
            return false;
        }
        try {
            InetAddress from = InetAddress.getByName(address);
            return trusted.stream().anyMatch(network -> network.matches(from));
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private static RequestRefusedException bad(String reason) {
        return new RequestRefusedException(400, "Bad Request: " + reason);
    }

    private static RequestRefusedException unauthorized(String reason) {
        return new RequestRefusedException(401, "Unauthorized: " + reason);
    }
}
