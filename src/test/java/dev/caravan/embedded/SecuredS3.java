package dev.caravan.embedded;

import io.netty.pkitesting.X509Bundle;
import java.nio.file.Files;
import java.nio.file.Path;

/** The embedded S3 server, listening with TLS too. */
public final class SecuredS3 implements AutoCloseable {
    private static final String PASSWORD = "keystore";

    private final EmbeddedS3 server;
    private final int port;

    /** Starts it and returns when it answers. */
    public SecuredS3(Path directory, X509Bundle certificate) throws Exception {
        Path keys = Files.createDirectories(directory).resolve("keys.p12");
        try (var out = Files.newOutputStream(keys)) {
            certificate.toKeyStore(PASSWORD.toCharArray()).store(out, PASSWORD.toCharArray());
        }
        port = Ports.choose(0, "S3");
        server = EmbeddedS3.start(directory, 0, settings -> {
            settings.setProperty("s3proxy.secure-endpoint", "https://" + Ports.HOST + ":" + port);
            settings.setProperty("s3proxy.keystore-path", keys.toString());
            settings.setProperty("s3proxy.keystore-password", PASSWORD);
        });
    }

    /** The address with TLS under a name of this machine. */
    public String endpoint(String host) {
        return "https://" + host + ":" + port;
    }

    public String accessKey() {
        return server.accessKey();
    }

    public String secretKey() {
        return server.secretKey();
    }

    @Override
    public void close() {
        server.close();
    }
}
