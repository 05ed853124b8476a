package dev.caravan.payload;

import dev.caravan.CaravanSettings;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.UUID;
import java.util.zip.GZIPInputStream;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.support.SynchronizationAdapter;
import org.apache.commons.codec.digest.DigestUtils;
import org.springframework.stereotype.Component;

/** Local disk where a payload waits while it is checked and loaded. File names are random; none comes from outside. */
@Component("payloadSpool")
public final class PayloadSpool {
    private static final int BUFFER = 1 << 16;

    private final Path directory;
    private final CaravanSettings.Limits limits;

    public PayloadSpool(CaravanSettings settings) {
        this.directory = settings.spool();
        this.limits = settings.limits();
    }

    /**
     * Receives a payload in one pass: the bytes go to the spool while their digest is taken and the archive is checked.
     *
     * <p>A payload that fails the checks is received to its end all the same, so that its original bytes can be kept.
     * The file disappears with the exchange.
     *
     * @throws PoisonPayloadException when the archive fails the checks
     * @throws TransferFailedException when the spool cannot be written
     */
    public void receive(
            @Body InputStream body, @ExchangeProperty(Delivery.PROPERTY) Delivery delivery, Exchange exchange)
            throws IOException {
        Path file = create();
        atTheEndOf(exchange, () -> Files.deleteIfExists(file));
        try (body;
                var tee = new Tee(body, file)) {
            try {
                var contents = new PayloadScanner(limits).scan(tee, tee::size);
                tee.drain();
                delivery.received(tee.spooled());
                delivery.checked(new Payload(delivery.file(), contents.manifest(), contents.members()));
            } catch (PoisonPayloadException e) {
                if (tee.size() <= limits.payloadBytes()) {
                    tee.drain();
                    delivery.received(tee.spooled());
                }
                throw e;
            }
        }
    }

    /** The uncompressed tar stream of a payload's bytes, for the one pass that loads its rows; closed with the exchange. */
    public InputStream open(@ExchangeProperty(Delivery.PROPERTY) Delivery delivery, Exchange exchange)
            throws IOException {
        var tar = new GZIPInputStream(Files.newInputStream(delivery.file().path()), BUFFER);
        atTheEndOf(exchange, tar::close);
        return tar;
    }

    private Path create() throws IOException {
        try {
            Files.createDirectories(directory);
            return Files.createFile(directory.resolve(UUID.randomUUID() + ".tar.gz"));
        } catch (IOException e) {
            throw full(e);
        }
    }

    private interface CleanUp {
        void run() throws IOException;
    }

    private static void atTheEndOf(Exchange exchange, CleanUp cleanUp) {
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onDone(Exchange done) {
                try {
                    cleanUp.run();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        });
    }

    private TransferFailedException full(IOException cause) {
        return new TransferFailedException(
                "cannot write to the spool " + directory + " (" + cause.getMessage()
                        + "): make room there or set CARAVAN_SPOOL",
                cause);
    }

    /** Writes to a file what is read through it. */
    private final class Tee extends FilterInputStream {
        private final MessageDigest digest = DigestUtils.getSha256Digest();
        private final Path file;
        private final OutputStream out;
        private long size;

        Tee(InputStream in, Path file) throws IOException {
            super(in);
            this.file = file;
            this.out = Files.newOutputStream(file);
        }

        long size() {
            return size;
        }

        SpooledFile spooled() {
            return new SpooledFile(file, HexFormat.of().formatHex(digest.digest()), size);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int n;
            try {
                n = in.read(buffer, offset, length);
            } catch (IOException e) {
                throw new TransferFailedException("the payload could not be read to its end: " + e.getMessage(), e);
            }
            if (n > 0) {
                size += n;
                if (size > limits.payloadBytes()) {
                    throw new PoisonPayloadException(
                            "over-limit", "the payload has more than " + limits.payloadBytes() + " bytes");
                }
                digest.update(buffer, offset, n);
                try {
                    out.write(buffer, offset, n);
                } catch (IOException e) {
                    throw full(e);
                }
            }
            return n;
        }

        void drain() throws IOException {
            byte[] buffer = new byte[BUFFER];
            while (read(buffer, 0, buffer.length) >= 0) {
                // written in read
            }
        }

        @Override
        public void close() throws IOException {
            out.close();
            super.close();
        }
    }
}
