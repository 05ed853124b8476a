package dev.caravan.openstack.plots;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import org.jfree.data.time.SimpleTimePeriod;

/**
 * The time shown.
 *
 * @param from first day, UTC
 * @param to last day, UTC, included
 * @param bucket days between two shown counts
 */
record PlotRange(LocalDate from, LocalDate to, int bucket) {
    /** Steps beyond which they can no longer be told apart at the size of the charts. */
    private static final int MOST_STEPS = 1000;

    private static final int[] BUCKETS = {1, 7, 28, 91};

    /** @param bucket null for as few days as can be told apart */
    static PlotRange of(LocalDate from, LocalDate to, Integer bucket) {
        long days = ChronoUnit.DAYS.between(from, to) + 1;
        int chosen = BUCKETS[BUCKETS.length - 1];
        for (int i = BUCKETS.length - 1; i >= 0; i--) {
            if (days <= (long) MOST_STEPS * BUCKETS[i]) {
                chosen = BUCKETS[i];
            }
        }
        return new PlotRange(from, to, bucket == null ? chosen : bucket);
    }

    Instant start() {
        return instant(from);
    }

    Instant end() {
        return instant(to.plusDays(1));
    }

    /** How long a count is shown that was taken at a moment: until the next one, within this range. */
    SimpleTimePeriod step(Instant start) {
        long end = Math.min(start.plus(bucket, ChronoUnit.DAYS).toEpochMilli(), end().toEpochMilli());
        return new SimpleTimePeriod(start.toEpochMilli(), end);
    }

    /** The days, as titles have it. */
    static String days(PlotRange range) {
        return range == null ? "no days to show" : range.from + " to " + range.to + " (UTC)";
    }

    /** The days and the bucket, as titles have it. */
    static String steps(PlotRange range) {
        if (range == null) {
            return days(null);
        }
        return days(range) + ", " + (range.bucket == 1 ? "each day" : "every " + range.bucket + " days");
    }

    static Instant instant(LocalDate day) {
        return day.atStartOfDay(ZoneOffset.UTC).toInstant();
    }
}
