package dev.caravan.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.database.FunctionTestBase;
import dev.caravan.database.ManifestFixture;
import java.util.List;
import org.junit.jupiter.api.Test;

class FindOverdueManifestsFunctionTest extends FunctionTestBase {
    @Test
    void thoseThatWaitLongEnoughSinceTheirLastFileCameAreFoundLongestWaitingFirst() {
        for (int number : List.of(1, 2, 3)) {
            manifest(number).listed("missing.csv").load();
            arrived(number, 60 * number);
        }
        assertThat(overdue(119, null)).containsExactly("3", "2");
        assertThat(overdue(120, null)).containsExactly("3", "2");
        assertThat(overdue(121, null)).containsExactly("3");
        assertThat(overdue(0, 1)).containsExactly("3");
    }

    @Test
    void aManifestOfWhichNoFileCameWaitsSinceItCameItself() {
        new ManifestFixture(database, source, 1).listed("missing.csv").load();
        assertThat(overdue(1, null)).isEmpty();
        assertThat(overdue(0, null)).containsExactly("1");
    }

    @Test
    void completeOnesAndThoseDeclaredAreNotFound() {
        manifest(1).load().complete();
        manifest(2).listed("missing.csv").load();
        assertThat(overdue(0, null)).containsExactly("2");
        database.jdbc().update("update manifest set declared_incomplete_at = now() where completed_at is null");
        assertThat(overdue(0, null)).isEmpty();
    }

    @Test
    void otherSourcesAreLeftAlone() {
        manifest(1).listed("missing.csv").load();
        source = database.addSource("cluster-2");
        assertThat(overdue(0, null)).isEmpty();
    }

    private ManifestFixture manifest(int number) {
        return new ManifestFixture(database, source, number).rows("pod_usage", "2025-11-03", 0, 2);
    }

    private void arrived(int number, int secondsAgo) {
        database.jdbc()
                .update(
                        "update manifest_file set completed_at = now() - make_interval(secs => ?)"
                                + " where manifest_uuid = ?",
                        secondsAgo,
                        manifest(number).uuid());
        database.jdbc()
                .update(
                        "update manifest set created_at = now() - interval '1 day' where manifest_uuid = ?",
                        manifest(number).uuid());
    }

    private List<String> overdue(int waitSeconds, Integer limit) {
        return database.rows(
                "select left(manifest_uuid::text, 8)::integer from caravan.find_overdue_manifests(array[?], ?, ?)",
                source,
                waitSeconds,
                limit);
    }
}
