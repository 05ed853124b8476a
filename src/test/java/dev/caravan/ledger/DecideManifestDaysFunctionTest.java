package dev.caravan.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.database.FunctionTestBase;
import dev.caravan.database.ManifestFixture;
import org.junit.jupiter.api.Test;

class DecideManifestDaysFunctionTest extends FunctionTestBase {
    private static final String DAY = "2025-11-03";

    @Test
    void daysAreDecidedAndDecidingAgainChangesNothing() {
        ManifestFixture manifest = part("pod_usage", "storage_usage", 3).load();
        assertThat(decide(manifest)).isEqualTo("{\"pod_usage\": [\"2025-11-03\"]}");
        assertThat(decide(manifest)).isEqualTo("{}");
        assertThat(database.count("day_delivery where source = ? and owns and not complete", source))
                .isOne();
    }

    @Test
    void anotherPartChangesItsOwnTypesOnly() {
        ManifestFixture pods = part("pod_usage", "storage_usage", 3).load();
        decide(pods);
        assertThat(decide(part("storage_usage", "pod_usage", 3).load()))
                .isEqualTo("{\"storage_usage\": [\"2025-11-03\"]}");
    }

    @Test
    void partsOfADayWhoseOtherRowsWereDroppedAreRefused() throws Exception {
        ManifestFixture manifest = part("pod_usage", "storage_usage", 3).load();
        decide(manifest);
        // As if another file of pods came after the month was dropped.
        database.jdbc()
                .update(
                        """
                        insert into manifest_file (
                            source, manifest_uuid, name, sha256, payload_sha256, size_bytes, role, report_type
                        )
                        values (?, ?, 'more.csv', 'sha', 'sha', 1, 'report', 'pod_usage')
                        """,
                        source,
                        manifest.uuid());
        database.jdbc().queryForList("select caravan.mark_hours_dropped(?, '2025-11-01')", source);
        database.jdbc()
                .update("insert into manifest_file_day (manifest_file, usage_start, rows_loaded, interval_starts)"
                        + " select manifest_file, '2025-11-03', 1, '{2025-11-03 05:00Z}' from manifest_file"
                        + " where name = 'more.csv'");

        assertThat(database.stateOf("select caravan.decide_manifest_days(?, ?)", source, manifest.uuid()))
                .isEqualTo("CV003");
    }

    private String decide(ManifestFixture manifest) {
        return database.text("select caravan.decide_manifest_days(?, ?)::text", source, manifest.uuid());
    }

    private ManifestFixture part(String type, String otherType, int hours) {
        return new ManifestFixture(database, source, 1)
                .period("2025-11-03T00:00:00Z", "2025-11-03T23:59:59Z")
                .rows(type, DAY, 0, hours)
                .listed(otherType + ".csv");
    }
}
