package dev.caravan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CaravanSettingsTest {
    /** Whatever else a platform sets beside them. */
    @Test
    void environmentVariablesWinOverTheFile() {
        var settings = TestSettings.with(Map.of(
                "CLOWDER_ENABLED",
                "false",
                "CARAVAN_DATABASE_URL",
                "jdbc:postgresql://db-ros:5432/costonprem_ros",
                "CARAVAN_DATABASE_USERNAME",
                "ros_user",
                "CARAVAN_KAFKA_BROKERS",
                "kafka:29092",
                "CARAVAN_KAFKA_CA_FILE",
                "/etc/kafka/ca.pem",
                "CARAVAN_OPTIMIZATION_ENGINE",
                "kruize",
                "CARAVAN_KRUIZE_URL",
                "http://kruize:8080"));
        assertThat(settings.database().url()).isEqualTo("jdbc:postgresql://db-ros:5432/costonprem_ros");
        assertThat(settings.database().username()).isEqualTo("ros_user");
        assertThat(settings.kafka().brokers()).isEqualTo("kafka:29092");
        assertThat(settings.kafka().caFile()).isEqualTo("/etc/kafka/ca.pem");
        assertThat(settings.optimization().engine()).isEqualTo(CaravanSettings.Optimization.Engine.KRUIZE);
        assertThat(settings.optimization().kruize().url()).isEqualTo("http://kruize:8080");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1})
    void aTimeoutOfNothingIsASecond(int timeout) {
        var kruize = TestSettings.with(Map.of(
                        "caravan.optimization.kruize.connect-timeout",
                        timeout,
                        "caravan.optimization.kruize.read-timeout",
                        timeout))
                .optimization()
                .kruize();
        assertThat(kruize.connectTimeout()).isEqualTo(1000);
        assertThat(kruize.readTimeout()).isEqualTo(1000);
    }
}
