package dev.caravan.kafka;

import dev.caravan.CaravanSettings;
import dev.caravan.TrustedCertificates;
import org.apache.camel.Component;
import org.apache.camel.Ordered;
import org.apache.camel.component.kafka.KafkaComponent;
import org.apache.camel.component.kafka.KafkaConfiguration;
import org.apache.camel.spi.ComponentCustomizer;

/** Gives every Kafka endpoint the brokers and the means to prove who we are, so that routes name topics only. */
@org.springframework.stereotype.Component
public final class KafkaConnection implements ComponentCustomizer {
    private final CaravanSettings.Kafka settings;

    public KafkaConnection(CaravanSettings settings) {
        this.settings = settings.kafka();
    }

    @Override
    public boolean isEnabled(String name, Component target) {
        return target instanceof KafkaComponent && !settings.brokers().isBlank();
    }

    /** After Camel's own, which puts its defaults over the protocol and the rest: in what order equals come is chance. */
    @Override
    public int getOrder() {
        return Ordered.LOWEST;
    }

    @Override
    public void configure(String name, Component target) {
        var component = (KafkaComponent) target;
        component.setPollExceptionStrategy(new PollFailures());
        KafkaConfiguration configuration = component.getConfiguration();
        configuration.setBrokers(settings.brokers());
        configuration.setSecurityProtocol(settings.securityProtocol());
        if (settings.securityProtocol().startsWith("SASL")) {
            configuration.setSaslMechanism(settings.saslMechanism());
            configuration.setSaslJaasConfig(login());
        }
        if (!settings.caFile().isBlank()) {
            // Kafka itself would find out with the first message, in a line of its own words.
            TrustedCertificates.check(settings.caFile(), "CARAVAN_KAFKA_CA_FILE");
            configuration.setSslTruststoreType("PEM");
            configuration.setSslTruststoreLocation(settings.caFile());
        }
    }

    private String login() {
        String module = settings.saslMechanism().startsWith("SCRAM")
                ? "org.apache.kafka.common.security.scram.ScramLoginModule"
                : "org.apache.kafka.common.security.plain.PlainLoginModule";
        return module + " required username=" + quoted(settings.saslUsername()) + " password="
                + quoted(settings.saslSecret()) + ";";
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
