package dev.caravan.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.caravan.SettingException;
import dev.caravan.TestSettings;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.mock.web.MockHttpServletRequest;

@ExtendWith(OutputCaptureExtension.class)
class AdmissionTest {
    private static final String GATEWAY = "10.1.2.3";
    private static final String STRANGER = "192.0.2.7";
    private static final String SECRET = "do-not-tell";
    private static final String WITHOUT_TYPE = encoded(
            "{\"identity\": {\"account_number\": \"10001\", \"internal\": {\"org_id\": \"1234567\"}, \"auth_type\": \"jwt-auth\"}}");
    private static final String WITH_TYPE = encoded(
            "{\"identity\":{\"org_id\":\"1234567\",\"account_number\":\"10001\",\"type\":\"User\",\"internal\":{\"org_id\":\"1234567\"}},"
                    + "\"entitlements\":{\"cost_management\":{\"is_entitled\":true}}}");

    private static final String NO_BASE64 = "Bad Request: unable to b64 decode x-rh-identity header";
    private static final String NO_JSON = "Bad Request: x-rh-identity header does not contain valid JSON";
    private static final String NO_ORGANISATION = "Bad Request: x-rh-identity header has an invalid or missing org_id";

    private static TestIssuer issuer;
    private static DefaultCamelContext camel;

    @BeforeAll
    static void start() {
        issuer = new TestIssuer();
        camel = new DefaultCamelContext();
    }

    @AfterAll
    static void stop() {
        camel.stop();
        issuer.close();
    }

    @Test
    void identityOfTheGatewayIsHandedOnAsItCame() throws Exception {
        for (boolean tokens : new boolean[] {false, true}) {
            Identity identity = admitted(admission(false, tokens), vouched(GATEWAY, WITHOUT_TYPE));
            assertThat(identity).isEqualTo(new Identity("1234567", "10001", WITHOUT_TYPE));
        }
        assertThat(admitted(admission(true, false), vouched(GATEWAY, WITH_TYPE)))
                .isEqualTo(new Identity("1234567", "10001", WITH_TYPE));
    }

    @Test
    void typeIsMissedInStrictModeOnly() throws Exception {
        String missing = "Bad Request: x-rh-identity header is missing type";
        for (String type : new String[] {"", ",\"type\":null", ",\"type\":\"\"", ",\"type\":{}"}) {
            String identity = encoded("{\"identity\":{\"org_id\":\"1234567\"" + type + "}}");
            refused(admission(true, false), vouched(GATEWAY, identity), 400, missing);
            assertThat(admitted(admission(false, false), vouched(GATEWAY, identity))
                            .organisation())
                    .isEqualTo("1234567");
        }
        refused(admission(true, false), vouched(GATEWAY, WITHOUT_TYPE), 400, missing);
    }

    @Test
    void organisationMayBeANumberAndAnAccountNumberThatIsNoneIsLeftOut() throws Exception {
        String identity = encoded(
                "{\"identity\":{\"org_id\":1234567,\"account_number\":\"1 000\",\"internal\":{\"org_id\":\"1234567\"}}}");
        assertThat(admitted(admission(false, false), vouched(GATEWAY, identity)))
                .isEqualTo(new Identity("1234567", null, identity));
    }

