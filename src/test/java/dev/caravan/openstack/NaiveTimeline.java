package dev.caravan.openstack;

import dev.caravan.openstack.RawSite.HoursOfDay;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;

/** Counts of a site at any moment: each time the sum over all spans that contain it. */
final class NaiveTimeline {
    static final List<String> RESOURCES = List.of("nodes", "vcpus", "vcpus_overcommit", "memory_mb", "disk_gb");
    static final List<String> COUNT_TYPES =
            List.of("total", "reservable", "committed", "occupied_reservation", "occupied_ondemand");
    /** What is derived: the first less the second. */
    static final Map<String, List<String>> DIFFERENCES = Map.of(
            "ondemand_capacity", List.of("total", "reservable"),
            "available_reservable", List.of("reservable", "committed"),
            "idle", List.of("committed", "occupied_reservation"),
            "available_ondemand", List.of("ondemand_capacity", "occupied_ondemand"));

    private static final Map<String, ToDoubleFunction<HoursOfDay>> LEGACY = Map.of(
            "total", day -> hours(day.totalHours()),
            "reservable", day -> hours(day.totalHours()) - hours(day.maintHours()),
            "committed", day -> hours(day.reservedHours()) + hours(day.usedHours()),
            "occupied_reservation", day -> hours(day.usedHours()),
            "available_reservable",
                    day -> hours(day.totalHours())
                            - hours(day.maintHours())
                            - hours(day.reservedHours())
                            - hours(day.usedHours()),
            "idle", day -> hours(day.reservedHours()));

    private final Map<String, List<NaiveSpan>> spans = new HashMap<>();
    private final List<HoursOfDay> legacy;

    NaiveTimeline(NaiveSite site, RawSite raw) {
        COUNT_TYPES.forEach(type -> spans.put(type, site.spans(type)));
        this.legacy = raw.hoursOfDays;
    }

    /** All moments at which spans of a kind start or end. */
    SortedSet<Instant> changes(String countType) {
        SortedSet<Instant> moments = new TreeSet<>();
        for (NaiveSpan span : spans.get(countType)) {
            moments.add(span.period().starts());
            if (!span.period().ends().equals(Period.NEVER)) {
                moments.add(span.period().ends());
            }
        }
        return moments;
    }

    /** Days that the former reports tell of. */
    SortedSet<Instant> legacyChanges() {
        SortedSet<Instant> moments = new TreeSet<>();
        legacy.forEach(day -> moments.add(beginning(day.date())));
        return moments;
    }

    /** Whether anything of a kind tells of a resource. */
    boolean isKnown(String countType, String resource) {
        return spans.get(countType).stream().anyMatch(span -> span.amounts().of(resource) != null);
    }

    /** Whether anything counts of a kind, or of both kinds that it is derived from. */
    boolean isPresent(String metric) {
        return DIFFERENCES.containsKey(metric)
                ? DIFFERENCES.get(metric).stream().allMatch(this::isPresent)
                : !spans.get(metric).isEmpty();
    }

    /** @param metric a count type or what is derived from two of them */
    double at(String metric, String resource, Instant moment) {
        if (DIFFERENCES.containsKey(metric)) {
            List<String> operands = DIFFERENCES.get(metric);
            return at(operands.get(0), resource, moment) - at(operands.get(1), resource, moment);
        }
        double sum = 0;
        for (NaiveSpan span : spans.get(metric)) {
            Double amount = span.amounts().of(resource);
            if (span.period().contains(moment) && amount != null) {
                sum += amount;
            }
        }
        return sum;
    }

    /** Nodes as the former reports counted them, those of the last day they tell of; 0 before the first. */
    double legacyAt(String metric, Instant moment) {
        SortedSet<Instant> until = new TreeSet<>(legacyChanges().headSet(moment.plusNanos(1)));
        double sum = 0;
        for (HoursOfDay day : legacy) {
            if (!until.isEmpty() && beginning(day.date()).equals(until.last())) {
                sum += LEGACY.get(metric).applyAsDouble(day) / 24;
            }
        }
        return sum;
    }

    /** Mean over time of a count from its first change on; null when that comes later. */
    Double mean(String countType, String resource, Period bucket) {
        SortedSet<Instant> changes = changes(countType);
        if (changes.isEmpty() || !changes.first().isBefore(bucket.ends())) {
            return null;
        }
        SortedSet<Instant> moments = new TreeSet<>(changes.subSet(bucket.starts(), bucket.ends()));
        if (!changes.first().isAfter(bucket.starts())) {
            moments.add(bucket.starts());
        }
        moments.add(bucket.ends());
        double sum = 0;
        List<Instant> ordered = new ArrayList<>(moments);
        for (int i = 0; i + 1 < ordered.size(); i++) {
            sum += at(countType, resource, ordered.get(i)) * seconds(ordered.get(i), ordered.get(i + 1));
        }
        return sum / seconds(ordered.get(0), bucket.ends());
    }

    static List<String> metrics() {
        List<String> metrics = new ArrayList<>(COUNT_TYPES);
        metrics.addAll(new TreeSet<>(DIFFERENCES.keySet()));
        return metrics;
    }

    static SortedSet<String> legacyMetrics() {
        return new TreeSet<>(LEGACY.keySet());
    }

    private static Instant beginning(LocalDate date) {
        return date.atStartOfDay(ZoneOffset.UTC).toInstant();
    }

    private static double seconds(Instant from, Instant to) {
        return Duration.between(from, to).toNanos() / 1e9;
    }

    private static double hours(Double hours) {
        return hours == null ? 0 : hours;
    }
}
