package dev.caravan.embedded;

import dev.caravan.CaravanSettings;
import dev.caravan.Trial;
import dev.caravan.s3.S3Connection;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.entity.mime.MultipartEntityBuilder;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpStatus;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

/** The payloads of two small clusters of one organisation, and their ways in. */
final class EmbeddedTrial implements Trial {
    private static final String ORGANISATION = "1234567";

    /** What makes Caravan take them without any registration. */
    static final Map<String, String> SETTINGS = Map.of(
            "caravan.demo.organisation", ORGANISATION,
            "caravan.demo.aliases.11111111-aaaa-4aaa-8aaa-000000000001", "cluster-S1",
            "caravan.demo.aliases.22222222-aaaa-4aaa-8aaa-000000000002", "cluster-S2");

    private static final String CONTENT_TYPE = "application/vnd.redhat.hccm.tar+tgz";
    private static final String IDENTITY = "{\"identity\":{\"org_id\":\"" + ORGANISATION
            + "\",\"type\":\"System\",\"internal\":{\"org_id\":\"" + ORGANISATION + "\"}}}";

    private final int databasePort;
    private final Path databasePasswords;
    private final Map<Sample, byte[]> samples = new LinkedHashMap<>();

    EmbeddedTrial(int databasePort, Path databasePasswords) {
        this.databasePort = databasePort;
        this.databasePasswords = databasePasswords;
        add("S1/payloads/00_20251104T000459_100000-cost-mgmt.tar.gz", Way.DROP_DIRECTORY);
        add("S1/payloads/01_20251105T000459_100001-cost-mgmt.tar.gz", Way.DROP_DIRECTORY);
        add("S2/payloads/00_20251031T000459_100000-cost-mgmt.tar.gz", Way.HTTP);
        add("S2/payloads/01_20251031T120459_100001-cost-mgmt.tar.gz", Way.S3_BUCKET);
        add("S2/payloads/02_20251101T060459_100002-cost-mgmt.tar.gz", Way.HTTP);
        add("S2/payloads/03_20251030T060459_100003-cost-mgmt.tar.gz", Way.S3_BUCKET);
        add("S2/payloads/04_20251102T000459_100004-cost-mgmt.tar.gz", Way.HTTP);
        add("S2/payloads/05_20251102T180459_100005-cost-mgmt.tar.gz", Way.S3_BUCKET);
    }

    @Override
    public List<Sample> samples() {
        return List.copyOf(samples.keySet());
    }

    @Override
    public void handIn(List<Sample> wanted, CaravanSettings settings, URI frontDoor) {
        try (S3Client s3 = S3Connection.client(settings.s3());
                CloseableHttpClient http = HttpClients.createDefault()) {
            for (Sample sample : wanted) {
                byte[] bytes = samples.get(sample);
                switch (sample.cameBy()) {
                    case DROP_DIRECTORY -> drop(sample, bytes, settings.inbox().directory());
                    case HTTP -> upload(sample, bytes, http, frontDoor);
                    case S3_BUCKET ->
                        s3.putObject(
                                put -> put.bucket(settings.s3().intakeBucket())
                                        .key("org=" + ORGANISATION + "/" + sample.name()),
                                RequestBody.fromBytes(bytes));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String psql() {
        // Within double quotes of a shell; a value of its own quotes may hold any path.
        return "psql \"host=%s port=%d user=%s dbname=%s passfile=%s options='-c search_path=org%s'\""
                .formatted(
                        Ports.HOST,
                        databasePort,
                        EmbeddedPostgresql.NAME,
                        EmbeddedPostgresql.NAME,
                        quoted(databasePasswords.toString()),
                        ORGANISATION);
    }

    private void add(String path, Way way) {
        byte[] bytes;
        try (InputStream in = EmbeddedTrial.class.getResourceAsStream("samples/" + path)) {
            bytes = in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        samples.put(new Sample(path.substring(path.lastIndexOf('/') + 1), way, DigestUtils.sha256Hex(bytes)), bytes);
    }

    private static void drop(Sample sample, byte[] bytes, Path inbox) throws IOException {
        Files.createDirectories(inbox);
        Path part = inbox.resolve(sample.name() + ".part");
        Files.write(part, bytes);
        Files.move(part, inbox.resolve(sample.name()), StandardCopyOption.ATOMIC_MOVE);
    }

    /** As a metrics operator does. */
    private static void upload(Sample sample, byte[] bytes, CloseableHttpClient http, URI frontDoor)
            throws IOException {
        var request = new HttpPost(frontDoor.resolve("/api/ingress/v1/upload"));
        request.addHeader(
                "x-rh-identity", Base64.getEncoder().encodeToString(IDENTITY.getBytes(StandardCharsets.UTF_8)));
        request.setEntity(MultipartEntityBuilder.create()
                .addBinaryBody("file", bytes, ContentType.create(CONTENT_TYPE), sample.name())
                .build());
        http.execute(request, response -> {
            if (response.getCode() != HttpStatus.SC_ACCEPTED) {
                throw new IOException("the front door answers " + response.getCode() + " to " + sample.name());
            }
            return null;
        });
    }

    private static String quoted(String path) {
        if (path.matches("[\\w./-]+")) {
            return path;
        }
        String value = "'" + path.replace("\\", "\\\\").replace("'", "\\'") + "'";
        return value.replaceAll("([\\\\\"$`])", "\\\\$1");
    }
}
