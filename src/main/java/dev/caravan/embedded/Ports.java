package dev.caravan.embedded;

import dev.caravan.LocalServerException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;

/** TCP ports of the loopback interface. */
final class Ports {
    static final String HOST = "127.0.0.1";

    private Ports() {}

    /**
     * The port a server is to listen on: a free one for 0, else the given one.
     *
     * @param server what wants it, for the message
     * @throws LocalServerException when the given port is taken
     */
    static int choose(int port, String server) {
        try (var socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getByName(HOST), port));
            return socket.getLocalPort();
        } catch (IOException e) {
            if (port == 0) {
                throw new UncheckedIOException(e);
            }
            throw new LocalServerException(
                    "port " + port + " for " + server + " is in use: stop what listens there, or set another port; 0"
                            + " takes a free one",
                    e);
        }
    }

    /**
     * The port of an earlier address where that is free, else any free one.
     *
     * @param address of an earlier start, http://host:port; empty when there was none
     */
    static int chooseAgain(String address, String server) {
        if (!address.isEmpty()) {
            try {
                return choose(URI.create(address).getPort(), server);
            } catch (LocalServerException e) {
                // Somebody else has it now.
            }
        }
        return choose(0, server);
    }
}
