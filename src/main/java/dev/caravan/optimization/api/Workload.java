package dev.caravan.optimization.api;

import java.time.OffsetDateTime;
import java.util.List;

/**
 * A workload that usage was reported for.
 *
 * @param workload null for a namespace
 * @param containers empty for a namespace
 * @param lastReported end of the newest interval that came for it; null for none
 */
record Workload(
        long id,
        String clusterUuid,
        String clusterAlias,
        String sourceId,
        String project,
        String workload,
        String workloadType,
        List<String> containers,
        OffsetDateTime lastReported) {}
