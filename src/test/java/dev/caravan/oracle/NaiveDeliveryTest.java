package dev.caravan.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.oracle.NaiveDelivery.Outcome;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NaiveDeliveryTest {
    private static final Hours DAY = Hours.day("2026-11-03");
    private static final LocalDate DATE = LocalDate.parse("2026-11-03");
    private static final ClusterModel CLUSTER = ClusterModel.small(3);
    private static final int PODS = 24;

    @TempDir
    Path directory;

    private int number;

    @Test
    void theManifestWithMoreHoursOwnsTheDay() {
        Path longer = pods(1, "2026-11-03T12:00:00Z", DAY.first(12)).writeTo(next());
        Path later = pods(2, "2026-11-05T12:00:00Z", DAY.first(11)).writeTo(next());

        assertOwner(1, 12, longer, later);
    }

    @Test
    void ofEqualHoursTheLaterManifestOwnsTheDay() {
        Path later = pods(1, "2026-11-04T00:05:00Z", DAY).writeTo(next());
        Path earlier = pods(2, "2026-11-04T00:04:59Z", DAY).writeTo(next());

        assertOwner(1, 24, later, earlier);
    }

    @Test
    void ofEqualHoursAndDatesTheGreaterUuidOwnsTheDay() {
        Path smaller = pods(1, "2026-11-04T00:05:00Z", DAY).writeTo(next());
        Path greater = pods(2, "2026-11-04T00:05:00Z", DAY).writeTo(next());

        assertOwner(2, 24, smaller, greater);
    }

    @Test
    void anHourThatHasBegunCountsWhole() {
        var began = pods(1, "2026-11-04T00:05:00Z", DAY)
                .between(DAY.from(), DAY.hour(4).plusSeconds(1));

        assertOwner(1, 5, began.writeTo(next()));
    }

    @Test
    void withoutStartAndEndTheHoursOfThePodRowsDecideForAllTypes() {
        Path none = PayloadWriter.of("c", PayloadWriter.uuid(1))
                .reports(CLUSTER.podUsage(DAY.first(5)), CLUSTER.storageUsage(DAY))
                .writeTo(next());
        Path zero = PayloadWriter.of("c", PayloadWriter.uuid(2))
                .atZeroTime()
                .reports(CLUSTER.podUsage(DAY.first(6)), CLUSTER.storageUsage(DAY.first(2)))
                .writeTo(next());
        var delivery = NaiveDelivery.of(List.of(none, zero));

        assertThat(delivery.owners().values())
                .extracting(NaiveDelivery.Owner::hours)
                .containsExactly(6, 6);
        assertThat(delivery.ownerOf("storage_usage", DATE)).isEqualTo(PayloadWriter.uuid(2));
    }

    @Test
    void theZeroTimeIsNoTime() {
        var payload = pods(1, "2026-11-04T00:05:00Z", DAY.first(3))
                .between(Instant.parse("0001-01-01T00:00:00Z"), DAY.lastSecond());

        assertOwner(1, 3, payload.writeTo(next()));
    }

    @Test
    void withoutPodRowsAndStartTheHoursAreTheTypesOwn() {
        Path payload = PayloadWriter.of("c", PayloadWriter.uuid(1))
                .reports(CLUSTER.storageUsage(DAY.first(3)), CLUSTER.nodeLabels(DAY.first(2)))
                .writeTo(next());

        assertThat(NaiveDelivery.of(List.of(payload)).owners().values())
                .extracting(NaiveDelivery.Owner::hours)
                .containsExactly(3, 2);
    }

    @Test
    void everyTypeAndDayHasItsOwnOwner() {
        Path two = PayloadWriter.of("c", PayloadWriter.uuid(1))
                .covering(Hours.days("2026-11-02", 2).first(36))
                .reports(CLUSTER.podUsage(Hours.days("2026-11-02", 2).first(36)), CLUSTER.nodeLabels(DAY.first(12)))
                .writeTo(next());
        Path one = pods(2, "2026-11-04T00:00:00Z", DAY).writeTo(next());
        var delivery = NaiveDelivery.of(List.of(one, two));

        assertThat(delivery.ownerOf("pod_usage", DATE.minusDays(1))).isEqualTo(PayloadWriter.uuid(1));
        assertThat(delivery.ownerOf("pod_usage", DATE)).isEqualTo(PayloadWriter.uuid(2));
        assertThat(delivery.ownerOf("node_labels", DATE)).isEqualTo(PayloadWriter.uuid(1));
        assertThat(delivery.ownerOf("gpu_usage", DATE)).isNull();
    }

    @Test
    void aManifestCountsOnceAllItsFilesAreThere() {
        List<Path> parts = PayloadWriter.of("c", PayloadWriter.uuid(1))
                .covering(DAY)
                .reports(CLUSTER.reports(DAY))
                .writeEach(directory, "part");

        assertThat(NaiveDelivery.of(parts.subList(0, 5)).days()).isEmpty();
        assertThat(NaiveDelivery.of(parts).days()).containsExactly(DATE);
        assertThat(NaiveDelivery.of(parts).owners()).hasSize(6);
    }

    @Test
    void aManifestDeclaredIncompleteCountsWhereNoCompleteOneDoes() {
        var writer = pods(1, "2026-11-04T00:05:00Z", DAY).reports(CLUSTER.nodeLabels(DAY), CLUSTER.storageUsage(DAY));
        Path pods = writer.writeTo(next(), 0);
        Path labels = writer.writeTo(next(), 1);
        Path storage = writer.writeTo(next(), 2);
        Path rival = pods(2, "2026-11-03T06:00:00Z", DAY.first(6)).writeTo(next());

        var alone = NaiveDelivery.of(List.of(pods, NaiveDelivery.DECLARATION, labels));
        assertThat(alone.complete()).isEmpty();
        assertThat(alone.ownerOf("pod_usage", DATE)).isEqualTo(PayloadWriter.uuid(1));
        assertThat(alone.ownerOf("node_labels", DATE)).isEqualTo(PayloadWriter.uuid(1));
        var yielding = NaiveDelivery.of(List.of(pods, labels, NaiveDelivery.DECLARATION, rival));
        assertThat(yielding.ownerOf("pod_usage", DATE)).isEqualTo(PayloadWriter.uuid(2));
        assertThat(yielding.ownerOf("node_labels", DATE)).isEqualTo(PayloadWriter.uuid(1));
        var completed = NaiveDelivery.of(List.of(pods, labels, NaiveDelivery.DECLARATION, rival, storage));
        assertThat(completed.ownerOf("pod_usage", DATE)).isEqualTo(PayloadWriter.uuid(1));
    }

    @Test
    void aManifestInPartsGivesTheSameInEveryOrder() {
        List<Path> payloads = new ArrayList<>(PayloadWriter.of("c", PayloadWriter.uuid(1))
                .covering(DAY)
                .reports(CLUSTER.reports(DAY))
                .writeEach(directory, "part"));
        payloads.add(pods(2, "2026-11-03T18:00:00Z", DAY.first(18)).writeTo(next()));
        var expected = NaiveDelivery.of(payloads).owners();
        for (int seed = 0; seed < 10; seed++) {
            Collections.shuffle(payloads, new Random(seed));
            assertThat(NaiveDelivery.of(payloads).owners()).isEqualTo(expected);
        }
    }

    @Test
    void anAdditiveManifestCountsInTheHoursTheOwnerLacks() {
        Path owner = pods(1, "2026-11-03T06:00:00Z", DAY.first(6)).writeTo(next());
        Path adding = pods(2, "2026-11-03T12:00:00Z", DAY.first(10)).additive().writeTo(next());
        Path alone = PayloadWriter.of("c", PayloadWriter.uuid(3))
                .additive()
                .reports(CLUSTER.nodeLabels(DAY.first(2)))
                .writeTo(next());
        for (List<Path> order : List.of(List.of(owner, adding, alone), List.of(alone, adding, owner))) {
            var delivery = NaiveDelivery.of(order);
            assertThat(delivery.ownerOf("pod_usage", DATE)).isEqualTo(PayloadWriter.uuid(1));
            assertThat(delivery.rowsOf("pod_usage", DATE)).isEqualTo(10 * PODS);
            assertThat(delivery.ownerOf("node_labels", DATE)).isNull();
            assertThat(delivery.rowsOf("node_labels", DATE)).isEqualTo(2 * 4);
        }
    }

    @Test
    void twoAdditiveManifestsBothCount() {
        Path one = pods(1, "2026-11-03T06:00:00Z", DAY.first(6)).additive().writeTo(next());
        Path other = pods(2, "2026-11-03T06:00:00Z", DAY.first(6)).additive().writeTo(next());

        assertThat(NaiveDelivery.of(List.of(one, other)).rowsOf("pod_usage", DATE))
                .isEqualTo(12 * PODS);
    }

    @Test
    void anOperatorWithoutAVersionCompetesForTheDay() {
        Path old = pods(1, "2026-11-03T06:00:00Z", DAY)
                .dailyReports(null)
                .version("")
                .writeTo(next());

        assertOwner(1, 24, old);
    }

    @Test
    void whatCameBeforeIsNotLoadedAgain() {
        var writer = pods(1, "2026-11-04T00:05:00Z", DAY.first(1)).reports(CLUSTER.nodeLabels(DAY.first(1)));
        Path first = writer.writeTo(next(), 0);
        Path again = writer.writeTo(next(), 0);
        Path both = writer.writeTo(next());
        var other = pods(1, "2026-11-04T00:05:00Z", DAY.first(2)).reports(CLUSTER.nodeLabels(DAY.first(1)));
        Path conflict = other.writeTo(next());
        var delivery = NaiveDelivery.of(List.of(first, again, conflict, both));

        assertThat(delivery.outcomes().values())
                .containsExactly(Outcome.LOADED, Outcome.DUPLICATE, Outcome.MEMBER_CONFLICT, Outcome.LOADED);
        assertThat(delivery.rowsOf("pod_usage", DATE)).isEqualTo(PODS);
        assertThat(delivery.rowsOf("node_labels", DATE)).isEqualTo(4);
    }

    @Test
    void aManifestWithRejectedRowsOnlyDoesNotCompete() {
        Path bad = PayloadWriter.of("c", PayloadWriter.uuid(2))
                .covering(DAY)
                .reports(CLUSTER.podUsage(DAY).set("pod_usage_cpu_core_seconds", "-1", row -> true))
                .writeTo(next());
        Path good = pods(1, "2026-11-03T06:00:00Z", DAY.first(6)).writeTo(next());

        assertOwner(1, 6, good, bad);
    }

    @Test
    void emptyFilesAndUnknownReportsCompleteAManifest() {
        Path payload = pods(1, "2026-11-03T06:00:00Z", DAY.first(6))
                .file("empty.csv", new byte[0])
                .file("strange.csv", "a,b\n1,2\n".getBytes(StandardCharsets.UTF_8))
                .reports(Report.empty(ReportKind.STORAGE, YearMonth.of(2026, 11)))
                .writeTo(next());

        assertOwner(1, 6, payload);
    }

    @Test
    void aRowIsRejectedForEachOfItsFaults() {
        Report good = CLUSTER.podUsage(DAY.first(1)).where(row -> row.get("pod").equals("pod-0"));
        String cpu = "pod_limit_cpu_core_seconds";
        String bytes = "pod_limit_memory_byte_seconds";
        String[] cells = good.rows().findFirst().orElseThrow();
        String[] tooMany = Arrays.copyOf(cells, 21);
        tooMany[20] = "more";
        List<Report> bad = List.of(
                set(good, cpu, "NaN"),
                set(good, cpu, "Infinity"),
                set(good, cpu, "-0.000001"),
                set(good, cpu, "1000000000000.1"),
                set(good, cpu, "1f"),
                set(good, cpu, "one"),
                set(good, bytes, "1.1e24"),
                set(good, "interval_start", ""),
                set(good, "interval_start", "yesterday"),
                set(good, "interval_end", "2026-11-03 00:00:00 +0000 UTC"),
                Report.empty(ReportKind.POD, YearMonth.of(2026, 11)).and(tooMany),
                Report.empty(ReportKind.POD, YearMonth.of(2026, 11)).and(Arrays.copyOf(cells, 19)));
        for (Report report : bad) {
            assertThat(rejected(report)).as("%s", report.rows().findFirst()).isEqualTo(1);
        }
        List<Report> accepted = List.of(
                good,
                set(good, cpu, ""),
                set(good, cpu, "-0"),
                set(good, cpu, "1e12"),
                set(good, bytes, "1e24"),
                set(good, "interval_end", "2026-11-03 01:00:00 +0000 UTC"),
                set(good, "interval_end", "2026-11-03 09:00:00 +0000 UTC"),
                good.without("node_role").shuffled(1).with("colour", "red"));
        for (Report report : accepted) {
            assertThat(rejected(report)).as("%s", report.rows().findFirst()).isZero();
        }
    }

    @Test
    void rowsOutsideTheAcceptedTimeAreRejected() {
        Path payload = pods(1, "2026-11-03T06:00:00Z", DAY.first(6)).writeTo(next());
        var delivery = NaiveDelivery.of(List.of(payload), DAY.hour(1), DAY.hour(4));

        assertThat(delivery.rowsOf("pod_usage", DATE)).isEqualTo(3 * PODS);
        assertThat(delivery.rejected().values()).containsExactly(3 * PODS);
    }

    private static Report set(Report report, String column, String text) {
        return report.set(column, text, row -> true);
    }

    private int rejected(Report report) {
        Path payload =
                PayloadWriter.of("c", PayloadWriter.uuid(1)).reports(report).writeTo(next());
        return NaiveDelivery.of(List.of(payload)).rejected().values().stream()
                .mapToInt(Integer::intValue)
                .sum();
    }

    private static PayloadWriter pods(int uuid, String date, Hours hours) {
        return PayloadWriter.of("c", PayloadWriter.uuid(uuid))
                .date(Instant.parse(date))
                .covering(hours)
                .reports(CLUSTER.podUsage(hours));
    }

    private Path next() {
        return directory.resolve(number++ + ".tar.gz");
    }

    /** Whatever the order of the payloads. */
    private static void assertOwner(int uuid, int hours, Path... payloads) {
        List<Path> order = new ArrayList<>(List.of(payloads));
        for (int i = 0; i < 2; i++) {
            assertThat(NaiveDelivery.of(order).owners().values())
                    .containsExactly(new NaiveDelivery.Owner(PayloadWriter.uuid(uuid), hours));
            Collections.reverse(order);
        }
    }
}
