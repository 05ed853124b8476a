package dev.caravan.payload;

import dev.caravan.CaravanSettings.Limits;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.zip.GZIPInputStream;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * Walks through an archive once without writing any of it: limits, names and kinds of members are checked, each member
 * gets its digest, and manifest.json is captured wherever it stands.
 *
 * <p>What passes here is read again, from the same bytes, when its rows are loaded; the checks need no repeating there.
 */
final class PayloadScanner {
    private static final String MANIFEST = "manifest.json";
    private static final int BUFFER = 1 << 16;
    private static final int RECORD = TarConstants.DEFAULT_RCDSIZE;
    /** A member's header with its extensions. */
    private static final int LONGEST_HEADER = 1 << 20;
    /** Small archives compress well without being bombs. */
    private static final long RATIO_FREE_BYTES = 10L << 20;

    private final Limits limits;

    PayloadScanner(Limits limits) {
        this.limits = limits;
    }

    /** What an archive holds. */
    record Contents(Manifest manifest, List<Member> members) {}

    /**
     * Reads {@code gzip} up to its end.
     *
     * @param gzip a tar.gz
     * @param compressedBytes how many bytes of it have been read so far, for the ratio
     * @throws PoisonPayloadException not-a-tar-gz, no-manifest, manifest-invalid, unsafe-member or over-limit
     * @throws IOException when the source of the bytes fails
     */
    Contents scan(InputStream gzip, LongSupplier compressedBytes) throws IOException {
        List<Member> members = new ArrayList<>();
        Set<String> names = new HashSet<>();
        byte[] manifest = null;
        // One for all members: there may be many small ones.
        byte[] buffer = new byte[BUFFER];
        int entries = 0;
        try {
            var plain = new CountingStream(new GZIPInputStream(new Unhurried(gzip), BUFFER), compressedBytes);
            var tar = new TarArchiveInputStream(plain, "UTF-8");
            for (TarArchiveEntry entry = next(tar, plain); entry != null; entry = next(tar, plain)) {
                if (++entries > limits.members()) {
                    throw overLimit("has more than " + limits.members() + " members");
                }
                if (!isFileOrDirectory(entry)) {
                    throw unsafe("has a member that is no regular file");
                }
                if (entry.isDirectory()) {
                    continue;
                }
                String name = checkedName(entry);
                if (!names.add(name)) {
                    throw unsafe("has two members of one name");
                }
                if (entry.getSize() > limits.memberBytes()) {
                    throw overLimit("has a member of more than " + limits.memberBytes() + " bytes");
                }
                if (name.equals(MANIFEST)) {
                    manifest = readManifest(tar, buffer);
                } else {
                    members.add(digest(name, tar, buffer));
                }
            }
            if (entries == 0) {
                throw new PoisonPayloadException("not-a-tar-gz", "the payload's archive has no member");
            }
            plain.drain();
            if (plain.count % RECORD != 0) {
                throw new IOException("the last record is cut off");
            }
        } catch (TransferFailedException e) {
            throw e;
        } catch (IOException | IllegalArgumentException e) {
            // Everything else the decompressors complain of is the archive's own fault.
            throw notAnArchive(e);
        }
        if (manifest == null) {
            throw new PoisonPayloadException("no-manifest", "the payload has no manifest.json at its root");
        }
        return new Contents(Manifest.parse(manifest, limits.files()), List.copyOf(members));
    }

    /** Reads up to the next member's content; headers speaking of long names and attributes are read into memory there. */
    private static TarArchiveEntry next(TarArchiveInputStream tar, CountingStream plain) throws IOException {
        plain.headerStart = plain.count;
        try {
            return tar.getNextEntry();
        } finally {
            plain.headerStart = CountingStream.IN_CONTENT;
        }
    }

    /** Links, devices, pipes, sparse files and kinds nobody knows are neither; a name ending in a slash changes nothing. */
    private static boolean isFileOrDirectory(TarArchiveEntry entry) {
        return switch (entry.getLinkFlag()) {
            case TarConstants.LF_NORMAL, TarConstants.LF_OLDNORM, TarConstants.LF_CONTIG, TarConstants.LF_DIR ->
                !entry.isSparse();
            default -> false;
        };
    }

    private static String checkedName(TarArchiveEntry entry) {
        String name = Member.nameOf(entry.getName());
        if (!Manifest.isSafeName(name)) {
            throw unsafe("has a member with a path or an unsafe name");
        }
        return name;
    }

    private byte[] readManifest(InputStream tar, byte[] buffer) throws IOException {
        var bytes = new ByteArrayOutputStream();
        for (int n = tar.read(buffer); n >= 0; n = tar.read(buffer)) {
            bytes.write(buffer, 0, n);
            if (bytes.size() > limits.manifestBytes()) {
                throw overLimit("has a manifest.json of more than " + limits.manifestBytes() + " bytes");
            }
        }
        return bytes.toByteArray();
    }

    private static Member digest(String name, InputStream tar, byte[] buffer) throws IOException {
        MessageDigest digest = DigestUtils.getSha256Digest();
        long size = 0;
        for (int n = tar.read(buffer); n >= 0; n = tar.read(buffer)) {
            digest.update(buffer, 0, n);
            size += n;
        }
        return new Member(name, HexFormat.of().formatHex(digest.digest()), size);
    }

    private static PoisonPayloadException notAnArchive(Exception cause) {
        return new PoisonPayloadException("not-a-tar-gz", "the payload is not a whole tar.gz archive", cause);
    }

    private static PoisonPayloadException unsafe(String what) {
        return new PoisonPayloadException("unsafe-member", "the archive " + what);
    }

    private static PoisonPayloadException overLimit(String what) {
        return new PoisonPayloadException("over-limit", "the archive " + what);
    }

    /**
     * Never says that nothing is there just now: between the gzip streams that follow one another in a payload, {@link
     * GZIPInputStream} would take a slow download for its end.
     */
    private static final class Unhurried extends FilterInputStream {
        Unhurried(InputStream in) {
            super(in);
        }

        @Override
        public int available() {
            return 1;
        }
    }

    /** Counts what comes out of the gzip stream and stops early at the limits. */
    private final class CountingStream extends InputStream {
        private static final long IN_CONTENT = Long.MAX_VALUE;

        private final InputStream in;
        private final LongSupplier compressedBytes;
        private long count;
        private long headerStart = IN_CONTENT;

        CountingStream(InputStream in, LongSupplier compressedBytes) {
            this.in = in;
            this.compressedBytes = compressedBytes;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int n = in.read(buffer, offset, length);
            if (n > 0) {
                count += n;
                if (count > limits.totalBytes()) {
                    throw overLimit("unpacks to more than " + limits.totalBytes() + " bytes");
                }
                if (count - headerStart > LONGEST_HEADER) {
                    throw overLimit("has a member with a header of more than " + LONGEST_HEADER + " bytes");
                }
                if (count > RATIO_FREE_BYTES && count / limits.compressionRatio() > compressedBytes.getAsLong()) {
                    throw overLimit("unpacks to more than " + limits.compressionRatio() + " times its size");
                }
            }
            return n;
        }

        /** Padding behind the archive's end belongs to the gzip stream, whose checksum stands after it. */
        void drain() throws IOException {
            byte[] buffer = new byte[BUFFER];
            while (read(buffer, 0, buffer.length) >= 0) {
                // counted in read
            }
        }
    }
}
