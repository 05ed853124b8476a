package dev.caravan.openstack;

import java.time.Instant;

/** Time from a moment up to another, which is not part of it. May be of no length. */
record Period(Instant starts, Instant ends) {
    /** The end of what goes on. */
    static final Instant NEVER = Instant.MAX;

    /** @param ends null while it goes on */
    static Period of(Instant starts, Instant ends) {
        return new Period(starts, ends == null ? NEVER : ends);
    }

    boolean contains(Instant moment) {
        return !moment.isBefore(starts) && moment.isBefore(ends);
    }

    /** Touching is not overlapping; one of no length overlaps what it lies strictly within. */
    boolean overlaps(Period other) {
        return starts.isBefore(other.ends) && ends.isAfter(other.starts);
    }

    /** The part of it that lies within another, which it overlaps. */
    Period within(Period other) {
        return new Period(
                starts.isAfter(other.starts) ? starts : other.starts, ends.isBefore(other.ends) ? ends : other.ends);
    }
}
