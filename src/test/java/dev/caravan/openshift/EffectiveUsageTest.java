package dev.caravan.openshift;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EffectiveUsageTest {
    private static final List<String> COLUMNS = List.of(
            "pod_usage_cpu_core_seconds",
            "pod_request_cpu_core_seconds",
            "pod_effective_usage_cpu_core_seconds",
            "pod_usage_memory_byte_seconds",
            "pod_request_memory_byte_seconds",
            "pod_effective_usage_memory_byte_seconds");

    private final EffectiveUsage rule = new EffectiveUsage(COLUMNS::indexOf);

    @ParameterizedTest
    @CsvSource({"1, 2, 2", "2, 1, 2", "2, 2, 2", "0, 0, 0", "0, 3, 3", "2, , 2", ", 2, 2", "0, , 0", ", , "})
    void theGreaterOfUsageAndRequestCountsAndOneIsEnough(Double usage, Double request, Double effective) {
        Object[] row = {usage, request, -1.0, 7.0, 9.0, -1.0};
        rule.apply(row);
        assertThat(row).containsExactly(usage, request, effective, 7.0, 9.0, 9.0);

        row = new Object[] {7.0, 9.0, -1.0, usage, request, -1.0};
        rule.apply(row);
        assertThat(row).containsExactly(7.0, 9.0, 9.0, usage, request, effective);
    }
}