    static Stream<String[]> unreadable() {
        return Stream.of(
                new String[] {"{}", NO_BASE64},
                new String[] {"ä", NO_BASE64},
                new String[] {"abc=def", NO_BASE64},
                new String[] {"", NO_JSON},
                new String[] {encoded(SECRET), NO_JSON},
                new String[] {encoded("{\"identity\":{\"org_id\":\"1234567\"}} and more"), NO_JSON},
                new String[] {encoded("{\"identity\":{\"org_id\":\"1234567\",\"org_id\":\"7654321\"}}"), NO_JSON},
                new String[] {encoded("[".repeat(5000)), NO_JSON},
                new String[] {encoded("null"), NO_ORGANISATION},
                new String[] {encoded("[]"), NO_ORGANISATION},
                new String[] {encoded("{}"), NO_ORGANISATION},
                new String[] {encoded("{\"identity\":\"" + SECRET + "\"}"), NO_ORGANISATION},
                new String[] {encoded("{\"identity\":{\"type\":\"User\"}}"), NO_ORGANISATION},
                new String[] {encoded("{\"identity\":{\"org_id\":null,\"type\":\"User\"}}"), NO_ORGANISATION},
                new String[] {encoded("{\"identity\":{\"org_id\":\"\",\"type\":\"User\"}}"), NO_ORGANISATION},
                new String[] {encoded("{\"identity\":{\"org_id\":true,\"type\":\"User\"}}"), NO_ORGANISATION},
                new String[] {encoded("{\"identity\":{\"org_id\":1.5,\"type\":\"User\"}}"), NO_ORGANISATION},
                new String[] {encoded("{\"identity\":{\"org_id\":[\"1\"],\"type\":\"User\"}}"), NO_ORGANISATION},
                new String[] {encoded("{\"identity\":{\"org_id\":\"../x\",\"type\":\"User\"}}"), NO_ORGANISATION},
                new String[] {encoded("{\"identity\":{\"org_id\":\"1\\n2\",\"type\":\"User\"}}"), NO_ORGANISATION},
                new String[] {
                    encoded("{\"identity\":{\"org_id\":\"" + "1".repeat(51) + "\",\"type\":\"User\"}}"), NO_ORGANISATION
                },
                new String[] {
                    encoded(
                            "{\"identity\":{\"org_id\":\"1234567\",\"type\":\"User\",\"internal\":{\"org_id\":\"7654321\"}}}"),
                    NO_ORGANISATION
                },
                new String[] {"A".repeat(8196), "Bad Request: x-rh-identity header has more than 8192 bytes"});
    }

    @ParameterizedTest
    @MethodSource("unreadable")
    void identityThatCannotBeReadIsABadRequest(String header, String text) {
        refused(admission(false, false), vouched(GATEWAY, header), 400, text);
        refused(admission(true, false), vouched(GATEWAY, header), 400, text);
    }

    @Test
    void onlyOneIdentityIsAccepted() {
        var request = vouched(GATEWAY, WITH_TYPE);
        request.addHeader("X-Rh-Identity", WITH_TYPE);
        refused(admission(false, false), request, 400, "Bad Request: there is more than one x-rh-identity header");
    }

    @Test
    void missingIdentityIsABadRequestUnlessTokensAreAccepted() {
        for (boolean strict : new boolean[] {false, true}) {
            refused(admission(strict, false), from(GATEWAY), 400, "Bad Request: missing x-rh-identity header");
            refused(
                    admission(strict, false),
                    shown(GATEWAY, "Bearer " + issuer.token("1234567")),
                    400,
                    "Bad Request: missing x-rh-identity header");
            refused(
                    admission(strict, true),
                    from(GATEWAY),
                    401,
                    "Unauthorized: send a token, as Authorization: Bearer <token>");
        }
    }

    @Test
    void identityFromAnUntrustedNetworkIsNotBelievedWhateverItSaysOfWhereItComesFrom() {
        var request = vouched(STRANGER, WITH_TYPE);
        request.addHeader("X-Forwarded-For", GATEWAY);
        request.addHeader("Forwarded", "for=" + GATEWAY);
        request.addHeader("X-Real-IP", GATEWAY);
        String text = "Unauthorized: x-rh-identity is not believed from 192.0.2.7: name its network in "
                + "CARAVAN_HTTP_TRUSTED_NETWORKS";
        refused(admission(false, false), request, 401, text);
        refused(admission(false, true), request, 401, text + ", or send a token instead");
    }

    @Test
    void identityFromNowhereIsNotBelieved() {
        var admission =
                new Admission(TestSettings.with(Map.of("caravan.http.trusted-networks", "127.0.0.0/8,::1/128")));
        for (String address : new String[] {null, "", "::g"}) {
            var answer = catchThrowableOfType(
                    RequestRefusedException.class, () -> admitted(admission, vouched(address, WITH_TYPE)));
            assertThat(answer.status()).as(address).isEqualTo(401);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"fd00:1::7", "fd00:0001:0:0:0:0:0:7", "::1", "fe80::1%1", "::ffff:10.1.2.3", GATEWAY})
    void identityIsBelievedFromATrustedNetworkOfEitherKind(String address) throws Exception {
        assertThat(admitted(admission(false, false), vouched(address, WITH_TYPE))
                        .organisation())
                .isEqualTo("1234567");
    }

