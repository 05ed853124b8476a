package dev.caravan.s3;

import dev.caravan.CaravanSettings;
import dev.caravan.TrustedCertificates;
import java.net.URI;
import java.time.Duration;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.http.apache.ApacheHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/** The client that every S3 endpoint uses: Camel takes it from the registry, so that routes name buckets only. */
@Configuration(proxyBeanMethods = false)
public class S3Connection {
    /** Made when a route first needs it: a command that uses no bucket does not wait for it. */
    @Bean
    @Lazy
    S3Client s3Client(CaravanSettings caravan) {
        return client(caravan.s3());
    }

    /** A client for the configured server, to be closed by the caller. */
    public static S3Client client(CaravanSettings.S3 settings) {
        var http = ApacheHttpClient.builder()
                .connectionTimeout(Duration.ofMillis(settings.connectTimeout()))
                .socketTimeout(Duration.ofMillis(settings.readTimeout()));
        if (!settings.caFile().isBlank()) {
            SslBundle trusted = TrustedCertificates.of(settings.caFile(), "CARAVAN_S3_CA_FILE");
            http.tlsTrustManagersProvider(() -> trusted.getManagers().getTrustManagers());
        }
        return S3Client.builder()
                .endpointOverride(URI.create(settings.endpoint()))
                .region(Region.of(settings.region()))
                .forcePathStyle(true)
                .credentialsProvider(credentials(settings))
                // Servers other than Amazon's do not know its newer checksums.
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .httpClientBuilder(http)
                .build();
    }

    @Bean
    @Lazy
    S3Presigner s3Presigner(CaravanSettings caravan) {
        return presigner(caravan.s3());
    }

    /** Signs addresses by which others may read objects of the configured server; to be closed by the caller. */
    public static S3Presigner presigner(CaravanSettings.S3 settings) {
        return S3Presigner.builder()
                .endpointOverride(URI.create(settings.endpoint()))
                .region(Region.of(settings.region()))
                .serviceConfiguration(
                        S3Configuration.builder().pathStyleAccessEnabled(true).build())
                .credentialsProvider(credentials(settings))
                .build();
    }

    private static StaticCredentialsProvider credentials(CaravanSettings.S3 settings) {
        return StaticCredentialsProvider.create(AwsBasicCredentials.create(settings.accessKey(), settings.secret()));
    }
}
