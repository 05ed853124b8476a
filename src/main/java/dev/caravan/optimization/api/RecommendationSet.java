package dev.caravan.optimization.api;

import java.math.BigDecimal;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.UUID;

/**
 * Recommendations as they are stored, and what they are for.
 *
 * @param project a namespace of the cluster
 * @param workload null for a namespace, as {@code workloadType} and {@code container}
 * @param lastReported of the cluster; null when it never did
 * @param recommendations JSON
 * @param percentages by what was compared; without those that are not known
 */
record RecommendationSet(
        UUID id,
        String clusterUuid,
        String clusterAlias,
        String sourceId,
        OffsetDateTime lastReported,
        String project,
        String workload,
        String workloadType,
        String container,
        String recommendations,
        Map<Variation, BigDecimal> percentages) {}
