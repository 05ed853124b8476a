package dev.caravan.openshift;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.openshift.Scenario.Cluster;
import dev.caravan.oracle.ClusterModel;
import dev.caravan.oracle.Hours;
import dev.caravan.oracle.Report;
import dev.caravan.oracle.ReportKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Clusters made up from a seed, of any size, with rows that cannot be used among the others: nothing is added and nothing
 * lost between accepted rows and summary. Every other scenario is held to the same laws when it is compared.
 */
class ConservationTest extends ScenarioTestBase {
    private static final Hours DAYS = Hours.days("2025-02-27", 3);
    private static final List<String> UNUSABLE = List.of("NaN", "-1", "1e308", "+Inf", "3,5", "many");
    private static final ReportKind[] WITH_UNUSABLE_ROWS = {ReportKind.POD, ReportKind.STORAGE};

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void aSummaryAddsAndLosesNothing(long seed) throws Exception {
        send(seed);
    }

    @ParameterizedTest
    @MethodSource("moreSeeds")
    @Tag("soak")
    void moreSummariesAddAndLoseNothing(long seed) throws Exception {
        send(seed);
    }

    static LongStream moreSeeds() {
        return LongStream.rangeClosed(5, 100);
    }

    private static void send(long seed) throws Exception {
        Random random = new Random(seed);
        Cluster cluster = scenario.cluster();
        ClusterModel model = ClusterModel.of(random.nextLong(), sizes(random));
        for (int day = 0; day < 3; day++) {
            Hours hours = DAYS.after(24 * day).first(1 + random.nextInt(24));
            List<Report> reports = new ArrayList<>(model.reports(hours));
            for (ReportKind kind : WITH_UNUSABLE_ROWS) {
                reports = Scenario.changing(reports, kind, report -> spoiled(report, random));
            }
            cluster.send(
                    cluster.manifest(day + 1, hours.hour(23).toString(), hours).reports(reports));
        }
        cluster.assertAgrees();
        assertThat(cluster.rejects()).as("rows refused").isNotEmpty();
    }

    private static ClusterModel.Sizes sizes(Random random) {
        int pods = 3 + random.nextInt(40);
        return new ClusterModel.Sizes(
                1 + random.nextInt(7),
                4 + random.nextInt(6),
                pods,
                3 + random.nextInt(6),
                random.nextInt(2),
                random.nextInt(3),
                random.nextInt(6));
    }

    /** About one row in twenty has a measure that cannot be used; some name no node, some have no measure at all. */
    private static Report spoiled(Report report, Random random) {
        long salt = random.nextLong();
        List<String> measures = report.kind().measures();
        Report spoiled = report;
        for (String text : UNUSABLE) {
            String measure = measures.get(random.nextInt(measures.size()));
            spoiled = spoiled.set(measure, text, row -> chosen(row, salt + text.hashCode(), 120));
        }
        if (report.kind() == ReportKind.POD) {
            spoiled = spoiled.set("node", "", row -> chosen(row, salt + 1, 30));
        }
        return spoiled.set(measures.get(0), "", row -> chosen(row, salt + 2, 15));
    }

    /** The same rows however often the report is read: one in so many. */
    private static boolean chosen(Report.Row row, long salt, int oneIn) {
        return Math.floorMod(
                        new Random(row.start().hashCode() * 31L + row.get("pod").hashCode() + salt).nextInt(), oneIn)
                == 0;
    }
}
