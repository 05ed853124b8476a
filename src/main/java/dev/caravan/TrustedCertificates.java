package dev.caravan;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.pem.PemContent;
import org.springframework.boot.ssl.pem.PemSslStore;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;

/** The authorities an operator trusts instead of those of the Java installation. */
public final class TrustedCertificates {
    private TrustedCertificates() {}

    /**
     * Trust in the certificates of a PEM file and in no others.
     *
     * @param variable that names the file, for the message
     * @throws CertificateFileException when the file cannot be used
     */
    public static SslBundle of(String file, String variable) {
        return SslBundle.of(new PemSslStoreBundle(null, PemSslStore.of(read(file, variable), null)));
    }

    /**
     * Looks at a file that somebody else reads later.
     *
     * @throws CertificateFileException when it cannot be used
     */
    public static void check(String file, String variable) {
        of(file, variable);
    }

    private static List<X509Certificate> read(String file, String variable) {
        try {
            return PemContent.load(Path.of(file)).getCertificates();
        } catch (NoSuchFileException e) {
            throw unusable(file, variable, "there is no such file", e);
        } catch (AccessDeniedException e) {
            throw unusable(file, variable, "it may not be read", e);
        } catch (IOException | IllegalArgumentException | IllegalStateException e) {
            throw unusable(file, variable, e.getMessage(), e);
        }
    }

    private static CertificateFileException unusable(String file, String variable, String reason, Exception cause) {
        return new CertificateFileException(
                "cannot read the certificates to trust from " + file + " (" + reason + "): set " + variable
                        + " to a PEM file with the authority's certificate",
                cause);
    }
}
