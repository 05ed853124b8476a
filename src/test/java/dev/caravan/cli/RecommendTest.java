package dev.caravan.cli;

import static dev.caravan.cli.Shell.FIRST_CLUSTER;
import static dev.caravan.cli.Shell.SECOND_CLUSTER;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.caravan.TestDatabase;
import dev.caravan.cli.Shell.Result;
import dev.caravan.optimization.StoredWorkload;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a person is told of what could be saved, and of why there is nothing to tell. */
class RecommendTest {
    private static final String HERE = "recommend --org 1234567 --cluster ";
    private static final String END = "2026-11-06T12:00:00Z";

    private static TestDatabase database;
    private static Shell shell;

    @BeforeAll
    static void start(@TempDir Path folder) {
        database = TestDatabase.createMigrated();
        shell = Shell.on(database, folder);
        shell.run("source", "add", "--org", "1234567", "--cluster", FIRST_CLUSTER, "--alias", "first");
        for (int number = 1; number <= 12; number++) {
            add("saving", "workload-" + number);
            recommend("workload-" + number, number + 1);
        }
        add("reporting", "new");
    }

    @AfterAll
    static void stop() {
        database.close();
    }

    @Test
    void theTenThatSaveMostAreListedWithTheirSumAndThatOfTheCluster() {
        Result result = run(HERE + "saving");
        assertThat(result.code()).as(result.err()).isZero();
        assertThat(result.lines()).hasSize(14);
        assertThat(result.lines().get(0))
                .matches("namespace +workload +container +term +CPU cores +recommended +change"
                        + " +memory MiB +recommended +change +saves");
        // Of 90 cores and 24 GiB in all.
        assertThat(result.lines().get(1))
                .matches("shop +deployment/workload-12 +web +short +13.000 +1.000 +-12.000"
                        + " +2048.0 +1024.0 +-1024.0 +8.8%");
        assertThat(result.lines().get(10)).contains("deployment/workload-3 ");
        assertThat(result.lines().get(11))
                .matches("total +10 containers +85.000 +10.000 +-75.000 +20480.0 +10240.0 +-10240.0 +62.5%");
        assertThat(result.lines().get(12))
                .matches("cluster +12 containers +90.000 +12.000 +-78.000 +24576.0 +12288.0 +-12288.0 +68.3%");
        assertThat(result.lines().get(13)).contains("with cost recommendations", "all 12 containers");
    }

    @Test
    void limitTermAndEngineChoose() {
        assertThat(run(HERE + "saving --limit 2 --term short --engine cost").lines())
                .hasSize(6);
        assertThat(run(HERE + "saving --limit 100 --term SHORT").lines())
                .as("no row for the cluster beside one that is the same")
                .hasSize(15)
                .noneMatch(line -> line.startsWith("cluster"));
    }

    @Test
    void jsonHasWholeNumbersAndTheSumsToo() throws IOException {
        Result result = run(HERE + "saving --limit 1 --json");
        assertThat(result.err()).isEmpty();
        assertThat(json(result))
                .isEqualTo(
                        JsonMapper.builder()
                                .build()
                                .readTree(
                                        """
                {
                  "organisation": "1234567",
                  "cluster": "saving",
                  "engine": "cost",
                  "containers": [{
                    "namespace": "shop",
                    "workload_type": "deployment",
                    "workload": "workload-12",
                    "container": "web",
                    "term": "short",
                    "monitoring_end_time": "2026-11-06T12:00:00Z",
                    "cpu": {"request": 13.0, "recommended": 1.0, "change": -12.0},
                    "memory": {"request": 2147483648.0, "recommended": 1073741824.0, "change": -1073741824.0},
                    "saving": 0.0875
                  }],
                  "listed": {
                    "containers": 1,
                    "cpu": {"request": 13.0, "recommended": 1.0, "change": -12.0},
                    "memory": {"request": 2147483648.0, "recommended": 1073741824.0, "change": -1073741824.0}
                  },
                  "all": {
                    "containers": 12,
                    "cpu": {"request": 90.0, "recommended": 12.0, "change": -78.0},
                    "memory": {"request": 25769803776.0, "recommended": 12884901888.0, "change": -12884901888.0}
                  }
                }"""));
    }

