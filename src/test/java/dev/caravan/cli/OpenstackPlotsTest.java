package dev.caravan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.TestDatabase;
import dev.caravan.cli.Shell.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpenstackPlotsTest {
    @TempDir
    private Path folder;

    @Test
    void theFilesWrittenAreNamed() {
        try (TestDatabase database = TestDatabase.createMigrated()) {
            Shell.jdbc(database).update("insert into openstack.site (site, name) values ('chi_uc', 'CHI@UC')");
            Path output = folder.resolve("plots");
            Result result = Shell.on(database, folder)
                    .run("openstack", "plots", "--site", "chi_uc", "--bucket", "P7D", "--output", output);
            assertThat(result.code()).as(result.err()).isZero();
            assertThat(result.lines())
                    .hasSize(8)
                    .contains(output.resolve("chi_uc_legacy_facets.png").toString())
                    .allSatisfy(line -> assertThat(Path.of(line)).exists());
            assertThat(result.err()).isEmpty();

            Result unknown =
                    Shell.on(database, folder).run("openstack", "plots", "--site", "chi_tacc", "--output", output);
            assertThat(unknown.code()).isEqualTo(2);
            assertThat(unknown.err()).isEqualTo("caravan: there is no site chi_tacc: there are chi_uc\n");
        }
    }

    @Test
    void whatCannotBeIsSaidBeforeAnythingIsRead() throws IOException {
        assertWrong("--site ../x", "'../x' is no key of a site");
        assertWrong("--from 2024-01-02 --to 2024-01-01", "the first day, 2024-01-02, comes after the last, 2024-01-01");
        assertWrong("--from 0001-01-01", "day 0001-01-01 is too far away");
        assertWrong("--bucket 1h", "'1h' is no number of days: write it like 7d or P7D");
        assertWrong("--bucket P1M", "'P1M' is no number of days");
        assertWrong("--bucket 0d", "'0d' is no number of days");
        Path file = Files.writeString(folder.resolve("file"), "");
        assertWrong("--output " + file, "folder " + file + " cannot be made");
        assertWrong("--output " + file.resolve("below"), "cannot be made");
    }

    private static void assertWrong(String options, String message) {
        Result result = Shell.withoutDatabase().run((Object[]) ("openstack plots " + options).split(" "));
        assertThat(result.code()).as(options).isEqualTo(2);
        assertThat(result.err()).as(options).contains(message).hasLineCount(1);
        assertThat(result.out()).isEmpty();
    }
}