    @ParameterizedTest
    @ValueSource(strings = {"fd01::7", "::2", "11.1.2.3"})
    void neighboursOfATrustedNetworkAreNotBelieved(String address) {
        var answer = catchThrowableOfType(
                RequestRefusedException.class, () -> admitted(admission(false, false), vouched(address, WITH_TYPE)));
        assertThat(answer.status()).isEqualTo(401);
    }

    @Test
    void identityIsBelievedFromThisMachineUnlessSetOtherwise() throws Exception {
        var admission = new Admission(TestSettings.with(Map.of()));
        for (String address : new String[] {"127.0.0.1", "0:0:0:0:0:0:0:1"}) {
            assertThat(admitted(admission, vouched(address, WITH_TYPE)).organisation())
                    .isEqualTo("1234567");
        }
    }

    @Test
    void tokenIsAcceptedFromAnywhere() throws Exception {
        for (String scheme : new String[] {"Bearer ", "bearer  "}) {
            assertThat(admitted(admission(true, true), shown(STRANGER, scheme + issuer.token("1234567")))
                            .organisation())
                    .isEqualTo("1234567");
        }
    }

    @Test
    void tokenDecidesWhateverElseCame() throws Exception {
        var valid = shown(GATEWAY, "Bearer " + issuer.token("7654321"));
        valid.addHeader("x-rh-identity", WITH_TYPE);
        assertThat(admitted(admission(false, true), valid).organisation()).isEqualTo("7654321");
        for (String invalid : new String[] {"Bearer", "Bearer ", "Bearer " + SECRET}) {
            var request = shown(GATEWAY, invalid);
            request.addHeader("x-rh-identity", WITH_TYPE);
            refused(admission(false, true), request, 401, "Unauthorized: the token is no signed JSON web token");
        }
    }

    @Test
    void twoTokensAreNone() {
        var request = shown(GATEWAY, "Bearer " + issuer.token("1234567"));
        request.addHeader("Authorization", "Bearer " + issuer.token("7654321"));
        refused(admission(false, true), request, 401, "Unauthorized: there is more than one token");
    }

    @Test
    void otherAuthorizationDoesNotKeepTheGatewayOut() throws Exception {
        var request = shown(GATEWAY, "Basic " + encoded("user:" + SECRET));
        request.addHeader("x-rh-identity", WITH_TYPE);
        assertThat(admitted(admission(false, true), request).organisation()).isEqualTo("1234567");
    }

    @Test
    void tokenIsNotLookedAtWhereNoneAreAccepted() throws Exception {
        var request = shown(GATEWAY, "Bearer " + SECRET);
        request.addHeader("x-rh-identity", WITH_TYPE);
        assertThat(admitted(admission(false, false), request).organisation()).isEqualTo("1234567");
    }

    @Test
    void organisationThatAsksTooOftenIsHeldBackAndNoOther() throws Exception {
        var admission =
                new Admission(TestSettings.with(with(issuer.settings(), "caravan.http.requests-per-minute", 3)));
        String token = "Bearer " + issuer.token("1234567");
        for (int request = 0; request < 3; request++) {
            admitted(admission, shown(STRANGER, token));
        }
        String text = "Too Many Requests: more than 3 of one organisation within a minute";
        refused(admission, shown(STRANGER, token), 429, text);
        refused(admission, vouched("127.0.0.1", WITH_TYPE), 429, text);
        assertThat(admitted(admission, shown(STRANGER, "Bearer " + issuer.token("7654321")))
                        .organisation())
                .isEqualTo("7654321");
    }

    @Test
    void refusedRequestsAreNotCounted() throws Exception {
        var admission = new Admission(TestSettings.with(Map.of("caravan.http.requests-per-minute", 1)));
        for (int request = 0; request < 3; request++) {
            catchThrowableOfType(
                    RequestRefusedException.class, () -> admitted(admission, vouched(STRANGER, WITH_TYPE)));
        }
        assertThat(admitted(admission, vouched("127.0.0.1", WITH_TYPE)).organisation())
                .isEqualTo("1234567");
    }

