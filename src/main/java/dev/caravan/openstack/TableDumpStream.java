package dev.caravan.openstack;

import dev.caravan.CaravanSettings.Limits;
import dev.caravan.payload.PoisonPayloadException;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.apache.commons.io.input.BoundedInputStream;

/**
 * The bytes of a table, unpacked where they are a gzip, within the limits of a member of a payload.
 */
final class TableDumpStream extends FilterInputStream {
    private static final int BUFFER = 1 << 16;
    private static final int GZIP_FIRST = 0x1f;
    private static final int GZIP_SECOND = 0x8b;
    /** Small files compress well without being bombs. */
    private static final long RATIO_FREE_BYTES = 10L << 20;

    private final BoundedInputStream packed;
    private final Limits limits;
    private long count;

    private TableDumpStream(InputStream plain, BoundedInputStream packed, Limits limits) {
        super(plain);
        this.packed = packed;
        this.limits = limits;
    }

    /**
     * Opens a file; whether it is a gzip, its first bytes tell.
     *
     * @throws PoisonPayloadException {@code not-a-gzip}, and {@code over-limit} while it is read
     */
    static TableDumpStream open(Path file, Limits limits) throws IOException {
        var packed = BoundedInputStream.builder()
                .setInputStream(Files.newInputStream(file))
                .get();
        try {
            var buffered = new BufferedInputStream(packed, BUFFER);
            buffered.mark(2);
            boolean gzip = buffered.read() == GZIP_FIRST && buffered.read() == GZIP_SECOND;
            buffered.reset();
            return new TableDumpStream(gzip ? new GZIPInputStream(buffered, BUFFER) : buffered, packed, limits);
        } catch (EOFException | ZipException e) {
            packed.close();
            throw broken(e);
        } catch (IOException e) {
            packed.close();
            throw e;
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        int n = readWhole(buffer, offset, length);
        if (n > 0) {
            count += n;
            if (count > limits.memberBytes()) {
                throw overLimit("has more than " + limits.memberBytes() + " bytes");
            }
            if (count > RATIO_FREE_BYTES && count / limits.compressionRatio() > packed.getCount()) {
                throw overLimit("unpacks to more than " + limits.compressionRatio() + " times its size");
            }
        }
        return n;
    }

    private int readWhole(byte[] buffer, int offset, int length) throws IOException {
        try {
            return in.read(buffer, offset, length);
        } catch (EOFException | ZipException e) {
            throw broken(e);
        }
    }

    private static PoisonPayloadException broken(IOException cause) {
        return new PoisonPayloadException("not-a-gzip", "the table is no whole gzip", cause);
    }

    private static PoisonPayloadException overLimit(String what) {
        return new PoisonPayloadException("over-limit", "the table " + what);
    }
}
