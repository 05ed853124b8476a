package dev.caravan.kafka;

import dev.caravan.CaravanSettings;
import org.apache.camel.Component;
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

    @Override
    public void configure(String name, Component target) {
        KafkaConfiguration configuration = ((KafkaComponent) target).getConfiguration();
        configuration.setBrokers(settings.brokers());
        configuration.setSecurityProtocol(settings.securityProtocol());
        if (settings.securityProtocol().startsWith("SASL")) {
            configuration.setSaslMechanism(settings.saslMechanism());
            configuration.setSaslJaasConfig(login());
        }
        if (!settings.caFile().isBlank()) {
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
