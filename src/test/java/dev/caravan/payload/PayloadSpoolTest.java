package dev.caravan.payload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.caravan.TestSettings;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.support.UnitOfWorkHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.FileSystemUtils;

class PayloadSpoolTest {
    private static final int LARGEST = 200_000;

    @TempDir
    Path folder;

    private Path spoolFolder;
    private CamelContext camel;
    /** Bytes in the spool when receive had ended, well or not; null when the delivery knows of none. */
    private byte[] spooled;

    private Delivery delivery;

    @BeforeEach
    void start() throws Exception {
        spoolFolder = folder.resolve("not/yet/there");
        camel = new DefaultCamelContext();
        // as config/application.yaml has it
        camel.setStreamCaching(false);
        camel.addRoutes(route("direct:receive", spoolFolder));
        camel.start();
        delivery = new Delivery("test", null, "request-1", false);
    }

    @AfterEach
    void stop() {
        camel.stop();
    }

    @Test
    void aGoodPayloadIsSpooledWholeWithItsDigestAndSize() throws Exception {
        byte[] archive = Archive.good().gzip();
        assertThat(receive(new ByteArrayInputStream(archive))).isNull();
        assertThat(spooled).isEqualTo(archive);
        assertThat(delivery.file().sha256()).isEqualTo(sha256(archive));
        assertThat(delivery.file().sizeBytes()).isEqualTo(archive.length);
        assertThat(delivery.manifest().clusterId()).isEqualTo("cluster-1");
        assertThat(delivery.payload().members()).extracting(Member::name).containsExactly("pod.csv");
        assertThat(delivery.payload().file()).isSameAs(delivery.file());
    }

    @Test
    void bytesBehindTheArchiveBelongToThePayload() throws Exception {
        byte[] archive = Archive.good().gzip();
        byte[] longer = Arrays.copyOf(archive, archive.length + 150_000);
        Arrays.fill(longer, archive.length, longer.length, (byte) 'x');
        assertThat(receive(new ByteArrayInputStream(longer))).isNull();
        assertThat(spooled).isEqualTo(longer);
        assertThat(delivery.file().sha256()).isEqualTo(sha256(longer));
    }

    @Test
    void theFileIsGoneAfterTheExchange() throws Exception {
        receive(new ByteArrayInputStream(Archive.good().gzip()));
        assertThat(spooledFiles()).isEmpty();
        receive(new ByteArrayInputStream(new byte[] {1, 2, 3}));
        assertThat(spooledFiles()).isEmpty();
        receive(new ByteArrayInputStream(noise(300_000)));
        assertThat(spooledFiles()).isEmpty();
    }

    @Test
    void aPayloadThatFailsAtItsFirstByteIsSpooledWholeAllTheSame() throws Exception {
        byte[] noise = noise(190_000);
        assertThat(reasonOf(receive(new ByteArrayInputStream(noise)))).isEqualTo("not-a-tar-gz");
        assertThat(spooled).isEqualTo(noise);
        assertThat(delivery.file().sha256()).isEqualTo(sha256(noise));
        assertThat(delivery.file().sizeBytes()).isEqualTo(190_000);
        assertThat(delivery.payload()).isNull();
    }

    @Test
    void aPayloadThatFailsInTheMiddleIsSpooledWholeAllTheSame() throws Exception {
        byte[] archive = new Archive()
                .file("../x", "1")
                .file("a.csv", noise(100_000))
                .manifest()
                .gzip();
        assertThat(reasonOf(receive(new ByteArrayInputStream(archive)))).isEqualTo("unsafe-member");
        assertThat(spooled).isEqualTo(archive);
        assertThat(delivery.file().sha256()).isEqualTo(sha256(archive));
    }

    @Test
    void anEmptyPayloadHasADigestToo() throws Exception {
        assertThat(reasonOf(receive(InputStream.nullInputStream()))).isEqualTo("not-a-tar-gz");
        assertThat(spooled).isEmpty();
        assertThat(delivery.file().sha256()).isEqualTo(sha256(new byte[0]));
    }

    @Test
    void aPayloadAsLargeAsTheLimitAndNoLarger() throws Exception {
        byte[] archive = Archive.good().gzip();
        byte[] exact = Arrays.copyOf(archive, 200_000);
        Arrays.fill(exact, archive.length, exact.length, (byte) 'x');
        assertThat(receive(new ByteArrayInputStream(exact))).isNull();
        byte[] over = Arrays.copyOf(exact, 200_001);
        delivery = new Delivery("test", null, "request-2", false);
        assertThat(reasonOf(receive(new ByteArrayInputStream(over)))).isEqualTo("over-limit");
        assertThat(delivery.file()).isNull();
    }

    @Test
    void anEndlessBodyIsNotReadFarBeyondTheLimit() throws Exception {
        var endless = new InputStream() {
            private long read;

            @Override
            public int read() {
                read++;
                return 'x';
            }

            @Override
            public int read(byte[] buffer, int offset, int length) {
                read += length;
                Arrays.fill(buffer, offset, offset + length, (byte) 'x');
                return length;
            }
        };
        assertThat(reasonOf(receive(endless))).isEqualTo("over-limit");
        assertThat(endless.read).isLessThan(400_000);
    }

