package dev.caravan.optimization;

import static dev.caravan.optimization.WorkloadFixture.steady;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.caravan.database.FunctionTestBase;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DescribeExperimentFunctionTest extends FunctionTestBase {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Instant END = Instant.parse("2026-03-11T06:00:00Z");
    private static final String BEGINNING =
            """
            [{"version": "1.0", "experiment_name": "experiment 1",
              "cluster_name": "1234567;1b36b20f-7fa0-4454-a6d2-008294e06378",
              "performance_profile": "profile", "mode": "monitor", "target_cluster": "remote",
              "trial_settings": {"measurement_duration": "15min"}, "recommendation_settings": {"threshold": "0.1"},
            """;

    private WorkloadFixture workloads;

    @BeforeEach
    void addCluster() {
        workloads = new WorkloadFixture(database);
    }

    @Test
    void anObjectHasItsContainersWithTheImagesOfTheirNewestIntervals() throws Exception {
        long workload = workloads.workload("deployment", END, "web", "proxy");
        workloads.metrics(workload, "web", steady(END, 2));
        workloads.load();
        database.jdbc()
                .update(
                        "update ros.workload_metrics set image_name = case when interval_end = ?::timestamptz then 'new' else 'old' end",
                        END.toString());
        assertThat(described(workload))
                .isEqualTo(
                        JSON.readTree(
                                BEGINNING
                                        + """
                                "kubernetes_objects": [{"type": "deployment", "name": "workload 1", "namespace": "shop", "containers": [
                                  {"container_name": "web", "container_image_name": "new", "recommendations": {}},
                                  {"container_name": "proxy", "container_image_name": "unknown", "recommendations": {}}]}]}]
                                """));
    }

    @Test
    void aNamespaceHasNoContainers() throws Exception {
        assertThat(described(workloads.workload("namespace", END)))
                .isEqualTo(
                        JSON.readTree(
                                BEGINNING
                                        + """
                                "experiment_type": "namespace",
                                "kubernetes_objects": [{"namespaces": {"namespace": "shop", "recommendations": {}}}]}]
                                """));
    }

    @Test
    void aWorkloadThatIsGoneIsNothing() {
        assertThat(database.text("select caravan.describe_experiment(-1, 'profile') is null"))
                .isEqualTo("t");
    }

    private JsonNode described(long workload) throws JsonProcessingException {
        return JSON.readTree(database.text("select caravan.describe_experiment(?, 'profile')::text", workload));
    }
}