    @Test
    void whyThereIsNothingYetIsSaid() throws IOException {
        assertDone(
                run(HERE + "saving --term long"),
                "no container of cluster saving has data enough for the long term yet: leave out --term");
        assertDone(
                run(HERE + "reporting"),
                "there is no recommendation for cluster reporting yet: the first ones come with reports of half an hour");
        assertDone(
                run(HERE + FIRST_CLUSTER),
                "no right-sizing reports of cluster " + FIRST_CLUSTER + " have come yet: its operator sends them");

        Result json = run(HERE + FIRST_CLUSTER + " --json");
        assertThat(json.code()).isZero();
        assertThat(json(json).get("containers")).isEmpty();
        assertThat(json(json).get("all").isNull()).isTrue();
        assertThat(json.err()).startsWith("no right-sizing reports of cluster").hasLineCount(1);
    }

    @Test
    void aClusterNobodyKnowsIsWrongUse() {
        Result cluster = run(HERE + SECOND_CLUSTER);
        assertThat(cluster.code()).isEqualTo(2);
        assertThat(cluster.err())
                .startsWith("caravan: organisation 1234567 has no cluster " + SECOND_CLUSTER)
                .contains("`source add`")
                .hasLineCount(1);
        Result organisation = run("recommend --org 7654321 --cluster saving");
        assertThat(organisation.code()).isEqualTo(2);
        assertThat(organisation.err())
                .startsWith("caravan: organisation 7654321 is not registered: run `source add")
                .hasLineCount(1);
    }

    @Test
    void helpSaysWhatSavingIs() {
        assertThat(run("recommend --help").out().replaceAll("\\s+", " "))
                .contains("the mean of two shares: freed CPU in the CPU that all containers of the cluster request")
                .contains("10 unless set");
    }

    private static void assertDone(Result result, String line) {
        assertThat(result.code()).as(result.err()).isZero();
        assertThat(result.out()).startsWith(line).hasLineCount(1);
        assertThat(result.err()).isEmpty();
    }

    private static void add(String cluster, String name) {
        StoredWorkload.add(Shell.jdbc(database), "1234567", null, "1", cluster, name, END);
        Shell.jdbc(database)
                .update(
                        "delete from ros.recommendation_sets where workload_id = (select id from ros.workloads where"
                                + " workload_name = ?)",
                        name);
    }

    /** Requests some cores and 2 GiB of memory, and needs one and one. */
    private static void recommend(String workload, int cores) {
        Shell.jdbc(database)
                .update(
                        """
                        insert into ros.recommendation_sets (workload_id, container_name, monitoring_start_time,
                            monitoring_end_time, recommendations, updated_at)
                        select id, 'web', ?::timestamptz, ?::timestamptz, ?::jsonb, now()
                        from ros.workloads
                        where workload_name = ?
                        """,
                        END,
                        END,
                        """
                        {"current": {"requests": {"cpu": {"amount": %d, "format": "cores"},
                            "memory": {"amount": 2147483648, "format": "bytes"}}},
                        "recommendation_terms": {"short_term": {"recommendation_engines": {"cost": {"config": {"requests":
                            {"cpu": {"amount": 1, "format": "cores"},
                            "memory": {"amount": 1073741824, "format": "bytes"}}}}}}, "long_term": {}}}"""
                                .formatted(cores),
                        workload);
    }

    private static JsonNode json(Result result) throws IOException {
        return JsonMapper.builder().build().readTree(result.out());
    }

    private static Result run(String command) {
        return shell.run((Object[]) command.split(" "));
    }
}
