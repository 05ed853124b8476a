package dev.caravan.openstack;

/**
 * Time in which something counts.
 *
 * @param table the site's, such as nova.instances
 * @param id of the row there
 * @param host name of the host; null for devices
 * @param blazarHost null for all but reservable and committed
 * @param reservation null for all but committed and occupied_reservation
 * @param original before it was cut
 */
record NaiveSpan(
        String countType,
        String table,
        String id,
        String entity,
        String host,
        String nodeType,
        String blazarHost,
        String reservation,
        Period original,
        Period period,
        Amounts amounts) {

    /** How much of each resource; null where nobody can tell. */
    record Amounts(Double nodes, Double vcpus, Double vcpusOvercommit, Double memoryMb, Double diskGb) {
        static final Amounts ONE_DEVICE = new Amounts(1.0, null, null, null, null);

        Double of(String resource) {
            return switch (resource) {
                case "nodes" -> nodes;
                case "vcpus" -> vcpus;
                case "vcpus_overcommit" -> vcpusOvercommit;
                case "memory_mb" -> memoryMb;
                case "disk_gb" -> diskGb;
                default -> throw new IllegalArgumentException(resource);
            };
        }
    }

    boolean clipped() {
        return !period.equals(original);
    }

    NaiveSpan during(Period part) {
        return new NaiveSpan(
                countType, table, id, entity, host, nodeType, blazarHost, reservation, original, part, amounts);
    }
}
