package dev.caravan.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caravan.bench.ClusterSize.Changes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the sizes of the command line stand for. */
class ClusterSizeTest {
    private static final Changes NONE = new Changes(null, null, null, null, 6, 0.25);

    @ParameterizedTest
    @CsvSource({
        "small, 10, 100, 1, 2400",
        "medium, 50, 500, 1, 12000",
        "large, 200, 2000, 1, 48000",
        "month, 200, 2000, 30, 1440000",
        "20k, 84, 834, 1, 20000",
        "48k, 200, 2000, 1, 48000",
        "100k, 200, 2000, 3, 100000",
        "336k, 200, 2000, 7, 336000",
        "1M, 200, 2000, 21, 1000000",
        "2M, 200, 2000, 42, 2000000",
    })
    void namesStandForClusters(String name, int nodes, int pods, int days, long rows) {
        assertThat(ClusterSize.named(name, NONE)).isEqualTo(new ClusterSize(name, nodes, pods, days, rows, 6, 0.25));
    }

    @Test
    void whatIsChangedWins() {
        assertThat(ClusterSize.named("336k", new Changes(null, null, null, 30, 2, 0)))
                .isEqualTo(new ClusterSize("336k", 200, 2000, 30, 1_440_000, 2, 0));
        assertThat(ClusterSize.named("small", new Changes(3, null, 20, null, 2, 0)))
                .isEqualTo(new ClusterSize("small", 3, 60, 1, 1440, 2, 0));
        assertThat(ClusterSize.ofRows(1000, new Changes(null, null, null, 10, 2, 0)))
                .isEqualTo(new ClusterSize("1000", 1, 5, 10, 1000, 2, 0));
        assertThat(ClusterSize.ofRows(1000, new Changes(7, 10, null, null, 2, 0)))
                .isEqualTo(new ClusterSize("1000", 7, 10, 5, 1000, 2, 0));
    }

    @Test
    void rowsBeatNothingTheyContradict() {
        assertThatThrownBy(() -> ClusterSize.ofRows(1000, new Changes(null, 10, null, 3, 2, 0)))
                .hasMessage("1000 rows of 10 pods are 5 days, not 3");
        assertThatThrownBy(() -> ClusterSize.named("huge", NONE)).hasMessageStartingWith("no size: small, medium");
    }
}
