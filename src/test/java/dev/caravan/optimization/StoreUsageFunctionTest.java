package dev.caravan.optimization;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.database.FunctionTestBase;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StoreUsageFunctionTest extends FunctionTestBase {
    private static final String CLUSTER = "1b36b20f-7fa0-4454-a6d2-008294e06378";

    /** A staged row of the container shop/deployment/cart/web; names and values in turn that differ. */
    private void stage(Object... namesAndValues) {
        Map<String, Object> row = row(
                "batch", 7,
                "namespace", "shop",
                "object_type", "deployment",
                "object_name", "cart",
                "workload", "cart",
                "container_name", "web",
                "image_name", "quay.io/shop/cart",
                "interval_start", "2026-03-11 05:45:01Z",
                "interval_end", "2026-03-11 06:00:00Z");
        row.putAll(row(namesAndValues));
        List<Object> values = new ArrayList<>();
        List<String> places = new ArrayList<>();
        row.forEach((name, value) -> {
            values.add(value);
            places.add(name.startsWith("interval") ? "?::timestamptz" : "?");
        });
        database.jdbc()
                .update(
                        "insert into ros.usage_row (" + String.join(", ", row.keySet()) + ") values ("
                                + String.join(", ", places) + ")",
                        values.toArray());
    }

    private List<String> store(boolean remote) {
        return store("edge-1", remote);
    }

    private List<String> store(String alias, boolean remote) {
        return database.rows(
                "select experiment_name, is_namespace, until"
                        + " from caravan.store_usage(7, '1234567', '42', 'source-9', ?, ?, ?) order by 1",
                CLUSTER,
                alias,
                remote);
    }

    @Test
    void averagesOfPodsAreAveragedSumsAddedAndExtremesKept() {
        stage("cpu_usage_avg", 1, "cpu_usage_sum", 1, "cpu_usage_min", 1, "cpu_usage_max", 3, "cpu_throttle_min", 0.5);
        stage("cpu_usage_avg", 7, "cpu_usage_sum", 3, "cpu_usage_min", 2, "cpu_usage_max", 7, "cpu_throttle_min", 0.25);
        assertThat(store(false))
                .containsExactly("1234567|source-9|" + CLUSTER + "|shop|deployment|cart|f|2026-03-11 06:00:00+00");
        assertThat(database.rows(
                        "select container_name, interval_start, interval_end, org_id, image_name, cpu_usage_avg, cpu_usage_sum,"
                                + " cpu_usage_min, cpu_usage_max, cpu_throttle_min from ros.workload_metrics"))
                .containsExactly(
                        "web|2026-03-11 05:45:01+00|2026-03-11 06:00:00+00|1234567|quay.io/shop/cart|4|4|1|7|0.25");
    }

    @Test
    void aMissingNumberCountsForNothingAndIsMissingWhereAllAre() {
        stage("cpu_request_avg", 2, "cpu_request_sum", 2);
        stage("cpu_request_avg", 4);
        store(false);
        assertThat(database.rows("select cpu_request_avg, cpu_request_sum, cpu_limit_avg from ros.workload_metrics"))
                .containsExactly("3|2|");
    }

    @Test
    void ofTwoImagesInOneIntervalTheBusierStands() {
        stage("image_name", "quay.io/shop/cart:1", "cpu_usage_sum", 1);
        stage("image_name", "quay.io/shop/cart:2", "cpu_usage_sum", 2);
        stage("image_name", "quay.io/shop/cart:2", "cpu_usage_sum", 3);
        store(false);
        assertThat(database.rows("select image_name, cpu_usage_sum from ros.workload_metrics"))
                .containsExactly("quay.io/shop/cart:2|5");
    }

    @Test
    void whatCameFirstForAnIntervalStays() {
        stage("cpu_usage_sum", 1);
        store(false);
        stage("cpu_usage_sum", 2);
        stage("cpu_usage_sum", 3, "interval_start", "2026-03-11 05:30:01Z", "interval_end", "2026-03-11 05:45:00Z");
        // Named all the same: whoever was to ask for its recommendations may have been stopped.
        assertThat(store(false)).hasSize(1);
        assertThat(database.rows("select cpu_usage_sum from ros.workload_metrics order by interval_end"))
                .containsExactly("3", "1");
        assertThat(database.text("select metrics_upload_at from ros.workloads")).isEqualTo("2026-03-11 06:00:00+00");
    }

    @Test
    void aWorkloadKeepsItsContainersInTheOrderTheyFirstCame() {
        stage("container_name", "web");
        store(false);
        stage(
                "container_name",
                "sidecar",
                "interval_end",
                "2026-03-11 06:15:00Z",
                "interval_start",
                "2026-03-11 06:00:01Z");
        stage("container_name", "proxy");
        stage("container_name", "web");
        store(false);
        assertThat(database.rows("select containers from ros.workloads")).containsExactly("{web,proxy,sidecar}");
    }

    @Test
    void aNamespaceIsAWorkloadWithoutContainers() {
        stage(
                "object_type",
                "namespace",
                "object_name",
                "shop",
                "workload",
                "",
                "container_name",
                "",
                "image_name",
                "",
                "total_pods_max",
                3);
        assertThat(store(true))
                .containsExactly("1234567|source-9|" + CLUSTER + "|namespace|shop|t|2026-03-11 06:00:00+00");
        assertThat(database.rows(
                        "select w.namespace, w.workload_type, w.containers, m.container_name, m.image_name, m.total_pods_max"
                                + " from ros.workloads w join ros.workload_metrics m on m.workload_id = w.id"))
                .containsExactly("shop|namespace||||3");
    }

    @Test
    void aClusterIsOneWhateverItIsCalledAndTakesTheNewName() {
        stage();
        store("edge-1", false);
        stage();
        store("edge-2", false);
        assertThat(database.rows(
                        "select a.org_id, a.account, c.source_id, c.cluster_uuid, c.cluster_alias, c.last_reported_at = now()"
                                + " from ros.clusters c join ros.rh_accounts a on a.id = c.tenant_id"))
                .containsExactly("1234567|42|source-9|" + CLUSTER + "|edge-2|t");
        assertThat(database.count("ros.workloads")).isEqualTo(1);
    }

    @Test
    void aKruizeServerHasToBeToldOfNewIntervalsOnly() {
        stage("container_name", "web");
        stage("container_name", "proxy");
        store(true);
        assertThat(database.rows("select interval_end from ros.unsent_interval"))
                .containsExactly("2026-03-11 06:00:00+00");
        database.jdbc().update("delete from ros.unsent_interval");
        stage("container_name", "web");
        store(true);
        assertThat(database.count("ros.unsent_interval")).isZero();
        stage("interval_start", "2026-03-11 06:00:01Z", "interval_end", "2026-03-11 06:15:00Z");
        store(false);
        assertThat(database.count("ros.unsent_interval")).isZero();
    }

    @Test
    void noStagedRowIsLeftAndThoseOfOthersAreNotTouched() {
        stage();
        stage("batch", 8);
        store(false);
        assertThat(database.rows("select batch from ros.usage_row")).containsExactly("8");
        assertThat(store(false)).isEmpty();
    }
}