    @Test
    void rateOfMoreOrganisationsThanAreRememberedIsForgotten() {
        var rate = new RequestRate(1);
        assertThat(rate.allows("first")).isTrue();
        assertThat(rate.allows("first")).isFalse();
        for (int organisation = 0; organisation <= RequestRate.ORGANISATIONS * 2; organisation++) {
            rate.allows("organisation-" + organisation);
        }
        assertThat(rate.allows("first")).isTrue();
    }

    @Test
    void nothingOfAnIdentityOrATokenIsLogged(CapturedOutput log) throws Exception {
        String token = issuer.token(claims -> claims.claim("org_id", "1234567").subject(SECRET));
        admitted(admission(false, true), shown(STRANGER, "Bearer " + token));
        admitted(admission(false, true), vouched(GATEWAY, WITH_TYPE));
        for (String header :
                new String[] {SECRET, encoded(SECRET), encoded("{\"identity\":{\"org_id\":\"/" + SECRET + "\"}}")}) {
            var answer = catchThrowableOfType(
                    RequestRefusedException.class, () -> admitted(admission(false, true), vouched(GATEWAY, header)));
            assertThat(answer).hasNoCause();
            assertThat(answer.getMessage()).doesNotContain(SECRET, header);
        }
        assertThat(log.getAll()).doesNotContain(SECRET, token, WITH_TYPE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gateway.example/8",
                "localhost/8",
                "10.0.0.0",
                "10.0.0.0/33",
                "10.0.0/8",
                "fd00::/129",
                "fd00:::/8",
                "10.0.0.0/-1",
                "*",
                "127.0.0.0/8,10.0.0.0/x"
            })
    void networkThatIsNoneIsRefusedByItsName(String networks) {
        assertThatThrownBy(() -> TestSettings.with(Map.of("caravan.http.trusted-networks", networks)))
                .rootCause()
                .isInstanceOf(SettingException.class)
                .hasMessageContaining("CARAVAN_HTTP_TRUSTED_NETWORKS");
    }

    @Test
    void noNetworkAtAllMayBeTrusted() {
        var admission = new Admission(TestSettings.with(Map.of("caravan.http.trusted-networks", "")));
        var answer = catchThrowableOfType(
                RequestRefusedException.class, () -> admitted(admission, vouched("127.0.0.1", WITH_TYPE)));
        assertThat(answer.status()).isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1})
    void rateOfNoRequestsIsRefused(int perMinute) {
        assertThatThrownBy(() -> TestSettings.with(Map.of("caravan.http.requests-per-minute", perMinute)))
                .rootCause()
                .isInstanceOf(SettingException.class)
                .hasMessageContaining("caravan.http.requests-per-minute");
    }

    /** Trusts networks of both kinds. */
    private static Admission admission(boolean strict, boolean tokens) {
        Map<String, Object> settings = tokens ? issuer.settings() : new HashMap<>();
        settings.put("caravan.http.strict", strict);
        settings.put("caravan.http.trusted-networks", "10.0.0.0/8,fd00::/16,::1/128,fe80::/10");
        return new Admission(TestSettings.with(settings));
    }

    private static Map<String, Object> with(Map<String, Object> settings, String key, Object value) {
        settings.put(key, value);
        return settings;
    }

    private static MockHttpServletRequest from(String address) {
        var request = new MockHttpServletRequest();
        request.setRemoteAddr(address);
        return request;
    }

    private static MockHttpServletRequest vouched(String address, String identity) {
        var request = from(address);
        request.addHeader("x-rh-identity", identity);
        return request;
    }

    private static MockHttpServletRequest shown(String address, String authorization) {
        var request = from(address);
        request.addHeader("Authorization", authorization);
        return request;
    }

    private static Identity admitted(Admission admission, MockHttpServletRequest request)
            throws RequestRefusedException {
        Exchange exchange = new DefaultExchange(camel);
        admission.admit(request, exchange);
        return exchange.getProperty(Identity.PROPERTY, Identity.class);
    }

    private static void refused(Admission admission, MockHttpServletRequest request, int status, String text) {
        var answer = catchThrowableOfType(RequestRefusedException.class, () -> admitted(admission, request));
        assertThat(answer).isNotNull().hasMessage(text).hasNoCause();
        assertThat(answer.status()).isEqualTo(status);
    }

    private static String encoded(String json) {
        return Base64.getEncoder().encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }
}
