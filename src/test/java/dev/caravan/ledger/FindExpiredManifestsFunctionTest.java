package dev.caravan.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.database.FunctionTestBase;
import dev.caravan.database.ManifestFixture;
import java.util.List;
import org.junit.jupiter.api.Test;

class FindExpiredManifestsFunctionTest extends FunctionTestBase {
    @Test
    void aManifestIsAsOldAsTheEndOfItsSpanElseAsItsDate() {
        manifest(1).period("2025-11-29T00:00:00Z", "2025-11-30T23:59:59Z").load();
        manifest(2).period("2025-11-30T00:00:00Z", "2025-12-01T00:00:00Z").load();
        manifest(3).date("2025-11-30T12:00:00Z").load();
        manifest(4).date("2025-12-01T00:00:00Z").load();
        assertThat(expired(10)).containsExactly("00000001|2025-11-01", "00000003|2025-11-01");
        assertThat(expired(1)).hasSize(1);
    }

    @Test
    void itIsNoOlderThanItsNewestRow() {
        manifest(1)
                .period("2025-11-29T00:00:00Z", "2025-11-30T23:59:59Z")
                .rows("pod_usage", "2025-12-01", 0, 1)
                .load();
        assertThat(expired(10)).isEmpty();
    }

    private ManifestFixture manifest(int number) {
        return new ManifestFixture(database, source, number);
    }

    private List<String> expired(int limit) {
        return database.rows(
                "select left(manifest_uuid::text, 8), usage_start from caravan.find_expired_manifests(?, '2025-12-01', ?)"
                        + " order by 1",
                source,
                limit);
    }
}
