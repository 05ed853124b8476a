package dev.caravan.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.database.FunctionTestBase;
import dev.caravan.database.ManifestFixture;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RemoveSourceRowsFunctionTest extends FunctionTestBase {
    @Test
    void ofHourlyRowsThoseOfAFileGo() {
        new ManifestFixture(database, source, 1)
                .rows("pod_usage", "2025-11-03", 0, 4)
                .rows("pod_usage", "2025-12-03", 0, 2)
                .load();
        new ManifestFixture(database, source, 2)
                .rows("pod_usage", "2025-11-03", 0, 3)
                .load();
        UUID other = database.addSource("cluster-2");
        new ManifestFixture(database, other, 3)
                .rows("pod_usage", "2025-11-03", 0, 1)
                .load();
        assertThat(remove("openshift_pod_usage_hours")).isEqualTo("6");
        assertThat(remove("openshift_pod_usage_hours")).isEqualTo("3");
        assertThat(remove("openshift_pod_usage_hours")).isEqualTo("0");
        assertThat(database.count("openshift_pod_usage_hours")).isOne();
    }

    @Test
    void ofAnotherPartitionedTableTheOldestDayGoes() {
        daily("pod_usage", "2025-12-03", "pod", "a");
        daily("pod_usage", "2025-11-03", "pod", "a");
        daily("pod_usage", "2025-11-03", "pod", "b");
        assertThat(remove("openshift_pod_usage_line_items_daily")).isEqualTo("2");
        assertThat(remove("openshift_pod_usage_line_items_daily")).isEqualTo("1");
        assertThat(remove("openshift_pod_usage_line_items_daily")).isEqualTo("0");
    }

    @Test
    void ofOthersABoundedNumberGoes() {
        for (int number = 1; number <= 5; number++) {
            new ManifestFixture(database, source, number)
                    .rows("pod_usage", "2025-11-03", 0, 1)
                    .load();
        }
        assertThat(remove("manifest_file")).isEqualTo("2");
        assertThat(remove("manifest_file")).isEqualTo("2");
        assertThat(remove("manifest_file")).isEqualTo("1");
        assertThat(database.count("manifest_file_day")).isZero();
    }

    @Test
    void dimensionsGoByTheClusterTheyBelongTo() {
        UUID other = database.addSource("cluster-2");
        for (UUID owner : new UUID[] {source, other}) {
            database.jdbc()
                    .update(
                            """
                            with cluster as (
                                insert into reporting_ocp_clusters (cluster_id, cluster_alias, provider_id)
                                values ('c', 'a', ?)
                                returning uuid
                            )
                            insert into reporting_ocp_projects (project, cluster_id)
                            select 'shop', uuid
                            from cluster
                            """,
                            owner);
        }
        assertThat(remove("reporting_ocp_projects")).isEqualTo("1");
        assertThat(remove("reporting_ocp_projects")).isEqualTo("0");
        assertThat(remove("reporting_ocp_clusters")).isEqualTo("1");
        assertThat(database.rows("select provider_id from reporting_ocp_clusters"))
                .containsExactly(other.toString());
        assertThat(remove("reporting_ocp_projects"))
                .as("without a cluster nothing is its")
                .isEqualTo("0");
    }

    @Test
    void withItsClaimsGoTheMessagesThatWereCarriedOut() {
        new ManifestFixture(database, source, 1)
                .rows("pod_usage", "2025-11-03", 0, 1)
                .load();
        database.jdbc()
                .update("insert into outbox (kind, sha256, destination, message, sent_at)"
                        + " select 'validation-reply', sha256, 't', '1', now() from payload_claim");
        database.jdbc()
                .update("insert into outbox (kind, sha256, destination, message)"
                        + " select 'validation-reply', sha256, 't', '2' from payload_claim");
        assertThat(remove("payload_claim")).isEqualTo("1");
        assertThat(database.rows("select message from outbox")).containsExactly("2");
    }

    @Test
    void tablesWithoutASourceAreRefused() throws Exception {
        assertThat(database.stateOf("select caravan.remove_source_rows(?, 'outbox', 1)", source))
                .isEqualTo("P0002");
        assertThat(database.stateOf("select caravan.remove_source_rows(?, 'quarantine', 1)", source))
                .isEqualTo("P0002");
    }

    private String remove(String table) {
        return database.text("select caravan.remove_source_rows(?, ?, 2)", source, table);
    }
}
