package dev.caravan.http;

import static dev.caravan.http.TestAccessService.page;
import static dev.caravan.http.TestAccessService.permission;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.caravan.SettingException;
import dev.caravan.TestSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class AccessCheckTest {
    private static final Identity USER = new Identity("1234567", null, "c2VjcmV0LWlkZW50aXR5");
    private static final Identity OTHER = new Identity("1234567", null, "b3RoZXItaWRlbnRpdHk=");
    private static final String READ_CLUSTERS = "cost-management:openshift.cluster:read";
    private static final String READ_PROJECTS = "cost-management:openshift.project:read";

    private TestAccessService service;

    @BeforeEach
    void start() {
        service = new TestAccessService();
    }

    @AfterEach
    void stop() {
        service.close();
    }

    @Test
    void withoutAServiceEverybodySeesEverything() throws Exception {
        assertThat(access(Map.of(), USER)).isEqualTo(Access.ALL);
    }

    @Test
    void theServiceIsAskedWithTheIdentityOfTheCaller() throws Exception {
        service.allow(permission(READ_CLUSTERS, "c1"));
        assertThat(access(service.settings(), USER)).isEqualTo(new Access(Set.of("c1"), null));
        assertThat(service.questions()).containsExactly("/api/rbac/v1/access/?application=cost-management&limit=100");
        assertThat(service.identities()).containsExactly(USER.encoded());
    }

    @Test
    void permissionForEverythingBoundsNothing() throws Exception {
        assertThat(allowed(permission("cost-management:*:read"), permission(READ_CLUSTERS, "c1")))
                .isEqualTo(Access.ALL);
        assertThat(allowed(permission("cost-management:*:*"))).isEqualTo(Access.ALL);
        assertThat(allowed(permission(READ_CLUSTERS))).isEqualTo(Access.ALL);
    }

    @Test
    void clustersAndProjectsBoundTogetherAndAnUnboundedOneDoesNot() throws Exception {
        assertThat(allowed(permission(READ_CLUSTERS, "c1", "c2"), permission(READ_PROJECTS, "p1")))
                .isEqualTo(new Access(Set.of("c1", "c2"), Set.of("p1")));
        assertThat(allowed(permission(READ_CLUSTERS), permission(READ_PROJECTS, "p1")))
                .isEqualTo(new Access(null, Set.of("p1")));
        assertThat(allowed(permission(READ_CLUSTERS, "c1"), permission(READ_PROJECTS, "*")))
                .isEqualTo(new Access(Set.of("c1"), null));
        assertThat(allowed(permission(READ_CLUSTERS, "c1"), permission(READ_CLUSTERS, "c2")))
                .isEqualTo(new Access(Set.of("c1", "c2"), null));
    }

    @Test
    void boundsMayBeAList() throws Exception {
        assertThat(
                        allowed(
                                "{\"permission\": \"" + READ_PROJECTS
                                        + "\", \"resourceDefinitions\": [{\"attributeFilter\": {\"value\": [\"p1\", \"p2\", 7, null]}}]}"))
                .isEqualTo(new Access(null, Set.of("p1", "p2")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"permission\": null}",
                "{\"permission\": \"\"}",
                "{\"permission\": \"cost-management\"}",
                "{\"permission\": \"openshift.cluster\"}",
                "{\"permission\": \"cost-management:aws.account:read\"}",
                "{\"permission\": \"cost-management:openshift.node:read\"}",
                "{\"permission\": \"cost-management:openshift.cluster:write\"}",
                "{\"permission\": \"inventory:*:read\"}",
                "{\"permission\": \"cost-management:openshift.cluster:read\","
                        + " \"resourceDefinitions\": [{\"attributeFilter\": {\"value\": []}}]}",
                "{\"permission\": \"cost-management:openshift.cluster:read\", \"resourceDefinitions\": [{}]}"
            })
    void permissionsThatSayNothingOfWorkloadsAllowNothing(String permission) {
        service.allow(permission);
        assertDenied(service.settings(), USER);
    }

    @Test
    void noPermissionsAtAllAllowNothing() {
        service.allow();
        assertDenied(service.settings(), USER);
    }

    @Test
    void aServiceThatDoesNotAnswerAsItShouldAllowsNothing() throws IOException {
        String full = page(null, permission("cost-management:*:read"));
        for (int status : new int[] {500, 503, 403, 404, 302}) {
            service.answer(status, full);
            assertDenied(service.settings(), USER);
        }
        for (String body : new String[] {
            "",
            "garbage",
            "[]",
            "null",
            "{}",
            "{\"data\": {}}",
            full.substring(0, full.length() - 5),
            " ".repeat(1 << 20) + full
        }) {
            service.answer(200, body);
            assertDenied(service.settings(), USER);
        }
        Map<String, Object> away = new HashMap<>();
        away.put("caravan.rbac.url", "http://127.0.0.1:" + freePort());
        assertDenied(away, USER);
    }

    @Test
    void aServiceThatDoesNotAnswerInTimeAllowsNothing() throws IOException {
        try (var silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertDenied(
                    Map.of(
                            "caravan.rbac.url",
                            "http://127.0.0.1:" + silent.getLocalPort(),
                            "caravan.rbac.read-timeout",
                            200),
                    USER);
        }
    }

    @Test
    void furtherPagesOfTheSameServerAreRead() throws Exception {
        String next = "/api/rbac/v1/access/?application=cost-management&limit=100&offset=1";
        service.answer(200, page(next, permission(READ_CLUSTERS, "c1")), page(null, permission(READ_CLUSTERS, "c2")));
        assertThat(access(service.settings(), USER)).isEqualTo(new Access(Set.of("c1", "c2"), null));
        assertThat(service.questions()).hasSize(2).last().isEqualTo(next);
    }

    @Test
    void pagesOfOtherServersAndEndlessOnesAreNot() {
        try (var other = new TestAccessService()) {
            other.allow(permission("cost-management:*:read"));
            String host = "127.0.0.1:" + other.port() + "/api/rbac/v1/access/?limit=100&offset=1";
            for (String next : new String[] {"http://" + host, "//" + host, "@" + host, ".evil.example/", "/ /", "x"}) {
                service.answer(200, page(next, permission("cost-management:*:read")));
                assertDenied(service.settings(), USER);
                assertThat(service.questions()).hasSize(1);
            }
            assertThat(other.questions()).isEmpty();
        }
        service.answer(200, page("/again?offset=0", permission("cost-management:*:read")));
        assertDenied(service.settings(), USER);
        assertThat(service.questions()).hasSize(10);
    }

    @Test
    void whatWasAllowedHoldsForAWhileAndForThatUserOnly() throws Exception {
        Map<String, Object> settings = service.settings();
        settings.put("caravan.rbac.cache-time", 3_600_000);
        try (var check = new AccessCheck(TestSettings.with(settings))) {
            service.allow(permission(READ_CLUSTERS, "c1"));
            assertThat(access(check, USER)).isEqualTo(new Access(Set.of("c1"), null));
            service.allow(permission(READ_CLUSTERS, "c2"));
            assertThat(access(check, USER)).isEqualTo(new Access(Set.of("c1"), null));
            assertThat(access(check, OTHER)).isEqualTo(new Access(Set.of("c2"), null));
        }
    }

    @Test
    void whatWasDeniedIsAskedAgain() throws Exception {
        Map<String, Object> settings = service.settings();
        settings.put("caravan.rbac.cache-time", 3_600_000);
        try (var check = new AccessCheck(TestSettings.with(settings))) {
            service.allow();
            assertThat(catchThrowableOfType(RequestRefusedException.class, () -> access(check, USER)))
                    .isNotNull();
            service.allow(permission(READ_CLUSTERS));
            assertThat(access(check, USER)).isEqualTo(Access.ALL);
        }
    }

    @Test
    void aPermissionThatIsRevokedCountsNoMoreOnceItsTimeIsOver() throws Exception {
        try (var check = new AccessCheck(TestSettings.with(service.settings()))) {
            service.allow(permission(READ_CLUSTERS));
            assertThat(access(check, USER)).isEqualTo(Access.ALL);
            service.allow();
            assertThat(catchThrowableOfType(RequestRefusedException.class, () -> access(check, USER))
                            .status())
                    .isEqualTo(403);
        }
    }

    @Test
    void theIdentityIsNeverLogged(CapturedOutput log) {
        // Others of the same process may have wanted to hear less.
        LoggingSystem.get(AccessCheckTest.class.getClassLoader())
                .setLogLevel(AccessCheck.class.getName(), LogLevel.DEBUG);
        service.answer(200, "garbage " + USER.encoded());
        assertDenied(service.settings(), USER);
        assertThat(log.getAll())
                .contains("CARAVAN_RBAC_URL", USER.organisation())
                .doesNotContain(USER.encoded());
    }

    @ParameterizedTest
    @ValueSource(strings = {"rbac:8000", "ftp://rbac", "http:///access", "http://a b"})
    void anAddressThatIsNoneIsRefusedByItsName(String url) {
        assertThatThrownBy(() -> TestSettings.with(Map.of("caravan.rbac.url", url)))
                .rootCause()
                .isInstanceOf(SettingException.class)
                .hasMessageContaining("CARAVAN_RBAC_URL");
    }

    private Access allowed(String... permissions) throws Exception {
        service.allow(permissions);
        return access(service.settings(), USER);
    }

    private static Access access(Map<String, Object> settings, Identity identity) throws Exception {
        try (var check = new AccessCheck(TestSettings.with(settings))) {
            return access(check, identity);
        }
    }

    private static Access access(AccessCheck check, Identity identity) throws RequestRefusedException {
        var exchange = new DefaultExchange(new DefaultCamelContext());
        check.check(identity, exchange);
        return exchange.getProperty(Access.PROPERTY, Access.class);
    }

    private static void assertDenied(Map<String, Object> settings, Identity identity) {
        var refused = catchThrowableOfType(RequestRefusedException.class, () -> access(settings, identity));
        assertThat(refused).isNotNull().hasMessage("User is not authorized").hasNoCause();
        assertThat(refused.status()).isEqualTo(403);
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
