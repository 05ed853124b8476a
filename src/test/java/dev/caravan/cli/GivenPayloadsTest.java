package dev.caravan.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which files the paths of a command line stand for, in which order, and whose they are. */
class GivenPayloadsTest {
    @TempDir
    private Path folder;

    @Test
    void filesOfADirectoryComeInByteOrderOfTheirNames() throws IOException {
        make("b", "B", "a10", "a9", "ä", "z");

        assertThat(names(null, folder)).containsExactly("B", "a10", "a9", "b", "z", "ä");
    }

    @Test
    void argumentsKeepTheirOrder() throws IOException {
        make("one/x", "two/a", "y");

        assertThat(names(null, folder.resolve("y"), folder.resolve("two"), folder.resolve("one")))
                .containsExactly("y", "a", "x");
    }

    @Test
    void hiddenFilesAndSubfoldersAreSkipped() throws IOException {
        make(".hidden", "sub/file", ".org=1/file", "seen");

        assertThat(names(null, folder)).containsExactly("seen");
    }

    @Test
    void filesInAFolderOfAnOrganisationBelongToIt() throws IOException {
        make("org=77/b", "org=77/.hidden", "org=77/deeper/c", "a");

        assertThat(GivenPayloads.of(List.of(folder), "5").payloads())
                .extracting(payload -> payload.name() + " of " + payload.organisation())
                .containsExactly("a of 5", "org=77/b of 77");
        assertThat(GivenPayloads.of(List.of(folder.resolve("org=77/b")), "5").payloads())
                .extracting(GivenPayload::organisation)
                .containsExactly("77");
    }

    @Test
    void aDirectoryWithoutPayloadsIsRemembered() throws IOException {
        make("empty/.hidden", "full/a");

        var given = GivenPayloads.of(List.of(folder.resolve("empty"), folder.resolve("full")), null);
        assertThat(given.emptyDirectories()).containsExactly(folder.resolve("empty"));
        assertThat(given.payloads()).hasSize(1);
    }

    @Test
    void aFolderOfAnImpossibleOrganisationIsRefused() throws IOException {
        make("org=A B/a");

        assertThatThrownBy(() -> GivenPayloads.of(List.of(folder), null))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("folder org=A B names no organisation");
    }

    @Test
    void whatIsNoFileIsRefused() {
        assertThatThrownBy(() -> GivenPayloads.of(List.of(Path.of("/dev/null")), null))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("/dev/null is no file that can be read");
    }

    private List<String> names(String organisation, Path... paths) throws IOException {
        return GivenPayloads.of(List.of(paths), organisation).payloads().stream()
                .map(GivenPayload::name)
                .toList();
    }

    private void make(String... files) throws IOException {
        for (String file : files) {
            Path path = folder.resolve(file);
            Files.createDirectories(path.getParent());
            Files.createFile(path);
        }
    }
}
