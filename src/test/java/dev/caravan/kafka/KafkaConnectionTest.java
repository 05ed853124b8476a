package dev.caravan.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caravan.CertificateFileException;
import dev.caravan.TestAuthority;
import dev.caravan.TestSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.apache.camel.component.kafka.KafkaComponent;
import org.apache.camel.spi.ComponentCustomizer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KafkaConnectionTest {
    @TempDir
    Path folder;

    @Test
    void plainConnectionNeedsAnAddressOnly() {
        Properties client = client("PLAINTEXT", "SCRAM-SHA-512", "", "", "", "");
        assertThat(client).containsEntry("security.protocol", "PLAINTEXT").doesNotContainKey("sasl.jaas.config");
    }

    @Test
    void nameAndPasswordAreQuotedForTheLogin() {
        Properties client = client("SASL_SSL", "SCRAM-SHA-512", "caravan", "a\"b\\c; d", "", "");
        assertThat(client)
                .containsEntry("sasl.mechanism", "SCRAM-SHA-512")
                .containsEntry(
                        "sasl.jaas.config",
                        "org.apache.kafka.common.security.scram.ScramLoginModule required"
                                + " username=\"caravan\" password=\"a\\\"b\\\\c; d\";");
    }

    @Test
    void passwordMayComeFromAFile() throws IOException {
        Path file = Files.writeString(folder.resolve("password"), "from-a-file\n");
        Properties client = client("SASL_PLAINTEXT", "PLAIN", "caravan", "", file.toString(), "");
        assertThat(client.getProperty("sasl.jaas.config"))
                .startsWith("org.apache.kafka.common.security.plain.PlainLoginModule ")
                .contains("password=\"from-a-file\"");
    }

    @Test
    void privateAuthorityIsTrustedFromAPemFile() {
        Path file = new TestAuthority(folder.resolve("ca.pem")).file();
        Properties client = client("SSL", "PLAIN", "", "", "", file.toString());
        assertThat(client)
                .containsEntry("ssl.truststore.type", "PEM")
                .containsEntry("ssl.truststore.location", file.toString());
    }

    @Test
    void fileOfTheAuthorityThatIsNotThereIsRefusedWithTheVariableThatNamesIt() {
        assertThatThrownBy(() -> client("SSL", "PLAIN", "", "", "", "/no/such/ca.pem"))
                .isInstanceOf(CertificateFileException.class)
                .hasMessage("cannot read the certificates to trust from /no/such/ca.pem (there is no such file): set"
                        + " CARAVAN_KAFKA_CA_FILE to a PEM file with the authority's certificate");
    }

    /** The defaults of Camel's own customizer would undo the protocol; where both have the same order, now and then. */
    @Test
    void settingsHaveTheLastWord() {
        var camels = ComponentCustomizer.forType(KafkaComponent.class, component -> {});
        assertThat(connection("", "SSL", "PLAIN", "", "", "", "").getOrder()).isGreaterThan(camels.getOrder());
    }

    @Test
    void withoutAddressesNothingIsSet() {
        assertThat(connection("", "PLAINTEXT", "PLAIN", "", "", "", "").isEnabled("kafka", new KafkaComponent()))
                .isFalse();
    }

    private static Properties client(
            String protocol, String mechanism, String username, String password, String passwordFile, String caFile) {
        var component = new KafkaComponent();
        var connection = connection("127.0.0.1:9092", protocol, mechanism, username, password, passwordFile, caFile);
        assertThat(connection.isEnabled("kafka", component)).isTrue();
        connection.configure("kafka", component);
        assertThat(component.getConfiguration().getBrokers()).isEqualTo("127.0.0.1:9092");
        return component.getConfiguration().createConsumerProperties();
    }

    private static KafkaConnection connection(
            String brokers,
            String protocol,
            String mechanism,
            String username,
            String password,
            String passwordFile,
            String caFile) {
        return new KafkaConnection(TestSettings.with(Map.of(
                "caravan.kafka.brokers", brokers,
                "caravan.kafka.security-protocol", protocol,
                "caravan.kafka.sasl-mechanism", mechanism,
                "caravan.kafka.sasl-username", username,
                "caravan.kafka.sasl-password", password,
                "caravan.kafka.sasl-password-file", passwordFile,
                "caravan.kafka.ca-file", caFile)));
    }
}
