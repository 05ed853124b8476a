package dev.caravan.payload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.sun.management.ThreadMXBean;
import dev.caravan.CaravanSettings.Limits;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PayloadScannerTest {
    private static final int MEBIBYTE = 1 << 20;
    private static final Limits WIDE =
            new Limits(1L << 30, 1L << 30, 1L << 30, 10_000, 200, 10 * MEBIBYTE, 10_000, 500, 1000, 10_000, 10);

    @Test
    void aGoodArchiveGivesItsManifestAndTheDigestOfEachMember() throws Exception {
        byte[] pods = "a,b\n1,2\n".getBytes(StandardCharsets.UTF_8);
        var contents = scan(new Archive()
                .file("pod.csv", pods)
                .file("empty.csv", "")
                .manifest()
                .gzip());
        assertThat(contents.manifest().uuid()).hasToString(Archive.UUID);
        assertThat(contents.members())
                .containsExactly(
                        new Member("pod.csv", sha256(pods), pods.length),
                        new Member("empty.csv", sha256(new byte[0]), 0));
    }

    @Test
    void theManifestMayStandAnywhere() throws Exception {
        assertThat(names(new Archive()
                        .manifest()
                        .file("a.csv", "1")
                        .file("b.csv", "2")
                        .gzip()))
                .containsExactly("a.csv", "b.csv");
        assertThat(names(new Archive()
                        .file("a.csv", "1")
                        .manifest()
                        .file("b.csv", "2")
                        .gzip()))
                .containsExactly("a.csv", "b.csv");
        assertThat(names(new Archive()
                        .file("a.csv", "1")
                        .file("b.csv", "2")
                        .manifest()
                        .gzip()))
                .containsExactly("a.csv", "b.csv");
    }

    @Test
    void aLeadingDotSlashIsNoPartOfAName() throws Exception {
        assertThat(names(new Archive()
                        .directory("./")
                        .file("./a.csv", "1")
                        .file("./manifest.json", Archive.MANIFEST)
                        .gzip()))
                .containsExactly("a.csv");
    }

    @Test
    void directoriesAndPaxHeadersAreSkipped() throws Exception {
        byte[] tar = new Archive()
                .file(
                        "pax",
                        TarConstants.LF_PAX_EXTENDED_HEADER_LC,
                        "20 comment=whatever\n".getBytes(StandardCharsets.UTF_8))
                .directory("data/")
                .file("é" + "x".repeat(200) + ".csv", "1")
                .manifest()
                .tar();
        tar[156] = TarConstants.LF_PAX_GLOBAL_EXTENDED_HEADER;
        repairChecksums(tar);
        assertThat(names(Archive.gzip(tar))).containsExactly("é" + "x".repeat(200) + ".csv");
    }

    @Test
    void aMemberOfTheManifestsNameInADirectoryIsNotTheManifest() {
        assertPoison(new Archive().file("data/manifest.json", Archive.MANIFEST).gzip(), "unsafe-member");
    }

    @Test
    void severalGzipStreamsInARowAreOneArchive() throws Exception {
        byte[] tar = Archive.good().tar();
        byte[] first = Archive.gzip(Arrays.copyOf(tar, 700));
        byte[] second = Archive.gzip(Arrays.copyOfRange(tar, 700, tar.length));
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        assertThat(names(both)).containsExactly("pod.csv");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a,b,c\n1,2,3\n", "\u001f", "{\"uuid\": 1}", "PK\u0003\u0004"})
    void otherFilesAreNoArchive(String text) {
        assertPoison(text.getBytes(StandardCharsets.ISO_8859_1), "not-a-tar-gz");
    }

    @Test
    void aGzipOfSomethingElseIsNoArchive() {
        assertPoison(Archive.gzip("a,b,c\n1,2,3\n".repeat(1000).getBytes(StandardCharsets.UTF_8)), "not-a-tar-gz");
        assertPoison(Archive.gzip(new byte[0]), "not-a-tar-gz");
        assertPoison(Archive.gzip(new byte[10_240]), "not-a-tar-gz");
    }

    @Test
    void anUncompressedTarIsNoArchive() {
        assertPoison(Archive.good().tar(), "not-a-tar-gz");
    }

    @Test
    void aGzipCutAtAnyByteIsNoArchive() {
        byte[] whole = Archive.good().gzip();
        for (int length = 0; length < whole.length; length++) {
            assertThat(reasonOf(Arrays.copyOf(whole, length)))
                    .as("%d of %d bytes", length, whole.length)
                    .isEqualTo("not-a-tar-gz");
        }
    }

    @Test
    void aTarCutInsideAMemberIsNoArchive() {
        // manifest.json first, so that only the cut can be the reason
        byte[] whole =
                new Archive().manifest().file("pod.csv", "x".repeat(2_000)).tar();
        int header = 1024;
        for (int length = header + 1; length < header + 512 + 2_000; length += 37) {
            assertThat(reasonOf(Archive.gzip(Arrays.copyOf(whole, length))))
                    .as("%d bytes", length)
                    .isEqualTo("not-a-tar-gz");
        }
    }

    @Test
    void aWrongChecksumIsNoArchive() {
        byte[] gzip = Archive.good().gzip();
        gzip[gzip.length - 6] ^= 1;
        assertPoison(gzip, "not-a-tar-gz");
    }

    @Test
    void withoutAManifestNothingIsTaken() {
        assertPoison(new Archive().file("pod.csv", "1").gzip(), "no-manifest");
        assertPoison(new Archive().directory("data/").gzip(), "no-manifest");
        assertPoison(new Archive().file("Manifest.json", Archive.MANIFEST).gzip(), "no-manifest");
    }

    @Test
    void aManifestThatIsNoneIsRefused() {
        assertPoison(new Archive().file("manifest.json", "{}").gzip(), "manifest-invalid");
        assertPoison(new Archive().file("manifest.json", "").gzip(), "manifest-invalid");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../x",
                "..",
                "a/../../x",
                "a/b.csv",
                "././x",
                ".//x",
                "..\\x",
                "a\\b",
                "C:\\x",
                "a\nb",
                "a\tb",
                "a\u007fb",
                " ",
                "a..b"
            })
    void pathsAndUnsafeNamesAreRefused(String name) {
        assertPoison(new Archive().manifest().file(name, "1").gzip(), "unsafe-member");
    }

    @Test
    void anAbsolutePathIsRefused() {
        assertPoison(new Archive().manifest().file("/etc/passwd", "1").gzip(), "unsafe-member");
    }

    @Test
    void aNulInANameIsRefused() {
        // A plain header ends its name at a NUL; a pax header can hold one.
        byte[] record = "16 path=a\u0000b.csv\n".getBytes(StandardCharsets.UTF_8);
        assertPoison(
                new Archive()
                        .manifest()
                        .file("pax", TarConstants.LF_PAX_EXTENDED_HEADER_LC, record)
                        .file("x.csv", "1")
                        .gzip(),
                "unsafe-member");
    }

    @Test
    void aNameOfMoreThan255CharactersIsRefused() throws Exception {
        assertThat(names(new Archive().manifest().file("x".repeat(255), "1").gzip()))
                .hasSize(1);
        assertPoison(new Archive().manifest().file("x".repeat(256), "1").gzip(), "unsafe-member");
        assertPoison(
                new Archive()
                        .manifest()
                        .longName("x".repeat(300).getBytes(StandardCharsets.UTF_8))
                        .file("x", "1")
                        .gzip(),
                "unsafe-member");
    }

    @ParameterizedTest
    @ValueSource(bytes = {TarConstants.LF_SYMLINK, TarConstants.LF_LINK})
    void linksAreRefused(byte kind) {
        assertPoison(
                new Archive().manifest().link("pod.csv", kind, "/etc/passwd").gzip(), "unsafe-member");
        assertPoison(
                new Archive()
                        .link("manifest.json", kind, "pod.csv")
                        .file("pod.csv", "1")
                        .gzip(),
                "unsafe-member");
    }

    @ParameterizedTest
    @ValueSource(bytes = {TarConstants.LF_SYMLINK, TarConstants.LF_LINK})
    void linksWithTheNameOfADirectoryAreRefused(byte kind) {
        assertPoison(new Archive().manifest().link("data/", kind, "/etc").gzip(), "unsafe-member");
    }

    @ParameterizedTest
    @ValueSource(bytes = {TarConstants.LF_CHR, TarConstants.LF_BLK, TarConstants.LF_FIFO})
    void devicesAndPipesAreRefused(byte kind) {
        assertPoison(new Archive().manifest().file("pod.csv", kind, new byte[0]).gzip(), "unsafe-member");
        assertPoison(
                new Archive().manifest().file("pod.csv/", kind, new byte[0]).gzip(), "unsafe-member");
    }

    @ParameterizedTest
    @ValueSource(bytes = {'V', 'M', 'D', 'Z'})
    void membersOfUnknownKindAreRefused(byte kind) {
        assertPoison(new Archive().manifest().file("pod.csv", kind, new byte[0]).gzip(), "unsafe-member");
    }

    @Test
    void twoMembersOfOneNameAreRefused() {
        assertPoison(
                new Archive().manifest().file("a.csv", "1").file("a.csv", "1").gzip(), "unsafe-member");
        assertPoison(
                new Archive().manifest().file("a.csv", "1").file("./a.csv", "2").gzip(), "unsafe-member");
        assertPoison(
                new Archive()
                        .manifest()
                        .file("./manifest.json", Archive.MANIFEST)
                        .gzip(),
                "unsafe-member");
    }

    @Test
    void asManyMembersAsTheLimitAndNoMore() throws Exception {
        var limits = new Limits(MEBIBYTE, MEBIBYTE, MEBIBYTE, 3, 200, MEBIBYTE, 10_000, 500, 1000, 10_000, 10);
        byte[] three = new Archive().file("a", "1").directory("d/").manifest().gzip();
        byte[] four = new Archive()
                .file("a", "1")
                .directory("d/")
                .directory("e/")
                .manifest()
                .gzip();
        assertThat(scan(three, limits).members()).hasSize(1);
        assertThat(reasonOf(four, limits)).isEqualTo("over-limit");
    }

    @Test
    void aMemberAsLargeAsTheLimitAndNoLarger() throws Exception {
        var limits = new Limits(MEBIBYTE, MEBIBYTE, 1000, 10, 200, MEBIBYTE, 10_000, 500, 1000, 10_000, 10);
        assertThat(scan(new Archive().file("a", new byte[1000]).manifest().gzip(), limits)
                        .members())
                .hasSize(1);
        assertThat(reasonOf(new Archive().file("a", new byte[1001]).manifest().gzip(), limits))
                .isEqualTo("over-limit");
    }

    @Test
    void allMembersTogetherAreLimited() throws Exception {
        byte[] archive = new Archive()
                .file("a", new byte[20_000])
                .file("b", new byte[20_000])
                .manifest()
                .gzip();
        var narrow = new Limits(MEBIBYTE, 40_000, 30_000, 10, 200, MEBIBYTE, 10_000, 500, 1000, 10_000, 10);
        var wide = new Limits(MEBIBYTE, 60_000, 30_000, 10, 200, MEBIBYTE, 10_000, 500, 1000, 10_000, 10);
        assertThat(reasonOf(archive, narrow)).isEqualTo("over-limit");
        assertThat(scan(archive, wide).members()).hasSize(2);
    }

    @Test
    void bytesBehindTheArchiveCountAsWell() {
        byte[] tar = Archive.good().tar();
        var limits = new Limits(MEBIBYTE, 200_000, 30_000, 10, 200, MEBIBYTE, 10_000, 500, 1000, 10_000, 10);
        assertThat(reasonOf(Archive.gzip(Arrays.copyOf(tar, 300_000)), limits)).isEqualTo("over-limit");
    }

    @Test
    void aManifestAsLargeAsTheLimitAndNoLarger() throws Exception {
        String manifest = Archive.MANIFEST + " ".repeat(1000);
        var exact = new Limits(MEBIBYTE, MEBIBYTE, MEBIBYTE, 10, 200, manifest.length(), 10_000, 500, 1000, 10_000, 10);
        var narrow =
                new Limits(MEBIBYTE, MEBIBYTE, MEBIBYTE, 10, 200, manifest.length() - 1, 10_000, 500, 1000, 10_000, 10);
        byte[] archive = new Archive().file("manifest.json", manifest).gzip();
        assertThat(scan(archive, exact).members()).isEmpty();
        assertThat(reasonOf(archive, narrow)).isEqualTo("over-limit");
    }

    @Test
    void aCompressionBombIsRefusedLongBeforeItsEnd() {
        byte[] bomb = Archive.gzip(
                new Archive().file("a.csv", new byte[64 * MEBIBYTE]).manifest().tar());
        assertThat(bomb.length).isLessThan(MEBIBYTE);
        var read = new AtomicLong();
        assertThat(reasonOf(counted(bomb, read), read, WIDE)).isEqualTo("over-limit");
        assertThat(read.get()).isLessThan(bomb.length / 2 + 2 * (1 << 16));
    }

    @Test
    void asCompressedAsTheLimitAndNoMore() throws Exception {
        byte[] tar =
                new Archive().file("a.csv", new byte[12 * MEBIBYTE]).manifest().tar();
        byte[] packed = Archive.gzip(tar);
        int exact = tar.length / (packed.length + 1) + 1;
        assertThat(scan(packed, ofRatio(exact)).members()).hasSize(1);
        assertThat(reasonOf(packed, ofRatio(exact - 2))).isEqualTo("over-limit");
    }

    private static Limits ofRatio(int ratio) {
        return new Limits(1L << 30, 1L << 30, 1L << 30, 10, ratio, MEBIBYTE, 10, 500, 1000, 10, 10);
    }

    @Test
    void aMillionMembersAreRefusedEarlyInLittleMemory() {
        assertRefusedEarly(Archive.manyMembers(), 128 * MEBIBYTE);
    }

    @Test
    void tenGigabytesOfZerosAreRefusedEarlyInLittleMemory() {
        assertRefusedEarly(Archive.zeros(), 4 * MEBIBYTE);
    }

    private static void assertRefusedEarly(Supplier<InputStream> archive, long memory) {
        var read = new AtomicLong();
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        InputStream counted = counted(archive.get(), read);
        long before = threads.getCurrentThreadAllocatedBytes();
        String reason = reasonOf(counted, read, WIDE);
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(memory);
        assertThat(reason).isEqualTo("over-limit");
        assertThat(read.get()).isLessThan(MEBIBYTE);
    }

    /** A source that has nothing at hand just now is not at its end. */
    @Test
    void gzipStreamsInARowAreOneArchiveHoweverSlowlyTheyCome() throws Exception {
        byte[] tar = Archive.good().tar();
        byte[] first = Archive.gzip(Arrays.copyOf(tar, 700));
        byte[] second = Archive.gzip(Arrays.copyOfRange(tar, 700, tar.length));
        var slow =
                new FilterInputStream(
                        new SequenceInputStream(new ByteArrayInputStream(first), new ByteArrayInputStream(second))) {
                    @Override
                    public int available() {
                        return 0;
                    }
                };
        assertThat(new PayloadScanner(WIDE).scan(slow, () -> 0).members()).hasSize(1);
    }

    @Test
    void anArchiveOfOrdinaryRatioIsNoBomb() throws Exception {
        String rows = "2025-11-04 05:00:00 +0000 UTC,node-1,namespace,pod-%d,1234.5678%n";
        var csv = new StringBuilder();
        for (int i = 0; csv.length() < 12 * MEBIBYTE; i++) {
            csv.append(rows.formatted(i));
        }
        assertThat(names(new Archive().file("a.csv", csv.toString()).manifest().gzip()))
                .containsExactly("a.csv");
    }

    @Test
    void theHeadersOfAMemberAreBounded() {
        byte[] name = new byte[16 * MEBIBYTE];
        new Random(1).nextBytes(name);
        byte[] archive = new Archive().longName(name).file("x", "1").manifest().gzip();
        var read = new AtomicLong();
        assertThat(reasonOf(counted(archive, read), read, WIDE)).isEqualTo("over-limit");
        assertThat(read.get()).isLessThan(4 * MEBIBYTE);
    }

    @Test
    void aPaxHeaderIsBounded() {
        byte[] noise = new byte[16 * MEBIBYTE];
        new Random(1).nextBytes(noise);
        byte[] prefix = (noise.length + " comment=").getBytes(StandardCharsets.UTF_8);
        System.arraycopy(prefix, 0, noise, 0, prefix.length);
        noise[noise.length - 1] = '\n';
        byte[] archive = new Archive()
                .file("pax", TarConstants.LF_PAX_EXTENDED_HEADER_LC, noise)
                .file("x", "1")
                .manifest()
                .gzip();
        var read = new AtomicLong();
        assertThat(reasonOf(counted(archive, read), read, WIDE)).isEqualTo("over-limit");
        assertThat(read.get()).isLessThan(4 * MEBIBYTE);
    }

    @Test
    void aChainOfHeadersIsPoisonAndNoStackOverflow() {
        var archive = new Archive();
        for (int i = 0; i < 9_000; i++) {
            archive.longName(new byte[] {'x', 0});
        }
        assertPoison(archive.file("x", "1").manifest().gzip(), "over-limit");
    }

    @Test
    void anyDamageIsPoisonAndNothingElse() {
        var random = new Random(20251121);
        byte[] whole = new Archive()
                .directory("d/")
                .file("é" + "x".repeat(120) + ".csv", "a,b\n1,2\n")
                .manifest()
                .tar();
        for (int i = 0; i < 3_000; i++) {
            byte[] damaged = whole.clone();
            for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            if (random.nextBoolean()) {
                repairChecksums(damaged);
            }
            Throwable failure = catchThrowable(() -> scan(Archive.gzip(damaged)));
            if (failure != null) {
                assertThat(failure).as("try %d", i).isInstanceOf(PoisonPayloadException.class);
            }
        }
    }

    @Test
    void aBrokenSourceIsNoPoison() {
        InputStream broken = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new TransferFailedException("away", null);
            }
        };
        assertThatThrownBy(() -> new PayloadScanner(WIDE).scan(broken, () -> 0))
                .isInstanceOf(TransferFailedException.class);
    }

    /** Makes every header's checksum right again, so that damage reaches the fields behind it. */
    private static void repairChecksums(byte[] tar) {
        for (int header = 0; header + 512 <= tar.length; header += 512) {
            if (tar[header + 257] != 'u' || tar[header + 258] != 's') {
                continue;
            }
            Arrays.fill(tar, header + 148, header + 156, (byte) ' ');
            int sum = 0;
            for (int i = header; i < header + 512; i++) {
                sum += tar[i] & 0xff;
            }
            byte[] text = "%06o\0 ".formatted(sum).getBytes(StandardCharsets.UTF_8);
            System.arraycopy(text, 0, tar, header + 148, 8);
        }
    }

    private static PayloadScanner.Contents scan(byte[] gzip) throws IOException {
        return scan(gzip, WIDE);
    }

    private static PayloadScanner.Contents scan(byte[] gzip, Limits limits) throws IOException {
        var read = new AtomicLong();
        return new PayloadScanner(limits).scan(counted(gzip, read), read::get);
    }

    private static Iterable<String> names(byte[] gzip) throws IOException {
        return scan(gzip).members().stream().map(Member::name).toList();
    }

    private static void assertPoison(byte[] gzip, String reason) {
        assertThat(reasonOf(gzip)).isEqualTo(reason);
    }

    private static String reasonOf(byte[] gzip) {
        return reasonOf(gzip, WIDE);
    }

    private static String reasonOf(byte[] gzip, Limits limits) {
        var read = new AtomicLong();
        return reasonOf(counted(gzip, read), read, limits);
    }

    private static String reasonOf(InputStream gzip, AtomicLong read, Limits limits) {
        Throwable failure = catchThrowable(() -> new PayloadScanner(limits).scan(gzip, read::get));
        return failure instanceof PoisonPayloadException poison ? poison.reason() : String.valueOf(failure);
    }

    private static InputStream counted(byte[] bytes, AtomicLong read) {
        return counted(new ByteArrayInputStream(bytes), read);
    }

    private static InputStream counted(InputStream bytes, AtomicLong read) {
        return new FilterInputStream(bytes) {
            @Override
            public int read(byte[] buffer, int offset, int length) throws IOException {
                int n = super.read(buffer, offset, length);
                read.addAndGet(Math.max(0, n));
                return n;
            }
        };
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }
}
