package dev.caravan.openstack;

import static org.assertj.core.api.Assertions.assertThat;

import de.siegmar.fastcsv.reader.CsvReader;
import dev.caravan.openstack.NaiveLeadTimes.LeadTime;
import dev.caravan.openstack.NaiveSite.Reject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What all other comparisons rely on agrees itself with the site that was counted by hand. */
class NaiveSiteTest {
    private static final Path DEMO = Path.of("src/test/resources/samples/openstack/demo");

    private static RawSite raw;
    private static NaiveSite site;
    private static NaiveTimeline timeline;

    @BeforeAll
    static void read() throws IOException {
        raw = RawSite.read(DEMO);
        site = new NaiveSite(raw);
        timeline = new NaiveTimeline(site, raw);
    }

    @Test
    void hostsOfEachDayAreThoseCountedByHand() throws IOException {
        int days = 0;
        try (var expected = CsvReader.builder().ofNamedCsvRecord(DEMO.resolve("expected_daily_nodes_strict.csv"))) {
            for (var row : expected) {
                days++;
                for (String metric : NaiveTimeline.metrics()) {
                    assertThat(timeline.at(metric, "nodes", midnight(row.getField("day"))))
                            .as(row.getField("day") + " " + metric)
                            .isEqualTo(Double.parseDouble(row.getField(metric)));
                }
            }
        }
        assertThat(days).isEqualTo(20);
    }

    @ParameterizedTest
    @CsvSource({
        "01, 160,  96,   0,  0,  0",
        "03, 208, 160,  80,  0,  0",
        "04, 208, 160, 128, 48,  8",
        "07, 232, 184, 152, 88, 56",
        "10, 184, 136, 104, 16, 56",
        "12, 232, 184, 128, 64, 56",
        "15, 232, 136,  32,  0,  8",
        "20, 184, 184,  48, 48,  0"
    })
    void coresOfADayAreThoseCountedByHand(
            String day, double total, double reservable, double committed, double reserved, double onDemand) {
        Instant moment = midnight("2024-01-" + day);
        assertThat(NaiveTimeline.COUNT_TYPES.stream().map(type -> timeline.at(type, "vcpus", moment)))
                .containsExactly(total, reservable, committed, reserved, onDemand);
    }

    @ParameterizedTest
    @CsvSource({"01, 224", "03, 272", "05, 296", "10, 248", "12, 296", "18, 248"})
    void virtualCoresAreThoseOffered(String day, double total) {
        assertThat(timeline.at("total", "vcpus_overcommit", midnight("2024-01-" + day)))
                .isEqualTo(total);
    }

    @ParameterizedTest
    @CsvSource({"memory_mb, 720896, 589824, 327680, 294912, 147456", "disk_gb, 3750, 3250, 1200, 1100, 540"})
    void memoryAndDiskOfTheSixthAreThoseCountedByHand(
            String resource, double total, double reservable, double committed, double reserved, double onDemand) {
        assertThat(NaiveTimeline.COUNT_TYPES.stream().map(type -> timeline.at(type, resource, midnight("2024-01-06"))))
                .containsExactly(total, reservable, committed, reserved, onDemand);
    }

    @Test
    void changesAreWhereTheyWereFoundByHand() {
        assertThat(changes("total"))
                .containsExactly("01-01T00 3", "01-03T00 4", "01-05T00 5", "01-10T00 4", "01-12T00 5", "01-18T00 4");
        assertThat(changes("reservable"))
                .containsExactly(
                        "01-01T00 2",
                        "01-02T00 3",
                        "01-05T00 4",
                        "01-10T00 3",
                        "01-12T00 4",
                        "01-15T00 3",
                        "01-16T00 4");
        assertThat(changes("committed"))
                .containsExactly(
                        "01-03T00 1.5",
                        "01-04T00 2.5",
                        "01-06T10 3.5",
                        "01-08T00 2.5",
                        "01-10T00 2.5",
                        "01-12T00 2.5",
                        "01-13T00 1.5",
                        "01-15T00 0.5",
                        "01-16T08 1.5",
                        "01-20T00 1",
                        "03-01T00 0");
        assertThat(changes("occupied_reservation"))
                .containsExactly(
                        "01-03T06 1",
                        "01-04T12 2",
                        "01-05T00 2.25",
                        "01-07T00 2.25",
                        "01-09T00 1.25",
                        "01-10T00 0.25",
                        "01-12T00 1.25",
                        "01-13T00 0.25",
                        "01-15T00 0",
                        "01-17T00 1",
                        "03-01T00 0");
        assertThat(changes("occupied_ondemand"))
                .containsExactly("01-04T00 0.125", "01-05T00 1.125", "01-14T23 0.125", "01-18T00 0");
    }

