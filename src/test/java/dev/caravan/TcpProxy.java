package dev.caravan;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Stands between clients and a server on this machine, and lets nothing more of the clients through when it is told to. */
public final class TcpProxy implements AutoCloseable {
    private final ServerSocket listener;
    private final int target;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private boolean cut;

    /** @param target port of the server */
    public TcpProxy(int target) {
        this.target = target;
        try {
            listener = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.execute(this::accept);
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** From the return of this call on no byte of a client reaches the server; connections stay open and look healthy. */
    public synchronized void cut() {
        cut = true;
    }

    /** Breaks the connections that lost something, and forwards again. */
    public synchronized void restore() {
        cut = false;
        connections.stream().filter(connection -> connection.incomplete).forEach(Connection::close);
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        connections.forEach(Connection::close);
        threads.shutdownNow();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listener.accept();
                var connection = new Connection(client, new Socket(InetAddress.getLoopbackAddress(), target));
                connections.add(connection);
                threads.execute(connection::toServer);
                threads.execute(connection::toClient);
            }
        } catch (IOException e) {
            // Closed, or the server is gone: nobody is let in any more.
        }
    }

    private synchronized void forward(Connection connection, byte[] bytes, int length) throws IOException {
        connection.incomplete |= cut;
        if (!connection.incomplete) {
            connection.server.getOutputStream().write(bytes, 0, length);
        }
    }

    private final class Connection {
        private final Socket client;
        private final Socket server;
        private volatile boolean incomplete;

        Connection(Socket client, Socket server) throws IOException {
            this.client = client;
            this.server = server;
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
        }

        void toServer() {
            byte[] buffer = new byte[1 << 16];
            try {
                for (int n = client.getInputStream().read(buffer);
                        n >= 0;
                        n = client.getInputStream().read(buffer)) {
                    forward(this, buffer, n);
                }
            } catch (IOException e) {
                // One side went away.
            } finally {
                close();
            }
        }

        void toClient() {
            try {
                server.getInputStream().transferTo(client.getOutputStream());
            } catch (IOException e) {
                // One side went away.
            } finally {
                close();
            }
        }

        void close() {
            connections.remove(this);
            try (client;
                    server) {
                // Both, whatever happens to one of them.
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