    @Test
    void aBodyThatBreaksOffIsNoPoison() throws Exception {
        byte[] archive = Archive.good().gzip();
        InputStream broken = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("connection reset");
            }
        };
        var body = new SequenceInputStream(new ByteArrayInputStream(archive, 0, 50), broken);
        assertThat(receive(body)).isInstanceOf(TransferFailedException.class).hasMessageContaining("connection reset");
        assertThat(delivery.file()).isNull();
        assertThat(spooledFiles()).isEmpty();
    }

    @Test
    void aBodyThatBreaksOffAfterItFailedTheChecksIsNoPoison() throws Exception {
        InputStream broken = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("connection reset");
            }
        };
        var body = new SequenceInputStream(new ByteArrayInputStream(noise(70_000)), broken);
        assertThat(receive(body)).isInstanceOf(TransferFailedException.class);
        assertThat(delivery.file()).isNull();
    }

    @Test
    void aSpoolThatCannotBeWrittenSaysWhereToMakeRoom() throws Exception {
        Path file = Files.createFile(folder.resolve("file"));
        camel.addRoutes(route("direct:receive-on-a-file", file.resolve("spool")));
        Exception failure = receive("direct:receive-on-a-file", new ByteArrayInputStream(new byte[1]));
        assertThat(failure).isInstanceOf(TransferFailedException.class).hasMessageContaining("CARAVAN_SPOOL");
    }

    @Test
    void payloadWithoutRoomBesideOthersIsNotThereByHalfAndFindsRoomOnceTheyAreDone() throws Exception {
        var spool = spool(spoolFolder, Map.of("caravan.spool-limit-bytes", LARGEST));
        var first = new DefaultExchange(camel);
        catchThrowable(() -> spool.receive(new ByteArrayInputStream(noise(150_000)), delivery, first));
        var second = new Delivery("test", null, "request-2", false);
        byte[] archive = Arrays.copyOf(Archive.good().gzip(), 100_000);
        for (int attempt = 1; attempt <= 3; attempt++) {
            assertThatThrownBy(
                            () -> spool.receive(new ByteArrayInputStream(archive), second, new DefaultExchange(camel)))
                    .isInstanceOf(TransferFailedException.class)
                    .hasMessageContaining("CARAVAN_SPOOL_LIMIT_BYTES");
            assertThat(second.file()).isNull();
            assertThat(spooledFiles()).containsExactly(delivery.file().path());
        }
        end(first);
        var later = new DefaultExchange(camel);
        spool.receive(new ByteArrayInputStream(archive), second, later);
        assertThat(second.file().sizeBytes()).isEqualTo(100_000);
        end(later);
        spool.close();
        try (Stream<Path> left = Files.list(spoolFolder)) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void spoolThatSomebodyTidiedAwayIsMadeAnew() throws Exception {
        receive(new ByteArrayInputStream(Archive.good().gzip()));
        FileSystemUtils.deleteRecursively(spoolFolder);
        assertThat(receive(new ByteArrayInputStream(Archive.good().gzip()))).isNull();
    }

    @Test
    void theBodyIsClosedWhateverHappens() throws Exception {
        for (byte[] bytes : List.of(Archive.good().gzip(), noise(1000), noise(300_000))) {
            var closed = new AtomicBoolean();
            receive(new FilterInputStream(new ByteArrayInputStream(bytes)) {
                @Override
                public void close() {
                    closed.set(true);
                }
            });
            assertThat(closed).isTrue();
        }
    }

    @Test
    void whatWasSpooledOpensAsTheTarAndIsClosedWithTheExchange() throws Exception {
        byte[] tar = Archive.good().tar();
        var spool = spool(spoolFolder);
        Path file = Files.write(folder.resolve("kept.tar.gz"), Archive.gzip(tar));
        delivery.received(new SpooledFile(file, "", 0));
        var exchange = new DefaultExchange(new DefaultCamelContext());
        InputStream opened = spool.open(delivery, exchange);
        assertThat(opened.readAllBytes()).isEqualTo(tar);
        end(exchange);
        assertThatThrownBy(opened::read).hasMessageContaining("closed");
    }

    private static void end(Exchange exchange) {
        UnitOfWorkHelper.doneSynchronizations(
                exchange, exchange.getExchangeExtension().handoverCompletions());
    }

    private Exception receive(InputStream body) {
        return receive("direct:receive", body);
    }

    private Exception receive(String route, InputStream body) {
        try (var template = camel.createProducerTemplate()) {
            Exchange done = template.send(route, exchange -> {
                exchange.setProperty(Delivery.PROPERTY, delivery);
                exchange.getMessage().setBody(body);
            });
            return done.getException();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Calls receive with the exchange's own completions, and looks at the file while the exchange still lives. */
    private RouteBuilder route(String from, Path directory) {
        PayloadSpool spool = spool(directory);
        return new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from(from).process(exchange -> {
                    try {
                        spool.receive(exchange.getMessage().getBody(InputStream.class), delivery, exchange);
                    } finally {
                        spooled = delivery.file() == null
                                ? null
                                : Files.readAllBytes(delivery.file().path());
                    }
                });
            }
        };
    }

    private static PayloadSpool spool(Path directory) {
        return spool(directory, Map.of());
    }

    private static PayloadSpool spool(Path directory, Map<String, Object> changed) {
        Map<String, Object> settings = new HashMap<>(changed);
        settings.put("caravan.spool", directory);
        settings.put("caravan.limits.payload-bytes", LARGEST);
        settings.put("caravan.limits.total-bytes", 1 << 20);
        settings.put("caravan.limits.member-bytes", 1 << 20);
        settings.put("caravan.limits.members", 10);
        return new PayloadSpool(TestSettings.with(settings));
    }

    private List<Path> spooledFiles() throws IOException {
        return spooledFiles(spoolFolder);
    }

    private static List<Path> spooledFiles(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".tar.gz")).toList();
        }
    }

    private static String reasonOf(Exception failure) {
        return failure instanceof PoisonPayloadException poison ? poison.reason() : String.valueOf(failure);
    }

    private static byte[] noise(int length) {
        byte[] noise = new byte[length];
        new Random(1).nextBytes(noise);
        return noise;
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }
}
