package dev.caravan.openstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caravan.SettingException;
import dev.caravan.TestSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SitesFileTest {
    @TempDir
    Path folder;

    @Test
    void whatComesWithCaravanListsNone() {
        assertThat(new SitesFile(TestSettings.with(Map.of())).read()).isEmpty();
        assertThat(file().read()).isEmpty();
    }

    @Test
    void sitesHaveANameADatabaseAndADirectory() throws IOException {
        Files.writeString(folder.resolve("password"), "p@ss\n");
        write(
                """
                sites:
                  chi_tacc:
                    site_name: CHI@TACC
                    db_uri: mysql+nothing
                  kvm: {}
                """
                        .replace(
                                "mysql+nothing",
                                "mysql://other:word@db.example:3306/nova?sslMode=verify-full\n    db_username: caravan\n"
                                        + "    db_password_file: " + folder.resolve("password")
                                        + "\n    adapters: [x]\n"
                                        + "    raw_parquet: dumps/tacc"));
        var sites = file().read();
        assertThat(sites).containsOnlyKeys("chi_tacc", "kvm");
        Site tacc = sites.get("chi_tacc");
        assertThat(tacc.name()).isEqualTo("CHI@TACC");
        assertThat(tacc.directory()).contains(Path.of("dumps/tacc"));
        assertThat(tacc.database()).hasValueSatisfying(database -> {
            assertThat(database).hasToString("database db.example:3306");
            assertThat(database.username()).contains("caravan");
        });
        assertThat(sites.get("kvm")).isEqualTo(Site.called("kvm", null));
        assertThat(tacc.toString()).doesNotContain("word").doesNotContain("p@ss");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}|it lists nothing",
                "sites: {a: {db_url: 'mysql://u:geheim@h'}}|nothing is called db_url",
                "sites: {a: {db_uri: {u: geheim}}}|texts only",
                "sites: {a: {db_uri: 'postgres://u:geheim@h'}}|db_uri of a must be an address such as mysql://",
                "sites: {a: {db_uri: 'mysql://u:geheim@h h'}}|db_uri of a must be an address",
                "sites: {a: {db_uri: 'mysql://u:geheim%zz@h'}}|db_uri of a has a user or password",
                "sites: {a: {db_password: geheim}}|a has an account and no db_uri",
                "sites: {a: {data_dir: 's3://geheim/x'}}|data_dir of a must be a directory of this machine",
                "sites: {a: {site_name: ''}}|site_name of a must have",
                "sites: {../x: {}}|a site is called otherwise than by",
                "sites: {A: {}}|a site is called otherwise than by",
                "sites: {a: {}, a: {db_password: geheim}}|line 1: found duplicate key a",
                "sites: {a: {db_password: geheim|line 2: ",
                "sites: {a: {db_uri: 'mysql://h', db_password_file: /no/geheim}}|db_password_file of a cannot be read",
            })
    void aFileThatCannotBeUsedIsRefusedWithoutQuotingIt(String fileAndProblem) throws IOException {
        String[] parts = fileAndProblem.split("\\|");
        write(parts[0] + "\n");
        assertThatThrownBy(file()::read)
                .isInstanceOf(SettingException.class)
                .hasMessageContaining(parts[1])
                .hasMessageStartingWith(folder.resolve("sites.yaml") + " cannot be used: ")
                .message()
                .doesNotContain("geheim");
    }

    private void write(String text) throws IOException {
        Files.writeString(folder.resolve("sites.yaml"), text);
    }

    private SitesFile file() {
        return new SitesFile(TestSettings.with(Map.of("caravan.openstack.sites-file", folder.resolve("sites.yaml"))));
    }
}
