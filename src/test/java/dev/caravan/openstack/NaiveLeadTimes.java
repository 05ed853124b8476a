package dev.caravan.openstack;

import dev.caravan.openstack.RawSite.Lease;
import dev.caravan.openstack.RawSite.LeaseEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/** How long before it was to start, and before it started, each lease of a site was asked for. */
final class NaiveLeadTimes {
    /**
     * Of one lease, in seconds.
     *
     * @param effective null when it has not started
     */
    record LeadTime(String lease, Instant createdAt, double requested, Double effective) {}

    private NaiveLeadTimes() {}

    static List<LeadTime> of(RawSite raw, Instant reportTime) {
        List<LeadTime> all = new ArrayList<>();
        for (Lease lease : raw.leases) {
            if (lease.createdAt() == null || lease.startDate() == null) {
                continue;
            }
            double requested = Math.max(seconds(lease.createdAt(), lease.startDate()), 0);
            List<LeaseEvent> done = raw.leaseEvents.stream()
                    .filter(event -> Objects.equals(event.leaseId(), lease.id()))
                    .filter(event -> "start_lease".equals(event.eventType()) && "DONE".equals(event.status()))
                    .toList();
            Instant actual = done.stream()
                    .map(LeaseEvent::time)
                    .filter(Objects::nonNull)
                    .min(Instant::compareTo)
                    .orElse(lease.startDate());
            if (actual.isBefore(lease.createdAt())) {
                actual = lease.createdAt();
            }
            boolean started = (lease.deletedAt() == null || lease.deletedAt().isAfter(actual))
                    && !(done.isEmpty() && "ERROR".equals(lease.status()))
                    && !actual.isAfter(reportTime);
            all.add(new LeadTime(
                    lease.id(), lease.createdAt(), requested, started ? seconds(lease.createdAt(), actual) : null));
        }
        return all;
    }

    /** Means in seconds by the moment leases were asked for, where there are any. */
    static SortedMap<Instant, Double> means(List<LeadTime> all, Function<LeadTime, Double> kind) {
        SortedMap<Instant, Double> means = new TreeMap<>();
        for (LeadTime one : all) {
            all.stream()
                    .filter(other -> other.createdAt().equals(one.createdAt()))
                    .map(kind)
                    .filter(Objects::nonNull)
                    .mapToDouble(Double::doubleValue)
                    .average()
                    .ifPresent(mean -> means.put(one.createdAt(), mean));
        }
        return means;
    }

    private static double seconds(Instant from, Instant to) {
        return Duration.between(from, to).toNanos() / 1e9;
    }
}
