package dev.caravan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.TestCaravan;
import dev.caravan.TestDatabase;
import dev.caravan.TestKafka;
import dev.caravan.TestS3;
import dev.caravan.upload.UploadRequest;
import dev.caravan.upload.UploadRequest.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.apache.commons.codec.digest.DigestUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Memory grows neither with the size of uploads nor with their number. */
@Tag("soak")
class UploadsUnderLoadIT {
    private static final int UPLOADS = 20;
    private static final long UPLOAD_BYTES = 100_000_000;
    private static final long LARGE_BYTES = 1_000_000_000;
    private static final Pattern PORT = Pattern.compile("HTTP on port (\\d+)");
    /** What a collection left, in mebibytes. */
    private static final Pattern COLLECTED = Pattern.compile("->(\\d+)M\\(");

    private static final long GROWTH_MEBIBYTES = 16;

    @TempDir
    Path folder;

    private TestDatabase database;
    private TestKafka kafka;
    private TestS3 s3;

    @BeforeEach
    void start() {
        database = TestDatabase.createMigrated();
        kafka = new TestKafka();
        s3 = new TestS3();
    }

    @AfterEach
    void stop() {
        database.close();
        kafka.close();
        s3.close();
    }

    @Test
    void twentyUploadsOfAHundredMegabytesAtOnceArriveIntactInAHeapOf256Mebibytes() throws Exception {
        try (CaravanProcess caravan = run("-Xmx256m")) {
            URI address = uploadAddress(caravan);
            List<Callable<String>> uploads = new ArrayList<>();
            for (int number = 0; number < UPLOADS; number++) {
                String request = "upload-" + number;
                var content = new RandomBytes(number, UPLOAD_BYTES);
                uploads.add(() -> send(address, request, content));
            }
            var threads = Executors.newFixedThreadPool(UPLOADS);
            try {
                List<String> digests = new ArrayList<>();
                for (Future<String> sent : threads.invokeAll(uploads)) {
                    digests.add(sent.get());
                }
                for (int number = 0; number < UPLOADS; number++) {
                    assertThat(stored("upload-" + number))
                            .as("digest of upload %d in the bucket", number)
                            .isEqualTo(digests.get(number));
                }
            } finally {
                threads.shutdownNow();
            }
            assertThat(kafka.announced()).isEqualTo(UPLOADS);
            assertThat(s3.client()
                            .listMultipartUploads(list -> list.bucket(s3.bucket()))
                            .uploads())
                    .isEmpty();
            assertThat(caravan.log()).doesNotContain("OutOfMemory");
        }
    }

    @Test
    void aGigabyteLeavesTheHeapFlat() throws Exception {
        Path log = folder.resolve("gc.log");
        try (CaravanProcess caravan = run("-Xmx128m", "-Xlog:gc:file=" + log)) {
            URI address = uploadAddress(caravan);
            send(address, "warm-up", new RandomBytes(1, UPLOAD_BYTES));
            List<Long> before = collected(log);
            String digest = send(address, "large", new RandomBytes(2, LARGE_BYTES));
            List<Long> all = collected(log);
            List<Long> later = all.subList((before.size() + all.size()) / 2, all.size());
            // Some collections leave what the next one takes: the middle one tells what stays.
            assertThat(later.stream().sorted().toList().get(later.size() / 2))
                    .as("MiB in use after collections; before %s, all %s", before, all)
                    .isLessThan(Collections.max(before) + GROWTH_MEBIBYTES);
            assertThat(stored("large")).isEqualTo(digest);
        }
    }

    private static List<Long> collected(Path log) throws IOException {
        return COLLECTED
                .matcher(Files.readString(log))
                .results()
                .map((MatchResult found) -> Long.parseLong(found.group(1)))
                .toList();
    }

    private CaravanProcess run(String... options) {
        Map<String, Object> settings = new HashMap<>(s3.settings());
        settings.putAll(kafka.settings());
        settings.putAll(TestCaravan.settings(database));
        settings.put("caravan.s3.intake-bucket", "");
        settings.put("caravan.uploads.bucket", s3.bucket());
        // What was announced is of no interest here, and nobody may download it.
        settings.put("caravan.download.hosts", "127.0.0.1:1");
        List<String> command = new ArrayList<>(List.of(CaravanProcess.JAVA));
        command.addAll(List.of(options));
        command.addAll(List.of("-XX:+UseG1GC", "-jar", CaravanProcess.JAR.toString(), "run"));
        CaravanProcess started = CaravanProcess.start(folder, settings, command);
        started.awaitLog("caravan runs");
        return started;
    }

    private static URI uploadAddress(CaravanProcess caravan) {
        var port = PORT.matcher(caravan.log());
        assertThat(port.find()).isTrue();
        return URI.create("http://127.0.0.1:" + port.group(1) + "/api/ingress/v1/upload");
    }

    private static String send(URI address, String request, InputStream content) {
        var digested = new DigestInputStream(content, DigestUtils.getSha256Digest());
        Answer answer = UploadRequest.from(TestCaravan.ORGANISATION, address)
                .header("x-rh-request-id", request)
                .endlessFile(digested)
                .send();
        assertThat(answer.status()).as(answer.body()).isEqualTo(202);
        return HexFormat.of().formatHex(digested.getMessageDigest().digest());
    }

    /** Digest of what lies in the bucket, which the ledger has to agree with. */
    private String stored(String request) throws Exception {
        try (var connection = database.dataSource().getConnection();
                var statement = connection.prepareStatement(
                        "select stored_as, sha256 from caravan.upload where request_id = ?")) {
            statement.setString(1, request);
            try (var row = statement.executeQuery()) {
                row.next();
                String key = row.getString(1);
                try (var object =
                        s3.client().getObject(get -> get.bucket(s3.bucket()).key(key))) {
                    String digest = DigestUtils.sha256Hex(object);
                    assertThat(row.getString(2)).isEqualTo(digest);
                    return digest;
                }
            }
        }
    }

    /** As many bytes as are asked for, from a seed. */
    private static final class RandomBytes extends InputStream {
        private final Random random;
        private long left;

        RandomBytes(long seed, long bytes) {
            random = new Random(seed);
            left = bytes;
        }

        @Override
        public int read() {
            return left-- > 0 ? random.nextInt(256) : -1;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) {
            if (left <= 0) {
                return -1;
            }
            byte[] some = new byte[(int) Math.min(length, left)];
            random.nextBytes(some);
            System.arraycopy(some, 0, buffer, offset, some.length);
            left -= some.length;
            return some.length;
        }
    }
}