    @Test
    void everyRowThatGivesNoSpanHasItsReason() {
        assertThat(site.rejects())
                .containsExactlyInAnyOrder(
                        new Reject("blazar.computehosts", "h5", "orphan"),
                        new Reject("blazar.computehost_allocations", "a3", "ends_before_start"),
                        new Reject("blazar.computehost_allocations", "a7", "orphan"),
                        new Reject("blazar.computehost_allocations", "a9", "missing_lease"),
                        new Reject("nova.instances", "i3", "never_launched"),
                        new Reject("nova.instances", "i7", "orphan"),
                        new Reject("nova.instances", "i8", "null_key"));
    }

    @Test
    void leadTimesAreThoseCountedByHand() {
        List<LeadTime> all = NaiveLeadTimes.of(raw, Instant.parse("2024-01-21T00:00:00Z"));

        assertThat(hours(all, true))
                .containsExactly(
                        "01-02T00 36",
                        "01-03T00 0",
                        "01-04T00 0",
                        "01-05T00 24",
                        "01-06T10 0",
                        "01-09T00 24",
                        "01-16T08 0");
        assertThat(hours(all, false))
                .containsExactly("01-02T00 36", "01-03T00 0", "01-04T00 0", "01-06T10 0", "01-09T00 24", "01-16T08 0");
    }

    @Test
    void formerReportsAreCountedInNodes() {
        List<String> metrics =
                List.of("total", "reservable", "committed", "occupied_reservation", "available_reservable", "idle");
        assertThat(metrics.stream().map(metric -> timeline.legacyAt(metric, midnight("2024-01-01"))))
                .containsExactly(12.0, 11.0, 7.0, 5.0, 4.0, 2.0);
        assertThat(metrics.stream().map(metric -> timeline.legacyAt(metric, midnight("2024-01-02"))))
                .containsExactly(10.0, 10.0, 6.0, 5.0, 4.0, 1.0);
        assertThat(timeline.legacyAt("total", midnight("2023-12-31"))).isZero();
        assertThat(timeline.legacyAt("total", midnight("2024-02-01"))).isEqualTo(10);
    }

    @Test
    void aMeanIsWeightedByTimeAndBeginsWithTheFirstValue() {
        assertThat(mean("occupied_reservation", "2024-01-02")).isNull();
        assertThat(mean("occupied_reservation", "2024-01-03")).isEqualTo(1);
        assertThat(mean("occupied_reservation", "2024-01-04")).isEqualTo(1.5);
        assertThat(mean("committed", "2024-01-06")).isEqualTo((10 * 2.5 + 14 * 3.5) / 24);
    }

    private static Double mean(String countType, String day) {
        return timeline.mean(
                countType, "nodes", new Period(midnight(day), midnight(day).plusSeconds(86_400)));
    }

    private static List<String> changes(String countType) {
        return timeline.changes(countType).stream()
                .map(moment -> label(moment) + number(timeline.at(countType, "nodes", moment)))
                .toList();
    }

    private static List<String> hours(List<LeadTime> all, boolean requested) {
        List<String> lines = new ArrayList<>();
        NaiveLeadTimes.means(all, requested ? LeadTime::requested : LeadTime::effective)
                .forEach((moment, mean) -> lines.add(label(moment) + number(mean / 3600)));
        return lines;
    }

    private static String label(Instant moment) {
        return moment.toString().substring(5, 13) + " ";
    }

    private static String number(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }

    private static Instant midnight(String day) {
        return Instant.parse(day + "T00:00:00Z");
    }
}
