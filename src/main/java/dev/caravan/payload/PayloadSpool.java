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
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPInputStream;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.support.SynchronizationAdapter;
import org.apache.commons.codec.digest.DigestUtils;
import org.springframework.stereotype.Component;

/**
 * Local disk where a payload waits while it is checked and loaded. File names are random; none comes from outside. Processes
 * may share it: each works in a folder of its own.
 */
@Component("payloadSpool")
public final class PayloadSpool implements AutoCloseable {
    private static final int BUFFER = 1 << 16;

    private final Path directory;
    private final CaravanSettings.Limits limits;
    /** Bytes at once; 0 for no limit. */
    private final long room;

    private final AtomicLong taken = new AtomicLong();
    private SpoolFolder folder;

    public PayloadSpool(CaravanSettings settings) {
        this.directory = settings.spool();
        this.limits = settings.limits();
        this.room = settings.spoolLimitBytes();
        SpoolFolder.sweep(directory);
    }

    /**
     * Receives a payload in one pass: the bytes go to the spool while their digest is taken and the archive is checked.
     *
     * <p>A payload that fails the checks is received to its end all the same, so that its original bytes can be kept.
     * The file disappears with the exchange; one that was not received to its end, at once.
     *
     * @throws PoisonPayloadException when the archive fails the checks
     * @throws TransferFailedException when the body breaks off, or the spool cannot be written or has no room
     */
    public void receive(
            @Body InputStream body, @ExchangeProperty(Delivery.PROPERTY) Delivery delivery, Exchange exchange)
            throws IOException {
        var spooled = new Spooled(create());
        try {
            receive(body, delivery, spooled);
        } finally {
            if (delivery.file() != null && delivery.file().path().equals(spooled.file)) {
                atTheEndOf(exchange, spooled::delete);
            } else {
                spooled.delete();
            }
        }
    }

    /**
     * Receives bytes that are no payload in one pass; what they are, whoever reads them finds out.
     *
     * @throws PoisonPayloadException {@code over-limit}
     * @throws TransferFailedException when the body breaks off, or the spool cannot be written or has no room
     */
    public void receiveUnread(
            @Body InputStream body, @ExchangeProperty(Delivery.PROPERTY) Delivery delivery, Exchange exchange)
            throws IOException {
        delivery.received(receiveFile(body, exchange, unread -> {}));
    }

    private void receive(InputStream body, Delivery delivery, Spooled spooled) throws IOException {
        try (body;
                var tee = new Tee(body, spooled)) {
            try {
                var contents = new PayloadScanner(limits).scan(tee, tee::size);
                tee.drain();
                SpooledFile file = tee.finish();
                delivery.received(file);
                delivery.checked(new Payload(file, contents.manifest(), contents.members()));
            } catch (PoisonPayloadException e) {
                if (tee.size() <= limits.payloadBytes()) {
                    tee.drain();
                    delivery.received(tee.finish());
                }
                throw e;
            }
        }
    }

    /** Looks at a body on its way; it need not read it to its end. */
    public interface Inspection {
        void read(InputStream body) throws IOException;
    }

    /**
     * Receives a single file in one pass. It disappears with the exchange; one that was not received to its end, at once.
     *
     * @throws PoisonPayloadException what the inspection says, or {@code over-limit}
     * @throws TransferFailedException when the body breaks off, or the spool cannot be written or has no room
     */
    public SpooledFile receiveFile(InputStream body, Exchange exchange, Inspection inspection) throws IOException {
        var spooled = new Spooled(create());
        try (body;
                var tee = new Tee(body, spooled)) {
            inspection.read(tee);
            tee.drain();
            SpooledFile file = tee.finish();
            atTheEndOf(exchange, spooled::delete);
            return file;
        } catch (IOException | RuntimeException e) {
            spooled.delete();
            throw e;
        }
    }

    /** An empty file of this process for something else; it disappears with the exchange. */
    public Path lend(Exchange exchange) throws IOException {
        Path file = create();
        atTheEndOf(exchange, () -> Files.deleteIfExists(file));
        return file;
    }

    /** The uncompressed tar stream of a payload's bytes, for the one pass that loads its rows; closed with the exchange. */
    public InputStream open(@ExchangeProperty(Delivery.PROPERTY) Delivery delivery, Exchange exchange)
            throws IOException {
        var tar = new GZIPInputStream(Files.newInputStream(delivery.file().path()), BUFFER);
        atTheEndOf(exchange, tar::close);
        return tar;
    }

    /** Gives up the folder of this process. */
    @Override
    public synchronized void close() throws IOException {
        if (folder != null) {
            folder.close();
            folder = null;
        }
    }

    /** The bytes of a single file; closed with the exchange. */
    public InputStream openFile(SpooledFile file, Exchange exchange) throws IOException {
        InputStream bytes = Files.newInputStream(file.path());
        atTheEndOf(exchange, bytes::close);
        return bytes;
    }

    private synchronized Path create() throws IOException {
        try {
            if (folder == null || !folder.exists()) {
                close();
                folder = SpoolFolder.create(directory);
            }
            return folder.newFile();
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

    /** A file of this process and the room it takes. */
    private final class Spooled {
        private final Path file;
        private long size;

        Spooled(Path file) {
            this.file = file;
        }

        void grow(int bytes) throws TransferFailedException {
            long all = taken.addAndGet(bytes);
            size += bytes;
            if (room > 0 && all > room) {
                throw new TransferFailedException(
                        "the spool has no room for this payload beside those in work, and holds " + room
                                + " bytes at most: it is tried again; CARAVAN_SPOOL_LIMIT_BYTES"
                                + " (caravan.spool-limit-bytes) sets how many",
                        null);
            }
        }

        void delete() throws IOException {
            Files.deleteIfExists(file);
            taken.addAndGet(-size);
            size = 0;
        }
    }

    /** Writes to a file what is read through it. */
    private final class Tee extends FilterInputStream {
        private final MessageDigest digest = DigestUtils.getSha256Digest();
        private final Spooled spooled;
        private final OutputStream out;
        private long size;

        Tee(InputStream in, Spooled spooled) throws IOException {
            super(in);
            this.spooled = spooled;
            try {
                this.out = Files.newOutputStream(spooled.file);
            } catch (IOException e) {
                throw full(e);
            }
        }

        long size() {
            return size;
        }

        /** What was received, once the disk has taken all of it. */
        SpooledFile finish() throws IOException {
            try {
                out.close();
            } catch (IOException e) {
                throw full(e);
            }
            return new SpooledFile(spooled.file, HexFormat.of().formatHex(digest.digest()), size);
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
                spooled.grow(n);
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
