package dev.caravan.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.database.FunctionTestBase;
import dev.caravan.database.ManifestFixture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ForgetMembersFunctionTest extends FunctionTestBase {
    private ManifestFixture manifest;

    @BeforeEach
    void load() {
        manifest = new ManifestFixture(database, source, 1)
                .rows("pod_usage", "2025-11-03", 0, 3)
                .rows("pod_usage", "2025-11-04", 0, 3)
                .rows("node_labels", "2025-11-03", 0, 2)
                .load();
        manifest.complete();
        new ManifestFixture(database, source, 2)
                .rows("pod_usage", "2025-11-20", 0, 5)
                .load()
                .complete();
    }

    @Test
    void nothingOfAMemberIsLeftAndEverythingElseIs() {
        forget("pod_usage.csv", "no-such-file.csv");
        assertThat(database.rows(
                        "select manifestid, count(*) from openshift_pod_usage_line_items where source = ? group by 1",
                        source.toString()))
                .containsExactly("00000002-0000-4000-8000-000000000000|5");
        assertThat(database.count("openshift_node_labels_line_items where source = ?", source.toString()))
                .isEqualTo(2);
        assertThat(database.rows(
                        "select name from manifest_file where source = ? and manifest_uuid = ?",
                        source,
                        manifest.uuid()))
                .containsExactly("node_labels.csv");
        assertThat(
                        database.count(
                                "manifest_file_day d where not exists (select from manifest_file f where f.manifest_file = d.manifest_file)"))
                .isZero();
        assertThat(database.count("manifest_file_day")).isEqualTo(2);
    }

    @Test
    void theManifestIsOpenAgain() {
        assertThat(database.count("manifest where source = ? and completed_at is null", source))
                .isZero();
        forget("pod_usage.csv");
        assertThat(database.rows(
                        "select manifest_uuid from manifest where source = ? and completed_at is null", source))
                .containsExactly(manifest.uuid().toString());
        assertThat(manifest.complete()).isNull();
    }

    @Test
    void aMemberThatBroughtNothingIsForgottenToo() {
        database.jdbc()
                .update(
                        "update manifest_file set report_type = null, status = 'unknown-type' where source = ? and name = 'node_labels.csv'",
                        source);
        database.jdbc()
                .update(
                        "delete from manifest_file_day using manifest_file f where f.manifest_file = manifest_file_day.manifest_file and f.name = 'node_labels.csv'");
        forget("node_labels.csv");
        assertThat(database.count("manifest_file where source = ? and name = 'node_labels.csv'", source))
                .isZero();
    }

    @Test
    void withoutNamesNothingIsForgotten() {
        forget();
        assertThat(database.count("manifest_file where source = ?", source)).isEqualTo(3);
    }

    private void forget(String... names) {
        database.jdbc()
                .queryForList(
                        "select caravan.forget_members(?, ?, ?::text[])",
                        source,
                        manifest.uuid(),
                        "{" + String.join(",", names) + "}");
    }
}
