package dev.caravan.payload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.ledger.Source;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class SenderTest {
    private static final String ANNOUNCEMENT =
            """
            {"request_id": "r", "org_id": "1234567", "account": %s, "url": "http://x/", "b64_identity": "%s"}""";

    @Test
    void theIdentityOfTheAnnouncementIsHandedOnAsItIs() {
        String identity = base64("{\"identity\": {\"org_id\": \"1234567\", \"account_number\": \"20\", \"more\": []}}");
        assertThat(Sender.of(delivery(ANNOUNCEMENT.formatted("\"10\"", identity))))
                .isEqualTo(new Sender("10", identity));
        assertThat(Sender.of(delivery(ANNOUNCEMENT.formatted("null", identity))))
                .isEqualTo(new Sender("20", identity));
        assertThat(Sender.of(delivery(ANNOUNCEMENT.formatted("\"no account\"", identity)))
                        .account())
                .isEqualTo("20");
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "no JSON", "null", "{}", "{\"b64_identity\": \" \"}", "{\"account\": \"a b\"}"})
    void whoNamesNoIdentityIsASystemOfTheOrganisation(String message) throws IOException {
        Sender sender = Sender.of(delivery(message));
        assertThat(sender.account()).isEmpty();
        EncodedIdentity identity = EncodedIdentity.decode(sender.identity());
        assertThat(identity).isEqualTo(new EncodedIdentity(List.of("1234567", "1234567"), null, "System"));
    }

    @Test
    void theAccountOfTheAnnouncementIsInTheIdentityMadeUp() throws IOException {
        Sender sender = Sender.of(delivery(ANNOUNCEMENT.formatted("\"10\"", "")));
        assertThat(sender.account()).isEqualTo("10");
        assertThat(EncodedIdentity.decode(sender.identity()).account()).isEqualTo("10");
    }

    /** A message that holds it has to fit through Kafka. */
    @Test
    void anIdentityOfAnyLengthIsNotHandedOn() {
        String identity =
                base64("{\"identity\": {\"org_id\": \"1234567\", \"more\": \"" + "x".repeat(100_000) + "\"}}");
        assertThat(Sender.of(delivery(ANNOUNCEMENT.formatted("null", identity))).identity())
                .hasSizeLessThan(1000);
    }

    @Test
    void theIdentityIsNotInItsText() {
        assertThat(new Sender("10", "secret")).hasToString("account 10");
    }

    private static Delivery delivery(String message) {
        var delivery = new Delivery("test", "1234567", "r", false, message);
        delivery.identified(new Source(new UUID(0, 1), 1, "1234567", "org1234567", "cluster", "alias"));
        return delivery;
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
