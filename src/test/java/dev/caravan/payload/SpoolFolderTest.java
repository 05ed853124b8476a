package dev.caravan.payload;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolFolderTest {
    private static final String UUID = "8c5f4a0e-7a50-4ee1-9a0b-0123456789ab";

    @TempDir
    Path spool;

    @Test
    void whatAKilledProcessLeftIsSweptOnceItIsGoneAndNotBefore() throws Exception {
        try (var holder = new SpoolHolder(spool, 1234);
                SpoolFolder own = SpoolFolder.create(spool)) {
            Path ours = own.newFile();
            SpoolFolder.sweep(spool);
            assertThat(payloads()).hasSize(2);
            holder.kill();
            SpoolFolder.sweep(spool);
            assertThat(payloads()).containsExactly(ours);
            Files.delete(ours);
        }
        assertThat(everything()).isEmpty();
    }

    @Test
    void filesOfEarlierVersionsAreSweptWhenNobodyCanBeAtThem() throws IOException {
        Path left = Files.createFile(spool.resolve(UUID + ".tar.gz"));
        SpoolFolder.sweep(spool);
        assertThat(left).exists();
        Files.setLastModifiedTime(left, FileTime.from(Instant.now().minus(Duration.ofHours(25))));
        SpoolFolder.sweep(spool);
        assertThat(left).doesNotExist();
    }

    @Test
    void whatIsNotOfTheSpoolIsLeftAlone() throws IOException {
        Path folder = Files.createDirectories(spool.resolve("somebody"));
        Path file = Files.createFile(spool.resolve("payload.tar.gz"));
        Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH));
        SpoolFolder.sweep(spool);
        assertThat(everything()).containsExactlyInAnyOrder(folder, file);
        SpoolFolder.sweep(spool.resolve("not/there"));
    }

    private List<Path> payloads() throws IOException {
        return everything().stream()
                .filter(file -> file.toString().endsWith(".tar.gz"))
                .toList();
    }

    private List<Path> everything() throws IOException {
        try (var found = Files.walk(spool)) {
            return found.filter(file -> !file.equals(spool)).toList();
        }
    }
}
