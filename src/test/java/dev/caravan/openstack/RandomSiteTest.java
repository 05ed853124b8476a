package dev.caravan.openstack;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Random sites are of the two flavours they are said to be, so that comparing them means something. */
class RandomSiteTest {
    private static final List<String> LEVELS = List.of("total", "reservable", "committed", "occupied_reservation");

    @Test
    void noMoreCountsInAWellFormedSiteThanThereIs() {
        int occupied = 0;
        for (long seed = 1; seed <= 60; seed++) {
            RawSite raw = RandomSite.wellFormed(seed);
            var site = new NaiveSite(raw);
            var timeline = new NaiveTimeline(site, raw);
            assertThat(site.rejects()).as("seed " + seed).allMatch(reject -> reject.reason()
                    .equals("orphan"));
            occupied += site.spans("occupied_reservation").size();
            for (int level = 1; level < LEVELS.size(); level++) {
                String parent = LEVELS.get(level - 1);
                String child = LEVELS.get(level);
                Set<Instant> moments = new TreeSet<>(timeline.changes(parent));
                moments.addAll(timeline.changes(child));
                for (Instant moment : moments) {
                    for (String resource : List.of("nodes", "vcpus", "memory_mb", "disk_gb")) {
                        assertThat(timeline.at(child, resource, moment))
                                .as("seed %d, %s %s at %s", seed, child, resource, moment)
                                .isBetween(0.0, timeline.at(parent, resource, moment) + 1e-9);
                    }
                }
            }
        }
        assertThat(occupied).isGreaterThan(500);
    }

    @Test
    void illFormedSitesHaveEverythingThatCanBeWrong() {
        Set<String> reasons = new TreeSet<>();
        List<NaiveSpan> spans = new ArrayList<>();
        for (long seed = 1; seed <= 140; seed++) {
            var site = new NaiveSite(RandomSite.illFormed(seed));
            site.rejects().forEach(reject -> reasons.add(reject.reason()));
            spans.addAll(site.spans());
        }

        assertThat(reasons)
                .containsExactly(
                        "ends_before_start",
                        "missing_lease",
                        "missing_start",
                        "never_launched",
                        "not_reservable",
                        "null_key",
                        "open_lease",
                        "orphan",
                        "superseded",
                        "unknown_reservation_type",
                        "unknown_size");
        for (String countType : NaiveTimeline.COUNT_TYPES) {
            assertThat(spans)
                    .filteredOn(span -> span.countType().equals(countType))
                    .as(countType)
                    .hasSizeGreaterThan(30);
        }
        assertThat(spans).filteredOn(NaiveSpan::clipped).hasSizeGreaterThan(100);
        assertThat(spans)
                .filteredOn(span -> span.period().starts().equals(span.period().ends()))
                .isNotEmpty();
        assertThat(spans).extracting(NaiveSpan::nodeType).contains("type0", "type1", "type2", null);
        assertThat(spans).extracting(span -> span.amounts().nodes()).anyMatch(nodes -> nodes > 0 && nodes < 1);
    }

    @Test
    void aSeedGivesOneSite() {
        assertThat(RandomSite.illFormed(7)).hasToString(RandomSite.illFormed(7).toString());
        assertThat(RandomSite.wellFormed(7).toString())
                .isNotEqualTo(RandomSite.wellFormed(8).toString());
    }
}
