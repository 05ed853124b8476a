package dev.caravan;

import dev.caravan.embedded.EmbeddedS3;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.util.FileSystemUtils;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.apache.ApacheHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/** A bucket of its own for one test, on a real S3 server that serves the whole JVM and stops with it. */
public final class TestS3 implements AutoCloseable {
    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static Path directory;
    private static EmbeddedS3 server;

    private final String bucket;
    private final S3Client client;

    public TestS3() {
        start();
        bucket = "bucket-" + NUMBER.incrementAndGet();
        client = S3Client.builder()
                .endpointOverride(URI.create(server.endpoint()))
                .region(Region.of(EmbeddedS3.REGION))
                .forcePathStyle(true)
                .httpClientBuilder(ApacheHttpClient.builder())
                .credentialsProvider(credentials())
                .build();
        client.createBucket(create -> create.bucket(bucket));
    }

    private static synchronized void start() {
        if (server != null) {
            return;
        }
        try {
            directory = Files.createTempDirectory("caravan-s3");
            server = EmbeddedS3.start(directory, 0);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                try {
                    server.close();
                    FileSystemUtils.deleteRecursively(directory);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static StaticCredentialsProvider credentials() {
        return StaticCredentialsProvider.create(AwsBasicCredentials.create(server.accessKey(), server.secretKey()));
    }

    /** What makes Caravan take payloads from the bucket. */
    public Map<String, Object> settings() {
        return Map.of(
                "caravan.s3.endpoint",
                server.endpoint(),
                "caravan.s3.access-key",
                server.accessKey(),
                "caravan.s3.secret-key",
                server.secretKey(),
                "caravan.s3.intake-bucket",
                bucket,
                "caravan.s3.poll-interval",
                100,
                "caravan.outbox.poll-interval",
                100);
    }

    public String bucket() {
        return bucket;
    }

    public S3Client client() {
        return client;
    }

    public void put(String key, Path file) {
        client.putObject(put -> put.bucket(bucket).key(key), RequestBody.fromFile(file));
    }

    public void put(String key, String text) {
        client.putObject(put -> put.bucket(bucket).key(key), RequestBody.fromString(text));
    }

    /** An address that lets anybody download the object. */
    public String presigned(String key) {
        try (var presigner = S3Presigner.builder()
                .endpointOverride(URI.create(server.endpoint()))
                .region(Region.of(EmbeddedS3.REGION))
                .serviceConfiguration(
                        S3Configuration.builder().pathStyleAccessEnabled(true).build())
                .credentialsProvider(credentials())
                .build()) {
            return presigner
                    .presignGetObject(request -> request.signatureDuration(Duration.ofMinutes(5))
                            .getObjectRequest(get -> get.bucket(bucket).key(key)))
                    .url()
                    .toString();
        }
    }

    /** Stops the server for everybody; the objects stay. */
    public void stopServer() {
        server.close();
    }

    /** Starts it again where it was. */
    public void startServerAgain() {
        server = EmbeddedS3.start(directory, server.port());
    }

    /** The content of an object. */
    public byte[] bytes(String key) {
        return client.getObjectAsBytes(get -> get.bucket(bucket).key(key)).asByteArray();
    }

    /** Everything in the bucket, sorted. */
    public List<String> keys() {
        return client.listObjectsV2Paginator(list -> list.bucket(bucket)).contents().stream()
                .map(S3Object::key)
                .sorted()
                .toList();
    }

    @Override
    public void close() {
        client.close();
    }
}
