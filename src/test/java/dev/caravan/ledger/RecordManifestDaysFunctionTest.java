package dev.caravan.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.database.FunctionTestBase;
import dev.caravan.database.ManifestFixture;
import org.junit.jupiter.api.Test;

class RecordManifestDaysFunctionTest extends FunctionTestBase {
    private static final String DAY = "2025-11-03";

    @Test
    void whatTheFilesBroughtIsWrittenDownAndNothingCountsYet() {
        ManifestFixture manifest = manifest()
                .rows("pod_usage", DAY, 0, 3)
                .rows("pod_usage", "2025-11-04", 0, 2)
                .load();

        assertThat(record(manifest))
                .isEqualTo("{\"altered\": {}, \"delivered\": {\"pod_usage\": [\"2025-11-03\", \"2025-11-04\"]}}");
        assertThat(database.rows(
                        "select usage_start, hours, rows_loaded, cardinality(members), complete, owns, rows_kept"
                                + " from day_delivery where source = ? order by 1",
                        source))
                .containsExactly("2025-11-03|3|3|1|f|f|t", "2025-11-04|2|2|1|f|f|t");
    }

    @Test
    void theSameFilesAlterNothingAndTheDayKeepsItsOwner() {
        ManifestFixture manifest = manifest().rows("pod_usage", DAY, 0, 3).load();
        manifest.complete();

        assertThat(record(manifest)).isEqualTo("{\"altered\": {}, \"delivered\": {\"pod_usage\": [\"2025-11-03\"]}}");
        assertThat(database.count("day_delivery where source = ? and owns and complete", source))
                .isOne();
    }

    @Test
    void aDayThatCountedAndIsBroughtNoMoreIsAltered() {
        ManifestFixture manifest = manifest().rows("pod_usage", DAY, 0, 3).load();
        manifest.complete();
        database.jdbc().update("delete from manifest_file_day");

        assertThat(record(manifest))
                .isEqualTo(
                        "{\"altered\": {\"pod_usage\": [\"2025-11-03\"]}, \"delivered\": {\"pod_usage\": [\"2025-11-03\"]}}");
        assertThat(database.count("day_delivery where source = ?", source)).isZero();
    }

    @Test
    void hoursThatChangedAlterTheDayThatCounts() {
        ManifestFixture manifest = manifest().rows("storage_usage", DAY, 0, 3).load();
        manifest.complete();
        database.jdbc().update("update manifest_file_day set interval_starts = interval_starts[1:2]");

        assertThat(record(manifest)).contains("\"altered\": {\"storage_usage\": [\"2025-11-03\"]}");
        assertThat(database.rows("select hours from day_delivery where source = ?", source))
                .containsExactly("2");
    }

    private String record(ManifestFixture manifest) {
        return database.text("select caravan.record_manifest_days(?, ?)::text", source, manifest.uuid());
    }

    private ManifestFixture manifest() {
        return new ManifestFixture(database, source, 1);
    }
}
