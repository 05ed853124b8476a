package dev.caravan.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caravan.LocalServerException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.apache.ApacheHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.model.Bucket;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

class EmbeddedS3Test {
    private static final String BUCKET = "insights-upload-perma";
    private static final String KEY = "org=1234567/payload 1.tar.gz";

    @TempDir
    private Path folder;

    @Test
    void objectsAreStoredListedReadAndSurviveARestart() {
        try (var s3 = EmbeddedS3.start(folder.resolve("s3"), 0);
                var client = client(s3, s3.secretKey())) {
            assertThat(client.listBuckets().buckets()).extracting(Bucket::name).contains(BUCKET, "ros-data");
            client.putObject(put -> put.bucket(BUCKET).key(KEY), RequestBody.fromString("bytes"));
        }
        try (var s3 = EmbeddedS3.start(folder.resolve("s3"), 0);
                var client = client(s3, s3.secretKey())) {
            assertThat(client.listObjectsV2(list -> list.bucket(BUCKET).prefix("org=1234567/"))
                            .contents())
                    .extracting(S3Object::key)
                    .containsExactly(KEY);
            assertThat(client.getObjectAsBytes(get -> get.bucket(BUCKET).key(KEY))
                            .asUtf8String())
                    .isEqualTo("bytes");
        }
    }

    @Test
    void aPresignedAddressIsEnoughAndWithoutASignatureNothingIsGiven() throws Exception {
        try (var s3 = EmbeddedS3.start(folder.resolve("s3"), 0);
                var client = client(s3, s3.secretKey());
                var presigner = presigner(s3)) {
            client.putObject(put -> put.bucket(BUCKET).key("payload"), RequestBody.fromString("bytes"));
            var presigned = presigner
                    .presignGetObject(request -> request.signatureDuration(Duration.ofMinutes(5))
                            .getObjectRequest(get -> get.bucket(BUCKET).key("payload")))
                    .url()
                    .toURI();

            assertThat(get(presigned)).isEqualTo("200 bytes");
            assertThat(get(URI.create(s3.endpoint() + "/" + BUCKET + "/payload")))
                    .startsWith("403");
            try (var stranger = client(s3, "another key")) {
                assertThatThrownBy(() ->
                                stranger.headObject(head -> head.bucket(BUCKET).key("payload")))
                        .isInstanceOf(S3Exception.class);
            }
        }
    }

    @Test
    void anAddressSignedBeforeARestartStaysGood() throws Exception {
        URI presigned;
        try (var s3 = EmbeddedS3.start(folder.resolve("s3"), 0);
                var client = client(s3, s3.secretKey());
                var presigner = presigner(s3)) {
            client.putObject(put -> put.bucket(BUCKET).key("payload"), RequestBody.fromString("bytes"));
            presigned = presigner
                    .presignGetObject(request -> request.signatureDuration(Duration.ofMinutes(5))
                            .getObjectRequest(get -> get.bucket(BUCKET).key("payload")))
                    .url()
                    .toURI();
        }
        try (var s3 = EmbeddedS3.start(folder.resolve("s3"), 0)) {
            assertThat(s3.port()).isEqualTo(presigned.getPort());
            assertThat(get(presigned)).isEqualTo("200 bytes");
        }
    }

    @Test
    void theChildEndsWhenThePipeToItsParentDoes() throws Exception {
        var s3 = EmbeddedS3.start(folder.resolve("s3"), 0);
        try (s3) {
            // What the operating system does when this process is killed.
            s3.disconnect();

            Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> ProcessHandle.of(s3.pid())
                    .isEmpty());
        }
    }

    @Test
    void aPortInUseIsNamedWithTheNextStep() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            assertThatThrownBy(() -> EmbeddedS3.start(folder.resolve("s3"), taken.getLocalPort()))
                    .isInstanceOf(LocalServerException.class)
                    .hasMessageContaining("port " + taken.getLocalPort() + " for S3 is in use: stop");
        }
    }

    private static String get(URI address) throws Exception {
        var response =
                HttpClient.newHttpClient().send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString());
        return response.statusCode() + " " + response.body();
    }

    private static S3Client client(EmbeddedS3 s3, String secretKey) {
        return S3Client.builder()
                .endpointOverride(URI.create(s3.endpoint()))
                .region(Region.of(EmbeddedS3.REGION))
                .forcePathStyle(true)
                .httpClient(ApacheHttpClient.create())
                .credentialsProvider(
                        StaticCredentialsProvider.create(AwsBasicCredentials.create(s3.accessKey(), secretKey)))
                .build();
    }

    private static S3Presigner presigner(EmbeddedS3 s3) {
        return S3Presigner.builder()
                .endpointOverride(URI.create(s3.endpoint()))
                .region(Region.of(EmbeddedS3.REGION))
                .serviceConfiguration(
                        S3Configuration.builder().pathStyleAccessEnabled(true).build())
                .credentialsProvider(
                        StaticCredentialsProvider.create(AwsBasicCredentials.create(s3.accessKey(), s3.secretKey())))
                .build();
    }
}
