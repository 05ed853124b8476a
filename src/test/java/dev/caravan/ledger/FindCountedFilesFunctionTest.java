package dev.caravan.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.database.FunctionTestBase;
import dev.caravan.database.ManifestFixture;
import java.util.List;
import org.junit.jupiter.api.Test;

class FindCountedFilesFunctionTest extends FunctionTestBase {
    private static final String DAY = "2025-11-03";

    @Test
    void ofSeveralManifestsTheOwnersFilesCount() {
        new ManifestFixture(database, source, 1)
                .rows("pod_usage", DAY, 0, 3)
                .load()
                .complete();
        new ManifestFixture(database, source, 2)
                .rows("pod_usage", DAY, 0, 5)
                .rows("node_labels", DAY, 0, 5)
                .load()
                .complete();
        assertThat(counted("pod_usage")).containsExactly("2||00000002-0000-4000-8000-000000000000|5|");
    }

    @Test
    void additiveFilesCountForTheHoursTheOwnerHasNoRowsFor() {
        new ManifestFixture(database, source, 3)
                .additive()
                .rows("pod_usage", DAY, 0, 2)
                .load()
                .complete();
        assertThat(counted("pod_usage")).containsExactly("3||00000003-0000-4000-8000-000000000000|2|");
        new ManifestFixture(database, source, 1)
                .rows("pod_usage", DAY, 1, 4)
                .load()
                .complete();
        assertThat(counted("pod_usage"))
                .containsExactly("1,3|3|00000003-0000-4000-8000-000000000000|3|"
                        + "{\"2025-11-03 01:00:00+00\",\"2025-11-03 02:00:00+00\",\"2025-11-03 03:00:00+00\"}");
    }

    @Test
    void filesOfAManifestThatWaitsDoNotCount() {
        new ManifestFixture(database, source, 1)
                .rows("pod_usage", DAY, 0, 3)
                .listed("storage_usage.csv")
                .load()
                .complete();
        assertThat(counted("pod_usage")).containsExactly("||||");
    }

    /** Numbers of the manifests whose files count, and of the additive ones among them; greatest manifest, hours, exclusions. */
    private List<String> counted(String type) {
        return database.rows(
                "select (select string_agg(left(manifest_uuid::text, 8)::integer::text, ',' order by manifest_uuid)"
                        + " from manifest_file where manifest_file = any (c.files)),"
                        + " (select string_agg(left(manifest_uuid::text, 8)::integer::text, ',' order by manifest_uuid)"
                        + " from manifest_file where manifest_file = any (c.additive_files)),"
                        + " c.manifestid, c.hours, c.excluded_intervals::text"
                        + " from caravan.find_counted_files(?, ?, ?::date) c",
                source,
                type,
                DAY);
    }
}
