package dev.caravan.payload;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/** A tar archive put together member by member, hostile ones included. */
final class Archive {
    static final String UUID = "0f1c2d3e-4a5b-4c6d-8e7f-001122334455";
    static final String MANIFEST =
            """
            {"uuid": "%s", "cluster_id": "cluster-1", "date": "2025-11-04T00:00:00Z", "files": ["pod.csv"]}
            """
                    .formatted(UUID);

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes, "UTF-8");

    Archive() {
        tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
        tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
    }

    /** The usual payload: a member and, last, the manifest. */
    static Archive good() {
        return new Archive().file("pod.csv", "a,b\n1,2\n").manifest();
    }

    Archive manifest() {
        return file("manifest.json", MANIFEST);
    }

    Archive file(String name, String content) {
        return file(name, content.getBytes(StandardCharsets.UTF_8));
    }

    Archive file(String name, byte[] content) {
        return entry(new TarArchiveEntry(name, true), content);
    }

    Archive file(String name, byte kind, byte[] content) {
        return entry(new TarArchiveEntry(name, kind, true), content);
    }

    Archive directory(String name) {
        return entry(new TarArchiveEntry(name, TarConstants.LF_DIR, true), new byte[0]);
    }

    Archive link(String name, byte kind, String target) {
        var entry = new TarArchiveEntry(name, kind, true);
        entry.setLinkName(target);
        return entry(entry, new byte[0]);
    }

    /** A member whose header speaks of a name elsewhere: {@code kind} L (GNU) with the name as content. */
    Archive longName(byte[] name) {
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

    byte[] tar() {
        try {
            tar.close();
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    byte[] gzip() {
        return gzip(tar());
    }

    static byte[] gzip(byte[] plain) {
        var packed = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(packed)) {
            gzip.write(plain);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return packed.toByteArray();
    }
}
