package dev.caravan;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** An authority that no Java installation trusts. */
public final class TestAuthority {
    private final X509Bundle authority;
    private final Path file;

    /**
     * Makes an authority and writes its certificate.
     *
     * @param file PEM, what a client is to trust
     */
    public TestAuthority(Path file) {
        this.file = file;
        try {
            authority = new CertificateBuilder()
                    .subject("CN=" + file.getFileName())
                    .setIsCertificateAuthority(true)
                    .buildSelfSigned();
            Files.writeString(file, authority.getCertificatePEM());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    public Path file() {
        return file;
    }

    /** A server's certificate with its key. */
    public X509Bundle certificateFor(String host) {
        try {
            var certificate = new CertificateBuilder().subject("CN=" + host);
            return (Character.isDigit(host.charAt(0))
                            ? certificate.addSanIpAddress(host)
                            : certificate.addSanDnsName(host))
                    .buildIssuedBy(authority);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
