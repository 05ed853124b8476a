package dev.caravan.openstack.plots;

import java.time.Instant;
import java.util.List;

/**
 * What is drawn.
 *
 * @param range null when there is nothing at all
 * @param sites in the order of their keys
 * @param together the sites' utilization added up
 */
record PlotData(
        PlotRequest request, PlotRange range, List<Site> sites, List<Utilization> together, List<LeadTime> leadTimes) {
    /**
     * @param current of this project's collector, in order of time
     * @param legacy of the former reports; empty where there are none
     */
    record Site(String key, String name, List<Counts> current, List<Counts> legacy, List<Utilization> utilization) {}

    /** Hosts at a moment, as they are stored: derived ones may be negative; null where there is no such row. */
    record Counts(
            Instant at,
            Double total,
            Double reservable,
            Double committed,
            Double occupiedReservation,
            Double occupiedOndemand,
            Double available,
            Double idle) {
        /** Hosts with a server on them; null where nothing is known. */
        Double occupied() {
            return occupiedReservation == null && occupiedOndemand == null
                    ? null
                    : Double.valueOf(or0(occupiedReservation) + or0(occupiedOndemand));
        }

        static double or0(Double value) {
            return value == null ? 0 : value;
        }
    }

    /**
     * Hosts at a moment.
     *
     * @param percent used of the capacity, mean of up to 30 days; null where there was no capacity
     */
    record Utilization(Instant at, double capacity, double used, double available, Double percent) {}

    /**
     * One lead time, or several that are close.
     *
     * @param nodeType null when not known, or when it is one of many
     * @param listed false for the node types that are not told apart
     * @param asked when the lease was asked for
     * @param leases how many lead times it stands for
     */
    record LeadTime(boolean requested, String nodeType, boolean listed, Instant asked, double hours, long leases) {}
}
