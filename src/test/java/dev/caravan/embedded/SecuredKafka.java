package dev.caravan.embedded;

import dev.caravan.TcpProxy;
import io.netty.pkitesting.X509Bundle;
import java.nio.file.Path;
import java.util.Properties;

/**
 * The embedded broker with two more listeners: one for clients with TLS and a SCRAM-SHA-512 password, and one whose clients
 * only ever meet a proxy.
 */
public final class SecuredKafka implements AutoCloseable {
    private final EmbeddedKafka broker;
    private final int port;
    private final TcpProxy proxy;

    private SecuredKafka(EmbeddedKafka broker, int port, TcpProxy proxy) {
        this.broker = broker;
        this.port = port;
        this.proxy = proxy;
    }

    /** Starts it and returns when it takes connections. */
    public static SecuredKafka start(Path directory, X509Bundle certificate) {
        int port = Ports.choose(0, "Kafka");
        int proxied = Ports.choose(0, "Kafka");
        var proxy = new TcpProxy(proxied);
        EmbeddedKafka broker = EmbeddedKafka.start(directory, 0, settings -> {
            secure(settings, port, certificate);
            append(settings, "listeners", "PROXIED://" + Ports.HOST + ":" + proxied);
            append(settings, "advertised.listeners", "PROXIED://" + Ports.HOST + ":" + proxy.port());
            append(settings, "listener.security.protocol.map", "PROXIED:PLAINTEXT");
        });
        return new SecuredKafka(broker, port, proxy);
    }

    /** The address without TLS. */
    public String brokers() {
        return broker.brokers();
    }

    /** The address with TLS. */
    public String securedBrokers() {
        return Ports.HOST + ":" + port;
    }

    /** The address of the proxy, without TLS. */
    public String proxiedBrokers() {
        return Ports.HOST + ":" + proxy.port();
    }

    public TcpProxy proxy() {
        return proxy;
    }

    @Override
    public void close() {
        broker.close();
        proxy.close();
    }

    private static void secure(Properties settings, int port, X509Bundle certificate) {
        append(settings, "listeners", "SECURED://" + Ports.HOST + ":" + port);
        append(settings, "advertised.listeners", "SECURED://" + Ports.HOST + ":" + port);
        append(settings, "listener.security.protocol.map", "SECURED:SASL_SSL");
        String prefix = "listener.name.secured.";
        settings.setProperty(prefix + "ssl.keystore.type", "PEM");
        settings.setProperty(prefix + "ssl.keystore.certificate.chain", certificate.getCertificatePathPEM());
        settings.setProperty(prefix + "ssl.keystore.key", certificate.getPrivateKeyPEM());
        settings.setProperty(prefix + "sasl.enabled.mechanisms", "SCRAM-SHA-512");
        settings.setProperty(
                prefix + "scram-sha-512.sasl.jaas.config",
                "org.apache.kafka.common.security.scram.ScramLoginModule required;");
    }

    private static void append(Properties settings, String list, String entry) {
        settings.setProperty(list, settings.getProperty(list) + "," + entry);
    }
}
