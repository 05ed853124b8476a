package dev.caravan.openshift;

import java.util.function.ToIntFunction;

/**
 * Effective usage of a pod and hour: the greater of usage and request, for processor and memory (as Koku computes it, row
 * by row before anything is summed). Missing only where both are missing.
 */
final class EffectiveUsage implements RowRule {
    private final int[][] usageRequestResult;

    EffectiveUsage(ToIntFunction<String> position) {
        usageRequestResult = new int[][] {
            {
                position.applyAsInt("pod_usage_cpu_core_seconds"),
                position.applyAsInt("pod_request_cpu_core_seconds"),
                position.applyAsInt("pod_effective_usage_cpu_core_seconds")
            },
            {
                position.applyAsInt("pod_usage_memory_byte_seconds"),
                position.applyAsInt("pod_request_memory_byte_seconds"),
                position.applyAsInt("pod_effective_usage_memory_byte_seconds")
            }
        };
    }

    @Override
    public void apply(Object[] row) {
        for (int[] columns : usageRequestResult) {
            Double usage = (Double) row[columns[0]];
            Double request = (Double) row[columns[1]];
            row[columns[2]] = usage == null || (request != null && request > usage) ? request : usage;
        }
    }
}
