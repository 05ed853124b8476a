package dev.caravan.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.caravan.CaravanSettings;
import dev.caravan.CertificateFileException;
import dev.caravan.TestAuthority;
import dev.caravan.TestSettings;
import dev.caravan.embedded.SecuredS3;
import dev.caravan.payload.DownloadFailedException;
import dev.caravan.payload.Downloader;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/** Buckets and downloads over TLS, from a server whose certificate a private authority signed for localhost only. */
class S3TlsTest {
    private static final String BUCKET = "insights-upload-perma";
    private static final String KEY = "org=1234567/payload.tar.gz";
    private static final String HOST = "localhost";
    /** Leads to the same server. */
    private static final String ANOTHER_HOST = "127.0.0.1";

    private static final String TRUSTED = "private authority.pem";

    @TempDir
    private static Path folder;

    private static SecuredS3 server;

    @BeforeAll
    static void start() throws Exception {
        var authority = new TestAuthority(folder.resolve(TRUSTED));
        new TestAuthority(folder.resolve("another.pem"));
        Files.writeString(folder.resolve("empty.pem"), "no certificate\n");
        server = new SecuredS3(folder.resolve("s3"), authority.certificateFor(HOST));
        try (S3Client client = client(settings(HOST, TRUSTED))) {
            client.putObject(put -> put.bucket(BUCKET).key(KEY), RequestBody.fromString("the bytes"));
        }
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void objectsAreListedAndReadFromAServerOfATrustedAuthority() {
        try (S3Client client = client(settings(HOST, TRUSTED))) {
            assertThat(client.listObjectsV2(list -> list.bucket(BUCKET)).contents())
                    .extracting(S3Object::key)
                    .containsExactly(KEY);
            assertThat(client.getObjectAsBytes(get -> get.bucket(BUCKET).key(KEY))
                            .asUtf8String())
                    .isEqualTo("the bytes");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"another.pem", ""})
    void serverOfAnotherAuthorityIsGivenNoRequest(String trusted) throws Exception {
        var settings = settings(HOST, trusted);
        try (S3Client client = client(settings)) {
            assertThatThrownBy(() -> client.listObjectsV2(list -> list.bucket(BUCKET)))
                    .isInstanceOf(SdkClientException.class)
                    .hasMessageContaining("unable to find valid certification path");
        }
        assertThat(failureOfADownload(settings))
                .isExactlyInstanceOf(DownloadFailedException.class)
                .hasMessageContaining("unable to find valid certification path")
                .hasMessageContaining("CARAVAN_S3_CA_FILE");
    }

    @Test
    void serverWithACertificateForAnotherHostIsGivenNoRequest() throws Exception {
        var settings = settings(ANOTHER_HOST, TRUSTED);
        try (S3Client client = client(settings)) {
            assertThatThrownBy(() -> client.listObjectsV2(list -> list.bucket(BUCKET)))
                    .isInstanceOf(SdkClientException.class)
                    .hasMessageContaining("Certificate for <127.0.0.1> doesn't match");
        }
        assertThat(failureOfADownload(settings))
                .isExactlyInstanceOf(DownloadFailedException.class)
                .hasMessageContaining("127.0.0.1")
                .hasMessageContaining("CARAVAN_S3_CA_FILE");
    }

    @Test
    void signedAddressIsDownloadedFromAServerOfATrustedAuthority() throws Exception {
        var settings = settings(HOST, TRUSTED);
        try (var downloader = new Downloader(settings);
                InputStream body = downloader.open(signedAddress(settings))) {
            assertThat(body).hasContent("the bytes");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"missing.pem", "empty.pem", "."})
    void fileWithoutCertificatesIsRefusedWithTheVariableThatNamesIt(String file) {
        var settings = settings(HOST, file);
        assertThatThrownBy(() -> client(settings))
                .isInstanceOf(CertificateFileException.class)
                .hasMessageContaining(folder.resolve(file).toString())
                .hasMessageContaining("CARAVAN_S3_CA_FILE")
                .hasMessageNotContaining("null");
        assertThatThrownBy(() -> new Downloader(settings)).isInstanceOf(CertificateFileException.class);
    }

    private static S3Client client(CaravanSettings settings) {
        return new S3Connection().s3Client(settings);
    }

    private static Throwable failureOfADownload(CaravanSettings settings) throws Exception {
        try (var downloader = new Downloader(settings)) {
            return catchThrowable(() -> downloader.open(signedAddress(settings)));
        }
    }

    /** @param trusted name of a file with the certificates to trust, empty for those of the Java installation */
    private static CaravanSettings settings(String host, String trusted) {
        return TestSettings.with(Map.of(
                "caravan.s3.endpoint",
                server.endpoint(host),
                "caravan.s3.access-key",
                server.accessKey(),
                "caravan.s3.secret-key",
                server.secretKey(),
                "caravan.s3.ca-file",
                trusted.isEmpty() ? "" : folder.resolve(trusted).toString()));
    }

    private static String signedAddress(CaravanSettings settings) {
        CaravanSettings.S3 s3 = settings.s3();
        try (var presigner = S3Presigner.builder()
                .endpointOverride(URI.create(s3.endpoint()))
                .region(Region.of(s3.region()))
                .serviceConfiguration(
                        S3Configuration.builder().pathStyleAccessEnabled(true).build())
                .credentialsProvider(
                        StaticCredentialsProvider.create(AwsBasicCredentials.create(s3.accessKey(), s3.secret())))
                .build()) {
            return presigner
                    .presignGetObject(request -> request.signatureDuration(Duration.ofMinutes(5))
                            .getObjectRequest(get -> get.bucket(BUCKET).key(KEY)))
                    .url()
                    .toString();
        }
    }
}
