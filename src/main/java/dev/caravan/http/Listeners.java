package dev.caravan.http;

import dev.caravan.CaravanSettings;
import dev.caravan.SettingException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import org.apache.catalina.connector.Connector;
import org.springframework.boot.web.embedded.tomcat.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.stereotype.Component;

/** Where the front door listens: safe defaults for one machine, and in production a fixed port on every address. */
@Component
final class Listeners implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {
    private static final int PORT = 8080;
    private static final int ANY_FREE = 0;

    private final CaravanSettings settings;

    Listeners(CaravanSettings settings) {
        this.settings = settings;
    }

    @Override
    public void customize(TomcatServletWebServerFactory factory) {
        InetAddress address = address();
        factory.setAddress(address);
        factory.setPort(port(address));
        // A refusal is to reach the client before it has sent its payload for nothing.
        factory.addConnectorCustomizers(connector -> connector.setProperty("continueResponseTiming", "onRead"));
        factory.addAdditionalTomcatConnectors(settings.http().extraPorts().stream()
                .map(port -> connector(factory, address, port))
                .toArray(Connector[]::new));
    }

    private static Connector connector(TomcatServletWebServerFactory factory, InetAddress address, int port) {
        var connector = new Connector(TomcatServletWebServerFactory.DEFAULT_PROTOCOL);
        connector.setPort(port);
        connector.setProperty("address", address.getHostAddress());
        // Their bounds are those of the first one, which Spring gives to no other by itself.
        factory.getTomcatConnectorCustomizers().forEach(customizer -> customizer.customize(connector));
        return connector;
    }

    private InetAddress address() {
        String configured = settings.http().address();
        if (configured.isBlank()) {
            return settings.production() ? anywhere() : InetAddress.getLoopbackAddress();
        }
        try {
            return InetAddress.getByName(configured);
        } catch (UnknownHostException e) {
            throw new SettingException("CARAVAN_HTTP_ADDRESS (caravan.http.address) is " + configured
                    + ": set it to an address of this machine");
        }
    }

    private static InetAddress anywhere() {
        return new InetSocketAddress(ANY_FREE).getAddress();
    }

    private int port(InetAddress address) {
        Integer configured = settings.http().port();
        if (configured != null) {
            return configured;
        }
        return settings.production() || isFree(address) ? PORT : ANY_FREE;
    }

    private static boolean isFree(InetAddress address) {
        try (var socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(address, PORT));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
