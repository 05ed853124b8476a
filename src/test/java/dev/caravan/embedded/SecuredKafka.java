package dev.caravan.embedded;

import io.netty.pkitesting.X509Bundle;
import java.nio.file.Path;
import java.util.Properties;

/** The embedded broker with a second listener, for clients with TLS and a SCRAM-SHA-512 password. */
public final class SecuredKafka implements AutoCloseable {
    private final EmbeddedKafka broker;
    private final int port;

    private SecuredKafka(EmbeddedKafka broker, int port) {
        this.broker = broker;
        this.port = port;
    }

    /** Starts it and returns when it takes connections. */
    public static SecuredKafka start(Path directory, X509Bundle certificate) {
        int port = Ports.choose(0, "Kafka");
        return new SecuredKafka(
                EmbeddedKafka.start(directory, 0, settings -> secure(settings, port, certificate)), port);
    }

    /** The address without TLS. */
    public String brokers() {
        return broker.brokers();
    }

    /** The address with TLS. */
    public String securedBrokers() {
        return Ports.HOST + ":" + port;
    }

    @Override
    public void close() {
        broker.close();
    }

    private static void secure(Properties settings, int port, X509Bundle certificate) {
        String listener = ",SECURED://" + Ports.HOST + ":" + port;
        for (String list : new String[] {"listeners", "advertised.listeners"}) {
            settings.setProperty(list, settings.getProperty(list) + listener);
        }
        settings.setProperty(
                "listener.security.protocol.map",
                settings.getProperty("listener.security.protocol.map") + ",SECURED:SASL_SSL");
        String prefix = "listener.name.secured.";
        settings.setProperty(prefix + "ssl.keystore.type", "PEM");
        settings.setProperty(prefix + "ssl.keystore.certificate.chain", certificate.getCertificatePathPEM());
        settings.setProperty(prefix + "ssl.keystore.key", certificate.getPrivateKeyPEM());
        settings.setProperty(prefix + "sasl.enabled.mechanisms", "SCRAM-SHA-512");
        settings.setProperty(
                prefix + "scram-sha-512.sasl.jaas.config",
                "org.apache.kafka.common.security.scram.ScramLoginModule required;");
    }
}
