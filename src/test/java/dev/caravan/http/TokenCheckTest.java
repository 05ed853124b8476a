package dev.caravan.http;

import static dev.caravan.http.TestIssuer.AUDIENCE;
import static dev.caravan.http.TestIssuer.signed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import dev.caravan.CaravanSettings;
import dev.caravan.CertificateFileException;
import dev.caravan.SettingException;
import dev.caravan.TestAuthority;
import dev.caravan.TestSettings;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class TokenCheckTest {
    private static final String ORGANISATION = "1234567";
    private static final String SECRET = "do-not-tell";

    @TempDir
    private Path folder;

    private static final LoggingSystem LOGGING = LoggingSystem.get(TokenCheckTest.class.getClassLoader());

    private TestIssuer issuer;
    private TokenCheck check;

    @BeforeEach
    void start() {
        // Whatever an application started before in this process has set.
        LOGGING.setLogLevel("dev.caravan.http", LogLevel.DEBUG);
        issuer = new TestIssuer();
        check = check(Map.of());
    }

    @AfterEach
    void stop() {
        LOGGING.setLogLevel("dev.caravan.http", null);
        issuer.close();
    }

    @Test
    void validTokenNamesOrganisationAndAccount() throws Exception {
        Identity identity = check.identify(
                issuer.token(claims -> claims.claim("org_id", ORGANISATION).claim("account_number", "10001")));
        assertThat(identity.organisation()).isEqualTo(ORGANISATION);
        assertThat(identity.account()).isEqualTo("10001");
        assertThat(decoded(identity))
                .isEqualTo("{\"identity\":{\"org_id\":\"1234567\",\"account_number\":\"10001\",\"type\":\"User\","
                        + "\"auth_type\":\"jwt-auth\",\"internal\":{\"org_id\":\"1234567\"}}}");
    }

    @Test
    void accountNumberNeedNotBeThereAndOneThatIsNoneIsLeftOut() throws Exception {
        var without = check.identify(issuer.token(ORGANISATION));
        var invalid = check.identify(
                issuer.token(claims -> claims.claim("org_id", ORGANISATION).claim("account_number", "10 001\n")));
        assertThat(List.of(without, invalid)).extracting(Identity::account).containsOnlyNulls();
        assertThat(decoded(without))
                .isEqualTo(decoded(invalid))
                .isEqualTo("{\"identity\":{\"org_id\":\"1234567\",\"type\":\"User\",\"auth_type\":\"jwt-auth\","
                        + "\"internal\":{\"org_id\":\"1234567\"}}}");
    }

    @Test
    void organisationIsFoundInsideObjectsAsATextANumberOrTheOnlyElementOfAList() throws Exception {
        check = check(Map.of("caravan.http.token.organisation-claim", "organization.id"));
        for (Object id : List.of(ORGANISATION, 1234567, List.of(ORGANISATION), List.of(1234567))) {
            String token = issuer.token(claims -> claims.claim("organization", Map.of("id", id)));
            assertThat(check.identify(token).organisation()).isEqualTo(ORGANISATION);
        }
    }

    static Stream<Object> noOrganisations() {
        return Stream.of(
                "",
                "a b",
                "../" + SECRET,
                "x".repeat(51),
                "1234567\n",
                true,
                1.5,
                List.of(),
                List.of("1234567", "7654321"),
                List.of(List.of("1234567")),
                Map.of("org_id", "1234567"));
    }

    @ParameterizedTest
    @MethodSource("noOrganisations")
    void tokenWithoutAValidOrganisationIsRefused(Object claim) {
        refused(
                issuer.token(claims -> claims.claim("org_id", claim)),
                "names no valid organisation in its claim org_id");
    }

    @Test
    void tokenWithoutTheClaimIsRefused() {
        refused(issuer.token(claims -> claims), "names no valid organisation in its claim org_id");
        check = check(Map.of("caravan.http.token.organisation-claim", "org_id.id"));
        refused(issuer.token(ORGANISATION), "names no valid organisation in its claim org_id.id");
    }

    @Test
    void tokenIsRefusedThatIsMalformed() {
        String token = issuer.token(ORGANISATION);
        String header = token.substring(0, token.indexOf('.'));
        Stream.of(
                        "",
                        ".",
                        "..",
                        "a.b",
                        SECRET,
                        "a.b.c",
                        "a.b.c.d.e",
                        token + ".",
                        token.substring(1),
                        header + "." + base64("[\"" + SECRET + "\"]") + ".c2ln",
                        header + "." + base64("{\"exp\":\"" + SECRET + "\"}") + ".c2ln",
                        header + "." + base64("{\"a\":".repeat(100_000)) + ".c2ln",
                        base64("{\"alg\":7}") + ".e30.c2ln",
                        base64("{\"alg\":\"RS256\",\"jwk\":\"" + SECRET + "\"}") + ".e30.c2ln",
                        base64("{\"alg\":\"RS256\",\"x5u\":\"::\"}") + ".e30.c2ln",
                        base64("{\"alg\":\"RS256\",\"crit\":[]}") + ".e30.c2ln")
                .forEach(malformed -> refused(malformed, ""));
    }

    @Test
    void tokenIsRefusedWhoseSignatureIsForged() {
        String token = issuer.token(ORGANISATION);
        String[] parts = token.split("\\.");
        String other = issuer.token("7654321").split("\\.")[1];
        refused(parts[0] + "." + other + "." + parts[2], "has a signature that is not valid");
        refused(signedBy(TestIssuer.anotherKey(), issuer.key().getKeyID()), "has a signature that is not valid");
    }

    @Test
    void tokenIsRefusedWithoutASignature() {
        refused(
                new PlainJWT(TestIssuer.claims().claim("org_id", ORGANISATION).build()).serialize(),
                "is no signed JSON web token");
        String token = issuer.token(ORGANISATION);
        refused(token.substring(0, token.lastIndexOf('.') + 1), "");
    }

    @Test
    void publicKeyIsNoSecretForAnHmac() throws Exception {
        for (byte[] secret : List.of(
                issuer.key().toRSAPublicKey().getEncoded(),
                issuer.key().toPublicJWK().toJSONString().getBytes(StandardCharsets.UTF_8))) {
            refused(
                    signed(
                            new JWSHeader.Builder(JWSAlgorithm.HS256)
                                    .keyID(issuer.key().getKeyID()),
                            organisation(),
                            new MACSigner(secret)),
                    "is signed with an algorithm that is not accepted");
        }
        assertThat(issuer.fetches()).isZero();
    }

    @Test
    void keyThatComesWithTheTokenIsNotBelieved() throws Exception {
        RSAKey own = TestIssuer.anotherKey();
        refused(
                signed(
                        new JWSHeader.Builder(JWSAlgorithm.RS256).jwk(own.toPublicJWK()),
                        organisation(),
                        new RSASSASigner(own)),
                "has a signature that is not valid");
    }

    @ParameterizedTest
    @ValueSource(strings = {"RS384", "RS512", "PS256", "PS384", "PS512"})
    void everyAlgorithmOfAnRsaKeyIsAccepted(String algorithm) throws Exception {
        var header = new JWSHeader.Builder(JWSAlgorithm.parse(algorithm))
                .keyID(issuer.key().getKeyID())
                .type(JOSEObjectType.JWT);
        assertThat(check.identify(signed(header, organisation(), new RSASSASigner(issuer.key())))
                        .organisation())
                .isEqualTo(ORGANISATION);
    }

    @ParameterizedTest
    @CsvSource({"ES256,P-256", "ES384,P-384", "ES512,P-521"})
    void ellipticCurvesAreAccepted(String algorithm, String curve) throws Exception {
        ECKey key = new ECKeyGenerator(Curve.parse(curve)).keyID("curve").generate();
        issuer.setAnswer(new JWKSet(key.toPublicJWK()).toString());
        var header = new JWSHeader.Builder(JWSAlgorithm.parse(algorithm))
                .keyID("curve")
                .type(new JOSEObjectType("at+jwt"));
        assertThat(check.identify(signed(header, organisation(), new ECDSASigner(key)))
                        .organisation())
                .isEqualTo(ORGANISATION);
    }

    @Test
    void tokenIsRefusedWhoseTimeIsNotNowByMoreThanClocksMayDiffer() throws Exception {
        refused(token(claims -> claims.expirationTime(fromNow(-61))), "has expired");
        refused(token(claims -> claims.expirationTime(null)), "does not say when it expires");
        refused(token(claims -> claims.notBeforeTime(fromNow(600))), "is not valid yet");
        assertThat(check.identify(token(
                                claims -> claims.expirationTime(fromNow(-5)).notBeforeTime(fromNow(30))))
                        .organisation())
                .isEqualTo(ORGANISATION);
    }

    @Test
    void tokenIsRefusedThatIsForSomebodyElse() throws Exception {
        refused(token(claims -> claims.audience(SECRET)), "is for another audience");
        refused(token(claims -> claims.audience((String) null)), "is for another audience");
        assertThat(check.identify(token(claims -> claims.audience(List.of("account", AUDIENCE))))
                        .organisation())
                .isEqualTo(ORGANISATION);
    }

    @Test
    void tokenIsRefusedOfAnotherIssuer() {
        refused(token(claims -> claims.issuer("https://" + SECRET)), "is of another issuer");
        refused(token(claims -> claims.issuer(TestIssuer.ISSUER + "/")), "is of another issuer");
        refused(token(claims -> claims.issuer(null)), "is of another issuer");
    }

    @Test
    void nothingIsFetchedBeforeTheFirstTokenAndTheKeysOnceForMany() throws Exception {
        assertThat(issuer.fetches()).isZero();
        for (int token = 0; token < 3; token++) {
            check.identify(issuer.token(ORGANISATION));
        }
        assertThat(issuer.fetches()).isOne();
    }

    @Test
    void keyThatIsNewIsFetched() throws Exception {
        String former = issuer.token(ORGANISATION);
        check.identify(former);
        issuer.rotate();
        assertThat(check.identify(issuer.token(ORGANISATION)).organisation()).isEqualTo(ORGANISATION);
        assertThat(issuer.fetches()).isEqualTo(2);
        refused(former, "is signed with an unknown key");
    }

    @Test
    void tokensOfUnknownKeysDoNotMakeUsAskForKeysEachTime() throws Exception {
        String valid = issuer.token(ORGANISATION);
        for (int token = 0; token < 5; token++) {
            refused(signedBy(TestIssuer.anotherKey(), "key-" + token), "is signed with an unknown key");
        }
        assertThat(issuer.fetches()).isEqualTo(2);
        assertThat(check.identify(valid).organisation()).isEqualTo(ORGANISATION);
    }

    @Test
    void withoutItsServerNoTokenCanBeToldUntilItIsBack(CapturedOutput log) throws Exception {
        issuer.setAway(true);
        unavailable(issuer.token(ORGANISATION));
        assertThat(log.getAll()).contains("cannot fetch the keys of tokens", "CARAVAN_HTTP_JWKS_URL");
        issuer.setAway(false);
        assertThat(check.identify(issuer.token(ORGANISATION)).organisation()).isEqualTo(ORGANISATION);
    }

    @Test
    void serverThatStaysAwayIsNotAskedForEachToken(CapturedOutput log) {
        issuer.setAway(true);
        for (int token = 0; token < 5; token++) {
            unavailable(issuer.token(ORGANISATION));
        }
        assertThat(issuer.fetches()).isEqualTo(2);
        assertThat(log.getAll().lines().filter(line -> line.contains("cannot fetch")))
                .hasSize(2);
    }

    @Test
    void knownKeysGoOnWorkingWhileTheirServerIsAway() throws Exception {
        Duration fresh = Duration.ofMillis(10);
        check = new TokenCheck(settings(Map.of()), fresh);
        String known = issuer.token(ORGANISATION);
        check.identify(known);
        issuer.setAway(true);
        Instant stale = Instant.now().plus(fresh);
        await().until(() -> Instant.now().isAfter(stale));
        assertThat(check.identify(known).organisation()).isEqualTo(ORGANISATION);
        assertThat(issuer.fetches()).isEqualTo(2);
    }

    @Test
    void keyNotYetKnownCannotBeToldWhileItsServerIsAway() throws Exception {
        String known = issuer.token(ORGANISATION);
        check.identify(known);
        issuer.rotate();
        issuer.setAway(true);
        for (int token = 0; token < 3; token++) {
            unavailable(issuer.token(ORGANISATION));
        }
        assertThat(check.identify(known).organisation()).isEqualTo(ORGANISATION);
    }

    @ParameterizedTest
    @ValueSource(strings = {"<html>" + SECRET + "</html>", "[]", "{\"keys\":7}", "{\"keys\":[{\"kty\":7}]}"})
    void answerThatIsNoKeysIsNone(String answer, CapturedOutput log) {
        issuer.setAnswer(answer);
        unavailable(issuer.token(ORGANISATION));
        assertThat(log.getAll()).doesNotContain(SECRET);
    }

    @Test
    void endlessAnswerIsNotReadToItsEnd() {
        issuer.setAnswer(new JWKSet(issuer.key().toPublicJWK()) + " ".repeat(1 << 21));
        unavailable(issuer.token(ORGANISATION));
    }

    @Test
    void keysComeOverTlsFromAServerOfATrustedAuthorityUnderItsOwnNameOnly() throws Exception {
        var authority = new TestAuthority(folder.resolve("authority.pem"));
        var another = new TestAuthority(folder.resolve("another.pem"));
        try (var secured = new TestIssuer(authority.certificateFor("localhost"))) {
            String token = secured.token(ORGANISATION);
            assertThat(over(secured, "https://localhost", authority.file().toString())
                            .identify(token)
                            .organisation())
                    .isEqualTo(ORGANISATION);
            assertThat(secured.fetches()).isOne();
            check = over(secured, "https://127.0.0.1", authority.file().toString());
            unavailable(token);
            check = over(secured, "https://localhost", another.file().toString());
            unavailable(token);
            check = over(secured, "https://localhost", "");
            unavailable(token);
            assertThat(secured.fetches()).isOne();
        }
    }

    @Test
    void fileWithoutCertificatesIsRefusedWithTheVariableThatNamesIt() {
        assertThatThrownBy(() -> over(
                        issuer, "https://localhost", folder.resolve("none.pem").toString()))
                .isInstanceOf(CertificateFileException.class)
                .hasMessageContaining("CARAVAN_HTTP_JWKS_CA_FILE");
    }

    @Test
    void nothingOfATokenIsLogged(CapturedOutput log) throws Exception {
        String token =
                issuer.token(claims -> claims.claim("org_id", ORGANISATION).subject(SECRET));
        check.identify(token);
        refused(signedBy(TestIssuer.anotherKey(), SECRET), "");
        issuer.setAway(true);
        check = check(Map.of());
        unavailable(token);
        assertThat(log.getAll()).doesNotContain(SECRET, token, token.split("\\.")[1]);
    }

    @ParameterizedTest
    @CsvSource({
        "issuer,'',CARAVAN_HTTP_TOKEN_ISSUER",
        "audience,'',CARAVAN_HTTP_TOKEN_AUDIENCE",
        "organisation-claim,'',CARAVAN_HTTP_TOKEN_ORGANISATION_CLAIM",
        "jwks-url,file:///etc/passwd,CARAVAN_HTTP_JWKS_URL",
        "jwks-url,sso.example/certs,CARAVAN_HTTP_JWKS_URL",
        "jwks-url,//sso.example/certs,CARAVAN_HTTP_JWKS_URL",
        "jwks-url,https:///certs,CARAVAN_HTTP_JWKS_URL",
        "jwks-url,https://sso.example/a b,CARAVAN_HTTP_JWKS_URL"
    })
    void settingThatLetsTokensOfOthersInIsRefusedByItsName(String setting, String value, String variable) {
        assertThatThrownBy(() -> settings(Map.of("caravan.http.token." + setting, value)))
                .rootCause()
                .isInstanceOf(SettingException.class)
                .hasMessageContaining(variable);
    }

    private TokenCheck check(Map<String, Object> changed) {
        return new TokenCheck(settings(changed));
    }

    private static TokenCheck over(TestIssuer issuer, String server, String caFile) {
        Map<String, Object> settings = issuer.settings(server);
        settings.put("caravan.http.token.ca-file", caFile);
        return new TokenCheck(TestSettings.with(settings).http().token());
    }

    private CaravanSettings.Http.Token settings(Map<String, Object> changed) {
        Map<String, Object> settings = new HashMap<>(issuer.settings());
        settings.putAll(changed);
        return TestSettings.with(settings).http().token();
    }

    private String token(UnaryOperator<JWTClaimsSet.Builder> claims) {
        return issuer.token(builder -> claims.apply(builder.claim("org_id", ORGANISATION)));
    }

    private static String signedBy(RSAKey key, String keyId) {
        try {
            return signed(
                    new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(keyId), organisation(), new RSASSASigner(key));
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private static UnaryOperator<JWTClaimsSet.Builder> organisation() {
        return claims -> claims.claim("org_id", ORGANISATION);
    }

    private static Date fromNow(int seconds) {
        return Date.from(Instant.now().plusSeconds(seconds));
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String decoded(Identity identity) {
        return new String(Base64.getDecoder().decode(identity.encoded()), StandardCharsets.UTF_8);
    }

    private void refused(String token, String reason) {
        answered(token, 401, "Unauthorized: the token " + reason);
    }

    private void unavailable(String token) {
        answered(token, 503, "Service Unavailable: the keys that tokens are signed with cannot be had");
    }

    private void answered(String token, int status, String text) {
        var answer = catchThrowableOfType(RequestRefusedException.class, () -> check.identify(token));
        assertThat(answer).as(token).isNotNull();
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer).hasMessageStartingWith(text).hasNoCause();
        assertThat(answer.getMessage()).doesNotContain(SECRET, "\n").hasSizeLessThan(120);
    }
}
