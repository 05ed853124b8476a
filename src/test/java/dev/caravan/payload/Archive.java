package dev.caravan.payload;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/** A tar archive put together member by member, hostile ones included. */
public final class Archive {
    public static final String UUID = "0f1c2d3e-4a5b-4c6d-8e7f-001122334455";
    public static final String MANIFEST =
            """
            {"uuid": "%s", "cluster_id": "cluster-1", "date": "2025-11-04T00:00:00Z", "files": ["pod.csv"]}
            """
                    .formatted(UUID);

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes, "UTF-8");

    public Archive() {
        tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
        tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
    }

    /** The usual payload: a member and, last, the manifest. */
    public static Archive good() {
        return new Archive().file("pod.csv", "a,b\n1,2\n").manifest();
    }

    public Archive manifest() {
        return file("manifest.json", MANIFEST);
    }

    public Archive file(String name, String content) {
        return file(name, content.getBytes(StandardCharsets.UTF_8));
    }

    public Archive file(String name, byte[] content) {
        return entry(new TarArchiveEntry(name, true), content);
    }

    public Archive file(String name, byte kind, byte[] content) {
        return entry(new TarArchiveEntry(name, kind, true), content);
    }

    public Archive directory(String name) {
        return entry(new TarArchiveEntry(name, TarConstants.LF_DIR, true), new byte[0]);
    }

    public Archive link(String name, byte kind, String target) {
        var entry = new TarArchiveEntry(name, kind, true);
        entry.setLinkName(target);
        return entry(entry, new byte[0]);
    }

    /** A member whose header speaks of a name elsewhere: {@code kind} L (GNU) with the name as content. */
    public Archive longName(byte[] name) {
        return file("././@LongLink", TarConstants.LF_GNUTYPE_LONGNAME, name);
    }

    private Archive entry(TarArchiveEntry entry, byte[] content) {
        try {
            // whole seconds, which need no pax header
            entry.setModTime(1_762_214_400_000L);
            entry.setSize(content.length);
            tar.putArchiveEntry(entry);
            tar.write(content);
            tar.closeArchiveEntry();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public byte[] tar() {
        try {
            tar.close();
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public byte[] gzip() {
        return gzip(tar());
    }

    /**
     * A gzip stream that never exists as a whole, from its beginning each time: streams that follow one another are one, so
     * that a part is packed once.
     *
     * @param times how often the part follows the start
     */
    private static Supplier<InputStream> repeated(byte[] start, byte[] part, int times) {
        byte[] first = gzip(start);
        byte[] next = gzip(part);
        return () -> new SequenceInputStream(Collections.enumeration(
                Stream.concat(Stream.of(first), Stream.generate(() -> next).limit(times))
                        .map(ByteArrayInputStream::new)
                        .toList()));
    }

    /** A million empty members, of 20,000 names. */
    public static Supplier<InputStream> manyMembers() {
        int count = 20_000;
        var archive = new Archive();
        for (int i = 0; i < count; i++) {
            archive.file("member-" + i, "");
        }
        byte[] headers = Arrays.copyOf(archive.tar(), count * TarConstants.DEFAULT_RCDSIZE);
        return repeated(headers, headers, 49);
    }

    /** A member of 10 GB of zeros. */
    public static Supplier<InputStream> zeros() {
        var entry = new TarArchiveEntry("pod.csv", true);
        entry.setSize(10_000_000_000L);
        byte[] header = new byte[TarConstants.DEFAULT_RCDSIZE];
        entry.writeEntryHeader(header);
        return repeated(header, new byte[20_000_000], 500);
    }

    public static byte[] gzip(byte[] plain) {
        var packed = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(packed)) {
            gzip.write(plain);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return packed.toByteArray();
    }
}
